"""What is refused, and what is left open because of it (contract 3.1, 3.3, 5: what was refused accuses nobody)."""

from __future__ import annotations

from .billing import Claim, House, Subject
from .codes import USUAL
from .sheets import Sheet
from .town import Expected, Town

SINGLE = {"K122-01": {8: "ｶｸｳ ﾎｺﾞｼﾔ", 9: "カクウ ジロウ"}, "K122-03": {11: "髙﨑ソ表～－"}}


def _gone(code: str, claim: Claim, house: House | None = None) -> Expected:
    """The claim is refused; its record may have lost its claim, and the invoice one of its claims."""
    open_ones: Expected = [("AMT706", "undetermined", house)] if house else []
    return [(code, "refused", claim), ("DAY209", "undetermined", claim.attendance), *open_ones]


def _rest(subject: Claim | Subject | Sheet) -> Expected:
    """The lines that are refused with the bad one of their group."""
    return [("FMT106", "refused", subject)]


def two_claims_for_two_services(town: Town) -> Expected:
    """One program writes a claim a service, so the child has two claims of one key: both are refused (FMT107)."""
    child, house = town.child(grants={"631000": 20, "641000": 4}), town.house()
    claim = town.use(child, house, (1, 2, 3))
    town.use(child, town.house("64", number=house.number), (9,), apart=True)
    return _gone("FMT107", claim, house)


def small_letter_in_a_service_code(town: Town) -> Expected:
    """A service code is read by checks: with a small letter the claim is refused (FMT105)."""
    house = town.house()
    claim = town.use(town.child(), house, (1, 2, 3), items={"K122-03": {7: USUAL.lower()}})
    return [*_gone("FMT105", claim, house), *_rest(claim)]


def names_and_remarks_as_they_come(town: Town) -> Expected:
    """A name in full width, remarks with 髙 and 﨑: nothing reads them, so nothing is refused and nothing found."""
    town.use(town.child(), town.house(), (1, 2, 3), items=SINGLE)
    return []


def file_in_utf_8(town: Town) -> Expected:
    """A file in UTF-8: the claim with its remarks cannot be read (FMT102), and the record waits for it."""
    house = town.house()
    claim = town.use(town.child(), house, (1, 2, 3), items=SINGLE)
    town.send("K11_utf8.CSV", claim, change=lambda data: data.decode("cp932").encode())
    return [*_gone("FMT102", claim, house), *_rest(claim)]


def file_of_another_processing_month(town: Town) -> Expected:
    """A late claim whose program always writes the month after the service: the file is refused (FMT101)."""
    claim = town.use(town.child(), town.house(), (1, 2, 3), month="2025-09")
    town.send("K11_late.CSV", claim, month="2025-10")
    invoice = claim.subject._replace(kind="invoice", recipient="")
    return [*_gone("FMT101", claim), ("FMT101", "refused", invoice)]


def record_with_an_impossible_day(town: Town) -> Expected:
    """One facility sends no record; the other's has a 32nd and is refused: the first goes back (DAY204), the second is open."""
    child = town.child(cap=0)
    first = town.use(child, town.house(), (1, 2), record=False)
    second = town.use(child, town.house(), (7, 8), rows={32: {14: "1430", 15: "1730"}})
    return [
        ("DAY204", "return", first),
        ("DAY204", "undetermined", second),
        ("FMT105", "refused", second.attendance),
        *_rest(second.attendance),
    ]


def record_missing_at_a_facility_with_a_refused_child(town: Town) -> Expected:
    """Another child's record of the same facility was refused; it cannot be this child's: DAY204 returns."""
    house = town.house()
    other = town.use(town.child(), house, (1, 2), rows={32: {14: "1430"}})
    claim = town.use(town.child(), house, (1, 2), record=False)
    return [
        ("DAY204", "undetermined", other),
        ("FMT105", "refused", other.attendance),
        *_rest(other.attendance),
        ("DAY204", "return", claim),
    ]


def sheet_refused_for_its_result(town: Town) -> Expected:
    """The result sheet has a result 7: refused; its missing accuses no claim (CAP302 is open for both)."""
    child, manager = town.child(cap=4600), town.house()
    own = town.use(child, manager, range(1, 11), lines={"63C001": 1})
    other = town.use(child, town.house(), range(14, 20))
    sheet = town.manage(manager, own, other)
    sheet.result = "7"
    return [
        ("CAP302", "undetermined", own),
        ("CAP302", "undetermined", other),
        ("FMT105", "refused", sheet),
        *_rest(sheet),
    ]
