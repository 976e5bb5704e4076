"""Writes the city's ledgers and truth/, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

from henrei.data.fictional.codes import table
from henrei.schemas.ledgers import ledgers

from .days import MONTHS, expired_on

_SINCE, _UNTIL = date(2025, 5, 1), date(2027, 4, 30)
_RENEWAL = date(2026, 4, 15)  # the last day of the old certificate, where there are two in the month
_CP932 = ("recipients", "facilities", "facility_addons")
TRUTH = ("check_code", "subject", "facility_no", "recipient_no", "service_month")


class Table:
    """A CSV file that grows; the header comes first."""

    def __init__(self, path: Path, header: list[str], encoding: str) -> None:
        self._stream = path.open("wb")
        self._encoding = encoding
        self.rows = 0
        if encoding == "utf-8-sig":
            self._stream.write(b"\xef\xbb\xbf")
            self._encoding = "utf-8"
        self._stream.write((",".join(header) + "\r\n").encode(self._encoding))

    def add(self, rows: pl.DataFrame) -> None:
        self._stream.write(rows.write_csv(include_header=False, line_terminator="\r\n").encode(self._encoding))
        self.rows += rows.height

    def close(self) -> None:
        self._stream.close()


def open_tables(folder: Path, truth: Path) -> dict[str, Table]:
    """Every ledger in the month's folder, and the truth."""
    tables = {
        name: Table(folder / f"{name}.csv", list(ledger.labels), "cp932" if name in _CP932 else "utf-8-sig")
        for name, ledger in ledgers().items()
    }
    codes = pl.DataFrame(table(), schema=ledgers()["service_codes"].labels, orient="row")
    tables["service_codes"].add(codes)
    truth.parent.mkdir(parents=True, exist_ok=True)
    return tables | {"truth": Table(truth, list(TRUTH), "utf-8")}


def add_rows(
    tables: Mapping[str, Table], who: pl.DataFrame, where: pl.DataFrame, claims: pl.DataFrame, city: str
) -> None:
    """What the ledgers say of these children, facilities and claims."""
    empty = pl.lit("")
    for since, until, some in (
        ("2024/7/1", "2025/6/30", who.filter(pl.col("i") % 3 == 0)),
        ("2025/7/1", "2026/6/30", who),
    ):
        tables["recipients"].add(
            some.select(
                "recipient_no", pl.lit(city).alias("city"), "kana", "guardian", pl.col("born").dt.strftime("%Y/%-m/%-d"),
                "household", empty.alias("child"), "cap", pl.when("free").then(pl.lit("2")).otherwise(empty).alias("free"), "rank",
                empty.alias("own"), pl.lit(since).alias("since"), pl.lit(until).alias("until"),
            )
        )  # fmt: skip
    tables["grants"].add(_grants(who, claims))
    managers = claims.filter(pl.col("managed") & pl.col("leads"))
    tables["cap_managers"].add(
        managers.select("recipient_no", "facility_no", pl.lit("20250501").alias("since"), empty.alias("until"))
    )
    kind = pl.when("self_plan").then(pl.lit("2")).otherwise(pl.lit("1"))
    came = pl.when("self_plan").then(pl.lit("2026-05-04")).otherwise(empty)  # the newest record of coordination
    nothing = [empty.alias("core"), empty.alias("consent"), came.alias("record"), empty.alias("reason")]
    tables["plans"].add(
        who.select(
            "recipient_no", kind.alias("kind"), *nothing, pl.lit("2025-05-01").alias("since"), empty.alias("until")
        )
    )
    corporation = (9_000_000_000_000 + pl.col("fac") // 2).cast(pl.String)
    tables["facilities"].add(
        where.select(
            "facility_no", pl.format("架空教室{}", pl.col("fac") + 1).alias("name"), corporation.alias("corporation"),
            "kind", "capacity", empty.alias("fee"), pl.lit("1").alias("class"), empty.alias("center"),
            "region", pl.lit("R3.4.1").alias("since"),
            *(empty.alias(name) for name in ("until", "pause", "again")),
        )
    )  # fmt: skip
    for sort, key, flag in (("加算", "staffing_plus", "staffing"), ("減算", "reduction_bcp", "bcp")):
        tables["facility_addons"].add(
            where.filter(flag).select(
                "facility_no", "kind", pl.lit(sort).alias("sort"), pl.lit(key).alias("key"), empty.alias("child"),
                pl.lit("20240310" if sort == "加算" else "").alias("filed"), pl.lit("20240401").alias("since"),
                empty.alias("until"),
            )
        )  # fmt: skip
    tables["history"].add(_history(claims))
    tables["truth"].add(_truth(who, claims))


def _grants(who: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """The allowance is what the contracts come to, unless that is the mistake."""
    sums = claims.group_by("i").agg(pl.col("contract").sum(), pl.col("days").sum())
    plant = pl.col("plant")
    who = who.join(sums, on="i", maintain_order="left")
    planted = plant.is_in(["DAY202", "DAY206"]).fill_null(False)
    allowance = (
        pl.when(plant == "DAY202")
        .then(pl.col("days") - 1)
        .when(plant == "DAY206")
        .then(pl.col("contract") - 1)
        .otherwise(pl.max_horizontal("contract", 1))
    )
    by_rule = pl.col("principle") & ~planted & (pl.col("contract") <= 23)
    other = pl.when(pl.col("kind") == "63").then(pl.lit("611000")).otherwise(pl.lit("631000"))
    expired = plant.eq_missing("CRT102")
    who = who.with_columns(
        code=pl.when(plant.eq_missing("CRT103")).then(other).otherwise("grant"),
        allowance=pl.when(by_rule).then(pl.lit("")).otherwise(allowance.cast(pl.String)),
        rule=pl.when(by_rule).then(pl.lit("原則日数")).otherwise(pl.lit("")),
        parted=pl.col("renewed") & ~expired,
    )
    day = pl.lit(_RENEWAL)
    until = pl.when("parted").then(day).when(expired).then(pl.lit(expired_on())).otherwise(pl.lit(_UNTIL))
    columns = ("i", "recipient_no", "code", "allowance", "rule")
    first = who.select(*columns, since=pl.lit(_SINCE), until=until)
    second = who.filter("parted").select(*columns, since=pl.lit(_RENEWAL).dt.offset_by("1d"), until=pl.lit(_UNTIL))
    own = who.filter("individual").select(
        "i", "recipient_no", code=pl.lit("630924"), allowance=pl.lit(""), rule=pl.lit(""), since=pl.lit(_SINCE),
        until=pl.lit(_UNTIL),
    )  # fmt: skip
    return pl.concat([first, second, own]).sort("i", "code", "since").drop("i")


def _history(claims: pl.DataFrame) -> pl.DataFrame:
    """Every claim and sheet of the month before, and for some an older one: henrei knows states half a year back."""
    plant = pl.col("plant")
    late = pl.col("month") == 0
    decided, returned = pl.lit("決定"), pl.lit("返戻")
    claim = pl.when(~late | (plant.eq_missing("SUB405") & (pl.col("k") == 0))).then(decided).otherwise(returned)
    sheet = pl.when(~late | plant.eq_missing("SUB401")).then(decided).otherwise(returned)
    older = claims.filter(pl.col("i") % 20 == 3)
    led = claims.filter(pl.col("sheet") & pl.col("leads"))

    def rows(frame: pl.DataFrame, kind: str, review: str, month: str, result: pl.Expr) -> pl.DataFrame:
        paid = (pl.col("benefit") - pl.col("benefit") % 7).cast(pl.String)
        yen = paid if kind == "明" else pl.lit("")
        return frame.select(
            pl.lit(kind).alias("kind"), pl.lit(review).alias("review"), "facility_no", "recipient_no",
            pl.lit(month).alias("month"), result.alias("result"), yen=pl.when(result == "決定").then(yen).otherwise(pl.lit("")),
        )  # fmt: skip

    return pl.concat(
        [
            rows(older, "明", "2025-11", "2025-10", decided),
            rows(claims, "明", "2026-04", MONTHS[0], claim),
            rows(led, "利", "2026-04", MONTHS[0], sheet),
        ]
    )


def _truth(who: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """All that henrei has to find, and nothing else: also what a mistake carries with it."""
    used_after, absent_after = (pl.col(name) > expired_on().day for name in ("last_use", "last_absence"))
    first = pl.col("k") == 0
    every = pl.lit(True)
    # Without a grant of the type the contract has none either; over the allowance a contract is overrun too.
    expected = [
        ("CRT102", "CRT102", used_after), ("CRT102", "CRT108", absent_after), ("CRT103", "CRT103", every), ("CRT103", "CRT106", every),
        ("DAY201", "DAY201", pl.col("k") < 2), ("DAY202", "DAY202", every), ("DAY202", "DAY207", first),
        ("DAY203", "DAY203", first), ("DAY206", "DAY206", every), ("CAP301", "CAP301", every),
        ("CAP302", "CAP302", every), ("SUB401", "SUB401", pl.col("leads")), ("SUB405", "SUB405", first),
    ]  # fmt: skip
    months = pl.col("month").replace_strict(dict(enumerate(MONTHS)), return_dtype=pl.String)
    parts = [
        claims.filter((pl.col("plant") == plant) & where).select(
            check_code=pl.lit(code),
            subject=pl.lit("sheet" if code == "SUB401" else "claim"),
            facility_no="facility_no",
            recipient_no="recipient_no",
            service_month=months,
        )
        for plant, code, where in expected
    ]
    return pl.concat(parts).sort(TRUTH)
