"""From a nation's seed to frames: facilities and children of some blocks, each child's places and mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from henrei.data.fictional.codes import BASE_GRANT
from henrei.data.fictional.names import facility_number, full_name, surname
from henrei.data.fictional.seeded import SeededRandom, upper_ends

from .seeded_columns import SeededColumns

FACILITIES = {"63": 7, "61": 3}  # of each kind in a block
PER_BLOCK = sum(FACILITIES.values())
PARTS = (13, 7, 6)  # of the 26 open days: which the first, second and third facility of a child may use
# Mistakes in children of 10,000, so that about 0.3 % of the claims carry each; the third part of the children that
# cannot bear a mistake of the cap is made up for.
SHARES = {
    "CRT102": 30, "CRT103": 30, "DAY201": 40, "DAY202": 30, "DAY203": 60, "DAY206": 30, "CAP301": 52, "CAP302": 52,
    "SUB401": 120, "SUB405": 60, "late": 100,
}  # fmt: skip
CITY = "112992"


@dataclass(frozen=True)
class Nation:
    """What fixes a nation: children, blocks and the seed."""

    children: int
    blocks: int
    seed: int
    plant: bool

    def first(self, block: int) -> int:
        """The first child of a block."""
        return block * self.children // self.blocks


def _names(seed: int, salt: str) -> list[str]:
    rng = SeededRandom(seed, salt)
    return [full_name(surname(rng), rng) for _ in range(997)]


def facilities(nation: Nation, first: int, end: int) -> pl.DataFrame:
    """The facilities of blocks first … end − 1: fac (number through the nation) and what they are."""
    rng = SeededColumns(nation.seed)
    frame = pl.DataFrame({"fac": range(first * PER_BLOCK, end * PER_BLOCK)}, schema={"fac": pl.Int64})
    numbers = [facility_number("11", "5", 101 + (f * 37 + f // 4000) % 800, f % 1000) for f in frame["fac"]]
    return frame.with_columns(
        pl.Series("facility_no", numbers, dtype=pl.String),
        kind=pl.when(pl.col("fac") % PER_BLOCK < FACILITIES["63"]).then(pl.lit("63")).otherwise(pl.lit("61")),
        full=pl.col("fac") % 2 == 1,
        region=rng.weighted([("16", 85), ("14", 4), ("15", 4), ("17", 4), ("23", 3)], 101, "fac"),
        staffing=rng.chance(0.75, 102, "fac"),
        improvement=rng.chance(0.60, 103, "fac"),
        bcp=rng.chance(0.05, 104, "fac"),
        fills_adjusted=rng.chance(0.50, 105, "fac"),
        names_guardian=pl.col("fac") % 3 > 0,
    )


def children(nation: Nation, first: int, end: int) -> pl.DataFrame:
    """The children of blocks first … end − 1, one row each: i, and what their certificates say."""
    rng = SeededColumns(nation.seed)
    spans = [(block, nation.first(block), nation.first(block + 1)) for block in range(first, end)]
    frame = pl.DataFrame(spans, schema={"block": pl.Int64, "low": pl.Int64, "high": pl.Int64}, orient="row")
    frame = frame.with_columns(i=pl.int_ranges("low", "high")).explode("i", empty_as_null=False).drop("high")
    is63 = pl.col("kind") == "63"
    frame = frame.with_columns(
        kind=rng.weighted([("63", 7), ("61", 3)], 1),
        places=rng.weighted([("1", 25), ("2", 50), ("3", 25)], 2).cast(pl.Int64),
        recipient_no=(1_000_003 + 7 * pl.col("i")).cast(pl.String).str.zfill(10),
    ).with_columns(
        free=~is63 & rng.chance(0.70, 3),
        cap=rng.weighted([("4600", 60), ("37200", 20), ("0", 20)], 4).cast(pl.Int64),
        individual=is63 & rng.chance(0.30, 6),
        pickup=rng.chance(0.80, 7),
        special=~is63 & rng.chance(0.60, 8),
        sibling=(pl.col("i") % 20 == 1) & (pl.col("i") > pl.col("low")),
        principle=rng.chance(0.10, 9),
        renewed=rng.chance(0.10, 10),
        self_plan=rng.chance(0.20, 11),
        manager=rng.below(pl.col("places"), 12),
        name=rng.below(997, 13),
        turn=rng.below(26, 14),  # turns the child's open days
        start=rng.below(546, 15),
        pick=rng.below(6, 16),
    )
    eligible = (pl.col("places") > 1) & (pl.col("cap") > 0) & ~pl.col("free")
    kana, guardian = _names(nation.seed, "child"), _names(nation.seed, "guardian")
    frame = frame.with_columns(
        # The free years are the three before school; 2 is the second child's half, 3 the third's nothing.
        rank=pl.when(~is63 & ~pl.col("free"))
        .then(rng.weighted([("", 85), ("1", 10), ("2", 5)], 5))
        .otherwise(pl.lit("")),
        born=pl.when("free")
        .then(pl.lit(date(2020, 4, 2)) + pl.duration(days=rng.below(1094, 17)))
        .when(~is63)
        .then(pl.lit(date(2023, 4, 2)) + pl.duration(days=rng.below(600, 17)))
        .otherwise(pl.lit(date(2010, 4, 2)) + pl.duration(days=rng.below(3284, 17))),
        plant=_plants(rng, eligible) if nation.plant else pl.lit(None, dtype=pl.String),
        kana=pl.Series(kana).gather(frame["name"]),
        guardian=pl.Series(guardian).gather((frame["name"] * 31 + frame["i"]) % 997),
        household="H" + (pl.col("i") - pl.col("sibling").cast(pl.Int64)).cast(pl.String).str.zfill(7),
        grant=pl.col("kind").replace_strict(BASE_GRANT, return_dtype=pl.String),
    )
    return frame.with_columns(
        month=pl.when(pl.col("plant").is_in(["SUB401", "SUB405", "late"])).then(0).otherwise(1),
        managed=eligible & (pl.col("plant") != "CAP301").fill_null(True),
    ).with_columns(
        sheet=pl.col("managed") & (pl.col("plant") != "CAP302").fill_null(True),
    )


def _plants(rng: SeededColumns, eligible: pl.Expr) -> pl.Expr:
    """The code each child carries; `late` is right: a claim of the month before, returned once."""
    able = {"DAY201": pl.col("places") > 1, "CAP301": eligible, "CAP302": eligible, "SUB401": eligible}
    drawn = rng.below(10_000, 20)
    plant = pl.lit(None, dtype=pl.String)
    for code, end in upper_ends(list(SHARES.items())):
        mine = (drawn >= end - SHARES[code]) & (drawn < end) & able.get(code, pl.lit(True))
        plant = pl.when(mine).then(pl.lit(code)).otherwise(plant)
    return plant


def stays(nation: Nation, who: pl.DataFrame, where: pl.DataFrame) -> pl.DataFrame:
    """Each child at each of its facilities: i, k (0, 1, 2), days, absences and contract, with child and facility."""
    rng = SeededColumns(nation.seed)
    width, base = (
        pl.col("kind").replace_strict(values, return_dtype=pl.Int64)
        for values in (FACILITIES, {"63": 0, "61": FACILITIES["63"]})
    )
    least = {0: (8, 7, 7), 1: (0, 4, 3), 2: (0, 0, 3)}
    spread = {0: (6, 6, 5), 1: (1, 4, 4), 2: (1, 1, 3)}
    parts = []
    for k, size in enumerate(PARTS):
        low, high = (
            pl.col("places").replace_strict(dict(enumerate(values[k], 1)), return_dtype=pl.Int64)
            for values in (least, spread)
        )
        days = low + rng.below(high, 30 + k)
        away = pl.min_horizontal(rng.weighted([("0", 70), ("1", 24), ("2", 6)], 40 + k).cast(pl.Int64), size - days)
        step = pl.col("pick") % (width - 1) + 1
        here = who.filter(pl.col("places") > k).with_columns(
            k=pl.lit(k, dtype=pl.Int64),
            fac=pl.col("block") * PER_BLOCK + base + (rng.below(width, 50) + k * step) % width,
            days=days,
            away=away,
        )
        parts.append(here)
    frame = pl.concat(parts).join(where.drop("kind"), on="fac", maintain_order="left")
    over = pl.col("plant").eq_missing("DAY202")
    # A contract has a day to spare; who goes over the allowance is under contract for a day less than used.
    spare = pl.when(over & (pl.col("k") == 0)).then(-1).when(over).then(0).otherwise(1)
    frame = frame.with_columns(contract=pl.col("days") + spare)
    return frame.sort("fac", "month", "recipient_no").with_row_index("c").with_columns(pl.col("c").cast(pl.Int64))
