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
