"""changes.csv: what came up, what was solved, and what can no longer be judged, against the month's run before."""

from __future__ import annotations

import polars as pl

from henrei.checks.changes import changes

KEY = ("claim", "A", "1", "2026-04")
_UNDETERMINED = ("check_code", "subject", "facility_no", "recipient_no", "service_month")
_REFUSED = ("subject", "facility_no", "recipient_no", "service_month")


def table(rows: list[tuple], columns: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def findings(*rows: tuple[str, ...]) -> pl.DataFrame:
    """finding_id, code and subject key of each."""
    return table(list(rows), ("finding_id", *_UNDETERMINED))


def compared(
    now: pl.DataFrame,
    before: pl.DataFrame | None,
    undetermined: tuple[tuple, ...] = (),
    not_judged: tuple[str, ...] = (),
    refused: tuple[tuple, ...] = (),
) -> dict[str, str]:
    made = changes(now, before, table(list(undetermined), _UNDETERMINED), not_judged, table(list(refused), _REFUSED))
    assert made.columns == ["finding_id", "change", "check_code", "facility_no", "recipient_no"]
    return dict(made.select("finding_id", "change").iter_rows())


ONE, OTHER = ("f1", "CRT101", *KEY), ("f2", "CRT102", *KEY)


def test_new_same_and_gone() -> None:
    assert compared(findings(ONE), None) == {"f1": "new"}
    assert compared(findings(ONE), findings(ONE, OTHER)) == {"f1": "same", "f2": "gone"}


def test_what_is_undetermined_now_was_not_solved() -> None:
    before = findings(ONE, OTHER)
    assert compared(findings(), before, undetermined=(("CRT101", *KEY),)) == {"f1": "unjudged", "f2": "gone"}


def test_a_check_that_was_not_run_solves_nothing() -> None:
    assert compared(findings(), findings(ONE, OTHER), not_judged=("CRT102",)) == {"f1": "gone", "f2": "unjudged"}


def test_a_refused_claim_solves_nothing() -> None:
    before = findings(ONE, ("f3", "CRT101", "claim", "A", "2", "2026-04"))
    assert compared(findings(), before, refused=(KEY,)) == {"f1": "unjudged", "f3": "gone"}
    assert compared(findings(), before, refused=(("sheet", *KEY[1:]),)) == {"f1": "gone", "f3": "gone"}


def test_what_cannot_be_read_of_a_refused_group_may_be_anything() -> None:
    before = findings(ONE, ("f3", "CRT101", "claim", "B", "1", "2026-04"))
    assert compared(findings(), before, refused=((None, "A", None, None),)) == {"f1": "unjudged", "f3": "gone"}
