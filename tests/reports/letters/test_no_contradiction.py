"""Several causes of one returned claim or sheet: one state, one deadline, one 作成区分, whichever checks found them."""

from __future__ import annotations

import dataclasses
import itertools
import re

import pytest

from henrei.checks.catalogue import Check, catalogue
from henrei.reports.letters import notice
from lib.letter_inputs import ONE, WINDOW, A, B, finding, letter_inputs, outcome

CASES = [(check, reason) for check in catalogue().values() for reason in check.message]
OF_SHEETS = [case for case in CASES if case[0].subject == "sheet"]
OF_CLAIMS = [case for case in CASES if case[0].subject == "claim"]
KIND = re.compile("「([12] (?:新規|修正))」")
# What a check has found of the state of the sheet's key: a sheet was decided before, or none was.
DECIDED = {"new-sheet-already-decided": True, "correction-after-return": False, "correction-without-original": False}


def entry(
    cases: tuple[tuple[Check, str], ...], subject: str, decided: bool, managers: set[tuple[str, str, str]]
) -> notice.Returned:
    """The returned claim or sheet of A with these findings."""
    found = [finding(check.code, "return", reason=reason, subject=subject) for check, reason in cases]
    ended = outcome(ONE, "返戻", kind="利" if subject == "sheet" else "明")
    known = {("sheet", A, ONE, "2026-04")} if decided else set()
    inputs = letter_inputs(found, [ended], sheets_decided=known, managers=managers, numbers={A, B})
    (made,) = notice.notices(inputs)[A].returned
    return made


def contradictions(made: notice.Returned) -> list[str]:
    actions = [one.action for one in made.reasons]
    again = made.resubmission
    sends = [action for action in actions if re.search(r"期日まで|処理の月", action)]
    needless = [action for action in actions if "必要はありません" in action.split("。")[0]]
    rules = {
        "a deadline of its own": any(WINDOW in action for action in actions),
        "a deadline, and nothing to send": bool(sends) and again.by == "送り直しは要りません",
        "nothing to send, and a deadline": bool(needless) and len(needless) == len(actions) and again.by == WINDOW,
        "two ways": any("そのまま有効なので" in one for one in needless) and bool(sends),
        "two deadlines": "過誤申立" in again.by and any("期日まで" in action for action in actions),
        "if it is returned": any(re.search("返戻となった|返戻の場合", action) for action in actions),
    }
    return [name for name, broken in rules.items() if broken]


@pytest.mark.parametrize("decided", [True, False])
def test_any_two_causes_of_a_sheet(decided: bool) -> None:
    pairs = [
        pair
        for pair in itertools.combinations(OF_SHEETS, 2)
        if pair[0][0] is not pair[1][0] and all(DECIDED.get(check.name, decided) is decided for check, _ in pair)
    ]
    assert len(pairs) > 50
    for pair in pairs:
        made = entry(pair, "sheet", decided, {(A, ONE, "2026-04")})
        kinds = {kind for one in made.reasons for kind in KIND.findall(one.action)}
        assert (contradictions(made), kinds - {made.resubmission.submission_kind}) == ([], set()), [
            check.code for check, _ in pair
        ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "managers", [{(A, ONE, "2026-04")}, {(B, ONE, "2026-04")}, set()], ids=["manager", "related", "biller"]
)
def test_any_cause_of_a_claim_beside_one_that_changes_the_deadline(managers: set[tuple[str, str, str]]) -> None:
    first = [case for case in OF_CLAIMS if case[0].role in ("already_decided", "lacks_sheet", "first_review")]
    for one, other in itertools.product(first, OF_CLAIMS):
        if one[0] is not other[0]:
            made = entry((one, other), "claim", False, managers)
            assert contradictions(made) == [], (one[0].code, other[0].code)
            assert made.resubmission.by in (WINDOW, "過誤申立の処理の月に合わせて")


def test_the_rules_find_what_they_are_for() -> None:
    check, reason = next(case for case in OF_SHEETS if case[1] in case[0].needless)
    made = entry(((check, reason),), "sheet", True, set())
    assert made.resubmission.by == "送り直しは要りません" and contradictions(made) == []
    usual = entry((OF_SHEETS[0],), "sheet", True, set())
    for one, other, fault in (
        (made, usual, "nothing to send, and a deadline"),
        (usual, made, "a deadline, and nothing to send"),
    ):
        assert fault in contradictions(dataclasses.replace(one, resubmission=other.resubmission))
