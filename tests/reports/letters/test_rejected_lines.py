"""To which facility a rejected line is reported."""

from __future__ import annotations

import polars as pl

from henrei.reports.letters.rejected_lines import by_facility


def rejects(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [(file, line, None, None, None, "FMT105", "誤り", raw) for file, line, raw in rows],
        schema=dict.fromkeys(
            ("file", "line", "record", "item_no", "item_name", "reason_code", "reason", "raw"), pl.String
        ),
        orient="row",
    )


def test_rejected_lines_go_to_whom_they_name_else_to_the_sender() -> None:
    a, b, office = "1350000001", "1350000002", "1350000009"
    files = pl.DataFrame(
        [("sub/K11.CSV", "K11", office), ("grants.csv", "grants", None), ("B73.CSV", "broken", "0000112992")],
        schema={"path": pl.String, "kind": pl.String, "control_facility_no": pl.String},
        orient="row",
    )
    by_sender = by_facility(
        rejects(
            ("sub/K11.CSV", "2", f"2,2,K122,01,202604,112992,{a},0000000001"),
            ("sub/K11.CSV", "3", f"2,3,K122,02,202604,112992,{a},0000000001"),
            ("sub/K11.CSV", "5", f"2,5,K122,01,202604,112992,{b},0000000002"),
            ("sub/K11.CSV", "6", "2,6,K1??"),
            ("grants.csv", "2", "1,2,3"),
            ("B73.CSV", "1", "1,1,0,1,B73,0,0000112992,0,1,202605,"),
            ("B73.CSV", "2", f"2,2,B731,K122,01,202604,112992,{b},0000000002"),
        ),
        files,
        {a, b},
    )
    places = {facility: [(lines.file, lines.lines) for lines in part] for facility, part in by_sender.items()}
    assert places == {a: [("K11.CSV", "2–3")], b: [("K11.CSV", "5"), ("B73.CSV", "1–2")], office: [("K11.CSV", "6")]}


A, B, OFFICE = "1350000001", "1350000002", "1350000009"


def files(*rows: tuple[str, str, str | None]) -> pl.DataFrame:
    return pl.DataFrame(
        rows, schema={"path": pl.String, "kind": pl.String, "control_facility_no": pl.String}, orient="row"
    )


def test_a_line_that_names_nobody_goes_to_the_only_facility_of_its_file_else_to_nobody() -> None:
    named = (("one.CSV", "2", f"2,2,K122,01,202604,112992,{A},0000000001"), ("one.CSV", "4", "2,4,K1??"))
    of_two = (
        ("two.CSV", "2", f"2,2,K122,01,202604,112992,{A},0000000001"),
        ("two.CSV", "4", f"2,4,K122,01,202604,112992,{B},0000000001"),
        ("two.CSV", "6", "2,6,K1??"),
    )
    by_sender = by_facility(rejects(*named, *of_two), files(("one.CSV", "K11", None), ("two.CSV", "K11", None)), {A, B})
    places = {facility: [(one.file, one.lines) for one in part] for facility, part in by_sender.items()}
    assert places == {A: [("one.CSV", "2"), ("one.CSV", "4"), ("two.CSV", "2")], B: [("two.CSV", "4")]}


def test_an_unknown_number_is_no_sender() -> None:
    line = ("K11.CSV", "2", "2,2,K122,01,202604,112992,9999999999,0000000001")
    assert by_facility(rejects(line), files(("K11.CSV", "K11", None)), {A}) == {}
    assert list(by_facility(rejects(line), files(("K11.CSV", "K11", "1350000009")), {A})) == [OFFICE]


def test_neighbours_with_the_same_fault_are_one_range() -> None:
    lines = [
        ("K11.CSV", str(number), record, item, name, "FMT105", reason, f"2,{number},K122,01,202604,112992,{A},1")
        for number, record, item, name, reason in (
            (2, "K122-01", "12", "上限月額", "数字です"),
            (3, "K122-01", "12", "上限月額", "数字です"),
            (4, "K122-01", "13", "給付費", "数字です"),
            (6, "K122-01", "13", "給付費", "数字です"),
            (7, None, None, None, "読めません"),
        )
    ]
    table = pl.DataFrame(lines, schema=rejects().schema, orient="row")
    (ranges,) = by_facility(table, files(("K11.CSV", "K11", None)), {A}).values()
    assert [(one.lines, one.count, one.record, one.item, one.reason) for one in ranges] == [
        ("2–3", 2, "明細書", "12 上限月額", "数字です"),
        ("4", 1, "明細書", "13 給付費", "数字です"),
        ("6", 1, "明細書", "13 給付費", "数字です"),
        ("7", 1, "", "", "読めません"),
    ]
