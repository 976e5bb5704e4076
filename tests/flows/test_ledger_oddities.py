"""What is odd in ledgers: each oddity once, beside a row that is none; nothing in ledgers that are right."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from henrei.data.rules import rules
from henrei.flows import ledger_oddities
from henrei.flows.ledger_oddities import ODDITIES
from henrei.flows.ledger_oddities.periods import KEYS
from henrei.schemas.ledgers import REFUSED_KEYS, ledgers

START, END = date(2025, 7, 1), date(2026, 6, 30)
APRIL = (date(2026, 4, 1), date(2026, 4, 30))
ONE, TWO = "0000000001", "0000000002"
A = "1350000001"
SAME, OTHER = "同じ期間に同じ内容の行が重なるもの", "同じ期間に値の違う行が重なるもの"
BACKWARDS = "終わりの日が始まりの日より前の行"
USUAL: dict[str, dict[str, Any]] = {
    "recipients": {"recipient_no": ONE, "municipality_no": "112992", "burden_cap": 4600},
    "grants": {"recipient_no": ONE, "grant_code": "631000", "allowance_days": 10, "valid_to": END},
    "cap_managers": {"recipient_no": ONE, "facility_no": A},
    "plans": {"recipient_no": ONE, "plan_kind": "2"},
    "facilities": {
        "facility_no": A, "facility_name": "架空事業所", "service_type": "63", "severe_class": "1", "region_code": "16"
    },
    "facility_addons": {"facility_no": A, "service_type": "63", "class": "加算", "addon_key": "staffing_plus"},
    "petitions": {
        "petition_month": APRIL[0], "facility_no": A, "recipient_no": ONE, "service_month": date(2026, 2, 1),
        "reason_code": "4102",
    },
    "history": {
        "kind": "明", "outcome_month": APRIL[0], "facility_no": A, "recipient_no": ONE,
        "service_month": date(2026, 3, 1), "outcome": "決定", "benefit_yen": 9000,
    },
    "first_review": {
        "kind": "明", "facility_no": A, "recipient_no": ONE, "service_month": APRIL[0], "class": "警告",
        "error_code": "EG13",
    },
    "service_codes": {"service_code": "631110", "name": "架空", "units": 500, "class": "基本"},
}  # fmt: skip


def rows(name: str, *given: dict[str, Any]) -> pl.DataFrame:
    """Rows of a ledger, each the usual one with what is given; the first is in line 2."""
    schema = {"file": pl.UInt32(), "line": pl.Int64(), **ledgers()[name].schema}
    begin = {"valid_from": START} if "valid_from" in schema else {}
    return pl.DataFrame(
        [{"file": 0, "line": line, **begin, **USUAL[name], **one} for line, one in enumerate(given, start=2)],
        schema=schema,
    )


def found(*frames: tuple[str, pl.DataFrame], refused: pl.DataFrame | None = None) -> list[tuple[str, str, list[int]]]:
    """Ledger, title and lines of every oddity."""
    odd = ledger_oddities.find(dict(frames), [] if refused is None else [refused], *APRIL)
    return [(one.oddity.ledger, one.oddity.title, one.rows["line"].to_list()) for one in odd]


def of(name: str, *given: dict[str, Any]) -> list[tuple[str, list[int]]]:
    """Title and lines of every oddity of one ledger alone."""
    return [(title, lines) for _, title, lines in found((name, rows(name, *given)))]


def details(name: str, *given: dict[str, Any]) -> list[str]:
    [one] = ledger_oddities.find({name: rows(name, *given)}, [], *APRIL)
    return one.rows["detail"].to_list()


def test_in_ledgers_that_are_right_nothing_is_odd() -> None:
    assert found(*((name, rows(name, {})) for name in ledgers())) == []


def test_every_oddity_has_its_own_title_in_a_ledger_and_a_remedy() -> None:
    titles = [(oddity.ledger, oddity.title) for oddity in ODDITIES]
    assert len(set(titles)) == len(titles)
    assert all(oddity.remedy.endswith(("ください", ")")) for oddity in ODDITIES)
    assert set(KEYS) == set(ledgers())


def test_each_of_many_oddities_is_named_once() -> None:
    """One row, or one pair, of each kind among rows that are right."""
    three, four, five = (f"{number:010}" for number in (3, 4, 5))
    backwards = {"valid_from": date(2026, 4, 16), "valid_to": date(2026, 4, 15)}
    recipients = rows(
        "recipients", {}, {"recipient_no": TWO, "burden_cap": 1}, {"recipient_no": three}, {"recipient_no": four}
    )
    grants = rows(
        "grants",
        {"valid_to": date(2026, 4, 15)},
        {"valid_from": date(2026, 4, 16)},
        {"recipient_no": TWO, "allowance_days": None},
        {"recipient_no": four, **backwards},
        {"recipient_no": four},
        {"recipient_no": four},
        {"recipient_no": five},
        {"recipient_no": ONE, "grant_code": "611000"},
        {"recipient_no": ONE, "grant_code": "611000", "allowance_days": 3},
    )
    facilities = rows("facilities", {}, {"facility_no": "1350000002", "region_code": None})
    assert found(("recipients", recipients), ("grants", grants), ("facilities", facilities)) == [
        ("recipients", "利用者負担上限月額が法令の額でない行", [3]),
        ("grants", "月の途中で終わる支給決定", [2]),
        ("grants", "支給量のない支給決定", [4]),
        ("recipients", "支給決定のない受給者の行", [4]),
        ("grants", "受給者台帳にない番号の支給決定", [8]),
        ("facilities", "地域区分コードのない事業所の行", [3]),
        ("grants", OTHER, [9, 10]),
        ("grants", SAME, [6, 7]),
        ("grants", BACKWARDS, [5]),
    ]


# Amounts and grants --------------------------------------------------------------------------------------------------


def test_a_cap_that_is_no_amount_of_the_law() -> None:
    caps = [0, 4600, 37200, 4599, 9300]
    given = [{"recipient_no": f"{number:010}", "burden_cap": cap} for number, cap in enumerate(caps)]
    assert of("recipients", *given) == [("利用者負担上限月額が法令の額でない行", [5, 6])]
    assert details("recipients", {"burden_cap": 1865}) == ["1,865円(法令の額: 0円・4,600円・37,200円)"]


def test_the_amounts_of_the_law_are_a_table_with_dates() -> None:
    assert rules()["burden_caps"]["burden_cap"].to_list() == [0, 4600, 37200]
    before = {"valid_from": date(2011, 4, 1), "valid_to": date(2012, 3, 31)}  # the day before the law's first row
    assert of("recipients", before) == [("利用者負担上限月額が法令の額でない行", [2])]
    assert of("recipients", {**before, "valid_to": date(2012, 4, 1)}) == []


@pytest.mark.parametrize(
    ("end", "odd"),
    [
        (date(2026, 4, 30), False),
        (date(2026, 4, 29), True),
        (date(2028, 2, 29), False),
        (date(2028, 2, 28), True),
        (date(2026, 2, 28), False),
        (date(9999, 12, 31), False),
    ],
)
def test_a_grant_ends_within_a_month_unless_on_its_last_day(end: date, odd: bool) -> None:
    assert of("grants", {"valid_to": end}) == ([("月の途中で終わる支給決定", [2])] if odd else [])


def test_of_a_grant_that_ends_within_a_month_it_is_known_whether_another_follows() -> None:
    ends, next_day = {"valid_to": date(2026, 4, 15)}, {"valid_from": date(2026, 4, 16)}
    assert details("grants", ends, next_day) == ["631000 は 2026-04-15 まで。翌日から続く行があります"]
    assert details("grants", ends, {"valid_from": date(2026, 4, 17)})[0].endswith("翌日から続く行はありません")
    assert details("grants", ends, {**next_day, "recipient_no": TWO})[0].endswith("翌日から続く行はありません")
    assert details("grants", ends, {**next_day, "grant_code": "632000"})[0].endswith("翌日から続く行があります")
    assert details("grants", ends, {**next_day, "grant_code": "630924"})[0].endswith("翌日から続く行はありません")


def test_rows_in_force_in_the_service_month_are_counted() -> None:
    given = rows(
        "grants",
        {"recipient_no": ONE, "valid_to": date(2026, 3, 30)},
        {"recipient_no": TWO, "valid_to": date(2026, 4, 1)},
    )
    [one] = ledger_oddities.find({"grants": given}, [], *APRIL)
    assert one.rows.select("line", "in_month").rows() == [(2, False), (3, True)]
    assert one.in_month == 1


def test_a_base_grant_needs_its_days() -> None:
    empty = {"allowance_days": None}
    addon, rule = {**empty, "grant_code": "630924"}, {**empty, "allowance_rule": "原則日数", "recipient_no": TWO}
    assert of("grants", empty, addon, rule) == [("支給量のない支給決定", [2])]


# Numbers of one ledger that another lacks ----------------------------------------------------------------------------


def test_a_recipient_without_a_grant() -> None:
    recipients = rows("recipients", {}, {"recipient_no": TWO})
    assert found(("recipients", recipients), ("grants", rows("grants", {}))) == [
        ("recipients", "支給決定のない受給者の行", [3])
    ]
    assert found(("recipients", recipients)) == []  # without the ledger of grants nobody can say


@pytest.mark.parametrize(("start", "odd"), [(date(2026, 6, 30), False), (date(2026, 7, 1), True)])
def test_a_recipient_whose_grants_lie_in_other_periods(start: date, odd: bool) -> None:
    ledger = rows("recipients", {"valid_to": date(2026, 6, 30)})
    grants = rows("grants", {"valid_from": start, "valid_to": date(2027, 6, 30)})
    expected = [("recipients", "支給決定のない受給者の行", [2])] if odd else []
    assert found(("recipients", ledger), ("grants", grants)) == expected


def test_a_recipient_with_a_grant_in_one_of_its_periods_is_none_of_them() -> None:
    ledger = rows("recipients", {"valid_to": date(2025, 12, 31)}, {"valid_from": date(2026, 1, 1)})
    assert found(("recipients", ledger), ("grants", rows("grants", {"valid_to": date(2025, 12, 31)}))) == []


def test_a_grant_without_a_recipient() -> None:
    grants = rows("grants", {}, {"recipient_no": TWO})
    assert found(("recipients", rows("recipients", {})), ("grants", grants)) == [
        ("grants", "受給者台帳にない番号の支給決定", [3])
    ]


@pytest.mark.parametrize("refused_in", ["recipients", "grants"])
def test_a_number_whose_row_was_refused_is_not_missing(refused_in: str) -> None:
    refused = pl.DataFrame(
        [{"ledger": refused_in, "recipient_no": TWO}], schema={"ledger": pl.String(), **REFUSED_KEYS}
    )
    frames = {
        name: rows(name, {}, *([] if name == refused_in else [{"recipient_no": TWO}]))
        for name in ("recipients", "grants")
    }
    assert found(*frames.items(), refused=refused) == []
    assert len(found(*frames.items())) == 1


# Facilities ----------------------------------------------------------------------------------------------------------


def test_a_facility_without_a_price() -> None:
    given = [
        {},
        {"facility_no": "1350000002", "region_code": "99"},
        {"facility_no": "1350000003", "region_code": None},
        {"facility_no": "1350000004", "severe_class": None},
        {"facility_no": "1350000005", "service_type": "64", "severe_class": None},  # one price, whichever 重心区分
        {"facility_no": "1350000006", "service_type": "55", "region_code": None},  # 障害児相談支援: no claim of ours
    ]
    assert of("facilities", *given) == [
        ("地域区分コードのない事業所の行", [4]),
        ("単価の決まらない事業所の行", [3, 5]),
    ]
    assert details("facilities", {"region_code": "99"}) == [
        "サービス種類 63・地域区分 99・重心区分 1・センター区分 (空) の単価がありません"
    ]


@pytest.mark.parametrize(("end", "odd"), [(date(2026, 3, 31), False), (date(2026, 4, 1), True)])
def test_the_price_of_a_facility_that_has_ended_is_not_asked_about(end: date, odd: bool) -> None:
    assert bool(of("facilities", {"region_code": None, "valid_to": end})) is odd


# Periods -------------------------------------------------------------------------------------------------------------


def test_rows_of_one_key_overlap_from_a_common_day_on() -> None:
    first = {"valid_to": date(2026, 3, 31)}
    assert of("recipients", first, {"valid_from": date(2026, 4, 1)}) == []
    assert of("recipients", first, {"valid_from": date(2026, 3, 31)}) == [(SAME, [2, 3])]
    assert of("recipients", first, {"valid_from": date(2026, 3, 31), "burden_cap": 0}) == [(OTHER, [2, 3])]


def test_what_differs_is_named() -> None:
    other = {"burden_cap": 0, "household_no": "9"}
    assert details("recipients", {}, other) == ["2・3行目: 世帯番号・利用者負担上限月額が違います"] * 2
    assert details("recipients", {}, {}) == ["2・3行目"] * 2


def test_rows_that_overlap_in_a_chain_are_one_group() -> None:
    """The first and the third have no common day; a row long past the group is none of it."""
    chain = [
        {"valid_from": date(2025, 4, 1), "valid_to": date(2025, 9, 30)},
        {"valid_from": date(2025, 9, 1), "valid_to": date(2026, 2, 28)},
        {"valid_from": date(2026, 2, 1), "valid_to": date(2026, 3, 31), "burden_cap": 0},
        {"valid_from": date(2026, 4, 1)},
    ]
    assert of("recipients", *chain) == [(OTHER, [2, 3, 4])]


def test_a_short_row_within_a_long_one_does_not_hide_the_next() -> None:
    given = [{}, {"valid_to": date(2025, 7, 31)}, {"valid_from": date(2026, 1, 1)}]
    assert of("recipients", *given) == [(SAME, [2, 3, 4])]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "other_key", "other_value"),
    [
        ("recipients", {"recipient_no": TWO}, {"burden_cap": 0}),
        ("grants", {"grant_code": "611000"}, {"allowance_days": 9}),
        ("cap_managers", {"recipient_no": TWO}, {"facility_no": "1350000002"}),
        ("plans", {"recipient_no": TWO}, {"plan_kind": "1"}),
        ("facilities", {"severe_class": "2"}, {"fee_capacity": 20}),
        ("facility_addons", {"recipient_no": ONE}, {"filed_on": APRIL[0]}),
        ("service_codes", {"service_code": "631111"}, {"units": 501}),
    ],
)
def test_every_ledger_with_periods_has_its_key(
    name: str, other_key: dict[str, Any], other_value: dict[str, Any]
) -> None:
    assert of(name, {}, other_key) == []
    assert of(name, {}, other_value) == [(OTHER, [2, 3])]
    assert of(name, {}, {}) == [(SAME, [2, 3])]


@pytest.mark.parametrize(
    ("name", "other_key", "other_value"),
    [
        ("petitions", {"service_month": APRIL[0]}, {"reason_code": "4199"}),
        ("history", {"outcome": "取下げ"}, {"benefit_yen": 1}),  # taken back and decided again in one month
        ("first_review", {"error_code": "EG14"}, {"class": "返戻予定"}),
    ],
)
def test_a_ledger_without_periods_has_one_row_a_key(
    name: str, other_key: dict[str, Any], other_value: dict[str, Any]
) -> None:
    assert of(name, {}, other_key) == []
    assert of(name, {}, other_value) == [("値の違う行が重なるもの", [2, 3])]
    assert of(name, {}, {}) == [("同じ内容の行が重なるもの", [2, 3])]


def test_of_many_rows_the_first_lines_are_named() -> None:
    assert details("recipients", *[{}] * 12)[0] == "2・3・4・5・6・7・8・9・10・11…行目"


def test_a_row_that_ends_before_it_begins_is_named_as_that_alone() -> None:
    backwards = {"valid_from": date(2026, 4, 16), "valid_to": date(2026, 4, 15)}
    grants, recipients = rows("grants", {}, backwards), rows("recipients", {}, {**backwards, "recipient_no": TWO})
    assert found(("recipients", recipients), ("grants", grants)) == [
        ("recipients", BACKWARDS, [3]),
        ("grants", BACKWARDS, [3]),
    ]
    assert details("grants", {"valid_from": date(2026, 4, 15), "valid_to": date(2026, 4, 14)}) == [
        "2026-04-15 から 2026-04-14"
    ]
    assert of("plans", {"valid_from": APRIL[0], "valid_to": APRIL[0]}) == []


def test_an_open_start_and_an_open_end_overlap_everything() -> None:
    opened = {"valid_from": None, "valid_to": date(2020, 3, 31)}
    assert of("facilities", opened, {"valid_from": date(2020, 3, 31), "valid_to": None}) == [(SAME, [2, 3])]
    assert of("facilities", opened, {"valid_from": date(2020, 4, 1), "valid_to": None}) == []
