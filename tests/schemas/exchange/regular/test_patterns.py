"""Whatever a pattern accepts, the rules of `validate` let pass, and what is kept of it is the same: over all layouts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from henrei.schemas.exchange import parse
from henrei.schemas.exchange.lines import with_cell_counts
from henrei.schemas.exchange.regular import patterns, places
from henrei.schemas.exchange.regular.judged import STOPPED, Judged, Kind
from henrei.schemas.exchange.regular.places import Place
from henrei.schemas.layouts import LEADING_ITEMS, Item, Record, layouts

PLACES = {place.record: place for place in places.table().places}
MONTH = "202602"  # 28 days
# Some characters become others on the way to CP932 and back.
_CP932 = st.characters(codec="cp932", exclude_characters="\n\r¢£¬‖−〜")
# What real and spoilt files have in cells.
_POOL = [
    "", "0", "11", "631000", "00", "000000", "0000000000", " ", "　", "  5", "5 ", "　あ　", "-1", "-", "1", "2", "3", "8", "9", "99", "28", "29",
    "30", "31", "32", "20260229", "20240229", "20000229", "19000229", "21000229", "20260431", "20260430", "99991231",
    "00010101", "202613", "202600", "199912", "209912", "999999", "abc", "ABC", "ｱｲｳ", "ｱ" * 25, "ｱ" * 26, "漢字", "髙﨑①",
    "あ" * 50, "あ" * 51, "あ" * 64, "a''b", "'", "~", "\t", "　　", "12 3", "0x1", "１２", "１", "+5", "1.0", "･", "\\", "A" * 10,
    "0" * 11, "1" * 12, "0301", "0501", "0930", "2400", "99999999", "12345678901", "\x01", "\x7f", "\x1a", "a\rb", "Ａ", "…",
]  # fmt: skip


@cache
def right(item: Item, variant: str) -> list[str]:
    """The texts of _POOL that the pattern of an item accepts."""
    pool = pl.Series(_POOL)
    return pool.filter(pool.str.contains(f"^{patterns.of_item(item, variant)}$")).to_list()


@cache
def cell(item: Item, variant: str) -> st.SearchStrategy[str]:
    """Text that the pattern of an item accepts, text near it, and what is found in spoilt files; with and without quotes."""
    spelled = re.sub(r"\\x\{([0-9A-F]+)\}", lambda code: f"\\U{int(code[1], 16):08x}", patterns.of_item(item, variant))
    fits = st.from_regex(re.compile(spelled), fullmatch=True, alphabet=_CP932) | st.sampled_from(right(item, variant))
    near = st.builds(lambda text, more: text[:-1] + more, fits, st.sampled_from(["", "0", "A", " ", "　", "あ", "00"]))
    pool = st.sampled_from(_POOL)
    return st.one_of(fits, fits, fits, near, pool, pool.map(lambda text: f'"{text}"'))


def lines(layout: Record, place: Place, variant: str) -> st.SearchStrategy[list[list[str]]]:
    """Lines of a record, cell by cell; the keys are right, and so is all else but for a few cells."""
    key = {"month": MONTH, "municipality": "112992", "facility": "1350000001", "recipient": "0000000001"}
    key |= {"form": variant, "kind": "1"}
    keys = [next((key[role] for role in item.roles if role in key), "") for item in places.keys(layout)]
    base = ["2", "2", *layout.record.split("-"), *keys]
    base += [right(item, variant)[0] for item in layout.items[place.keys :]]
    changes = [
        st.tuples(st.just(LEADING_ITEMS + item.no - 1), cell(item, variant)) for item in layout.items[place.keys :]
    ]

    def changed(one: list[tuple[int, str]]) -> list[str]:
        texts = dict(one)
        return [texts.get(number, text) for number, text in enumerate(base)]

    return st.lists(st.lists(st.one_of(changes), min_size=1, max_size=4).map(changed), min_size=20, max_size=60)


def by_pattern(layout: Record, place: Place, variant: str, found: list[list[str]]) -> pl.DataFrame:
    """The rows of the lines that the patterns accept: line, from 0, and what is kept behind the keys."""
    judged, begin = Judged(), LEADING_ITEMS + place.keys
    kind = judged.number_of(Kind(layouts(place.record).index(layout), variant, MONTH))
    kinds = pl.repeat(kind, len(found), dtype=pl.Int64, eager=True).to_numpy()
    columns = [pl.int_range(len(found), eager=True).alias("line")]
    fits = pl.repeat(True, len(found), dtype=pl.Boolean, eager=True)
    for number, items in enumerate(places.parts(layout, place)):
        texts = [",".join(line[begin : begin + len(items)]).encode("cp932") for line in found]
        row, rows = judged.rows(place, number, pl.Series(texts, dtype=pl.Binary), kinds)
        fits &= pl.Series(row != STOPPED)
        gathered = rows.drop("fits").select(pl.all().gather(pl.Series(row).replace(STOPPED, None), null_on_oob=True))
        columns += gathered.get_columns()
        begin += len(items)
    return pl.DataFrame(columns).filter(fits)


def by_rules(layout: Record, found: list[list[str]], columns: Iterable[str]) -> pl.DataFrame:
    """The rows of the lines without a fault or a remark."""
    frame = pl.DataFrame({"text": [",".join(line) for line in found]})
    frame = frame.with_columns(file=pl.lit(0, pl.UInt32), line=pl.int_range(pl.len()), group=pl.lit(1, pl.Int64))
    counted = with_cell_counts(frame)
    right = counted.filter(~pl.col("misquoted") & (pl.col("cells") == layout.cells))
    rows, _, remarks = parse.parse_record(layout, right)
    return rows.join(remarks, on="line", how="anti").sort("line").select(columns)


@pytest.mark.slow
@pytest.mark.parametrize("record", sorted(PLACES))
@settings(max_examples=6, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_a_pattern_accepts_is_right(record: str, data: st.DataObject) -> None:
    place = PLACES[record]
    layout = data.draw(st.sampled_from(layouts(record)))
    variant = data.draw(st.sampled_from(layout.variants))
    found = data.draw(lines(layout, place, variant))
    accepted = by_pattern(layout, place, variant, found)
    right = by_rules(layout, found, accepted.columns)
    assert right.filter(pl.col("line").is_in(accepted["line"].implode())).equals(accepted)


def accepts(kind: str, width: int, required: str, text: str, form: str = "", codes: tuple[str, ...] = ()) -> bool:
    item = Item(1, "項目", kind, width, {"": required}, form, {"": codes} if codes else {}, "column")
    return pl.Series([text]).str.contains(patterns.of_items([item], ""))[0]


@pytest.mark.parametrize(
    ("kind", "width", "form", "fits", "fits_not"),
    [
        ("数値", 3, "", ["0", "007", "-99", "", '"12"', "  "], ["1000", "-100", "+1", "１", '"1', "0x1", "1\n", "\r"]),
        ("コード値", 2, "", ["01", "00", "0", ""], ["1", "001", "0a", "000"]),
        ("英数", 4, "", ["AB12", "ｶﾅ", "0000", " A", '""'], ["ABCDE", "a", "あ", "'", "A,B", '"A']),
        ("漢字", 6, "", ["あ", "髙﨑①", "　　　", '"　"'], ["試験市町", "A", "ｶ", "あ\x7f"]),
        ("コード値", 6, "month", ["202604", "000000"], ["202613", "189912", "2026-4", "202604 "]),
        ("コード値", 8, "date", ["20240229", "20260430", "99991231", "20000229"], ["20230229", "20260431", "19000229"]),
        ("コード値", 2, "day", ["1", "09", "31", "00"], ["32", "001", "1 "]),
        ("英数", 10, "id", ["1350000001", "7", "0000000007", "0000000000"], ["13500000011", "135-000001", "a"]),
        ("英数", 6, "id", ["631000", "000000"], ["63100", "6310000"]),
    ],
)
def test_the_pattern_of_an_item(kind: str, width: int, form: str, fits: list[str], fits_not: list[str]) -> None:
    assert [text for text in fits if not accepts(kind, width, "○", text, form)] == []
    assert [text for text in fits_not if accepts(kind, width, "○", text, form)] == []


@pytest.mark.parametrize(
    ("kind", "width", "unset"),
    [
        ("コード値", 2, ["00", "0", "", " "]),
        ("英数", 4, ["0000", "", "    "]),
        ("漢字", 6, ["", "　"]),
        ("数値", 3, [""]),
    ],
)
def test_an_item_that_must_be_set(kind: str, width: int, unset: list[str]) -> None:
    assert [text for text in unset if accepts(kind, width, "◎", text)] == []
    assert accepts("数値", 3, "◎", "0")  # a zero is a number


def test_codes_and_items_that_nobody_looks_at() -> None:
    assert accepts("コード値", 1, "○", "2", codes=("1", "2")) and accepts("コード値", 1, "○", "0", codes=("1", "2"))
    assert not accepts("コード値", 1, "○", "3", codes=("1", "2"))
    assert accepts("コード値", 1, "—", "何でも") and not accepts("コード値", 1, "—", "a,b")
