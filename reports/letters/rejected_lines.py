"""Rejected lines of a month in, those of each facility out: they never reached review and must be sent again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

import polars as pl

from henrei.schemas.exchange.envelope import as_original, is_copy, with_heads
from henrei.schemas.exchange.groups import with_keys
from henrei.schemas.exchange.reject_reasons import UNIT

# What facilities send; ledgers are the city's own, K72 is the federation's.
_SENT = ("K11", "K41", "K61", "B73", "broken", "unknown")


@dataclass(frozen=True)
class RejectedLines:
    """Neighbouring lines of a file with the same fault; `lines` as 12 or 2–120."""

    file: str
    lines: str
    count: int
    record: str
    item: str
    reason: str


def by_facility(rejects: pl.DataFrame, files: pl.DataFrame, known: Collection[str]) -> dict[str, list[RejectedLines]]:
    """Whose the rejected lines are.

    `rejects` as rejects.csv, all text; `files`: path, kind, control_facility_no; `known`: numbers of facilities. A
    line belongs to the facility it names, if that is known (an office may send for several), else to the one that the
    file's control record names, else to the only one that its file names; else it stays with the city.
    """
    sent = files.filter(pl.col("kind").is_in(_SENT)).select(pl.col("path").alias("file"), "control_facility_no")
    lines = rejects.join(sent, on="file", how="inner", maintain_order="left")
    if lines.is_empty():
        return {}
    # A city's copy (B731) names the city in its control record.
    raw = pl.col("raw").fill_null("")
    lines = lines.rename({"record": "loaded_record"}).with_columns(text=as_original(raw))
    lines = with_keys(with_heads(lines))
    copied = is_copy(raw).any().over("file")
    named = pl.when(pl.col("facility").is_in(list(known))).then("facility")
    control = pl.when(~copied).then(pl.col("control_facility_no").str.zfill(10))
    lines = lines.with_columns(named=named, control=control)
    only = pl.when(pl.col("named").drop_nulls().n_unique().over("file") == 1).then(
        pl.col("named").drop_nulls().first().over("file")
    )
    lines = lines.with_columns(sender=pl.coalesce("named", "control", only)).drop_nulls("sender")
    columns = ("file", "line", "loaded_record", "item_no", "item_name", "reason")
    return {
        str(sender): _ranges(part.select(columns).rows())
        for (sender,), part in lines.partition_by("sender", as_dict=True).items()
    }


def _ranges(rows: list[tuple[str, str, str | None, str | None, str | None, str]]) -> list[RejectedLines]:
    ranges: list[tuple[tuple[str, str, str], int, int, set[str]]] = []  # the fault, first and last line, records
    for file, line, record, item_no, item_name, reason in rows:
        fault = (file, f"{item_no} {item_name or ''}".strip() if item_no else "", reason)
        at, kinds = int(line), {_label(record)}
        if ranges and ranges[-1][0] == fault and ranges[-1][2] + 1 == at:
            _, first, _, before = ranges.pop()
            ranges.append((fault, first, at, before | kinds))
        else:
            ranges.append((fault, at, at, kinds))
    return [
        RejectedLines(
            file=PurePosixPath(file).name,  # the folders are the city's own order
            lines=f"{first}" if first == last else f"{first}–{last}",
            count=last - first + 1,
            record="・".join(sorted(records - {""})),
            item=item,
            reason=reason,
        )
        for (file, item, reason), first, last, records in ranges
    ]


def _label(record: str | None) -> str:
    return UNIT.get((record or "")[:4], "")
