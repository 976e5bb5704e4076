"""The rows of sheet 1: one a claim or sheet, with its reasons; members of one overlap or excess side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from henrei.files import sha256
from henrei.reports.worklist import labels
from henrei.reports.worklist.data import Material
from henrei.store.tables import SUBJECT_KEY

# How sure a reason is, the surest first. A word is needed on the first two.
SURE = ("返戻相当", f"要確認({labels.STALE})", "要確認", "指摘なし")
RETURN, DOWNGRADED, REVIEW, NONE = range(4)

Key = tuple[str, str, str, str]


@dataclass
class Row:
    """A claim or sheet. `reasons` are findings (`findings.table` and `sure`), the surest first."""

    key: Key
    reasons: list[dict[str, Any]] = field(default_factory=list)
    amount: int = 0
    tie: str = ""
    block: int = 0  # rows of one overlap or excess share it; 0: alone
    decision: str = ""
    answer: str = ""
    note: str = ""

    @property
    def sure(self) -> int:
        return self.reasons[0]["sure"] if self.reasons else NONE

    @property
    def needed(self) -> bool:
        return self.sure in (RETURN, DOWNGRADED)

    @property
    def main_check(self) -> str:
        """The check by which the row is counted: its surest reason's."""
        return self.reasons[0]["check_code"] if self.reasons else ""

    @property
    def groups(self) -> list[str]:
        return sorted({reason["group_id"] for reason in self.reasons if reason["group_id"]})

    def all_of(self, column: str) -> list[str]:
        """Every value of a `;` column over the reasons, once, sorted."""
        return sorted({one for reason in self.reasons for one in (reason[column] or "").split(";") if one})


def rows(material: Material) -> list[Row]:
    """Claims and sheets with a reason to go back or to be looked at, and those that someone decided all the same."""
    found: dict[Key, Row] = {}
    wanted = pl.col("subject").is_in(["claim", "sheet"])
    for reason in material.findings.filter(wanted).iter_rows(named=True):
        key = _key(reason)
        reason["sure"] = _sure(reason)
        found.setdefault(key, Row(key)).reasons.append(reason)
    decided = {_key(row): row for row in material.decisions.iter_rows(named=True)}
    ties = tie(material.fingerprints, material.findings)
    picked = []
    for key in {*found, *decided}:
        row = found.get(key) or Row(key)
        row.reasons.sort(key=lambda reason: (reason["sure"], reason["check_code"]))
        if row.sure == NONE and key not in decided:
            continue  # only for information: sheet 4 has it
        row.amount = material.amounts.get(key[1:], 0) if key[0] == "claim" else 0
        row.tie = ties.get(key, "")
        if key in decided:
            row.decision, row.answer, row.note = (decided[key][name] or "" for name in ("decision", "answer", "note"))
        picked.append(row)
    return _ordered(picked)


def _key(row: dict[str, Any]) -> Key:
    return row["subject"], row["facility_no"], row["recipient_no"], row["service_month"]


def _sure(reason: dict[str, Any]) -> int:
    if reason["severity"] == "return":
        return RETURN
    if reason["downgraded"]:
        return DOWNGRADED
    return REVIEW if reason["severity"] == "review" else NONE


def _ordered(picked: list[Row]) -> list[Row]:
    """The surest first, of those the most money; rows that hang together by a group stay together."""
    blocks = _blocks(picked)
    for block in blocks:
        block.sort(key=lambda row: (row.sure, -row.amount, row.key))
    blocks.sort(key=lambda block: (block[0].sure, -sum(row.amount for row in block), block[0].key))
    number = 0
    for block in blocks:
        if len(block) > 1:
            number += 1
            for row in block:
                row.block = number
    return [row for block in blocks for row in block]


def _blocks(picked: list[Row]) -> list[list[Row]]:
    """Rows that share a group, or are tied by a row that is in several, are one block; the others are alone."""
    leader: dict[str, str] = {}

    def lead(group: str) -> str:
        while leader.setdefault(group, group) != group:
            group = leader[group]
        return group

    for row in picked:
        for group in row.groups[1:]:
            leader[lead(group)] = lead(row.groups[0])
    blocks: dict[object, list[Row]] = {}
    for row in picked:
        blocks.setdefault(lead(row.groups[0]) if row.groups else row.key, []).append(row)
    return list(blocks.values())


def tie(fingerprints: pl.DataFrame, findings: pl.DataFrame) -> dict[Key, str]:
    """What ties a row to its run: the content of the claim or sheet and what was found on it, as a short hash.

    `fingerprints`: SUBJECT_KEY and fingerprint; both frames with service_month as `YYYY-MM`.
    """
    ids: dict[Key, list[str]] = {}
    for *key, finding in findings.select(*SUBJECT_KEY, "finding_id").iter_rows():
        ids.setdefault((key[0], key[1], key[2], key[3]), []).append(finding)
    return {
        (subject, facility, recipient, month): digest(
            [print_, *sorted(ids.get((subject, facility, recipient, month), ()))]
        )
        for subject, facility, recipient, month, print_ in fingerprints.select(*SUBJECT_KEY, "fingerprint").iter_rows()
    }


def digest(parts: Iterable[str]) -> str:
    return sha256("\x1f".join(parts).encode("utf-8"))[:16]
