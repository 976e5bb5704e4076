"""What was read of a ledger in, the account of it out: where it is from, its rows, what was refused and why. Made by the reader
of a month's ledgers, kept with the run's summary, read by `causes` and by `henrei status`.

An account never holds a value of the ledger: of a refused value only its shape.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import polars as pl

from henrei.schemas.ledgers import Ledger
from henrei.schemas.ledgers.read import LedgerPart

MANY_REFUSED = 0.05  # of a ledger's rows: more, and what is left of it is hardly the ledger
_FAULTS = 3  # of a ledger, the commonest ones
# Words that exports write where a code or a number belongs. None of them is a name; every other word might be one.
_HARMLESS = re.compile(
    "|".join(
        ("対象外", "非対象", "対象", "該当", "非該当", "未定", "なし", "無し", "あり", "有", "無", "不明", "その他",
         "令和", "平成", "加算", "減算", "セルフプラン", "セルフ", "重心以外", "重心", "第", "子", "以降", "以上", "円", "日",
         "月", "年", "回", "人", "公費", "無償")
    )
)  # fmt: skip


def shape_of(value: str) -> str:
    """How a value is written, without what it is: `40,666円` → `99,999円`; a text that may be a name → `(文字)`."""
    plain = _HARMLESS.sub("", value)
    if any(char.isalpha() and not char.isascii() for char in plain):
        return "(文字)"
    digits = re.sub(r"\d", "9", value)
    return re.sub(r"[A-Za-z]", "A", digits)[:24]


@dataclass(frozen=True)
class Fault:
    """One way in which rows of a ledger are wrong: how many, the first line, the column (or ""), what it must be, and the
    shape of the commonest value. `codes`: what the column may hold, or some of it, where it holds codes."""

    count: int
    line: int
    column: str
    sentence: str
    shape: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LedgerAccount:
    """A ledger of a month.

    file: its path below `folder` (`;` between several), None where there is no file; folder: below the home, `.` beside
    henrei.toml; present: it counts; rows: all with content; refused: of them; of_nobody: refused ones of which nobody can
    say whose they are; missing: the sentence for a ledger refused whole; stray: files of its name that are not read.
    """

    name: str
    title: str
    usual: str
    file: str | None = None
    folder: str | None = None
    present: bool = False
    rows: int = 0
    refused: int = 0
    of_nobody: int = 0
    missing: str = ""
    faults: tuple[Fault, ...] = ()
    stray: tuple[str, ...] = field(default=())

    @property
    def shown(self) -> str:
        """The ledger as messages name it."""
        return f"{self.title}({self.file or self.usual})"

    @property
    def is_spoilt(self) -> bool:
        """True where so many of its rows were refused that it is hardly the ledger."""
        return self.refused > MANY_REFUSED * self.rows

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def from_json(kept: dict[str, Any]) -> LedgerAccount:
    """What `as_json` made, after a way through JSON."""
    faults = tuple(Fault(**{**one, "codes": tuple(one["codes"])}) for one in kept["faults"])
    return LedgerAccount(**{**kept, "faults": faults, "stray": tuple(kept["stray"])})


def with_parts(account: LedgerAccount, ledger: Ledger, parts: Sequence[LedgerPart]) -> LedgerAccount:
    """The account with what its files gave."""
    refused = sum(part.counts["refused"] for part in parts)
    return replace(
        account,
        rows=refused + sum(part.counts["loaded"] for part in parts),
        refused=refused,
        missing=next((part.missing for part in parts if part.missing), ""),
        faults=tuple(_faults(ledger, parts)),
    )


def _faults(ledger: Ledger, parts: Sequence[LedgerPart]) -> list[Fault]:
    """The commonest faults first. The sentence of a rejected line ends with the value, which stays out."""
    rejected = pl.concat([part.rejected for part in parts if not part.missing] or [parts[0].rejected.clear()])
    split = rejected.with_columns(
        sentence=pl.col("reason").str.split("(値: ").list.first(),
        value=pl.col("reason").str.extract(r"(?s)\(値: (.*)\)$"),
    )
    grouped = split.group_by("item_name", "sentence").agg(
        pl.len().alias("count"), pl.col("line").min(), pl.col("value").drop_nulls().mode().sort().first()
    )
    commonest = grouped.sort("count", "line", descending=[True, False]).head(_FAULTS)
    codes: dict[str, tuple[str, ...]] = {label: (code,) for label, code in ledger.examples.items()}
    codes |= {item.label: item.allowed() for item in ledger.layout.items if item.allowed()}
    return [
        Fault(
            count=row["count"],
            line=row["line"],
            column=row["item_name"] or "",
            sentence=row["sentence"],
            shape=shape_of(row["value"]) if row["value"] else "",
            codes=tuple(codes.get(row["item_name"] or "", ())),
        )
        for row in commonest.iter_rows(named=True)
    ]
