"""The layout tables against what the specification says of them, and the canary that Pandera really looks."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from henrei.schemas import layouts as layout_tables
from henrei.schemas.exchange import parse, read, validate
from henrei.schemas.layouts import layout_of, layouts, records
from henrei.store import tables
from lib import inputs

ITEM_COUNTS = {
    "K112-01": 23,
    "K112-02": 14,
    "K122-01": 35,
    "K122-02": 12,
    "K122-03": 11,
    "K122-04": 33,
    "K122-05": 11,
    "K411-01": 14,
    "K411-02": 11,
    "K421-01": 14,
    "K421-02": 13,
    "K611-01": 172,
    "K611-02": 113,
    "K721-01": 9,
    "K721-02": 14,
}


def test_item_counts_of_the_specification() -> None:
    assert {record: len(layouts(record)[-1].items) for record in records()} == ITEM_COUNTS


@pytest.mark.parametrize("record", records())
def test_a_table_is_whole(record: str) -> None:
    for layout in layouts(record):
        assert [item.no for item in layout.items] == list(range(1, len(layout.items) + 1))
        assert len(layout.kept) == sum(bool(item.column) for item in layout.items), "a column name twice"
        assert {item.type for item in layout.items} <= {"英数", "数値", "コード値", "漢字"}
        for item in layout.items:
            assert set(item.codes) <= {"", *layout.variants}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The layout tables of the product, to be changed."""
    return Path(shutil.copytree(layout_tables.FOLDER, tmp_path / "layouts", ignore=shutil.ignore_patterns("*.py*")))


def add_edition(folder: Path, record: str, first: str, old_last: str, text: str | None = None) -> None:
    """One new table, and its row beside that of the edition before, which gets its last month."""
    (folder / first).mkdir(exist_ok=True)
    old = next(folder.glob(f"*/{record}.csv")).read_text(encoding="utf-8")
    (folder / first / f"{record}.csv").write_text(text or old, encoding="utf-8")
    table = folder / "layouts.csv"
    rows = table.read_text(encoding="utf-8").splitlines()
    at = next(number for number, row in enumerate(rows) if row.startswith(f"{record},"))
    before = rows[at].split(",")
    rows[at] = ",".join([*before[:3], old_last, *before[4:]])
    rows.insert(at + 1, ",".join([record, first, first, "", *before[4:]]))
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")


def test_the_edition_of_a_month(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_edition(folder, "K122-01", "2027-04", "2027-03")
    monkeypatch.setattr(layout_tables, "FOLDER", folder)
    assert [layout.edition for layout in layouts("K122-01")] == ["2025-04", "2027-04"]
    assert [layout.edition for layout in layouts("K122-02")] == ["2025-04"]
    editions = {month: layout_of("K122-01", month) for month in ("201303", "201304", "202703", "202704", "209912")}
    assert {month: layout and layout.edition for month, layout in editions.items()} == {
        "201303": None,
        "201304": "2025-04",
        "202703": "2025-04",
        "202704": "2027-04",
        "209912": "2027-04",
    }


@pytest.mark.parametrize(
    ("old_last", "fault"),
    [
        ("2027-02", "K122-01: the edition 2025-04 ends with 2027-02, the next one, 2027-04, begins with 2027-04"),
        ("2027-04", "K122-01: the edition 2025-04 ends with 2027-04, the next one, 2027-04, begins with 2027-04"),
        ("", "K122-01: the edition 2025-04 has no last month, the next one, 2027-04, begins with 2027-04"),
        ("2012-12", "K122-01: the edition 2025-04 ends before it begins"),
        ("2027-3", "K122-01 of 2025-04: valid_to '2027-3' is no month YYYY-MM"),
    ],
)
def test_months_of_a_records_editions_follow_one_another(folder: Path, old_last: str, fault: str) -> None:
    add_edition(folder, "K122-01", "2027-04", old_last)
    with pytest.raises(ValueError, match=re.escape(f"layouts.csv, {fault}")):
        layout_tables.read_layouts(folder)


def test_every_table_has_its_row_and_every_row_its_table(folder: Path) -> None:
    (folder / "2027-04").mkdir()
    table = (folder / "2025-04" / "K122-01.csv").rename(folder / "2027-04" / "K122-01.csv")
    with pytest.raises(ValueError, match=re.escape("layouts.csv names 2025-04/K122-01.csv, which is not there")):
        layout_tables.read_layouts(folder)
    shutil.copy(table, folder / "2025-04")
    with pytest.raises(ValueError, match=re.escape("2027-04/K122-01.csv has no row in layouts.csv")):
        layout_tables.read_layouts(folder)


def test_where_the_keys_of_a_line_are() -> None:
    """Cells from 0: record type and number come before the items."""
    assert set(layout_tables.cells_with("family").values()) == {2}
    assert set(layout_tables.cells_with("month").values()) == {4}
    recipients = layout_tables.cells_with("recipient")
    assert recipients["K122-01"] == 7 and recipients["K411-01"] == 8 and "K112-01" not in recipients
    assert layout_tables.cells_with("child") == {"K421-02": 13}
    assert layout_tables.key_cells() == 9


@pytest.mark.parametrize("record", records())
def test_no_childs_name_comes_before_the_keys_end(record: str) -> None:
    """So a line cut there can be handed to every city (flows.cities.split)."""
    items = layouts(record)[-1].items[: layout_tables.key_cells() - layout_tables.LEADING_ITEMS]
    assert not [item.label for item in items if "氏名" in item.label]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (",recipient", ",receiver", "K122-02.csv, item 6: role 'receiver' is unknown or there twice"),
        (",recipient", ",facility", "K122-02.csv, item 6: role 'facility' is unknown or there twice"),
        (",part", ",", "K122-02.csv: family and part must be its items 1 and 2"),
    ],
)
def test_roles_of_a_table(folder: Path, old: str, new: str, fault: str) -> None:
    table = folder / "2025-04" / "K122-02.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(f"2025-04/{fault}")):
        layout_tables.read_layouts(folder)


def test_keys_are_the_same_items_in_all_editions(folder: Path) -> None:
    """The edition goes by the service month, and that is read first."""
    old = (folder / "2025-04" / "K122-02.csv").read_text(encoding="utf-8")
    moved = old.replace("recipient_no,recipient", "recipient_no,").replace("service_type,", "service_type,recipient")
    add_edition(folder, "K122-02", "2027-04", "2027-03", moved)
    fault = "2027-04/K122-02.csv: recipient must be the same item as in the edition 2025-04"
    with pytest.raises(ValueError, match=re.escape(fault)):
        layout_tables.read_layouts(folder)


@pytest.fixture
def one_item_more(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """From April 2027 on the days of a claim have one item more. Claims 1 and 2 are right, 3 and 4 as of the other edition."""
    claims = []
    for recipient, month, more in ((1, "202703", ""), (2, "202704", ",3"), (3, "202703", ",3"), (4, "202704", "")):
        claim = inputs.claim(recipient=f"{recipient:010}", month=month)
        claim[1] += more
        claims.append(claim)
    old = (folder / "2025-04" / "K122-02.csv").read_text(encoding="utf-8")
    add_edition(folder, "K122-02", "2027-04", "2027-03", old + "13,欠席日数,数値,2,◎,,,absent_days,\n")
    monkeypatch.setattr(layout_tables, "FOLDER", folder)
    return claims


def read_file(path: Path, data: bytes) -> read.Batch:
    path.write_bytes(data)
    return read.read_batch({0: path}, inputs.CITY, "202605")


def test_lines_are_judged_by_the_edition_of_their_service_month(tmp_path: Path, one_item_more: list[list[str]]) -> None:
    batch = read_file(tmp_path / "K11.CSV", inputs.exchange("K11", *one_item_more))
    days = pl.concat(batch.rows["K122-02"]).sort("line")
    assert days.select("recipient_no", "service_month", "billed_days", "absent_days").rows() == [
        ("0000000001", date(2027, 3, 1), 2, None),
        ("0000000002", date(2027, 4, 1), 2, 3),
    ]
    refused = pl.concat(batch.rejected).filter(pl.col("reason_code") == "FMT103")
    assert refused.select("line", "reason").rows() == [
        (13, "項目数が13です(規定は12)。列の抜けや余分なカンマを直してください"),
        (18, "項目数が12です(規定は13)。列の抜けや余分なカンマを直してください"),
    ]


def test_a_citys_copies_have_the_items_of_their_month(tmp_path: Path, one_item_more: list[list[str]]) -> None:
    copies = [[f"B731,{record}" for record in claim] for claim in one_item_more]
    batch = read_file(tmp_path / "right.CSV", inputs.exchange("B73", *copies[:2]))
    assert batch.envelopes[0].fault is None
    assert pl.concat(batch.rows["K122-02"]).height == 2
    for claim in copies[2:]:
        fault = read_file(tmp_path / "wrong.CSV", inputs.exchange("B73", claim)).envelopes[0].fault
        assert fault is not None and (fault[0], fault[1]) == (3, "FMT103")


def test_a_column_has_one_type_in_all_editions(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = (folder / "2025-04" / "K122-02.csv").read_text(encoding="utf-8")
    add_edition(folder, "K122-02", "2027-04", "2027-03", old.replace("利用日数,数値", "利用日数,英数"))
    monkeypatch.setattr(layout_tables, "FOLDER", folder)
    with pytest.raises(ValueError, match="K122-02 of 2027-04: billed_days has another type than in the edition before"):
        parse.schema("K122-02")


@pytest.mark.slow
@pytest.mark.parametrize("record", records())
def test_every_rule_refuses_something(record: str) -> None:
    """A canary: a schema that looks at nothing would let these rows through."""
    layout = layouts(record)[-1]
    for variant in layout.variants:
        names = [validate.cell(item) for item in layout.items if item.used(variant)]
        wrong = []
        for item, kind, _ in validate.rules(layout, variant):
            value = {"required": None, "shape": "'", "codes": "9" * item.width}[kind]
            if value not in item.allowed(variant):
                wrong.append((item, kind, value))
        if not wrong:  # a record of headings, of which nothing is looked at
            continue
        # A row for each rule, with only the one item in it.
        rows = [{name: value if name == validate.cell(item) else None for name in names} for item, _, value in wrong]
        faults = validate.faults(layout, variant, pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String)))
        reasons = dict(faults.select("row", "reason").iter_rows())
        for number, (item, kind, _) in enumerate(wrong):
            assert f"「{item.label}」" in reasons[number], (variant, item.no, kind)


def test_everything_kept_has_a_table() -> None:
    stored = {record for records_ in tables.RECORDS.values() for record in records_}
    assert {record for record in records() if layouts(record)[-1].kept} <= stored
