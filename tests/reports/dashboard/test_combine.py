"""Facts of the dashboard: one month alone, and months and cities put together."""

from __future__ import annotations

from collections import Counter
from typing import Any

from henrei.reports.dashboard.combine import combined, of_month

BY_UNIT = ("received", "returned", "reasons", "judged", "causes", "reclaims", "withdrawals", "open")
A, B, C = "1350000001", "1350000002", "1350000003"


def facts(months: list[str], facilities: dict[str, str], received: list[tuple[int, int, int]]) -> dict[str, Any]:
    """`received`: index of a month, index of a facility, claims. Every facility has one unit, of 放課後等デイサービス."""
    tables: dict[str, Any] = {name: {"month": [], "unit": [], "claims": []} for name in BY_UNIT}
    tables["received"] = {name: [row[at] for row in received] for at, name in enumerate(("month", "unit", "claims"))}
    return {
        "months": months,
        "types": {"63": "放課後等デイサービス"},
        "checks": {"DAY201": "同じ日の重複利用"},
        "facilities": {"facility_no": list(facilities), "name": list(facilities.values())},
        "units": {"facility": list(range(len(facilities))), "types": ["63"] * len(facilities)},
        **tables,
        "unjudged": {"month": [0], "check_code": ["DAY201"]},
    }


def rows(part: dict[str, Any]) -> Counter[tuple[str, str, int]]:
    """Month, facility and claims of `received`."""
    numbers, units, table = part["facilities"]["facility_no"], part["units"]["facility"], part["received"]
    return Counter(
        (part["months"][month], numbers[units[unit]], claims)
        for month, unit, claims in zip(table["month"], table["unit"], table["claims"], strict=True)
    )


def test_a_month_alone_has_its_rows_and_the_facilities_of_them() -> None:
    whole = facts(["2026-05", "2026-06"], {A: "森", B: "家"}, [(0, 0, 3), (1, 0, 4), (1, 1, 5)])
    may = of_month(whole, "2026-05")
    assert (may["months"], rows(may)) == (["2026-05"], Counter([("2026-05", A, 3)]))
    assert may["facilities"] == {"facility_no": [A], "name": ["森"]}
    assert may["unjudged"] == {"month": [0], "check_code": ["DAY201"]}
    assert of_month(whole, "2026-06")["unjudged"] == {"month": [], "check_code": []}


def test_months_put_together_are_the_whole_whatever_their_order() -> None:
    whole = facts(["2026-05", "2026-06"], {A: "森", B: "家"}, [(0, 0, 3), (1, 0, 4), (1, 1, 5)])
    parts = [of_month(whole, month) for month in ("2026-06", "2026-05")]
    again = combined(parts)
    assert again["months"] == ["2026-05", "2026-06"]
    assert rows(again) == rows(whole)
    assert again["facilities"] == whole["facilities"]
    assert "cities" not in again


def test_a_facility_has_the_last_name_that_is_known() -> None:
    parts = [
        facts(["2026-05"], {A: "森", B: "家"}, [(0, 0, 1), (0, 1, 1)]),
        facts(["2026-06"], {A: "新しい森", B: ""}, [(0, 0, 1), (0, 1, 1)]),
    ]
    assert combined(parts)["facilities"] == {"facility_no": [A, B], "name": ["新しい森", "家"]}


def test_in_a_page_of_many_cities_a_facility_has_a_unit_per_city() -> None:
    parts = [
        facts(["2026-05"], {A: "森", C: "だれも使わない"}, [(0, 0, 1)]),
        facts(["2026-05"], {A: "森", B: "家"}, [(0, 1, 2), (0, 0, 7)]),
    ]
    whole = combined(parts, ["甲市", "乙市"])
    assert whole["cities"] == ["甲市", "乙市"]
    assert whole["facilities"]["facility_no"] == [A, B]
    assert list(zip(whole["units"]["facility"], whole["units"]["city"], strict=True)) == [(0, 0), (0, 1), (1, 1)]
    assert whole["received"] == {"month": [0, 0, 0], "unit": [0, 2, 1], "claims": [1, 2, 7]}
    assert whole["unjudged"]["city"] == [0, 1]
    assert rows(combined(parts)) == Counter([("2026-05", A, 1), ("2026-05", B, 2), ("2026-05", A, 7)])


def test_months_purged_by_an_earlier_version_have_no_counts_of_checks() -> None:
    """It kept what its own page showed; the newer tables then begin with the months that are whole."""
    old = facts(["2026-05"], {A: "森"}, [(0, 0, 3)])
    old = {name: table for name, table in old.items() if name not in ("judged", "causes")}
    new = facts(["2026-06"], {A: "森"}, [(0, 0, 4)])
    new["causes"] = {"month": [0], "unit": [0], "check_code": ["DAY201"], "causes": [2]}
    new["judged"] = {
        "month": [0],
        "unit": [0],
        "check_code": ["DAY201"],
        "findings": [3],
        "found": [2],
        "returned": [1],
    }
    assert combined([old, new])["causes"] == {"month": [1], "unit": [0], "check_code": ["DAY201"], "causes": [2]}
