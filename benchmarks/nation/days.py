"""From stays to a frame of their days: who comes when, and what the facility records of it."""

from __future__ import annotations

from datetime import date

import polars as pl

from henrei.data.fictional.months import open_days, school_days

from .population import PARTS
from .seeded_columns import SeededColumns

MONTHS = ("2026-03", "2026-04")  # of the children that come late, and of all others
REVIEW = "2026-05"
_STEPS = (5, 3, 5)  # prime to the sizes of the parts: from one day to the next in a part
LATEST = 90  # busy attendance begins and ends fewer minutes than these after the usual times
CAPACITIES = (10, 20, 30, 40, 50, 60, 80, 100, 150, 200, 400, 999)


def visits(stays: pl.DataFrame, seed: int) -> pl.DataFrame:
    """A row a day: c, i, k, day of the month, absent, and what is recorded beside it; no child is at two places on a day
    unless that is planted. The last three are for busy attendance: minutes after the usual times, and which remark.

    Of the open days taken by turns of four, a child's first facility has the first and the third, the second has the
    second and the third one the last; each child begins on another day.
    """
    rng = SeededColumns(seed)
    rows = stays.select(
        "c", "i", "k", "fac", "kind", "month", "days", "away", "turn", "start", "pickup", "special", "plant"
    ).with_columns(j=pl.int_ranges(0, pl.col("days") + pl.col("away")))
    rows = rows.explode("j", empty_as_null=False)
    twice = pl.col("plant").eq_missing("DAY201") & (pl.col("k") == 1) & (pl.col("j") == 0)
    rows = rows.with_columns(part=pl.when(twice).then(0).otherwise("k"))
    size, step = (
        pl.col("part").replace_strict(dict(enumerate(values)), return_dtype=pl.Int64) for values in (PARTS, _STEPS)
    )
    at = (pl.col("j") * step + pl.col("start")) % size
    slot = pl.when(pl.col("part") == 0).then(at * 2).otherwise(at * 4 + pl.col("part") * 2 - 1)
    rows = rows.with_columns(slot=(slot + pl.col("turn")) % 26 + pl.col("month") * 26)
    calendar = _calendar()
    key = pl.col("i") * 128 + pl.col("k") * 32 + pl.col("j")
    rows = rows.with_columns(
        day=calendar["day"].gather(rows["slot"]),
        school=calendar["school"].gather(rows["slot"]),
        absent=pl.col("j") >= pl.col("days"),
    )
    came = ~pl.col("absent")
    return rows.with_columns(
        holiday=came & ~pl.col("school") & (pl.col("kind") == "63"),
        out=came & pl.col("pickup") & rng.chance(0.80, 60, key) & (pl.col("school") | (pl.col("kind") == "63")),
        back=came & pl.col("pickup") & rng.chance(0.85, 61, key),
        mark=came & pl.col("special") & pl.col("j").is_in([1, 4]),
        note=rng.chance(0.08, 62, key),
        later_start=rng.below(LATEST, 63, key),
        later_end=rng.below(LATEST, 64, key),
        remark=rng.below(2**31, 65, key),
    ).select(
        "c", "i", "k", "fac", "kind", "month", "day", "absent", "holiday", "out", "back", "mark", "note",
        "later_start", "later_end", "remark",
    )  # fmt: skip


def _calendar() -> pl.DataFrame:
    """26 days open in each of the two months: all but Sundays."""
    rows = []
    for month in MONTHS:
        days = open_days(month, frozenset({6}))
        assert len(days) == 26
        rows += [(day, day in school_days(month)) for day in days]
    return pl.DataFrame(rows, schema={"day": pl.Int64, "school": pl.Boolean}, orient="row")


def counts(days: pl.DataFrame) -> pl.DataFrame:
    """By stay (c): lessons and holidays of use, absences, trips, special support."""
    came = ~pl.col("absent")
    return days.group_by("c").agg(
        lessons=(came & ~pl.col("holiday")).sum().cast(pl.Int64),
        holidays=pl.col("holiday").sum().cast(pl.Int64),
        absences=pl.col("absent").sum().cast(pl.Int64),
        trips=(pl.col("out").cast(pl.Int64) + pl.col("back").cast(pl.Int64)).sum(),
        specials=pl.col("mark").sum().cast(pl.Int64),
    )


def capacities(days: pl.DataFrame) -> pl.DataFrame:
    """By facility (fac): a capacity that holds the children of its fullest day."""
    fullest = (
        days.filter(~pl.col("absent"))
        .group_by("fac", "month", "day")
        .agg(pl.col("i").n_unique().alias("n"))
        .group_by("fac")
        .agg(pl.col("n").max())
    )
    capacity = pl.lit(CAPACITIES[-1])
    for size in reversed(CAPACITIES[:-1]):
        capacity = pl.when(pl.col("n") <= size).then(pl.lit(size)).otherwise(capacity)
    return fullest.select("fac", capacity=capacity.cast(pl.Int64))


def expired_on() -> date:
    """The last day of a certificate that ends too early."""
    return date(2026, 4, 10)
