"""Reads a month's exchange files and ledgers into lazy frames of polars, for the checks of with_polars.py."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from inbox import ADDONS, FORMS, IDS, ITEMS, PARTS, WITHOUT_USE, exchange, ledger

KEY = ["facility", "recipient", "month"]
CHILD = ["recipient", "month"]
FACILITY = pl.col("事業所番号").str.strip_chars().str.zfill(10)


def read_exchange(folder: Path) -> dict[str, pl.LazyFrame]:
    """The needed cells of the needed records, as text."""
    frames: dict[str, list[pl.DataFrame]] = {kind: [] for kind in ITEMS}
    for kind, data in exchange(folder):
        width, items = ITEMS[kind]
        cells = pl.read_csv(
            io.BytesIO(data),
            has_header=False,
            columns=[item + 1 for item in items.values()],
            schema={f"c{i}": pl.String for i in range(width)},
            missing_columns="insert",
        )
        cells = cells.rename({f"c{item + 1}": name for name, item in items.items()})
        frames[kind].append(cells.filter(pl.col("id").is_in(IDS[kind]), pl.col("part").is_in(PARTS[kind])))
    month = (pl.col("month") + "01").str.to_date("%Y%m%d")
    return {kind: pl.concat(parts).lazy().with_columns(month) for kind, parts in frames.items()}


def day(name: str, text: str = r"%Y%m%d") -> pl.Expr:
    return pl.col(name).str.to_date(text, strict=False)


def ledger_date(name: str) -> pl.Expr:
    """2026-04-01, 2026/4/1, 20260401, R8.4.1, 令和8年4月1日; a month is its first day."""
    text = pl.col(name).str.strip_chars()
    parts = text.str.extract_groups(r"^([A-Z]|令和|平成|昭和)?(元|\d+)[年/.-](\d{1,2})(?:[月/.-](\d{1,2}))?").struct
    era = parts[0].replace_strict(
        {"R": 2018, "令和": 2018, "H": 1988, "平成": 1988, "S": 1925, "昭和": 1925}, default=0, return_dtype=pl.Int32
    )
    year = parts[1].replace("元", "1").cast(pl.Int32) + era
    plain = text.str.pad_end(8, "0").str.replace("00$", "01").str.to_date("%Y%m%d", strict=False)
    return pl.date(year, parts[2].cast(pl.Int8), parts[3].cast(pl.Int8).fill_null(1)).fill_null(plain)


def number(name: str) -> pl.Expr:
    text = pl.col(name).str.replace_all(",", "").str.replace(r"\.0+$", "")
    return pl.when(text != "").then(text).cast(pl.Int64)  # a quoted empty cell is no null


def read_table(folder: Path, name: str) -> pl.LazyFrame:
    return pl.read_csv(io.BytesIO(ledger(folder, name)), infer_schema=False).lazy()


def read_ledger(folder: Path, name: str) -> pl.LazyFrame:
    return read_table(folder, name).with_columns(
        pl.col("受給者証番号").str.strip_chars().str.zfill(10).alias("recipient")
    )


@dataclass(frozen=True)
class Claimed:
    """What the exchange files say: a frame for each kind of record, of this city alone."""

    claims: pl.LazyFrame
    billed: pl.LazyFrame
    contracts: pl.LazyFrame
    sheets: pl.LazyFrame
    siblings: pl.LazyFrame
    lines: pl.LazyFrame
    records: pl.LazyFrame
    day_rows: pl.LazyFrame

    @property
    def use_days(self) -> pl.LazyFrame:
        return self.day_rows.filter("used").select(*KEY, "type", "date").unique()

    @property
    def claim_days(self) -> pl.LazyFrame:
        return self.use_days.join(self.claims, on=KEY, how="semi")


@dataclass(frozen=True)
class Ledgers:
    """What the ledgers say; `claim_states` and `sheet_states` are what history.csv leaves decided.

    children: the child that a recipient's number is, where the ledger has a code for it. siblings: other children of a
    recipient's household. codes_without_use: service codes of WITHOUT_USE.
    """

    recipients: pl.LazyFrame
    children: pl.LazyFrame
    siblings: pl.LazyFrame
    codes_without_use: pl.LazyFrame
    grants: pl.LazyFrame
    managers: pl.LazyFrame
    petitions: pl.LazyFrame
    claim_states: pl.LazyFrame
    sheet_states: pl.LazyFrame
    horizon: date  # the first review month of history.csv


def claimed(files: dict[str, pl.LazyFrame], city: str) -> Claimed:
    k11 = files["K11"].filter(pl.col("city").str.strip_chars() == city)
    sheet_rows = files["K41"].filter(pl.col("part") == "01", pl.col("i5").str.strip_chars() == city)
    sibling_rows = files["K41"].filter(
        pl.col("part") == "02", pl.col("id") == "K421", pl.col("i4").str.strip_chars() == city
    )
    k61 = files["K61"].filter(pl.col("city").str.strip_chars() == city, pl.col("form").is_in(list(FORMS)))
    k61 = k61.with_columns(type=pl.col("form").replace_strict(FORMS))
    return Claimed(
        claims=k11.filter(pl.col("part") == "01").select(KEY),
        billed=k11.filter(pl.col("part") == "02")
        .group_by(*KEY, type="i7")
        .agg(billed=pl.col("i10").cast(pl.Int64).sum()),
        contracts=k11.filter(pl.col("part") == "05", pl.col("i7").str.slice(2, 1) != "0").select(
            *KEY, type=pl.col("i7").str.slice(0, 2), amount=pl.col("i8").cast(pl.Int64),
            valid_from=day("i9"), valid_to=day("i10"),
        ),
        sheets=sheet_rows.select("id", "month", facility="i6", recipient="i7", kind="i4"),
        siblings=sibling_rows.select("id", "month", facility="i5", recipient="i6", child="i12"),
        lines=k11.filter(pl.col("part") == "03").select(*KEY, code="i7"),
        records=k61.filter(pl.col("part") == "01").select(*KEY, "type").unique(),
        day_rows=day_rows(k61),
    )  # fmt: skip


def day_rows(k61: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of K611-02 that are a day of use (`used`) or record an add-on (`addon`)."""
    recorded = pl.any_horizontal(pl.col("i14", "i15", "i34").str.contains("[1-9]"))
    used = pl.when(pl.col("form").is_in(["0301", "0501"])).then(recorded).otherwise(pl.col("counted") == "1")
    return (
        k61.filter(pl.col("part") == "02")
        .select(
            *KEY, "type", date=pl.col("month").dt.offset_by(pl.format("{}d", pl.col("day").cast(pl.Int64) - 1)),
            used=(used & pl.col("status").ne_missing("8")).fill_null(False),
            addon=pl.any_horizontal(pl.col(f"addon{item}").str.contains("[1-9]") for item in ADDONS).fill_null(False),
        )
        .filter(pl.col("used") | pl.col("addon"))
    )  # fmt: skip


def ledgers(folder: Path, city: str, review_month: date) -> Ledgers:
    recipients = (
        read_ledger(folder, "recipients")
        .filter(pl.col("市町村番号").str.strip_chars() == city)
        .select(
            "recipient", child="児童コード", household="世帯番号", cap=number("利用者負担上限月額"), free=pl.col("無償化対象").fill_null("") == "2",
            valid_from=ledger_date("適用開始日"), valid_to=ledger_date("適用終了日"),
        )
    )  # fmt: skip
    children = recipients.filter(pl.col("child") != "").group_by("recipient").agg(pl.col("child").min())
    code = pl.col("決定サービスコード").str.strip_chars()
    grants = (
        read_ledger(folder, "grants")
        .filter(code.str.slice(2, 1) != "0")
        .select(
            "recipient", type=code.str.slice(0, 2), days=number("支給量"), by_rule=pl.col("支給量算定") == "原則日数",
            valid_from=ledger_date("支給決定開始日"), valid_to=ledger_date("支給決定終了日"),
        )
    )  # fmt: skip
    managers = read_ledger(folder, "cap_managers").select(
        "recipient", valid_from=ledger_date("有効開始日"), valid_to=ledger_date("有効終了日")
    )
    petitions = read_ledger(folder, "petitions").select(
        "recipient", facility=FACILITY, month=ledger_date("サービス提供年月"),
        due=ledger_date("処理年月").fill_null(ledger_date("申立年月").dt.offset_by("1mo")),
    )  # fmt: skip
    history = read_history(folder, review_month)
    horizon = history.select(pl.col("reviewed").min()).collect().item() or review_month
    states = states_of(history)
    claim_states, sheet_states = (states.filter(pl.col("kind") == kind) for kind in ("明", "利"))
    siblings = siblings_of(recipients, children)
    codes = codes_without_use(folder)
    return Ledgers(
        recipients, children, siblings, codes, grants, managers, petitions, claim_states, sheet_states, horizon
    )


def siblings_of(recipients: pl.LazyFrame, children: pl.LazyFrame) -> pl.LazyFrame:
    """recipient, sibling: numbers of one household that are not one child."""
    members = recipients.filter(pl.col("household") != "").select("recipient", "household").unique()
    members = members.join(children, on="recipient", how="left")
    return members.join(members, on="household").filter(
        pl.col("recipient") != pl.col("recipient_right"),
        pl.col("child").is_null() | pl.col("child").ne_missing(pl.col("child_right")),
    ).select("recipient", sibling="recipient_right").unique()  # fmt: skip


def codes_without_use(folder: Path) -> pl.LazyFrame:
    keys = pl.col("加算キー").str.split(";")
    return (
        read_table(folder, "service_codes")
        .filter(pl.any_horizontal(keys.list.contains(key) for key in WITHOUT_USE))
        .select(code="サービスコード", valid_from=ledger_date("有効開始日"), valid_to=ledger_date("有効終了日"))
    )


def read_history(folder: Path, review_month: date) -> pl.LazyFrame:
    return (
        read_ledger(folder, "history")
        .select(
            "recipient", kind="種別", facility=FACILITY, month=ledger_date("サービス提供年月"),
            reviewed=ledger_date("審査月"), outcome="結果",
        )
        .filter(pl.col("reviewed") < review_month)
    )  # fmt: skip


def states_of(history: pl.LazyFrame) -> pl.LazyFrame:
    """By claim or sheet: whether it is decided, and the review month of its newest outcome."""
    # Within one month 取下げ comes before the new outcome; a 返戻 leaves what was decided.
    lasting = pl.col("outcome").filter(pl.col("outcome") != "返戻").last()
    return (
        history.sort("reviewed", pl.col("outcome") != "取下げ")
        .group_by("kind", *KEY)
        .agg(decided=lasting.eq_missing("決定"), newest=pl.col("reviewed").max())
    )
