"""From stays to frames of claim lines and claims: sums, and the shares after cap management."""

from __future__ import annotations

import polars as pl

from henrei.data.fictional.codes import RATED, base_code, line_code, price, units_of

from .days import MONTHS

_PER_MILLE = {"61": 131, "63": 134}  # 処遇改善
# Key of a line, which stays have it and how often; the number is its place in the claim, by code.
_ADD_ONS = {
    "staffing_plus": (3, pl.col("use") * pl.col("staffing").cast(pl.Int64)),
    "cap_management": (4, (pl.col("managed") & (pl.col("k") == pl.col("manager"))).cast(pl.Int64)),
    "absence": (5, pl.col("absences")),
    "pickup": (8, pl.col("trips")),
    "individual_support_1": (9, pl.col("use") * pl.col("individual").cast(pl.Int64)),
    "specialist_support": (7, pl.col("specials")),
}
_BASE, _RATE, _REDUCED = 10, 6, 12  # places of base lines, 処遇改善 and the reduction of a rate


def lines(stays: pl.DataFrame) -> pl.DataFrame:
    """K122-03: c, place, service_code, units, count, product, ordered by claim and code."""
    stays = stays.with_columns(use=pl.col("lessons") + pl.col("holidays"))
    parts = []
    for kind in ("61", "63"):
        here = stays.filter(pl.col("kind") == kind)
        for holiday, name in ((False, "lessons"), (True, "holidays")):
            if holiday and kind == "61":
                continue
            by_class = {size: base_code(kind, size, False, holiday) for size in (10, 20, 30)}
            size = pl.when(pl.col("capacity") <= 10).then(10).when(pl.col("capacity") <= 20).then(20).otherwise(30)
            units = {code: units_of(code, MONTHS[1]) for code in by_class.values()}
            code = size.replace_strict(by_class, return_dtype=pl.String)
            parts.append(
                _line(here, _BASE + holiday, code, code.replace_strict(units, return_dtype=pl.Int64), pl.col(name))
            )
        for key, (place, times) in _ADD_ONS.items():
            if key == "individual_support_1" and kind == "61":
                continue
            name = line_code(kind, key)
            parts.append(_line(here, place, pl.lit(name), pl.lit(units_of(name, MONTHS[1])), times))
    frame = pl.concat(parts)
    frame = pl.concat([frame, _reduced(stays, frame)])
    sums = frame.group_by("c").agg(pl.col("product").sum())
    paid = stays.filter("improvement").join(sums, on="c")
    rate = pl.col("kind").replace_strict(_PER_MILLE, return_dtype=pl.Int64)
    code = pl.col("kind").replace_strict(
        {kind: line_code(kind, "treatment_improvement") for kind in _PER_MILLE}, return_dtype=pl.String
    )
    # Half a unit is rounded up.
    rated = _line(paid, _RATE, code, (pl.col("product") * rate * 2 + 1000) // 2000, pl.lit(1))
    return pl.concat([frame, rated]).sort("c", "place")


def _reduced(stays: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """業務継続計画未策定減算, a rate of the base lines; half a unit is rounded up."""
    base = (
        frame.filter(pl.col("place").is_in([_BASE, _BASE + 1])).group_by("c").agg(pl.col("product").sum().alias("base"))
    )
    less = -((pl.col("base") * RATED["reduction_bcp"][1] * 2 + 1000) // 2000)
    code = pl.col("kind").replace_strict(
        {kind: line_code(kind, "reduction_bcp") for kind in _PER_MILLE}, return_dtype=pl.String
    )
    return _line(stays.filter("bcp").join(base, on="c"), _REDUCED, code, less, pl.lit(1))


def _line(here: pl.DataFrame, place: int, code: pl.Expr, units: pl.Expr, times: pl.Expr) -> pl.DataFrame:
    return (
        here.select(
            "c",
            place=pl.lit(place, dtype=pl.Int64),
            service_code=code,
            units=units.cast(pl.Int64),
            times=times.cast(pl.Int64),
        )
        .filter(pl.col("times") > 0)
        .with_columns(product=pl.col("units") * pl.col("times"))
    )


def claims(stays: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The stays with what they cost: units, price, cost, tenth, burden, capped, result, share, decided, benefit."""
    prices = {region: price(region, False) for region in ("14", "15", "16", "17", "23")}
    sums = lines.group_by("c").agg(pl.col("product").sum().alias("total"))
    frame = stays.join(sums, on="c", how="left", maintain_order="left").with_columns(
        price=pl.col("region").replace_strict(prices, return_dtype=pl.Int64)
    )
    frame = frame.with_columns(cost=pl.col("total") * pl.col("price") // 1000)
    frame = frame.with_columns(tenth=pl.col("cost") // 10)
    less = pl.col("kind") == "61"
    frame = frame.with_columns(
        burden=pl.when("free")
        .then(0)
        .when(less & (pl.col("rank") == "2"))
        .then(0)
        .when(less & (pl.col("rank") == "1"))
        .then(pl.col("cost") * 5 // 100)
        .otherwise("tenth")
    )
    frame = frame.with_columns(capped=pl.min_horizontal("burden", "cap"), leads=pl.col("k") == pl.col("manager"))
    order = frame.select("c", "i", "k", "leads", "capped").sort("i", ~pl.col("leads"), "k")
    before = order.select(
        "c",
        row=pl.int_range(1, pl.len() + 1).over("i").cast(pl.Int64),
        before=(pl.col("capped").cum_sum() - pl.col("capped")).over("i"),
        together=pl.col("capped").sum().over("i"),
        own=pl.col("capped").first().over("i"),  # the manager's, which is first
    )
    frame = frame.join(before, on="c", how="left", maintain_order="left")
    result = (
        pl.when(pl.col("own") >= pl.col("cap")).then(1).when(pl.col("together") <= pl.col("cap")).then(2).otherwise(3)
    )
    left = pl.max_horizontal(pl.col("cap") - pl.col("before"), 0)
    frame = frame.with_columns(result=pl.when("managed").then(result))
    share = (
        pl.when(pl.col("result") == 1)
        .then(pl.when("leads").then("cap").otherwise(0))
        .when(pl.col("result") == 2)
        .then("capped")
        .when(pl.col("result") == 3)
        .then(pl.min_horizontal("capped", left))
    )
    frame = frame.with_columns(share=share)
    frame = frame.with_columns(decided=pl.coalesce("share", "capped"))
    return frame.with_columns(benefit=pl.col("cost") - pl.col("decided"))
