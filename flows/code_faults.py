"""What of the ministry's service codes does not fit: the rows of workbooks and what their names say in, the faults and
their list out. Called by `henrei codes`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import polars as pl

from henrei.data.rules.code_names import BASE, RATE, Meaning, half_up
from henrei.files import csv_bytes
from henrei.schemas.ledgers.code_sheets import CodeRow, OddRow

# What can be wrong with a row, in the order in which it is listed.
UNREADABLE, NO_UNITS, DIFFERENT, NO_BASE, UNKNOWN = (
    "読めない行",
    "基本報酬に単位数がない",
    "単位数が計算と合わない",
    "計算のもとになる基本のコードがない",
    "名称の決まりがない",
)
FAULTS = (UNREADABLE, NO_UNITS, DIFFERENT, NO_BASE, UNKNOWN)
LISTED = ("内容", "サービスコード", "名称", "シート", "行", "表の単位数", "計算した単位数", "算定単位", "説明")


@dataclass(frozen=True)
class Fault:
    """A row of LISTED. stem: the name without its suffixes, by which unknown names are shown together."""

    what: str
    code: str
    shown: str
    sheet: str
    line: int
    units: int | None = None
    computed: str = ""
    per: str = ""
    why: str = ""
    stem: str = ""


@dataclass(frozen=True)
class Code:
    """A code of the workbooks, and what its name says."""

    row: CodeRow
    meaning: Meaning

    @property
    def kind(self) -> str:
        """種別: what has no units goes by a rate; a base fee that the table of names knows stays one."""
        if self.row.units is None and not (self.meaning.explained and self.meaning.kind == BASE):
            return RATE
        return self.meaning.kind

    @property
    def service_type(self) -> str:
        return self.row.code[:2]


def of_rows(rows: Iterable[OddRow]) -> Iterator[Fault]:
    """The rows that cannot be read."""
    for row in rows:
        yield Fault(UNREADABLE, row.code, row.shown, row.sheet, row.line, why=row.reason)


def of_codes(codes: Sequence[Code], unreadable: Container[str]) -> Iterator[Fault]:
    """Units of combined codes that do not follow from their base's, and names that no row explains. `unreadable`: codes whose
    units could not be read, which `of_rows` has listed."""
    bases: dict[tuple[str, str], list[int]] = {}
    for code in codes:
        if code.meaning.kind == BASE and not code.meaning.permilles and code.row.units is not None:
            bases.setdefault((code.service_type, code.meaning.stem), []).append(code.row.units)
    for code in codes:
        row, meaning = code.row, code.meaning
        common = (row.code, row.shown, row.sheet, row.line, row.units)
        if row.code in unreadable:
            pass
        elif meaning.permilles:
            of_base = bases.get((code.service_type, meaning.stem), [])
            # A base name may belong to several codes: one that fits is enough.
            computed = sorted({list(accumulate(meaning.permilles, half_up, initial=base))[-1] for base in of_base})
            if not computed:
                yield Fault(NO_BASE, *common, per=row.per)
            elif row.units not in computed:
                yield Fault(DIFFERENT, *common, computed="・".join(map(str, computed)), per=row.per)
        elif code.kind == BASE and row.units is None:
            yield Fault(NO_UNITS, *common, per=row.per)
        if not meaning.explained:
            yield Fault(UNKNOWN, *common, per=row.per, stem=meaning.stem)


def list_bytes(faults: Iterable[Fault]) -> bytes:
    """The list of all faults as a CSV, those of one kind together."""
    rows = [
        (
            f.what,
            f.code,
            f.shown,
            f.sheet,
            str(f.line),
            "" if f.units is None else str(f.units),
            f.computed,
            f.per,
            f.why,
        )
        for f in sorted(faults, key=lambda fault: FAULTS.index(fault.what))
    ]
    return csv_bytes(pl.DataFrame(rows, schema=dict.fromkeys(LISTED, pl.String()), orient="row"))
