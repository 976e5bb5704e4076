"""Every reminder against its own examples (`checks/<group>/<name>.remind.md`), and what is made of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from henrei.checks import examples, reminders
from henrei.checks.catalogue import catalogue
from henrei.checks.reminders import EXAMPLES, RETURNED, SUFFIX, Reminder, examples_of, parse

CASES = [
    pytest.param(one, example, id=f"{one.name}-{example.title}")
    for one in reminders.reminders()
    for example in examples_of(one)
]
VARIANTS = {"shared_cap": "false"}


def loaded(con: duckdb.DuckDBPyConnection, example: examples.Example) -> None:
    examples.load(con, example)
    con.execute("CREATE OR REPLACE TEMP TABLE rule_variants AS SELECT 'shared_cap' AS setting, 'false' AS variant")


@pytest.fixture
def store(empty_store: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The empty store; what a test puts into it is taken back."""
    empty_store.execute("BEGIN")
    yield empty_store
    empty_store.execute("ROLLBACK")


@pytest.mark.parametrize(("reminder", "example"), CASES)
def test_the_examples_hold(store: duckdb.DuckDBPyConnection, reminder: Reminder, example: examples.Example) -> None:
    loaded(store, example)
    found = [
        {name: "" if value is None else str(value) for name, value in row.items()}
        for row in reminders.rows_of(store, reminder).sort("facility_no", "recipient_no").to_dicts()
    ]
    expected = [{"service_month": "2026-04", **row} for row in example.expect or []]
    for row in expected:
        row["service_month"] += "-01"
    assert [{name: got[name] for name in row} for row, got in zip(expected, found, strict=True)] == expected


def test_every_reminder_has_examples_that_name_and_that_name_nothing() -> None:
    assert {name.removesuffix(SUFFIX) for name in reminders.files() if name.endswith(SUFFIX)} == {
        name.removesuffix(EXAMPLES) for name in reminders.files() if name.endswith(EXAMPLES)
    }
    for one in reminders.reminders():
        named = [{(row["facility_no"], row["recipient_no"]) for row in case.expect or []} for case in examples_of(one)]
        claimed = [
            {(row["facility_no"], row["recipient_no"]) for row in case.given["claims"]} for case in examples_of(one)
        ]
        assert any(named) and any(own - of for own, of in zip(claimed, named, strict=True)), one.name


def test_a_reminder_foretells_a_check_of_the_catalogue_or_none() -> None:
    codes = [one.check for one in reminders.reminders()]
    assert codes == ["CAP301", "CRT102", "CRT104", "DAY206", "SUB406", ""]
    assert {*codes} - {""} <= catalogue().keys()


def test_a_wrong_header_is_named() -> None:
    with pytest.raises(ValueError, match="x: the header is not whole"):
        parse("-- title = 'x'\nSELECT 1", "x")
    text = "-- title = 'x'\n-- needs = []\n-- logic = 'x'\n-- [message]\n-- default = 'x'\n-- [action]\n-- other = 'x'\nSELECT 1"
    with pytest.raises(ValueError, match="x: the reasons of message and action do not fit"):
        parse(text, "x")


ENDED = """## x

claims
| facility_no | recipient_no |
|---|---|
| A | 1 |

claim_totals
| facility_no | recipient_no | service_type |
|---|---|---|
| A | 1 | 63 |
| A | 1 | 64 |

grants
| recipient_no | grant_code | allowance_days | valid_to |
|---|---|---|---|
| 1 | 631000 | 10 | 2026-03-31 |
| 1 | 641000 | 4 | 2026-04-20 |

expect: none
"""


TWO_CAPS = """## x

claims
| facility_no | recipient_no | burden_cap |
|---|---|---|
| A | 1 | 4600 |
| A | 2 | 37200 |

claim_totals
| facility_no | recipient_no | service_type |
|---|---|---|
| A | 1 | 63 |
| A | 2 | 63 |

recipients
| recipient_no | burden_cap | valid_from | valid_to |
|---|---|---|---|
| 1 | 4600 | 2025-07-01 | 2026-03-31 |
| 1 | 37200 | 2026-04-01 | |
| 2 | 37200 | 2025-07-01 | 2026-03-31 |
| 2 | 4600 | 2026-04-01 | |

expect: none
"""


def of_month_before(text: str) -> examples.Example:
    (example,) = examples.parse(text)
    for table in ("claims", "claim_totals"):
        example.given[table] = [
            {"review": "2026-04", "service_month": "2026-03", **row} for row in example.given[table]
        ]
    return example


def test_a_claim_is_named_once_with_whole_sentences(store: duckdb.DuckDBPyConnection) -> None:
    examples.load(store, of_month_before(ENDED))
    (row,) = reminders.collect(store, (), VARIANTS)
    assert row == {
        "check_code": "CRT102",
        "title": "支給決定の期間が切れる",
        "facility_no": "A",
        "recipient_no": "1",
        "service_month": date(2026, 4, 1),
        "services": "放課後等デイサービス・保育所等訪問支援",
        "since": date(2026, 4, 1),
        "by": date(2026, 5, 10),
        "message": "放課後等デイサービスの支給決定は3月31日で終わり、その後の支給決定がありません。"
        "保育所等訪問支援の支給決定のない日が2026年4月分にあります（4月21日から4月30日まで）。",
        "action": "このままでは2026年4月分は請求できません。更新後の受給者証があるかを保護者と確かめ、あれば請求の前に市へ知らせてください。"
        "その日の利用は請求に含めないでください。更新後の受給者証があれば、請求の前に市へ知らせてください。",
    }


def test_a_reminder_without_its_ledger_or_of_a_disabled_check_is_left_out(store: duckdb.DuckDBPyConnection) -> None:
    examples.load(store, of_month_before(ENDED))
    lacking = reminders.lacking(store, {"CRT102"})
    assert lacking["crt102_certificate_expired"] == "設定(checks.disabled)により行っていません"
    assert lacking["crt104_burden_cap_differs"] == "受給者台帳(recipients.csv)がありません"
    assert "returned_not_sent_again" not in lacking
    assert reminders.collect(store, lacking, VARIANTS) == []


def test_with_a_shared_cap_only_a_cap_above_the_new_one_is_named(store: duckdb.DuckDBPyConnection) -> None:
    """Child 1 goes from 4,600 to 37,200 yen, of which it may bill a share; child 2 back to 4,600, which 37,200 is above."""
    example = of_month_before(TWO_CAPS)
    examples.load(store, example)
    assert [row["recipient_no"] for row in reminders.collect(store, (), {"shared_cap": "false"})] == ["1", "2"]
    assert [row["recipient_no"] for row in reminders.collect(store, (), {"shared_cap": "true"})] == ["2"]


def test_every_column_that_a_row_may_have_is_used(store: duckdb.DuckDBPyConnection) -> None:
    for one in reminders.reminders():
        names = set(store.sql(one.sql).columns)
        assert names <= RETURNED.keys(), one.name
