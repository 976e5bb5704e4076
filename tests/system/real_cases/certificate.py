"""Certificates: unknown, ended, another service, another cap, add-ons that the certificate must show (contract 5, CRT)."""

from __future__ import annotations

from .codes import HEAVY, MEDICAL, SEVERE_SUPPORT, SUPPORT
from .town import Expected, Town


def number_of_a_child_not_yet_registered(town: Town) -> Expected:
    """Two facilities bill under a number made up until the certificate comes: CRT101 on both, no CAP301."""
    child = town.child(number="0000000457", known=False, grants={})
    first, second = town.house(), town.house()
    return [
        ("CRT101", "return", town.use(child, first, (1, 2))),
        ("CRT101", "return", town.use(child, second, (7, 8))),
    ]


def same_child_once_registered(town: Town) -> Expected:
    """The same with a certificate and a burden below the cap: only a notice that no manager was filed (CAP301)."""
    child = town.child()
    first, second = town.house(), town.house()
    return [
        ("CAP301", "notice", town.use(child, first, (1, 2))),
        ("CAP301", "notice", town.use(child, second, (7, 8))),
    ]


def certificate_ended_in_the_month(town: Town) -> Expected:
    """The certificate ended on the 17th and the child came on the 17th and the 20th: CRT102 names the 20th alone."""
    child = town.child(grants={})
    town.grant(child.number, "631000", 23, until="2025-10-17")
    claim = town.use(child, town.house(), (16, 17, 20))
    return [("CRT102", "return", claim, (20,))]


def certificate_renewed_without_a_gap(town: Town) -> Expected:
    """The old certificate ends on the 17th, the new one begins on the 18th: nothing."""
    child = town.child(grants={})
    town.grant(child.number, "631000", 23, until="2025-10-17")
    town.grant(child.number, "631000", 20, since="2025-10-18")
    town.use(child, town.house(), (16, 17, 18, 20))
    return []


def service_never_granted(town: Town) -> Expected:
    """Visits to the school by a facility, while only day support was granted: CRT103, and CRT106 for its contract."""
    child = town.child()
    house = town.house()
    town.use(child, house, (1, 2))
    claim = town.use(child, town.house("64", number=house.number), (9,))
    return [("CRT103", "return", claim, (9,)), ("CRT106", "review", claim)]


def contract_code_never_granted(town: Town) -> Expected:
    """The certificate says 重心 only, the program writes the plain contract code: CRT106, no more."""
    child = town.child(grants={"632000": 15})
    return [("CRT106", "review", town.use(child, town.house(), (3, 10)))]


def contract_code_as_granted(town: Town) -> Expected:
    """A 重心 child at a 重心 facility, contract and certificate agree: nothing."""
    child = town.child(grants={"632000": 15})
    town.use(child, town.house(重心区分="2", 定員="5"), (3, 10), base={HEAVY: 2})
    return []


def severe_base_fee_without_the_grant(town: Town) -> Expected:
    """A 重心 base fee for a child with the plain grant alone: CRT105, and CRT106 for the contract of 重心."""
    child = town.child()
    claim = town.use(child, town.house(重心区分="2", 定員="5"), (3, 10), base={HEAVY: 2})
    return [("CRT105", "return", claim), ("CRT106", "review", claim)]


def share_of_the_household_cap(town: Town) -> Expected:
    """Brother and sister each get a part of the cap of 4600 as item 12: a look only, as there is another child (CRT104)."""
    house = town.house()
    shares = []
    for share, days in ((1900, (1, 2)), (2700, (3, 6))):
        child = town.child(cap=4600, 世帯番号="S-SHARE")
        claim = town.use(child, house, days)
        claim.cap = share
        shares.append(("CRT104", "review", claim))
    return shares


def share_above_the_household_cap(town: Town) -> Expected:
    """One of two children bills more than the household's cap: that is no share, so it goes back; the other is looked at."""
    house = town.house()
    over = town.use(town.child(cap=4600, 世帯番号="S-OVER"), house, (1, 2))
    under = town.use(town.child(cap=4600, 世帯番号="S-OVER"), house, (3, 6))
    over.cap, under.cap = 9300, 2300
    return [("CRT104", "return", over), ("CRT104", "review", under)]


def lower_cap_of_an_only_child(town: Town) -> Expected:
    """A lower cap where no brother or sister has a claim: CRT104 returns it."""
    claim = town.use(town.child(cap=4600), town.house(), (1, 2))
    claim.cap = 2300
    return [("CRT104", "return", claim)]


def cap_that_changed_in_the_month(town: Town) -> Expected:
    """The cap was 4600 to the 15th and 9300 from the 16th: either is right."""
    child = town.child(cap=4600, 適用終了日="2025-10-15")
    town.child(number=child.number, grants={}, cap=9300, 適用開始日="2025-10-16")
    claim = town.use(child, town.house(), (1, 2))
    claim.cap = 9300
    return []


def free_child_whose_claim_has_a_cap(town: Town) -> Expected:
    """Free years (無償化 2): item 12 may be the ordinary cap or 0, nobody looks (CRT104 leaves such children out)."""
    child = town.child(cap=0, grants={"611000": 23}, 無償化対象="2", 生年月日="2021-08-02")
    claim = town.use(child, town.house("61"), (1, 2))
    claim.cap = 4600
    return []


def support_add_on_with_its_grant(town: Town) -> Expected:
    """個別サポート(Ⅰ) on each of three days, the certificate shows it: nothing."""
    child = town.child(grants={"631000": 23, "630924": ""})
    town.use(child, town.house(), (1, 2, 3), lines={SUPPORT: 3})
    return []


def support_add_on_beyond_its_grant(town: Town) -> Expected:
    """The add-on's grant began on the 3rd, one of three days lies in it, two are billed: CRT105."""
    child = town.child()
    town.grant(child.number, "630924", "", since="2025-10-03")
    return [("CRT105", "return", town.use(child, town.house(), (1, 2, 3), lines={SUPPORT: 2}))]


def severe_add_on_with_the_plain_grant(town: Town) -> Expected:
    """The severe form of the add-on needs its own grant; the plain one is not enough: CRT105."""
    child = town.child(grants={"631000": 23, "630924": ""})
    return [("CRT105", "return", town.use(child, town.house(), (1, 2, 3), lines={SEVERE_SUPPORT: 1}))]


def plain_add_on_with_the_severe_grant(town: Town) -> Expected:
    """Who is granted the severe form may bill the plain one: nothing."""
    child = town.child(grants={"631000": 23, "630929": ""})
    town.use(child, town.house(), (1, 2, 3), lines={SUPPORT: 3})
    return []


def medical_base_fee_of_a_higher_class(town: Town) -> Expected:
    """A base fee of 医ケア区分 2 for a child who is granted class 1 (633000): CRT105."""
    child = town.child(grants={"633000": 15})
    claim = town.use(child, town.house(), (1, 2), base={MEDICAL: 2}, items={"K122-05": {7: "633000"}})
    return [("CRT105", "return", claim)]


def medical_base_fee_of_a_lower_class(town: Town) -> Expected:
    """The same fee for a child of class 3 (635000), who may be billed in a lower class: nothing."""
    child = town.child(grants={"635000": 15})
    town.use(child, town.house(), (1, 2), base={MEDICAL: 2}, items={"K122-05": {7: "635000"}})
    return []
