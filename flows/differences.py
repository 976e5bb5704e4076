"""Two sets of findings of one month in, how many came, went or changed by check out. Called by verify and by the rehearsal of
an upgrade: what other rules make of a month is counted, not compared byte for byte.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from henrei.errors import HenreiError
from henrei.home import Home
from henrei.months import month_texts
from henrei.store import books
from henrei.store.tables import SUBJECT_KEY

_FINDING = ("check_code", *SUBJECT_KEY, "service_type")
COMPARED = (*_FINDING, "severity", "use_dates", "observed", "expected", "message")
_KINDS = (("new", "新しく"), ("gone", "なくなる"), ("otherwise", "内容が変わる"))


def kept_findings(home: Home, month: date) -> pl.DataFrame:
    """What close kept, as rows of findings.csv; of a close of 0.1.0, which kept nothing, what its run wrote."""
    if books.has_results(home, month):
        rows = books.read_results(home, month)["findings"]
        return rows.with_columns(month_texts(pl.col("service_month"))).select(COMPARED)
    path = home.out(month) / "findings.csv"
    if not path.is_file():
        raise HenreiError(f"{home.name_of(path)} がないため比べられません。控えから戻してください")
    return written_findings(path)


def written_findings(path: Path) -> pl.DataFrame:
    """What a findings.csv says of any version, as far as it is compared."""
    return pl.read_csv(path, infer_schema=False).select(COMPARED)


def changes(kept: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """check_code, new, gone, otherwise (how many findings there would be, or not, or with another content), a row a check
    with any. A finding is the same subject of the same check and, of a facility, service type."""
    now = now.select(COMPARED)
    kept, now = (rows.with_columns(pl.all().cast(pl.String).fill_null("")) for rows in (kept, now))
    same = kept.join(now, on=COMPARED, how="semi").select(_FINDING)
    parts = {
        "new": now.join(kept, on=_FINDING, how="anti"),
        "gone": kept.join(now, on=_FINDING, how="anti"),
        "otherwise": kept.join(now, on=_FINDING, how="semi").join(same, on=_FINDING, how="anti"),
    }
    counted = pl.concat([rows.select("check_code", kind=pl.lit(kind)) for kind, rows in parts.items()])
    counts = [(pl.col("kind") == kind).sum().alias(kind) for kind in parts]
    return counted.group_by("check_code").agg(counts).sort("check_code")


def say_total(changed: pl.DataFrame) -> str:
    """All checks together, as people read it; empty where nothing changes."""
    return _counts({kind: int(changed[kind].sum()) for kind, _ in _KINDS})


def say_by_check(changed: pl.DataFrame) -> list[str]:
    """A line a check."""
    return [f"{row['check_code']}: {_counts(row)}" for row in changed.iter_rows(named=True)]


def _counts(counts: dict[str, int]) -> str:
    return "、".join(f"{label} {counts[kind]:,}件" for kind, label in _KINDS if counts[kind])
