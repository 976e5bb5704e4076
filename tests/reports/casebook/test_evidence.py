"""The tables that a casebook asks the store for: each has labels, and afterwards the store is as it was."""

from __future__ import annotations

import duckdb

from henrei.checks import examples
from henrei.checks.catalogue import catalogue
from henrei.reports.casebook import evidence
from henrei.reports.casebook.columns import label_of
from henrei.reports.casebook.data import labels
from henrei.store.database import query
from lib.casebook_cases import casebook, finding_row
from lib.inputs import A


def tables_of(con: duckdb.DuckDBPyConnection) -> list[str]:
    return sorted(name for (name,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall())


def test_every_column_of_every_table_has_a_label(store: duckdb.DuckDBPyConnection) -> None:
    """A column without a label raises."""
    with evidence.prepared(store, casebook([]).frames):
        for question in evidence.questions():
            assert labels(question.source, query(store, question.sql))


def test_the_store_is_as_it_was_afterwards(store: duckdb.DuckDBPyConnection) -> None:
    before = tables_of(store)
    data = casebook([finding_row("DAY201", A, "0000000001")])
    with data.prepared(store):
        data.look_up(store)
    assert [table.name for table in data.tables] == ["findings", "record_of_checks", "record_of_facilities"]
    assert tables_of(store) == before


def test_a_table_that_is_not_asked_for_has_no_row(store: duckdb.DuckDBPyConnection) -> None:
    """Asked are those of which a case has something to go by, and whose ledger is there."""
    examples.load(store, examples.Example("a claim", {"claims": [{"facility_no": A, "recipient_no": "0000000001"}]}))
    with evidence.prepared(store, casebook([finding_row("DAY201", A, "0000000001")]).frames):
        asked = {question.name for question, _ in evidence.asked(store)}
        left = [question for question in evidence.questions() if question.name not in asked]
        assert {"claims", "claim_totals"} <= asked
        assert {"sheets", "sheet_rows", "days", "service_codes"} <= {question.name for question in left}
        assert all(query(store, question.sql).is_empty() for question in left)


def test_every_table_names_the_cases_it_belongs_to() -> None:
    assert all(question.cases for question in evidence.questions())


def test_what_is_unjudged_of_a_facility_s_state_says_how_many_claims_and_shows_none(
    store: duckdb.DuckDBPyConnection,
) -> None:
    examples.load(
        store,
        examples.Example(
            "two claims",
            {
                "claims": [{"facility_no": A, "recipient_no": one} for one in ("1", "2")],
                "facilities": [{"facility_no": A, "service_type": "63", "facility_name": "森"}],
            },
        ),
    )
    row = {"check_code": "FAC508", "subject": "claim", "facility_no": A, "recipient_no": None}
    data = casebook([], [{**row, "service_month": "2026-04", "reason": "そろっていません", "claims": 2}])
    with data.prepared(store):
        data.look_up(store)
    tables = {table.name: table.rows for table in data.tables}
    assert list(tables) == ["undetermined", "facilities", "record_of_checks"]
    assert tables["undetermined"]["claims"].to_list() == [2]
    assert tables["facilities"]["facility_name"].to_list() == ["森"]


def test_labels_are_those_of_the_layouts_and_of_the_ledgers() -> None:
    wanted = {
        ("claims", "benefit_yen"): ("28 給付費", "yen"),
        ("claim_totals", "unit_price"): ("11 単位数単価", "price"),
        ("contracts", "contracted_days"): ("8 契約支給量", "hundredths"),
        ("grants", "valid_to"): ("支給決定終了日", "day"),
        ("recipients", "burden_cap"): ("利用者負担上限月額", "yen"),
        ("", "benefit_yen"): ("給付費", ""),
    }
    assert {key: (label_of(*key).text, label_of(*key).kind) for key in wanted} == {
        key: (text, kind or "yen") for key, (text, kind) in wanted.items()
    }


def test_what_a_check_reads_is_what_its_header_names() -> None:
    from henrei.reports.casebook.data import _reads

    assert set(_reads()["FAC507"]) == {"facilities", "service_codes", "claims", "attendance"}
    assert set(_reads()) == set(catalogue())
