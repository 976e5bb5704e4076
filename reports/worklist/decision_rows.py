"""Findings and decisions of a month in, the rows of sheet 1 out: one a claim or sheet, with its reasons. Called by the
worklist and, for the token of a row, by decide.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict, cast

import polars as pl

from henrei.reports.cases import at_issue
from henrei.reports.worklist import labels
from henrei.reports.worklist.cells import Cells, Typed, digest
from henrei.reports.worklist.data import WorklistData
from henrei.store.tables import SUBJECT_KEY

# How sure a reason is, the surest first. A decision is needed on the first two.
CERTAINTIES = ("返戻相当", f"要確認({labels.STALE})", "要確認", "指摘なし")
RETURN, DOWNGRADED, REVIEW, NONE = range(4)

Key = tuple[str, str, str, str]


class Reason(TypedDict):
    """A finding as a row's reason: the columns that sheets read of it, and its place in CERTAINTIES."""

    check_code: str
    severity: str
    downgraded: bool
    at_issue_yen: int | None
    message: str | None
    use_dates: str | None
    other_facilities: str | None
    observed: str | None
    certainty: int


@dataclass
class DecisionRow:
    """A claim or sheet. `reasons`: the surest first; decision and texts: what was read already; typed: what was not."""

    key: Key
    reasons: list[Reason] = field(default_factory=list)
    amount: int = 0
    token: str = ""
    case: int = 0  # its number, WorklistData.cases
    at_issue: int | None = None  # yen that its gravest reasons concern; None where it cannot be said
    decision: str = ""
    answer: str = ""
    note: str = ""
    message: str = ""
    typed: Typed | None = None
    conflict: str = ""  # decisions that were not made, as a sentence

    @property
    def book(self) -> Cells:
        """What was read already, as people read it."""
        texts = (text.strip() for text in (self.answer, self.note, self.message))
        return Cells(labels.DECISIONS.get(self.decision, ""), *texts)

    @property
    def subject(self) -> dict[str, str]:
        """The key by its names."""
        return dict(zip(SUBJECT_KEY, self.key, strict=True))

    @property
    def certainty(self) -> int:
        return self.reasons[0]["certainty"] if self.reasons else NONE

    @property
    def needed(self) -> bool:
        return self.certainty in (RETURN, DOWNGRADED)

    @property
    def main_check(self) -> str:
        """The check by which the row is counted: its surest reason's."""
        return self.reasons[0]["check_code"] if self.reasons else ""

    def all_of(self, column: Literal["use_dates", "other_facilities"]) -> list[str]:
        """Every value of a `;` column over the reasons, once, sorted."""
        return sorted({one for reason in self.reasons for one in (reason[column] or "").split(";") if one})


def decision_rows(data: WorklistData) -> list[DecisionRow]:
    """Claims and sheets that have a reason to be returned or reviewed, and those with a decision: case by case, in the order of
    the cases (reports/cases.py)."""
    with_reasons: dict[Key, DecisionRow] = {}
    decidable = pl.col("subject").is_in(["claim", "sheet"])
    for finding in data.findings.filter(decidable).iter_rows(named=True):
        key = _key(finding)
        reason = {**finding, "certainty": _certainty(finding)}
        with_reasons.setdefault(key, DecisionRow(key)).reasons.append(cast(Reason, reason))
    decided = {_key(row): row for row in data.decisions.iter_rows(named=True)}
    tokens = row_tokens(data.fingerprints, data.findings)
    listed = []
    for key in {*with_reasons, *decided}:
        row = with_reasons.get(key) or DecisionRow(key)
        row.reasons.sort(key=lambda reason: (reason["certainty"], reason["check_code"]))
        if row.certainty == NONE and key not in decided:
            continue  # only for information: sheet 4 has it
        row.amount = data.amounts.get(key[1:], 0) if key[0] == "claim" else 0
        row.at_issue = at_issue(row.reasons)
        row.case = data.cases.of_key[key]
        row.token = tokens.get(key, "")
        if key in decided:
            for name in ("decision", "answer", "note", "message"):
                setattr(row, name, decided[key][name] or "")
        row.typed, row.conflict = data.typed.get(key), data.conflicts.get(key, "")
        listed.append(row)
    listed.sort(key=lambda row: (row.case, row.certainty, -(row.at_issue or 0), -row.amount, row.key))
    return listed


def _key(row: dict[str, Any]) -> Key:
    return row["subject"], row["facility_no"], row["recipient_no"], row["service_month"]


def _certainty(finding: dict[str, Any]) -> int:
    if finding["severity"] == "return":
        return RETURN
    if finding["downgraded"]:
        return DOWNGRADED
    return REVIEW if finding["severity"] == "review" else NONE


def row_tokens(fingerprints: pl.DataFrame, findings: pl.DataFrame) -> dict[Key, str]:
    """Ties a row to its run: a short hash of the content of the claim or sheet and of its findings.

    `fingerprints`: SUBJECT_KEY and fingerprint; both frames with service_month as `YYYY-MM`.
    """
    ids: dict[Key, list[str]] = {}
    for *key, finding_id in findings.select(*SUBJECT_KEY, "finding_id").iter_rows():
        ids.setdefault((key[0], key[1], key[2], key[3]), []).append(finding_id)
    return {
        (subject, facility, recipient, month): digest(
            [fingerprint, *sorted(ids.get((subject, facility, recipient, month), ()))]
        )
        for subject, facility, recipient, month, fingerprint in fingerprints.select(
            *SUBJECT_KEY, "fingerprint"
        ).iter_rows()
    }
