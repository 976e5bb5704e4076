"""Sheet 5: what could not be judged, and what was refused. Neither is a mistake of a facility by itself."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from henrei.reports.workbook import Book, Column
from henrei.reports.worklist import labels
from henrei.reports.worklist.data import WHOSE, Material

COLUMNS = (
    Column("区分", 16),
    Column("コード", 9),
    Column("内容", 30, wrap=True),
    *WHOSE,
    Column("理由", 60, wrap=True),
    Column("ファイル", 20, wrap=True),
    Column("行", 8, "number"),
    Column("レコード", 10),
    Column("項目番号", 8, "number"),
    Column("項目名", 20, wrap=True),
    Column("元の行", 60),
)
WHOLE, REFUSED, ONE = "確認全体を判定せず", "取り込めない行", "判定できず"
MOST = 50_000  # refused lines; a file that is broken as a whole has more than anyone reads


def add(book: Book, material: Material) -> None:
    whole = material.undetermined["facility_no"].is_null()
    rows = (
        *_undetermined(material, material.undetermined.filter(whole), WHOLE),
        *_refused(material),
        *_undetermined(material, material.undetermined.filter(~whole), ONE),
    )
    book.table(labels.UNJUDGED, COLUMNS, rows, freeze=2)


def _undetermined(material: Material, frame: pl.DataFrame, kind: str) -> Iterator[list[object]]:
    for row in frame.iter_rows(named=True):
        yield [
            kind,
            row["check_code"],
            material.checks[row["check_code"]].title,
            *material.whose(row),
            row["reason"],
            *[None] * 6,
        ]


def _refused(material: Material) -> Iterator[list[object]]:
    for row in material.rejects.head(MOST).iter_rows(named=True):
        places = [row[name] for name in ("reason", "file", "line", "record", "item_no", "item_name", "raw")]
        yield [REFUSED, row["reason_code"], *[None] * 7, *places]
    if (more := material.rejects.height - MOST) > 0:
        yield [REFUSED, *[None] * 8, f"ほか{more:,}行は rejects.csv にあります", *[None] * 6]
