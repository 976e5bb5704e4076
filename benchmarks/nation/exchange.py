"""From claims and days to the exchange files' data records: fac, order, text for each of K11, K61 and K41."""

from __future__ import annotations

from itertools import product

import polars as pl

from henrei.data.fictional.codes import FORMS

from .days import MONTHS
from .records import Values, blank, latin, line, opening, stretch

_PLACES = 64  # numbers that a claim, a record or a sheet has for its lines
_NOTE, _AWAY = "保護者へ様子を伝える", "欠席の連絡あり"
_HOURS = {"lesson63": ("1430", "1730", "0300"), "holiday": ("1000", "1600", "0600"), "61": ("0930", "1430", "0500")}
_MONTHS6 = {n: month.replace("-", "") for n, month in enumerate(MONTHS)}


def invoices_and_claims(claims: pl.DataFrame, lines: pl.DataFrame, municipality_no: str) -> pl.DataFrame:
    """K11: of each facility and month an invoice and then its claims."""
    claims = claims.with_columns(month6=_month6())
    lines = lines.join(claims.select("c", "fac", "full", "month6", "facility_no", "recipient_no"), on="c")
    invoices = (
        claims.group_by("fac", "month", "month6", "facility_no", "kind", "full")
        .agg(
            pl.col("c").min(),
            *(pl.col(name).sum() for name in ("total", "cost", "benefit", "decided")),
            n=pl.len(),
        )
        .sort("c")
    )
    parts = []
    for full in (False, True):
        parts += _invoices(invoices.filter(pl.col("full") == full), municipality_no, full)
        parts += _claims(claims.filter(pl.col("full") == full), municipality_no, full)
        key = _key(municipality_no, full)
        note = pl.when(pl.col("service_code").str.ends_with("5495") & (pl.col("fac") % 4 == 0)).then(
            pl.lit(latin(f'"{_AWAY.ljust(50, "　") if full else _AWAY}"'))
        )
        values = key | {7: _col("service_code"), 8: _col("units"), 9: _col("times"), 10: _col("product"), 11: note}
        parts.append(_placed(lines.filter(pl.col("full") == full), pl.col("place"), line("K122-03", values, full)))
    return pl.concat(parts)


def _invoices(invoices: pl.DataFrame, city: str, full: bool) -> list[pl.DataFrame]:
    key: Values = {3: _col("month6"), 4: city, 5: _col("facility_no")}
    sums: Values = {7: _col("n"), 8: _col("total"), 9: _col("cost"), 10: _col("benefit"), 12: _col("decided")}
    whole = {no + 10: value for no, value in sums.items()}
    one = line("K112-01", {**key, 6: _col("benefit"), **sums, **whole}, full)
    by_type = {8: _col("n"), 9: _col("total"), 10: _col("cost"), 11: _col("benefit"), 13: _col("decided")}
    two = line("K112-02", {**key, 6: "1", 7: _col("kind"), **by_type}, full)
    # Before the first claim of its month.
    return [_placed(invoices, pl.lit(-2), one), _placed(invoices, pl.lit(-1), two)]


def _claims(claims: pl.DataFrame, city: str, full: bool) -> list[pl.DataFrame]:
    key = _key(city, full)
    adjusted = pl.when(pl.col("fills_adjusted") & pl.col("managed")).then(_col("capped"))
    head: Values = {
        **key, 8: pl.when("names_guardian").then(_named("guardian_bytes", full)), 9: _named("kana_bytes", full),
        10: _col("region"), 12: _col("cap"), 15: pl.when("managed").then(pl.col("manager_no")), 16: _col("result"),
        17: _col("share"), 20: _col("total"), 21: _col("cost"), 22: _col("capped"), 25: adjusted, 26: _col("share"),
        27: _col("decided"), 28: _col("benefit"),
    }  # fmt: skip
    wrong = pl.when(pl.col("i") % 3 == 0).then(-1).otherwise(1)
    billed = pl.col("days") + pl.when(pl.col("plant").eq_missing("DAY203") & (pl.col("k") == 0)).then(wrong).otherwise(
        0
    )
    days: Values = {**key, 7: _col("kind"), 8: "20250501", 10: billed}
    total: Values = {
        **key, 7: _col("kind"), 8: "1", 9: _col("days"), 10: _col("total"), 11: _col("price"), 12: "0", 13: _col("cost"),
        14: _col("tenth"), 15: _col("burden"), 16: _col("capped"), 19: adjusted, 20: _col("share"), 21: _col("decided"),
        22: _col("benefit"),
    }  # fmt: skip
    contract: Values = {
        **key, 7: pl.col("kind") + "1000", 8: (pl.col("contract") * 100).cast(pl.String).str.zfill(5), 9: "20250501",
        11: (pl.col("k") + 1).cast(pl.String),
    }  # fmt: skip
    records = {"K122-01": (0, head), "K122-02": (1, days), "K122-04": (40, total), "K122-05": (41, contract)}
    return [_placed(claims, pl.lit(place), line(name, values, full)) for name, (place, values) in records.items()]


def attendance(claims: pl.DataFrame, days: pl.DataFrame, municipality_no: str, *, busy: bool = False) -> pl.DataFrame:
    """K61: a record a claim, with its days in order. `busy`: times to the minute and a remark, another on each row."""
    claims = claims.with_columns(month6=_month6(), form=pl.col("kind").replace_strict(FORMS, return_dtype=pl.String))
    of_63 = pl.col("lessons") * 300 + pl.col("holidays") * 600
    hours = pl.when(pl.col("kind") == "61").then(pl.col("lessons") * 500).otherwise(of_63)
    parts = []
    for full in (False, True):
        here = claims.filter(pl.col("full") == full)
        key = {**_key(municipality_no, full), 7: _col("form")}
        totals = {
            19: hours.cast(pl.String).str.zfill(5), 34: _count("trips"), 161: _count("specials"),
        }  # fmt: skip
        parts.append(_placed(here, pl.lit(0), line("K611-01", {**key, **totals}, full)))
        opened = here.select("c", "fac", opened=opening("K611-02", key, full, 8) + ",")
        rows = days.join(opened, on=["c", "fac"], maintain_order="left")
        rows = rows.with_columns(rest=(_busy_rest if busy else _usual_rest)(rows, full))
        text = pl.concat_str(pl.col("opened"), pl.col("day").cast(pl.String).str.zfill(2), "rest")
        parts.append(_placed(rows, pl.col("day"), text))
    return pl.concat(parts)


_FLAGS = ("absent", "holiday", "out", "back", "mark", "note")
_START, _END, _REMARK = 14, 15, 35  # items of K611-02


def _usual_rest(days: pl.DataFrame, full: bool) -> pl.Series:
    """Items 10 to 113 of K611-02: what a day's record says after its date is one of a few texts."""
    return pl.Series(_day_texts(full, 10)).gather(_day_code(days))


def _busy_rest(days: pl.DataFrame, full: bool) -> pl.Series:
    """Items 10 to 113 of K611-02 where hardly two days say the same; no check finds anything else in them."""
    code = _day_code(days)

    def usual(first: int, last: int | None = None) -> pl.Series:
        return pl.Series(_day_texts(full, first, last)).gather(code)

    values = _day_values()
    begins, ends = (pl.Series([_minutes(one.get(no)) for one in values]).gather(code) for no in (_START, _END))
    remarks = [latin(f'"{text.ljust(50, "　") if full else text}"') for text in (*_remarks(), _AWAY)]
    drawn = pl.when("absent").then(len(remarks) - 1).otherwise(pl.col("remark") % (len(remarks) - 1))
    return days.select(
        pl.concat_str(
            usual(10, _START - 1),
            *(
                "," + _clock(pl.lit(usually) + pl.col(later)).fill_null(blank("K611-02", no, full))
                for no, usually, later in ((_START, begins, "later_start"), (_END, ends, "later_end"))
            ),
            usual(_END + 1, _REMARK - 1),
            "," + pl.lit(pl.Series(remarks)).gather(drawn),
            usual(_REMARK + 1),
        ).alias("rest")
    )["rest"]


def _minutes(clock: str | None) -> int | None:
    """1430 → 870, minutes of the day."""
    return int(clock[:2]) * 60 + int(clock[2:]) if clock else None


def _clock(minutes: pl.Expr) -> pl.Expr:
    """870 → 1430."""
    return (minutes // 60 * 100 + minutes % 60).cast(pl.String).str.zfill(4)


def _remarks() -> list[str]:
    """Some thousand remarks, as a person writes them of a day."""
    mornings = ("元気に来所", "少し眠そうに来所", "機嫌よく来所", "送迎車で酔い休んでから参加")
    doings = (
        "工作で紙飛行機",
        "公園でかけっこ",
        "絵本の読み聞かせ",
        "音楽に合わせた体操",
        "宿題と個別の課題",
        "おやつ作り",
    )
    wholes = ("三十五", "三十六")
    tenths = "〇一二三四五六七八九"
    meals = ("おやつ完食", "おやつ半分", "水分をよくとる", "おやつ欲しがらず")
    return [
        f"{morning}、{doing}、体温{whole}度{tenth}分、{meal}"
        for morning, doing, whole, tenth, meal in product(mornings, doings, wholes, tenths, meals)
    ]


def _day_code(days: pl.DataFrame) -> pl.Series:
    code = (pl.col("kind") == "63").cast(pl.UInt32)
    for flag in _FLAGS:
        code = code * 2 + pl.col(flag).cast(pl.UInt32)
    return days.select(code.alias("code"))["code"]


def _day_values() -> list[dict[int, str | None]]:
    """What K611-02 says of a day after its date, by code."""
    days = []
    for kind, absent, holiday, out, back, mark, note in product(("61", "63"), *[(False, True)] * len(_FLAGS)):
        values: dict[int, str | None] = {_REMARK: (_AWAY if absent else _NOTE) if note else None}
        if absent:
            values[36] = "8"
        else:
            opens, closes, hours = _HOURS["61" if kind == "61" else "holiday" if holiday else "lesson63"]
            values |= {_START: opens, _END: closes, 16: hours, 21: "1" if out else None, 22: "1" if back else None}
            values |= {34: ("2" if holiday else "1") if kind == "63" else None, 101: "1" if mark else None}
        days.append(values)
    return days


def _day_texts(full: bool, first: int, last: int | None = None) -> list[str]:
    """These items of K611-02 by code, each with a comma before it."""
    return ["," + stretch("K611-02", values, full, first, last) for values in _day_values()]


def sheets(claims: pl.DataFrame, municipality_no: str) -> pl.DataFrame:
    """K41: the sheet of each child with a managed cap, in its manager's file, the manager's row first."""
    claims = claims.filter("sheet").with_columns(month6=_month6())
    one = claims.sort("manager_fac", "month", "recipient_no", "row")
    one = one.with_columns(s=pl.col("i").rle_id().cast(pl.Int64))
    heads = one.group_by("s", maintain_order=True).agg(
        pl.col(
            "manager_fac", "manager_full", "month6", "manager_no", "recipient_no", "kana_bytes", "cap", "result"
        ).first(),
        *(pl.col(name).sum() for name in ("cost", "capped", "share")),
    )
    parts = []
    for full in (False, True):
        # K411-01 has the child's number in item 7, the rows in item 6.
        sheet: Values = {
            3: _col("month6"), 4: "1", 5: municipality_no, 6: _col("manager_no"), 7: _col("recipient_no"),
            9: _named("kana_bytes", full), 10: _col("cap"), 11: _col("result"), 12: _col("cost"), 13: _col("capped"),
            14: _col("share"),
        }  # fmt: skip
        row: Values = {
            3: _col("month6"), 4: municipality_no, 5: _col("manager_no"), 6: _col("recipient_no"), 7: _col("row"),
            8: _col("facility_no"), 9: _col("cost"), 10: _col("capped"), 11: _col("share"),
        }  # fmt: skip
        for frame, name, values, place in ((heads, "K411-01", sheet, pl.lit(0)), (one, "K411-02", row, pl.col("row"))):
            here = frame.filter(pl.col("manager_full") == full).with_columns(c=pl.col("s"), fac=pl.col("manager_fac"))
            parts.append(_placed(here, place, line(name, values, full)))
    return pl.concat(parts)


def _key(city: str, full: bool) -> dict[int, pl.Expr | str | None]:
    return {3: _col("month6"), 4: city, 5: _col("facility_no"), 6: _col("recipient_no")}


def _col(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String)


def _count(name: str) -> pl.Expr:
    return pl.when(pl.col(name) > 0).then(_col(name))


def _named(name: str, full: bool) -> pl.Expr:
    return pl.col(name) if full else '"' + pl.col(name) + '"'


def _month6() -> pl.Expr:
    return pl.col("month").replace_strict(_MONTHS6, return_dtype=pl.String)


def _placed(frame: pl.DataFrame, place: pl.Expr, text: pl.Expr) -> pl.DataFrame:
    order = (pl.col("c") * _PLACES + place).cast(pl.Int64)
    return frame.select(pl.col("fac").cast(pl.Int64), order=order, text=text)
