"""A month's undetermined subjects and refused lines in, their causes out: what a clerk puts right once. Called by the sheets that
list them, which call a cause by the same number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from henrei.reports.reasons import for_clerks_column

WHOLE, FILE, LINES, ONE = "確認全体を判定せず", "ファイルごと取り込めない", "取り込めない行", "判定できず"
_KINDS = (WHOLE, FILE, LINES, ONE)  # in this order
_PLACES = 3  # files or facilities that are named
_RANGES = 4  # of lines, of each file

# What to do by what the sentence of a cause says; the first that is found counts.
_REMEDIES = (
    ("取り込めなかった|取り込めていません|読めない行", "「取り込めない行」を直し、もう一度確認します"),
    (
        "登録されていません",
        "法令の表にまだない決まりです。システムの担当に知らせ、それまでは目で確かめます",
    ),
    ("複数あり", "台帳の誤りではありません。人数は事業所の単位ごとに目で確かめます"),
    ("前3か月", "前の月の請求データもそろえば判定できます。それまでは目で確かめます"),
    ("履歴", "審査履歴の台帳に足りない月があります。足せるなら足して、もう一度確認します"),
    ("実績記録票がない", "実績記録票が届いたら、もう一度確認します"),
    ("台帳|支給決定|届出|計画|表|体制届", "台帳の足りないところを足し、もう一度確認します"),
)
_BY_EYE = "決めるときに、目で確かめます"
_SEND_AGAIN = "事業所か国保連に伝え、直したファイルに替えて、もう一度確認します"
_REPAIR_LEDGER = "台帳を直し、もう一度確認します"


@dataclass(frozen=True)
class Cause:
    """`number` counts from 1. count: rows that have it; claims, facilities: how many are concerned, and `yen`, their 給付費."""

    number: int
    kind: str
    text: str
    remedy: str
    count: int
    claims: int
    facilities: int
    yen: int
    places: str


@dataclass(frozen=True)
class Unjudged:
    """Rows have `number`, that of their cause. undetermined: the columns of `cases.unjudged_rows`; refused: those of
    `refused.with_subjects`; left_out: refused lines that are too many to be listed."""

    causes: list[Cause]
    undetermined: pl.DataFrame
    refused: pl.DataFrame
    left_out: int


def remedy(text: str) -> str:
    """What to do about an undetermined subject, by the sentence that says why it is."""
    return next((found for pattern, found in _REMEDIES if re.search(pattern, text)), _BY_EYE)


@dataclass(frozen=True)
class Inputs:
    """What causes are made of. undetermined: as undetermined.csv, and `shown`, the same as `cases.unjudged_rows`; refused: the
    lines that are listed, as `refused.with_subjects`, of `rejects` in all; refused_files: those of which no line was taken
    in. facilities: their names; amounts: 給付費 by facility, recipient and month."""

    undetermined: pl.DataFrame
    shown: pl.DataFrame
    refused: pl.DataFrame
    rejects: int
    refused_files: Iterable[str]
    facilities: Mapping[str, str]
    amounts: Mapping[tuple[str, str, str], int]


def unjudged(inputs: Inputs) -> Unjudged:
    """The causes with the gravest kind first, then those with the most rows; both are counted by the rows of undetermined.csv
    and rejects.csv."""
    refused = _causes_of_lines(inputs.refused, inputs.refused_files)
    undetermined = _with_kind(inputs.shown)
    by_text = _with_kind(inputs.undetermined).partition_by(["kind", "text"], as_dict=True, maintain_order=True)
    found = [_of_subjects(inputs, str(kind), str(text), rows) for (kind, text), rows in by_text.items()]
    by_cause = refused.partition_by(["cause_kind", "cause"], as_dict=True, maintain_order=True)
    found += [_of_lines(str(kind), str(cause), rows) for (kind, cause), rows in by_cause.items()]
    found.sort(key=lambda one: (_KINDS.index(one[1].kind), -one[1].count, one[0]))
    numbered = [(key, Cause(**{**vars(cause), "number": at})) for at, (key, cause) in enumerate(found, start=1)]
    number = {(cause.kind, key): cause.number for key, cause in numbered}
    return Unjudged(
        [cause for _, cause in numbered],
        undetermined.with_columns(number=_numbers(undetermined, "kind", "text", number)),
        refused.with_columns(number=_numbers(refused, "cause_kind", "cause", number)),
        inputs.rejects - inputs.refused.height,
    )


def _with_kind(undetermined: pl.DataFrame) -> pl.DataFrame:
    kind = pl.when(pl.col("facility_no").is_null()).then(pl.lit(WHOLE)).otherwise(pl.lit(ONE))
    return undetermined.with_columns(kind=kind, text=for_clerks_column("reason"))


def _numbers(rows: pl.DataFrame, kind: str, key: str, number: dict[tuple[str, str], int]) -> pl.Series:
    return pl.Series([number[one] for one in rows.select(kind, key).iter_rows()], dtype=pl.Int64)


def _of_subjects(inputs: Inputs, kind: str, text: str, rows: pl.DataFrame) -> tuple[str, Cause]:
    claims = rows.filter(pl.col("subject") == "claim", pl.col("facility_no").is_not_null())
    keys = claims.select("facility_no", "recipient_no", "service_month").unique().rows()
    facilities = rows["facility_no"].drop_nulls().unique(maintain_order=True).to_list()
    codes = rows["check_code"].unique().sort().to_list()
    names = [inputs.facilities.get(one) or one for one in facilities]
    return text, Cause(
        0,
        kind,
        text,
        remedy(text),
        rows.height,
        len(keys),
        len(facilities),
        sum(inputs.amounts.get(key, 0) for key in keys),
        f"確認 {_some(codes, 'の確認', 10)}" if kind == WHOLE else _some(names, "事業所"),
    )


def _of_lines(kind: str, cause: str, rows: pl.DataFrame) -> tuple[str, Cause]:
    claims = rows.filter(pl.col("kind") == "明細書").select("facility_no", "recipient_no", "service_month").unique()
    of_ledger = rows["kind"].is_null().all()
    places = [
        f"{name} {_ranges(lines['line'].to_list())}"
        for (name,), lines in rows.partition_by("file", as_dict=True, maintain_order=True).items()
    ]
    return cause, Cause(
        0,
        kind,
        rows["cause_text"][0],
        _REPAIR_LEDGER if of_ledger else _SEND_AGAIN,
        rows.height,
        claims.drop_nulls().height,
        rows["facility_no"].drop_nulls().n_unique(),
        int(rows["amount"].sum()),
        _some(places, "ファイル"),
    )


def _causes_of_lines(refused: pl.DataFrame, whole: Iterable[str]) -> pl.DataFrame:
    """Adds cause_kind, cause and cause_text: a file refused whole is one cause; a line that goes with another, which is wrong,
    has the cause of that one."""
    value = r"(?s)\(値: .*\)$"
    led = refused.with_columns(
        led_by=pl.col("reason").str.extract(r"^同じ.+の(\d+)行目に誤りがあるため", 1).cast(pl.Int64)
    )
    leaders = led.select("file", "record", "reason", "reason_code", led_by="line").unique(
        ["file", "led_by"], keep="first"
    )
    led = led.join(leaders, on=["file", "led_by"], how="left", suffix="_of", maintain_order="left")
    sentence = (
        pl.coalesce("reason_of", "reason")
        .str.replace(value, "")
        .str.replace(r"が .+ にもあります", "がほかにもあります")
    )
    of_file = pl.col("file").is_in(list(whole))
    first = led.filter(of_file, pl.col("led_by").is_null()).group_by("file").agg(first=sentence.first())
    led = led.join(first, on="file", how="left", maintain_order="left")
    text = pl.when(of_file).then(pl.coalesce("first", sentence)).otherwise(sentence)
    record = pl.coalesce("record_of", "record").fill_null("")
    key = pl.when(of_file).then("file").otherwise(pl.concat_str(record, text, separator="\x1f"))
    shown = pl.when(of_file | (record == "")).then(text).otherwise(pl.concat_str(record, text, separator=" "))
    kind = pl.when(of_file).then(pl.lit(FILE)).otherwise(pl.lit(LINES))
    return led.select(*refused.columns, cause_kind=kind, cause=key, cause_text=shown)


def _some(names: list[str], unit: str, most: int = _PLACES) -> str:
    more = len(names) - most
    return "、".join(names[:most]) + (f" ほか{more:,}{unit}" if more > 0 else "")


def _ranges(lines: list[int]) -> str:
    """[3, 4, 5, 9] → 3–5・9行."""
    ranges: list[list[int]] = []
    for line in sorted(set(lines)):
        if ranges and ranges[-1][1] == line - 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    shown = [f"{first}" if first == last else f"{first}–{last}" for first, last in ranges[:_RANGES]]
    return "・".join(shown) + "行" + ("ほか" if len(ranges) > _RANGES else "")
