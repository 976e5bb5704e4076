"""Other situations around the cap: rows of one facility, two managers, sheets of the past, brothers in another month."""

from __future__ import annotations

from dataclasses import replace

from .codes import CAP
from .resubmission import OCTOBER, SEPTEMBER
from .town import Expected, Town

TEN, SIX = range(1, 11), range(14, 20)


def two_rows_of_one_facility(town: Town) -> Expected:
    """A facility with two services has two rows on the sheet; added up they are its claim: nothing."""
    child, manager, house = town.child(cap=37200, grants={"631000": 20, "641000": 4}), town.house(), town.house()
    own, other = town.use(child, manager, TEN, lines={CAP: 1}), town.use(child, house, SIX)
    first = other.cost, other.burden
    town.use(child, town.house("64", number=house.number), (21,))
    sheet = town.manage(manager, own, other)
    whole = sheet.rows[1]
    part = replace(whole, cost=first[0], burden=first[1], managed=first[1])
    rest = whole.burden - first[1]
    sheet.rows[1:] = [part, replace(whole, cost=whole.cost - first[0], burden=rest, managed=rest)]
    return []


def two_managers_with_a_sheet_each(town: Town) -> Expected:
    """Two facilities each send a sheet; the claims follow the filed one's: the other is no manager (CAP307, CAP308)."""
    child, manager = town.child(cap=9300), town.house()
    other_manager = town.house()
    own = town.use(child, manager, TEN, lines={CAP: 1})
    other = town.use(child, other_manager, SIX, lines={CAP: 1})
    wrong = town.manage(other_manager, other, own, filed=False)
    town.manage(manager, own, other)
    return [("CAP307", "return", wrong), ("CAP308", "return", other)]


def sheet_of_a_brother_decided_in_the_past(town: Town) -> Expected:
    """Late claims of September: the household's sheet was decided under the brother's number, known by history: no CAP302."""
    child, manager = town.child(cap=4600, 世帯番号="S-PAST"), town.house()
    brother = town.child(cap=4600, 世帯番号="S-PAST")
    for house, days in ((manager, TEN), (town.house(), SIX)):
        town.use(child, house, days, month=SEPTEMBER)
    town.filed(child, manager)
    town.history("利", OCTOBER, manager.number, brother.number, SEPTEMBER, "決定")
    return []


def brother_with_a_claim_in_another_month(town: Town) -> Expected:
    """The brother's only claim is of September: for October there is no other child, CAP302 returns both claims."""
    child, manager = town.child(cap=4600, 世帯番号="S-MONTH"), town.house()
    town.use(town.child(cap=4600, 世帯番号="S-MONTH"), town.house(), (1, 2), month=SEPTEMBER)
    own, other = town.use(child, manager, TEN), town.use(child, town.house(), SIX)
    town.filed(child, manager)
    return [("CAP302", "return", own), ("CAP302", "return", other)]


def two_brothers_at_one_facility_on_a_sheet(town: Town) -> Expected:
    """Both brothers are at the manager; the sheet has a row for each. One that lacks the second's row goes back (CAP303)."""
    sheets = []
    for household in ("S-ROW1", "S-ROW2"):
        manager = town.house()
        claims = [town.use(town.child(cap=37200, 世帯番号=household), manager, days) for days in (TEN, SIX)]
        third = town.use(claims[1].child, town.house(), (21, 22))
        sheet = town.manage(manager, *claims, third)
        sheet.household = True
        town.filed(third.child, manager)
        sheets.append(sheet)
    del sheets[1].rows[1]
    missing = sheets[1].rows[1].child
    claim = next(
        claim for claim in town.claims if claim.child.number == missing and claim.facility == sheets[1].manager.number
    )
    claim.managed = None
    return [("CAP303", "return", sheets[1])]


def management_counted_twice(town: Town) -> Expected:
    """The management add-on twice: CAP308, and above its limit of one a month (ADD601)."""
    child, manager = town.child(cap=37200), town.house()
    own = town.use(child, manager, TEN, lines={CAP: 2})
    town.manage(manager, own, town.use(child, town.house(), SIX))
    return [("CAP308", "return", own), ("ADD601", "return", own)]


def management_for_a_facility_whose_claim_is_late(town: Town) -> Expected:
    """The other facility is on the sheet, its claim comes later: the management was done; the sheet is looked at (CAP303)."""
    child, manager = town.child(cap=37200), town.house()
    own, late = town.use(child, manager, TEN, lines={CAP: 1}), town.use(child, town.house(), SIX, record=False)
    sheet = town.manage(manager, own, late)
    town.claims.remove(late)
    return [("CAP303", "review", sheet)]


def burden_above_the_claims_own_cap(town: Town) -> Expected:
    """Item 12 says 1000, 1908 is decided: not the certificate's cap, above its own, and not the lesser (CRT104, AMT705, AMT709)."""
    claim = town.use(town.child(), town.house(), (1, 2, 3), items={"K122-01": {12: 1000}})
    return [(code, "return", claim) for code in ("CRT104", "AMT705", "AMT709")]


def share_of_a_third_child(town: Town) -> Expected:
    """A third child (多子軽減 2) pays nothing for 61: right; five per cent is a look (AMT707), and is not decided wrongly."""
    house, small = town.house("61"), {"grants": {"611000": 20}, "生年月日": "2022-06-06", "多子軽減区分": "2"}
    town.use(town.child(**small), house, (1, 2))
    return [("AMT707", "review", town.use(town.child(**small)._replace(share=5), house, (1, 2)))]


def three_facilities_above_the_cap(town: Town) -> Expected:
    """Three facilities, none above the cap alone, together above it, no filing: a look at all three (CAP301)."""
    child = town.child(cap=4600)
    claims = [town.use(child, town.house(), days) for days in ((1, 2, 3), (6, 7, 8), (13, 14))]
    return [("CAP301", "review", claim) for claim in claims]
