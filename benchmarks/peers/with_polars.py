"""Writes the keys that ten cross-checks of a review month find, in polars: python with_polars.py HOME MONTH OUT."""

from __future__ import annotations

from datetime import date

import polars as pl
from inbox import arguments
from polars_tables import CHILD, KEY, Claimed, Ledgers, claimed, ledgers, read_exchange

Findings = dict[str, pl.LazyFrame]  # check code to rows with the columns of KEY


def overlaps() -> pl.Expr:
    """The period valid_from–valid_to (open where null) has a day in the month."""
    return (pl.col("valid_from") <= pl.col("month").dt.month_end()) & (
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.col("month"))
    )


def with_child(frame: pl.LazyFrame, children: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of recipients with the child that each is: several numbers may be one child."""
    named = pl.coalesce("c" + pl.col("child"), "n" + pl.col("recipient"))
    return frame.join(children, on="recipient", how="left").with_columns(child=named)


def allowances(files: Claimed, city: Ledgers) -> pl.LazyFrame:
    """By recipient, month and type: the days that the child may use and contract, where the ledger says them."""
    wanted = pl.concat([files.use_days.select(*CHILD, "type"), files.contracts.select(*CHILD, "type")]).unique()
    numbers = wanted.select("recipient").unique().join(city.children, on="recipient", how="left")
    numbers = numbers.join(city.children.rename({"recipient": "number"}), on="child", how="left")
    numbers = numbers.select("recipient", number=pl.coalesce("number", "recipient"))
    return (
        # `unique` keeps polars from joining by type alone first, which is as many rows as there are pairs of children.
        wanted.join(numbers, on="recipient")
        .unique()
        .join(city.grants.rename({"recipient": "number"}), on=["number", "type"])
        .filter(overlaps())
        .with_columns(
            used=pl.when("by_rule").then(pl.col("month").dt.month_end().dt.day().cast(pl.Int64) - 8).otherwise("days"),
            contracted=pl.when("by_rule").then(23).otherwise("days"),
        )
        .group_by(*CHILD, "type")
        .agg(pl.col("used", "contracted").max(), unknown=pl.col("used").is_null().any())
        .filter(~pl.col("unknown"))
    )


def certificate_checks(files: Claimed, city: Ledgers) -> Findings:
    granted = ["recipient", "type"]
    known = city.recipients.select("recipient").unique()
    certified = files.claim_days.join(known, on="recipient", how="semi")
    covered = files.claim_days.join(city.grants, on=granted).filter(pl.col("date").is_between("valid_from", "valid_to"))
    return {
        "CRT102": certified.join(city.grants, on=granted, how="semi").join(
            covered, on=[*KEY, "type", "date"], how="anti"
        ),
        "CRT103": certified.join(city.grants, on=granted, how="anti"),
    }


def day_checks(files: Claimed, city: Ledgers) -> Findings:
    per_type = [*CHILD, "type"]
    allowed = allowances(files, city)
    days = with_child(files.use_days, city.children)
    used = days.select("child", "month", "type", "facility", "date").unique().group_by("child", "month", "type").len()
    over = days.join(used, on=["child", "month", "type"]).join(allowed, on=per_type)
    return {
        "DAY201": double_days(days).join(files.claims, on=KEY, how="semi"),
        "DAY202": over.filter(pl.col("len") > pl.col("used")).join(files.claims, on=KEY, how="semi"),
        "DAY203": differing_days(files, city),
        "DAY206": files.contracts.join(
            peaks(files.contracts)
            .join(allowed, on=per_type)
            .filter(pl.col("amount") > pl.col("contracted") * 100),
            on=per_type,
            how="semi",
        ),
    }  # fmt: skip


def differing_days(files: Claimed, city: Ledgers) -> pl.LazyFrame:
    """Billed days that are fewer than the days of use, or more than these and the rows with an add-on."""
    place = [*KEY, "type"]
    counted = files.day_rows.group_by(place).agg(
        least=pl.col("used").sum().cast(pl.Int64), most=pl.len().cast(pl.Int64)
    )
    differing = (
        files.billed.join(files.records, on=place)
        .join(counted, on=place, how="left")
        .with_columns(pl.col("least", "most").fill_null(0))
        .filter((pl.col("billed") < pl.col("least")) | (pl.col("billed") > pl.col("most")))
    )
    # One day may be billed for an add-on that needs no use.
    billed = files.lines.with_columns(type=pl.col("code").str.slice(0, 2)).join(differing, on=place, how="semi")
    without_use = billed.join(city.codes_without_use, on="code").filter(overlaps())
    lone = differing.filter((pl.col("billed") == 1) & (pl.col("most") == 0)).join(without_use, on=place, how="semi")
    return differing.join(lone, on=place, how="anti")


def double_days(days: pl.LazyFrame) -> pl.LazyFrame:
    """Days of use that exclude another one of the same child's."""
    shared = days.filter(pl.len().over("child", "date") > 1)
    one_a_day, other = ["61", "63", "65"], pl.col("facility") != pl.col("facility_right")
    return shared.join(shared, on=["child", "date"]).filter(
        (
            pl.col("type").is_in(one_a_day)
            & pl.col("type_right").is_in(one_a_day)
            & (other | (pl.col("type") != pl.col("type_right")))
        )
        | ((pl.col("type") == "64") & (pl.col("type_right") == "64") & other)
    )


def peaks(contracts: pl.LazyFrame) -> pl.LazyFrame:
    """By child, month and type: the most hundredths of days contracted at one time."""
    turns = (
        contracts.filter(pl.col("valid_from") <= pl.col("month").dt.month_end())
        .select(*CHILD, "type", turn=pl.max_horizontal("valid_from", "month"))
        .unique()
    )
    return (
        contracts.join(turns, on=[*CHILD, "type"])
        .filter(pl.col("valid_from") <= pl.col("turn"), pl.col("valid_to").fill_null(pl.date(9999, 1, 1)) >= pl.col("turn"))
        .group_by(*CHILD, "type", "turn")
        .agg(pl.col("amount").sum())
        .group_by(*CHILD, "type")
        .agg(pl.col("amount").max())
    )  # fmt: skip


def cap_checks(files: Claimed, city: Ledgers) -> Findings:
    claims = files.claims.join(at_several(files.claims, city.recipients), on=CHILD, how="semi")
    filed = files.claims.select(CHILD).unique().join(city.managers, on="recipient").filter(overlaps())
    filed = filed.select(CHILD).unique()
    stated = city.sheet_states.select(CHILD).unique().with_columns(stated=True)
    silent = (pl.col("month").dt.offset_by("1mo") < city.horizon) & ~pl.col("stated").fill_null(False)
    return {
        "CAP301": claims.join(filed, on=CHILD, how="anti"),
        "CAP302": claims.join(filed, on=CHILD, how="semi")
        .join(children_with_sheet(files, city), on=CHILD, how="anti")
        .join(stated, on=CHILD, how="left")
        .filter(~silent),
    }


def at_several(claims: pl.LazyFrame, recipients: pl.LazyFrame) -> pl.LazyFrame:
    """Children of a month who pay at two facilities or more."""
    return (
        claims.group_by(CHILD)
        .agg(pl.col("facility").n_unique())
        .filter(pl.col("facility") >= 2)
        .join(recipients, on="recipient")
        .filter(overlaps())
        .group_by(CHILD)
        .agg(pl.col("cap").max(), pl.col("free").any())
        .filter(pl.col("cap") > 0, ~pl.col("free"))
    )


def children_with_sheet(files: Claimed, city: Ledgers) -> pl.LazyFrame:
    """Children and months with a sheet: a live one, a decided one, or a decided one of another child of the household."""
    live = files.sheets.filter(pl.col("kind").is_in(["1", "2"]))
    of_siblings = files.siblings.join(live, on=["id", *KEY], how="semi").select("month", recipient="child")
    decided = city.sheet_states.filter("decided")
    of_household = city.siblings.join(decided, left_on="sibling", right_on="recipient").select(CHILD)
    return pl.concat([live.select(CHILD), of_siblings.select(CHILD), decided.select(CHILD), of_household])


def resubmission_checks(files: Claimed, city: Ledgers, review_month: date) -> Findings:
    petitioned = city.petitions.join(city.claim_states, on=KEY).filter(
        pl.col("due") <= review_month, pl.col("newest") < pl.col("due")
    )
    decided = city.claim_states.filter("decided")
    return {
        "SUB401": files.sheets.filter(pl.col("kind") == "1").join(
            city.sheet_states.filter("decided"), on=KEY, how="semi"
        ),
        "SUB405": files.claims.join(decided, on=KEY).join(petitioned, on=KEY, how="anti"),
    }


def main() -> None:
    folder, number_of_city, review_month, out = arguments(__doc__)
    files = claimed(read_exchange(folder), number_of_city)
    city = ledgers(folder, number_of_city, review_month)
    findings = {
        **certificate_checks(files, city),
        **day_checks(files, city),
        **cap_checks(files, city),
        **resubmission_checks(files, city, review_month),
    }
    keys = [frame.select(pl.lit(code).alias("check_code"), *KEY) for code, frame in findings.items()]
    # All is computed here, once: polars sees what the checks have in common.
    pl.concat(keys).unique().select(
        "check_code",
        facility_no="facility",
        recipient_no="recipient",
        service_month=pl.col("month").dt.strftime("%Y-%m"),
    ).sort(pl.all()).collect().write_csv(out)


if __name__ == "__main__":
    main()
