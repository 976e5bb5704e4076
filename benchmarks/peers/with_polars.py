"""Ten cross-checks of a review month in hand-written polars: python with_polars.py HOME MONTH OUT."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
from inbox import arguments, exchange, ledger

KEY = ["facility", "recipient", "month"]
CHILD = ["recipient", "month"]
ITEMS = {  # kind: (cells of its longest record, {name: number of the item}); item n is cell n + 1
    "K11": (37, {"id": 1, "part": 2, "month": 3, "city": 4, "facility": 5, "recipient": 6, "i7": 7, "i8": 8, "i9": 9,
                 "i10": 10}),
    "K41": (16, {"id": 1, "part": 2, "month": 3, "i4": 4, "i5": 5, "i6": 6, "i7": 7, "i12": 12}),
    "K61": (174, {"id": 1, "part": 2, "month": 3, "city": 4, "facility": 5, "recipient": 6, "form": 7, "day": 9,
                  "i14": 14, "i15": 15, "i16": 16, "i34": 34, "status": 36, "counted": 45}),
}  # fmt: skip
PARTS = {"K11": ["01", "02", "05"], "K41": ["01", "02"], "K61": ["01", "02"]}
IDS = {"K11": ["K122"], "K41": ["K411", "K421"], "K61": ["K611"]}
FORMS = {"0301": "61", "0501": "63", "0601": "64", "0701": "65"}


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


def read_ledger(folder: Path, name: str) -> pl.LazyFrame:
    frame = pl.read_csv(io.BytesIO(ledger(folder, name)), infer_schema=False).lazy()
    return frame.with_columns(pl.col("受給者証番号").str.strip_chars().str.zfill(10).alias("recipient"))


def overlaps() -> pl.Expr:
    """The period valid_from–valid_to (open where null) has a day in the month."""
    return (pl.col("valid_from") <= pl.col("month").dt.month_end()) & (
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.col("month"))
    )


def main() -> None:
    folder, city, review_month, out = arguments(__doc__)
    files = read_exchange(folder)

    # What the exchange files say
    k11 = files["K11"].filter(pl.col("city") == city)
    claims = k11.filter(pl.col("part") == "01").select(KEY)
    billed = (
        k11.filter(pl.col("part") == "02")
        .group_by(*KEY, type="i7")
        .agg(billed=pl.col("i10").cast(pl.Int64).sum())
    )  # fmt: skip
    contracts = k11.filter(pl.col("part") == "05", pl.col("i7").str.slice(2, 1) != "0").select(
        *KEY, type=pl.col("i7").str.slice(0, 2), amount=pl.col("i8").cast(pl.Int64),
        valid_from=day("i9"), valid_to=day("i10"),
    )  # fmt: skip
    sheets = (
        files["K41"]
        .filter(pl.col("part") == "01", pl.col("i5") == city)
        .select("id", "month", facility="i6", recipient="i7", kind="i4")
    )
    siblings = (
        files["K41"]
        .filter(pl.col("part") == "02", pl.col("id") == "K421", pl.col("i4") == city)
        .select("id", "month", facility="i5", recipient="i6", child="i12")
    )
    k61 = files["K61"].filter(pl.col("city") == city, pl.col("form").is_in(list(FORMS)))
    k61 = k61.with_columns(type=pl.col("form").replace_strict(FORMS))
    records = k61.filter(pl.col("part") == "01").select(*KEY, "type").unique()
    said = pl.any_horizontal(pl.col("i14", "i15", "i16", "i34").str.contains("[1-9]"))
    used = pl.when(pl.col("form").is_in(["0301", "0501"])).then(said).otherwise(pl.col("counted") == "1")
    use_rows = k61.filter(pl.col("part") == "02", pl.col("status").ne_missing("8"), used).select(
        *KEY, "type", date=pl.col("month").dt.offset_by(pl.format("{}d", pl.col("day").cast(pl.Int64) - 1))
    )
    use_days = use_rows.unique()
    claim_days = use_days.join(claims, on=KEY, how="semi")

    # What the ledgers say
    recipients = (
        read_ledger(folder, "recipients")
        .filter(pl.col("市町村番号").str.strip_chars() == city)
        .select(
            "recipient", cap=number("利用者負担上限月額"), free=pl.col("無償化対象").fill_null("") == "2",
            valid_from=ledger_date("適用開始日"), valid_to=ledger_date("適用終了日"),
        )
    )  # fmt: skip
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
    facility = pl.col("事業所番号").str.strip_chars().str.zfill(10)
    petitions = read_ledger(folder, "petitions").select(
        "recipient", facility=facility, month=ledger_date("サービス提供年月"),
        due=ledger_date("処理年月").fill_null(ledger_date("申立年月").dt.offset_by("1mo")),
    )  # fmt: skip
    history = (
        read_ledger(folder, "history")
        .select(
            "recipient", kind="種別", facility=facility, month=ledger_date("サービス提供年月"),
            reviewed=ledger_date("審査月"), outcome="結果",
        )
        .filter(pl.col("reviewed") < review_month)
    )  # fmt: skip
    horizon = history.select(pl.col("reviewed").min()).collect().item() or review_month
    # Within one month 取下げ comes before the new outcome; a 返戻 leaves what stood decided.
    lasting = pl.col("outcome").filter(pl.col("outcome") != "返戻").last()
    states = (
        history.sort("reviewed", pl.col("outcome") != "取下げ")
        .group_by("kind", *KEY)
        .agg(decided=lasting.eq_missing("決定"), newest=pl.col("reviewed").max())
    )
    claim_states = states.filter(pl.col("kind") == "明")
    sheet_states = states.filter(pl.col("kind") == "利")

    # Words that several checks use
    known = recipients.select("recipient").unique()
    wanted = pl.concat([use_days.select(*CHILD, "type"), contracts.select(*CHILD, "type")]).unique()
    allowances = (
        wanted.join(grants, on=["recipient", "type"])
        .filter(overlaps())
        .with_columns(
            used=pl.when("by_rule").then(pl.col("month").dt.month_end().dt.day().cast(pl.Int64) - 8).otherwise("days"),
            contracted=pl.when("by_rule").then(23).otherwise("days"),
        )
        .group_by(*CHILD, "type")
        .agg(pl.col("used", "contracted").max(), unknown=pl.col("used").is_null().any())
        .filter(~pl.col("unknown"))
    )
    several = (
        claims.group_by(CHILD)
        .agg(pl.col("facility").n_unique())
        .filter(pl.col("facility") >= 2)
        .join(recipients, on="recipient")
        .filter(overlaps())
        .group_by(CHILD)
        .agg(pl.col("cap").max(), pl.col("free").any())
        .filter(pl.col("cap") > 0, ~pl.col("free"))
    )
    filed = claims.select(CHILD).unique().join(managers, on="recipient").filter(overlaps()).select(CHILD).unique()
    live = sheets.filter(pl.col("kind").is_in(["1", "2"]))
    sheet_there = pl.concat(
        [
            live.select(CHILD),
            siblings.join(live, on=["id", *KEY], how="semi").select("month", recipient="child").select(CHILD),
            sheet_states.filter("decided").select(CHILD),
        ]
    )

    # The checks
    granted = ["recipient", "type"]
    certified = claim_days.join(known, on="recipient", how="semi")
    covered = claim_days.join(grants, on=granted).filter(pl.col("date").is_between("valid_from", "valid_to"))
    shared = use_days.filter(pl.len().over("recipient", "date") > 1)
    one_a_day, other = ["61", "63", "65"], pl.col("facility") != pl.col("facility_right")
    pairs = shared.join(shared, on=["recipient", "date"]).filter(
        (
            pl.col("type").is_in(one_a_day)
            & pl.col("type_right").is_in(one_a_day)
            & (other | (pl.col("type") != pl.col("type_right")))
        )
        | ((pl.col("type") == "64") & (pl.col("type_right") == "64") & other)
    )
    turns = (
        contracts.filter(pl.col("valid_from") <= pl.col("month").dt.month_end())
        .select(*CHILD, "type", turn=pl.max_horizontal("valid_from", "month"))
        .unique()
    )
    peaks = (
        contracts.join(turns, on=[*CHILD, "type"])
        .filter(pl.col("valid_from") <= pl.col("turn"), pl.col("valid_to").fill_null(pl.date(9999, 1, 1)) >= pl.col("turn"))
        .group_by(*CHILD, "type", "turn")
        .agg(pl.col("amount").sum())
        .group_by(*CHILD, "type")
        .agg(pl.col("amount").max())
    )  # fmt: skip
    silent = (pl.col("month").dt.offset_by("1mo") < horizon) & ~pl.col("stated").fill_null(False)
    found = {
        "CRT102": certified.join(grants, on=granted, how="semi").join(covered, on=[*KEY, "type", "date"], how="anti"),
        "CRT103": certified.join(grants, on=granted, how="anti"),
        "DAY201": pairs.join(claims, on=KEY, how="semi"),
        "DAY202": claim_days.join(
            use_days.group_by(*CHILD, "type")
            .len()
            .join(allowances, on=[*CHILD, "type"])
            .filter(pl.col("len") > pl.col("used")),
            on=[*CHILD, "type"],
            how="semi",
        ),
        "DAY203": billed.join(records, on=[*KEY, "type"])
        .join(use_rows.group_by(*KEY, "type").len(), on=[*KEY, "type"], how="left")
        .filter(pl.col("billed") != pl.col("len").fill_null(0)),
        "DAY206": contracts.join(
            peaks.join(allowances, on=[*CHILD, "type"]).filter(pl.col("amount") > pl.col("contracted") * 100),
            on=[*CHILD, "type"],
            how="semi",
        ),
        "CAP301": claims.join(several, on=CHILD, how="semi").join(filed, on=CHILD, how="anti"),
        "CAP302": claims.join(several, on=CHILD, how="semi")
        .join(filed, on=CHILD, how="semi")
        .join(sheet_there, on=CHILD, how="anti")
        .join(sheet_states.select(CHILD).unique().with_columns(stated=True), on=CHILD, how="left")
        .filter(~silent),
        "SUB401": sheets.filter(pl.col("kind") == "1").join(sheet_states.filter("decided"), on=KEY, how="semi"),
        "SUB405": claims.join(claim_states.filter("decided"), on=KEY).join(
            petitions.join(claim_states, on=KEY).filter(
                pl.col("due") <= review_month, pl.col("newest") < pl.col("due")
            ),
            on=KEY,
            how="anti",
        ),
    }
    keys = pl.concat([frame.select(pl.lit(code).alias("check_code"), *KEY) for code, frame in found.items()]).unique()
    keys.select(
        "check_code",
        facility_no="facility",
        recipient_no="recipient",
        service_month=pl.col("month").dt.strftime("%Y-%m"),
    ).sort(pl.all()).collect().write_csv(out)


if __name__ == "__main__":
    main()
