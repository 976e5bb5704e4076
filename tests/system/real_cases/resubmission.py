"""Claims and sheets that come again: corrections, petitions, what is still decided (contract 5, SUB)."""

from __future__ import annotations

from dataclasses import replace

from .billing import Claim, House, Subject
from .codes import CAP
from .sheets import Sheet
from .town import Expected, Town

SEPTEMBER, OCTOBER = "2025-09", "2025-10"  # the month of use; the review month before this one
TEN, SIX = range(1, 11), range(14, 20)


def _again(town: Town, outcome: str, *more: tuple[str, str]) -> Claim:
    """A claim of September that was reviewed before, and is here once more with 19080 − 1908 yen."""
    claim = town.use(town.child(), town.house(), (1, 2, 3), month=SEPTEMBER)
    for review, state in ((OCTOBER, outcome), *more):
        town.history("明", review, claim.facility, claim.child.number, SEPTEMBER, state, 17172)
    return claim


def _petition(town: Town, claim: Claim, filed: str, **more: str) -> Subject:
    town.row("petitions", 申立年月=filed, 事業所番号=claim.facility, 受給者証番号=claim.child.number, サービス提供年月=claim.month, 申立事由コード="1001", **more)  # fmt: skip
    return claim.subject._replace(kind="petition")


def claim_that_was_paid(town: Town) -> Expected:
    """A claim of September was decided in October and is sent once more without a petition: SUB405."""
    return [("SUB405", "return", _again(town, "決定"))]


def claim_that_was_returned(town: Town) -> Expected:
    """It was returned in October: sending it again is what was asked for."""
    _again(town, "返戻")
    return []


def claim_that_was_returned_after_it_was_paid(town: Town) -> Expected:
    """Decided in September's own review, a second one returned later: the old one is still decided, SUB405."""
    claim = town.use(town.child(), town.house(), (1, 2, 3), month="2025-08")
    for review, state in (("2025-09", "決定"), (OCTOBER, "返戻")):
        town.history("明", review, claim.facility, claim.child.number, "2025-08", state, 17172)
    return [("SUB405", "return", claim)]


def claim_that_was_withdrawn(town: Town) -> Expected:
    """Decided, then withdrawn: a new claim is right."""
    claim = town.use(town.child(), town.house(), (1, 2, 3), month="2025-08")
    for review, state in (("2025-09", "決定"), (OCTOBER, "取下げ")):
        town.history("明", review, claim.facility, claim.child.number, "2025-08", state, 17172)
    return []


def petition_of_last_month(town: Town) -> Expected:
    """The petition was filed in October, so this month's close processes it, and the new claim comes with it: nothing."""
    _petition(town, _again(town, "決定"), OCTOBER)
    return []


def petition_of_this_month(town: Town) -> Expected:
    """Filed in November, it is processed in December (petition_month is the next one): the claim is too early, SUB405."""
    claim = _again(town, "決定")
    _petition(town, claim, "2025-11")
    return [("SUB405", "return", claim)]


def petition_of_this_month_processed_now(town: Town) -> Expected:
    """Filed in November, but the ledger says that it is processed in November: nothing."""
    _petition(town, _again(town, "決定"), "2025-11", 処理年月="2025-11")
    return []


def petition_without_a_new_claim(town: Town) -> Expected:
    """The petition is processed, no claim comes: SUB406. Another claim of the facility is larger, so it is not paid less than 0."""
    claim = _again(town, "決定")
    town.claims.remove(claim)
    town.attendance = [record for record in town.attendance if claim.child.number not in record]
    town.use(town.child(), claim.parts[0].house, TEN)
    return [("SUB406", "review", _petition(town, claim, OCTOBER))]


def petition_that_wants_no_new_claim(town: Town) -> Expected:
    """再請求予定 無: nobody waits for a claim, but what the city gets back is more than the facility gets: a notice (SUB407)."""
    claim = _again(town, "決定")
    town.claims.remove(claim)
    town.attendance = [record for record in town.attendance if claim.child.number not in record]
    _petition(town, claim, OCTOBER, 再請求予定="無")
    return [("SUB407", "notice", Subject("facility", claim.facility, "", ""))]


def petition_for_a_returned_claim(town: Town) -> Expected:
    """A petition for a claim that was never decided has nothing to withdraw: nothing."""
    _petition(town, _again(town, "返戻"), OCTOBER)
    return []


def other_amount_after_the_petition(town: Town) -> Expected:
    """The new claim is for fewer yen, the sheet of the month is decided and no correction of it is here: SUB408."""
    claim = town.use(town.child(), town.house(), (1, 2), month=SEPTEMBER)
    town.history("明", OCTOBER, claim.facility, claim.child.number, SEPTEMBER, "決定", 11448 + 5724)
    town.history("利", OCTOBER, claim.facility, claim.child.number, SEPTEMBER, "決定")
    town.use(town.child(), claim.parts[0].house, TEN)
    _petition(town, claim, OCTOBER)
    return [("SUB408", "review", claim)]


def same_amount_after_the_petition(town: Town) -> Expected:
    """The same with the same amount: the sheet need not change, nothing."""
    claim = town.use(town.child(), town.house(), (1, 2), month=SEPTEMBER)
    town.history("明", OCTOBER, claim.facility, claim.child.number, SEPTEMBER, "決定", 11448)
    town.history("利", OCTOBER, claim.facility, claim.child.number, SEPTEMBER, "決定")
    _petition(town, claim, OCTOBER)
    return []


def _sheet(town: Town, kind: str, state: str = "") -> Sheet:
    """Two claims of September, returned before, come again with their sheet; `state`: what became of its predecessor."""
    child, manager = town.child(cap=9300), town.house()
    own = town.use(child, manager, TEN, month=SEPTEMBER, lines={CAP: 1})
    other = town.use(child, town.house(), SIX, month=SEPTEMBER)
    for claim in (own, other):
        town.history("明", OCTOBER, claim.facility, child.number, SEPTEMBER, "返戻")
    if state:
        town.history("利", OCTOBER, manager.number, child.number, SEPTEMBER, state)
    sheet = town.manage(manager, own, other)
    sheet.kind = kind
    return sheet


def decided_sheet_sent_as_new(town: Town) -> Expected:
    """The sheet is decided and comes as 新規: it must be 修正 (SUB401)."""
    return [("SUB401", "return", _sheet(town, "1", "決定"))]


def decided_sheet_sent_as_correction(town: Town) -> Expected:
    """The same as 修正: nothing."""
    _sheet(town, "2", "決定")
    return []


def returned_sheet_sent_as_correction(town: Town) -> Expected:
    """The sheet was returned and comes as 修正: it must be 新規 (SUB402)."""
    return [("SUB402", "return", _sheet(town, "2", "返戻"))]


def returned_sheet_sent_as_new(town: Town) -> Expected:
    """The same as 新規: nothing."""
    _sheet(town, "1", "返戻")
    return []


def correction_of_a_sheet_never_seen(town: Town) -> Expected:
    """A 修正 without any sheet before: SUB403."""
    return [("SUB403", "return", _sheet(town, "2"))]


def sheet_twice_in_a_month(town: Town) -> Expected:
    """The manager sends its sheet twice: one finding for the key (SUB404), and nothing about what they say."""
    sheet = _sheet(town, "1")
    town.sheets.append(replace(sheet))
    return [("SUB404", "return", sheet)]


def late_claim_with_a_decided_sheet(town: Town) -> Expected:
    """Both claims of September come late, the sheet was decided in October: CAP302 is silent."""
    child, manager = town.child(cap=9300), House(town.house().number)
    for house, days in ((manager, TEN), (town.house(), SIX)):
        town.use(child, house, days, month=SEPTEMBER)
    town.filed(child, manager)
    town.history("利", OCTOBER, manager.number, child.number, SEPTEMBER, "決定")
    return []
