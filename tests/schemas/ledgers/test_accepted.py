"""The pattern over a ledger's lines: what it accepts is what judging cell by cell gives, whatever the file holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from unittest import mock

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from henrei.schemas.layouts import Item
from henrei.schemas.ledgers import Ledger, accepted, decisions, guidance, ledgers, normalize, read, rows, spelling
from henrei.schemas.ledgers.export import Export

OURS = "112992"
AS_OURS = Export()
HEAD = "受給者証番号,決定サービスコード,支給量,支給量算定,支給決定開始日,支給決定終了日\r\n"
ROW = "1,631000,10,,2026-04-01,2027-03-31\r\n"
EVERY = {**ledgers(), "decisions": decisions(), "guidance": guidance()}

# Cells of each kind: usual ones first, then other spellings, then what is refused.
CELLS = {
    "ledger-number10": ["1", "0001000001", "11525A", "１２", " 7", "6.1E+09", "12345678901", "-1", "0"],
    "ledger-number6": [OURS, "112993", "12", "１１２９９２", "市", "1129921"],
    "ledger-code6": ["631000", "61A000", "６３１０００", "63100", "631000 ", "63100a"],
    "ledger-code2": ["61", "63", "６３", "6", "613"],
    "ledger-integer": ["0", "4600", "-0", "37,200", "4600.0", "４６００", "1234567890123", "四", "--1"],
    "ledger-days": ["23", "0", "23日/月", "23日", "10.0", "-3", "2 3", "１０"],
    "ledger-code": ["1", "2", "9", "0", "00", "１", "A1", "a", "12345"],
    "ledger-month": ["2026-04", "202604", "2026/4", "R8.4", "令和8年4月", "2026-04-01", "2026-13", "20264", "2026-4-2"],
    "ledger-date": ["2026-04-01", "20260401", "2026/4/1", "R8.4.1", "令和8年4月1日", "9999-12-31", "0000-01-01", "令和99年12月31日",
                    "2026/04/31", "2026-0401", "8.4.1", "2026/4/1 0:00", "２０２６－０４－０１", "00000101", "0000/5/1"],
    "ledger-text": ["", "あお", "ﾎｼｿﾞﾗ ｿﾖｷﾞ", " 前", "　", "\u00a0", "原則日数", "加算", "明", "決定", "有", "基本", "a,b", "ｱ"],
    "ledger-name": ["", "青空教室", "①番", "　青　", "\u00a0", "a b"],
}  # fmt: skip


def both(
    ledger: Ledger, data: bytes, export: Export = AS_OURS, least: float = 0
) -> tuple[read.LedgerPart, read.LedgerPart, pl.DataFrame | None]:
    """What reading gives with and without the pattern, and the rows that the pattern accepted.

    `least`: the share of the lines that must be accepted; none, so that files of few lines are tried, too.
    """
    accepted_rows = []

    def watched(*given: object) -> object:
        found = accepted.accept(*given)  # type: ignore[arg-type]
        accepted_rows.append(found[0] if found else None)
        return found

    with mock.patch.object(read, "accept", watched), mock.patch.object(accepted, "LEAST", least):
        quick = read.read_ledger(ledger, data, export, OURS)
    with mock.patch.object(read, "accept", lambda *_: None):
        slow = read.read_ledger(ledger, data, export, OURS)
    return quick, slow, accepted_rows[0] if accepted_rows else None


def assert_same(quick: read.LedgerPart, slow: read.LedgerPart) -> None:
    for field in fields(read.LedgerPart):
        one, other = getattr(quick, field.name), getattr(slow, field.name)
        if isinstance(one, pl.DataFrame):
            assert_frame_equal(one, other)
        else:
            assert one == other, field.name


@st.composite
def files(draw: st.DrawFn) -> tuple[Ledger, bytes, Export]:
    """A ledger's file in some dress, and what henrei.toml says of it."""
    ledger = EVERY[draw(st.sampled_from(sorted(EVERY)))]
    items = [item for item in ledger.layout.items if item.needed() or draw(st.booleans())]
    constants, values = {}, {}
    if draw(st.integers(0, 3)) == 0:
        item = draw(st.sampled_from(items))
        constants[item.label] = draw(cells_of(item))
        items.remove(item)
    if items and draw(st.integers(0, 3)) == 0:
        item = draw(st.sampled_from(items))
        values[item.label] = {"対象": draw(cells_of(item)), draw(cells_of(item)): draw(cells_of(item))}
    columns = draw(st.permutations([*items, *["備考"] * draw(st.integers(0, 2))]))
    header = ",".join(one if isinstance(one, str) else one.label for one in columns)
    end = draw(st.sampled_from(["\r\n", "\n"]))
    lines = draw(st.lists(lines_of(columns), max_size=6))
    title = draw(st.sampled_from([[], ["題名"], ["", "題名"]]))
    text = end.join([*title, header, *lines]) + draw(st.sampled_from([end, ""]))
    data = text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "cp932"])), errors="replace")
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(data)))
        data = data[:at] + b"\xff" + data[at:]
    return ledger, data, Export(values=values, constants=constants)


def cells_of(item: Item) -> st.SearchStrategy[str]:
    usual, others = CELLS[item.format][:3], CELLS[item.format]
    return st.one_of(st.sampled_from([*usual, *item.allowed("")]), st.sampled_from(others))


@st.composite
def lines_of(draw: st.DrawFn, columns: list[Item | str]) -> str:
    """A line: mostly one of usual cells, in quotes or not; now and then one that is blank, or has a quote or cell too many."""
    spoilt = draw(st.integers(0, 15))
    if spoilt == 0:
        return draw(st.sampled_from(["", ",,", "　", '"', "\x1a", '"",""']))
    cells = []
    for column in columns:
        empty = isinstance(column, str) or (not column.needed() and draw(st.booleans()))
        cell = "" if empty else draw(cells_of(column) if spoilt < 4 else st.sampled_from(usual_of(column)))
        cells.append(f'"{cell}"' if "," in cell or draw(st.integers(0, 3)) == 0 else cell)
    if spoilt == 1:
        cells.append(draw(st.sampled_from(["", '"', 'a"b', '"a\nb"', '""""'])))
    return ",".join(cells)


def usual_of(item: Item) -> list[str]:
    return [*item.allowed("")] or [OURS if item.format == "ledger-number6" else CELLS[item.format][1]]


QUICK = settings(max_examples=30, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
LONG = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(file=files())
def test_with_the_pattern_a_file_gives_what_it_gives_without(file: tuple[Ledger, bytes, Export]) -> None:
    assert_same(*both(*file)[:2])


@pytest.mark.slow
@LONG
@given(file=files())
def test_with_the_pattern_any_file_gives_what_it_gives_without(file: tuple[Ledger, bytes, Export]) -> None:
    assert_same(*both(*file)[:2])


@QUICK
@given(file=files())
def test_the_same_where_each_different_value_is_judged_once(file: tuple[Ledger, bytes, Export]) -> None:
    with mock.patch.object(spelling, "MANY", 0):
        assert_same(*both(*file)[:2])


@pytest.mark.parametrize("name", sorted(EVERY))
def test_usual_lines_of_every_ledger_are_accepted(name: str) -> None:
    ledger = EVERY[name]
    row = ",".join(usual_of(item)[0] for item in ledger.layout.items)
    quick, slow, found = both(ledger, f"{','.join(ledger.labels)}\r\n{row}\r\n".encode())
    assert_same(quick, slow)
    assert found is not None and found.height == quick.rows.height == 1


@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("name", sorted(EVERY))
def test_each_cell_that_a_column_may_meet_is_judged_alike(name: str, quoted: bool) -> None:
    ledger = EVERY[name]
    usual = [usual_of(item)[0] for item in ledger.layout.items]
    lines = [ledger.labels]
    for at, item in enumerate(ledger.layout.items):
        lines += [[*usual[:at], cell, *usual[at + 1 :]] for cell in (*CELLS[item.format], *item.allowed(""), "")]
    text = "\r\n".join(",".join(f'"{cell}"' if quoted or "," in cell else cell for cell in line) for line in lines)
    quick, slow, found = both(ledger, text.encode())
    assert_same(quick, slow)
    assert found is not None and 0 < found.height < quick.rows.height


def test_accepted_and_refused_rows_of_one_file_keep_their_lines() -> None:
    text = HEAD + ROW + "x,631000,10,,2026-04-01,2027-03-31\r\n" + "\r\n" + "２,631000,,,R8.4.1,R9.3.31\r\n" + ROW
    quick, slow, found = both(EVERY["grants"], text.encode())
    assert_same(quick, slow)
    assert found is not None and found["line"].to_list() == [2, 6]
    assert quick.rows["line"].to_list() == [2, 5, 6]
    assert quick.rejected["line"].to_list() == [3]
    assert quick.counts == {"lines": 6, "loaded": 3, "refused": 1, "elsewhere": 0, "blank": 2}


@pytest.mark.parametrize(("good", "pays"), [(1, False), (2, True)])
def test_where_most_lines_are_written_otherwise_all_are_judged(good: int, pays: bool) -> None:
    text = HEAD + ROW * good + f" {ROW}" * 2
    quick, slow, found = both(EVERY["grants"], text.encode(), least=accepted.LEAST)
    assert_same(quick, slow)
    assert (found is not None) == pays and quick.rows.height == good + 2


def test_a_quote_that_runs_over_lines_leaves_the_file_to_the_other_way() -> None:
    """A line inside the quotes looks like a row and is none."""
    text = HEAD.replace("\r\n", ",備考\r\n") + '1,631000,10,,2026-04-01,2027-03-31,"\r\n' + ROW.strip() + ',\r\n末"\r\n'
    quick, slow, found = both(EVERY["grants"], text.encode())
    assert_same(quick, slow)
    assert found is None and quick.rows["line"].to_list() == [2]


def test_a_day_that_its_month_has_not_is_refused() -> None:
    quick, slow, found = both(EVERY["grants"], (HEAD + ROW.replace("2027-03-31", "2027-02-29") + ROW).encode())
    assert_same(quick, slow)
    assert found is not None and found["line"].to_list() == [3]
    assert quick.rejected["line"].to_list() == [2]


def test_rows_of_another_municipality_are_counted_only() -> None:
    text = "受給者証番号,市町村番号,利用者負担上限月額,適用開始日\r\n1,112992,0,2026-04-01\r\n2,112993,0,2026-04-01\r\n"
    quick, slow, found = both(EVERY["recipients"], text.encode())
    assert_same(quick, slow)
    assert found is not None and found.height == 1
    assert quick.counts["elsewhere"] == 1


@pytest.mark.parametrize(
    "cut",
    [
        lambda data: data,
        lambda data: data[:-2],
        lambda data: data.replace(b"\r\n", b"\n"),
        lambda data: data.replace(b"\r\n", b"\r\r\n"),
        lambda data: data + b"\r\n\r\n\x1a",
        lambda data: b"\n" + data,
        lambda data: b"",
    ],
)
def test_lines_of_a_text_are_those_of_its_bytes(cut: Callable[[bytes], bytes]) -> None:
    data = cut((HEAD + ROW).encode())
    with mock.patch.object(rows, "_lines_of_text", lambda _: None):
        slow = rows.lines_of_file(data)
    assert_frame_equal(rows.lines_of_file(data), slow)


@pytest.mark.parametrize("written", ["2026/4/1", "2026/04/01", "2026/12/31", "0000/1/1", ""])
def test_a_slashed_date_has_one_spelling(written: str) -> None:
    frame = pl.DataFrame({"text": [written or None]}, schema={"text": pl.String})
    text = pl.col("text")
    assert frame.select(normalize.is_slashed(text).fill_null(True)).item()
    assert frame.select(normalize.from_slashed(text)).item() == frame.select(normalize.date(text)).item()


def test_words_that_a_column_may_hold_are_in_one_form() -> None:
    """The pattern compares cells as they are written."""
    for ledger in EVERY.values():
        for item in ledger.layout.items:
            frame = pl.DataFrame({"text": item.allowed("")}, schema={"text": pl.String})
            assert frame.select((normalize.plain(pl.col("text")) == pl.col("text")).all()).item()
