"""Data lines with their keys and groups go in; every line that is refused with its reason, and what the groups of these could
be, come out. Called by `read`, and for files that are refused whole by the monthly run.
"""

from __future__ import annotations

import polars as pl

from henrei.schemas.exchange import reject_reasons
from henrei.schemas.exchange.groups import BASE, group_faults, with_units
from henrei.schemas.layouts import cells_with

REJECTED_LINE = {
    "file": pl.UInt32,
    "line": pl.Int64,
    "record": pl.String,
    "item_no": pl.Int64,
    "item_name": pl.String,
    "reason_code": pl.String,
    "reason": pl.String,
}
REMARK = {name: kind for name, kind in REJECTED_LINE.items() if name != "reason_code"}
REFUSED_GROUP = {
    "file": pl.UInt32,
    "group": pl.Int64,
    "unit": pl.String,
    "facility_no": pl.String,
    "recipient_no": pl.String,
    "service_month": pl.Date,
    "form": pl.String,
}


def rejected_lines(data: pl.DataFrame, faults: pl.DataFrame) -> pl.DataFrame:
    """Every line of every group with a fault (`parse.LINE_FAULT`, `group_faults`): its own reason, or the group's."""
    whole = group_faults(data)
    place = ["file", "group"]
    first = (
        pl.concat([faults.select(*place, "line"), whole.select(*place, "line")])
        .group_by(place)
        .agg(cause=pl.col("line").min())
    )
    lines = data.join(first, on=place, how="inner", maintain_order="left")
    lines = lines.join(faults.drop("group"), on=["file", "line"], how="left", maintain_order="left")
    lines = lines.join(whole.select(*place, whole="reason"), on=place, how="left", maintain_order="left")
    unit = pl.col("family").replace_strict(reject_reasons.UNIT, default="記録")
    companion = pl.coalesce("whole", pl.format(reject_reasons.COMPANION_TEXT, unit, pl.col("cause")))
    return lines.with_columns(
        reason=pl.coalesce("reason", companion),
        reason_code=pl.col("reason_code").fill_null(reject_reasons.INCOMPLETE),
    )


def describe_groups(lines: pl.DataFrame) -> pl.DataFrame:
    """What refused groups could be, of all their lines: REFUSED_GROUP, a row for each group and each child it is about.

    `group` is null where the group has no 01: such lines are no claim and no record.
    """
    names_child = pl.col("record").is_in(list(cells_with("child")))
    opened = (pl.col("part").first() == BASE).over("file", "group")
    named = with_units(lines).select(
        "file",
        "unit",
        "facility",
        "recipient",
        "child",
        "service_month",
        "form",
        "group",
        opened=opened,
        names_child=names_child,
    )
    own = named.group_by("file", "group", maintain_order=True).agg(
        pl.col("unit", "facility", "recipient", "service_month", "form").drop_nulls().first(),
        pl.col("opened").first(),
        anyone=pl.col("recipient").first().is_null() | (pl.col("names_child") & pl.col("child").is_null()).any(),
    )
    # Where the first line of a group does not name the recipient, or a household's line its child, it could be anyone's,
    # whatever its other lines say.
    nameless = own.filter("anyone").with_columns(recipient=pl.lit(None, pl.String))
    own = own.drop("anyone")
    children = named.filter(pl.col("child").is_not_null()).with_columns(recipient=pl.col("child"))
    return (
        pl.concat([own, nameless.select(own.columns), children.select(own.columns)])
        .unique(maintain_order=True)
        .with_columns(group=pl.when("opened").then("group"))
        .rename({"facility": "facility_no", "recipient": "recipient_no"})
        .select(*REFUSED_GROUP)
    )
