"""The ministry's names of service codes: a name and a day in, what code_names.csv says of it out. Called by `henrei codes`.

Rows are of three kinds. `suffix`: an ending behind a base name, with its rate. `base`: the whole name of a base fee.
`addon`: a text that the name of an add-on holds; of several the longest counts. In names ＃ is one digit, ＊ any text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from henrei.data.rules import rules
from henrei.schemas.ledgers.code_sheets import plain

SEPARATOR = "・"
BASE, ADDON, REDUCTION, RATE = "基本", "加算", "減算", "率"
# Columns of service_codes that a name decides, beside class and addon_keys.
ATTRIBUTES = (
    "capacity_from",
    "capacity_to",
    "severe_class",
    "time_class",
    "day_kind",
    "medical_care_class",
    "filing_needed",
)


@dataclass(frozen=True)
class Meaning:
    """What a name says. stem: the name without its suffixes; permilles: their rates in the order written; explained: some
    row knows the stem. attributes: ATTRIBUTES → value, those that a row gives."""

    stem: str
    permilles: Sequence[int]
    keys: Sequence[str]
    explained: bool
    kind: str
    attributes: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class CodeNames:
    """The rows of code_names.csv that are in force on a day."""

    rows: pl.DataFrame

    @classmethod
    def on(cls, day: date) -> CodeNames:
        """Those of `day`."""
        return cls(rules()["code_names"].filter(pl.lit(day).is_between("valid_from", "valid_to")))

    def knows(self, service_type: str) -> bool:
        """Whether any base name is of this service type: of another one every name is unknown."""
        return service_type in self._types

    def meaning(self, service_type: str, name: str) -> Meaning:
        """What a code's name (`plain`) says."""
        stem, suffixes = self._split(name)
        row, explained = self._row(service_type, stem)
        keys = [key for one in (row, *suffixes) for key in (one["addon_key"] or "").split(";") if key]
        return Meaning(
            stem=stem,
            permilles=[one["permille"] for one in suffixes],
            keys=list(dict.fromkeys(keys)),
            explained=explained,
            kind=row["class"],
            attributes={column: row[column] for column in ATTRIBUTES if row.get(column) is not None},
        )

    @cached_property
    def _types(self) -> frozenset[str]:
        return frozenset(self.rows.filter(kind="base")["service_type"])

    @cached_property
    def _suffixes(self) -> dict[str, dict[str, Any]]:
        return {plain(row["code_name"]): row for row in self.rows.filter(kind="suffix").iter_rows(named=True)}

    @cached_property
    def _patterns(self) -> list[tuple[bool, str | None, re.Pattern[str], dict[str, Any]]]:
        """Base or not, service type, pattern and row; first base names, then add-ons from the longest text on."""
        rows = self.rows.filter(pl.col("kind") != "suffix").to_dicts()
        rows.sort(key=lambda row: (row["kind"] != "base", -len(row["code_name"]), row["service_type"] is None))
        return [(row["kind"] == "base", row["service_type"], _pattern(row["code_name"]), row) for row in rows]

    @cached_property
    def _known(self) -> dict[tuple[str, str], tuple[dict[str, Any], bool]]:
        return {}

    def _split(self, name: str) -> tuple[str, list[dict[str, Any]]]:
        """The name without the known suffixes at its end, and their rows in the order written."""
        stem = name
        found: list[dict[str, Any]] = []
        while True:
            head, separator, last = stem.rpartition(SEPARATOR)
            if not (separator and head and last in self._suffixes):
                return stem, found[::-1]
            stem = head
            found.append(self._suffixes[last])

    def _row(self, service_type: str, stem: str) -> tuple[dict[str, Any], bool]:
        """The row of a name without suffixes; where there is none, what every such name says by itself."""
        key = (service_type, stem)
        if key not in self._known:
            for is_base, of_type, pattern, row in self._patterns:
                if of_type in (None, service_type) and (pattern.fullmatch if is_base else pattern.search)(stem):
                    self._known[key] = row, True
                    break
            else:
                kind = next((one for one in (REDUCTION, ADDON) if one in stem), BASE)
                self._known[key] = {"class": kind, "addon_key": None}, False
        return self._known[key]


def _pattern(name: str) -> re.Pattern[str]:
    text = re.escape(plain(name))
    return re.compile(text.replace(re.escape("#"), r"\d").replace(re.escape("*"), ".*"))


def half_up(units: int, permille: int) -> int:
    """A share of units, rounded half up (away from zero)."""
    share = (abs(units) * permille * 2 + 1000) // 2000
    return share if units >= 0 else -share
