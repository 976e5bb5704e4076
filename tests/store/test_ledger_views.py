"""A ledger is its block in ledgers.toml: its table and its view of the month are made from there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from henrei import cli
from henrei.data.rules import rules
from henrei.flows.ruleset import ruleset
from henrei.schemas import ledgers
from henrei.store import database, view_sql
from lib import inputs

# All that adding a ledger takes in the product: this block, in one file.
VISITS = """
[visits]
title = "訪問記録"
empty_means_none = true
columns = [
    { label = "受給者証番号", column = "recipient_no", kind = "number10", needed = true },
    { label = "訪問月", column = "visit_month", kind = "month", needed = true },
    { label = "記録月", column = "noted_month", kind = "month", next_month_of = "visit_month" },
    { label = "有無", column = "made", kind = "text", values = ["有", "無"], default = "有" },
    { label = "備考", column = "remark", kind = "text" },
]
"""
CSV = "受給者証番号,訪問月,記録月,有無,備考\r\n1,2026-03,,,\r\n2,2026-04,2026-06,無,電話\r\n"


@pytest.fixture
def with_visits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "ledgers"
    shutil.copytree(Path(str(ledgers.folder())), folder)
    with (folder / "ledgers.toml").open("a", encoding="utf-8", newline="\n") as stream:
        stream.write(VISITS)
    monkeypatch.setattr(ledgers, "folder", lambda: folder)
    forget()
    yield
    monkeypatch.undo()
    forget()


def forget() -> None:
    for cached in (ledgers.ledgers, view_sql.statements, ruleset):
        cached.cache_clear()


@pytest.mark.slow
def test_a_new_ledger_is_one_block_in_one_file(tmp_path: Path, with_visits: None) -> None:
    home = inputs.make_home(tmp_path / "home", inputs.right_month(), {**inputs.LEDGERS, "visits": CSV})
    assert cli.main(["run", inputs.REVIEW, "--home", str(home), "--direct"]) == 0
    with duckdb.connect(str(home / "henrei.duckdb"), read_only=True) as con:
        table = con.execute("SELECT recipient_no, noted_month, made, remark FROM visits ORDER BY ALL").fetchall()
        view = con.execute("SELECT recipient_no, noted_month, made, remark FROM now_visits ORDER BY ALL").fetchall()
    assert table == [("0000000001", None, None, None), ("0000000002", date(2026, 6, 1), "無", "電話")]
    assert view == [("0000000001", date(2026, 4, 1), "有", None), ("0000000002", date(2026, 6, 1), "無", "電話")]


def test_every_ledger_has_a_view_of_the_review_month() -> None:
    with duckdb.connect() as con:
        database.prepare(con)
        database.put_rules(con, rules())
        database.set_current_month(con, date(2026, 5, 1))
        for name, ledger in ledgers.ledgers().items():
            con.execute(f"INSERT INTO {name} (review_month) VALUES ('2026-05-01'), ('2026-04-01')")
            columns = [row[0] for row in con.execute(f"DESCRIBE now_{name}").fetchall()]
            assert columns == ["review_month", "file", "line", *ledger.schema]
            assert con.execute(f"SELECT review_month FROM now_{name}").fetchall() == [(date(2026, 5, 1),)]


def test_what_an_empty_cell_of_a_petition_means() -> None:
    """It is processed in the month after its own, and a new claim is announced."""
    with duckdb.connect() as con:
        database.prepare(con)
        database.put_rules(con, rules())
        database.set_current_month(con, date(2026, 5, 1))
        con.execute(
            "INSERT INTO petitions (review_month, petition_month, process_month, reclaim) VALUES "
            "('2026-05-01', '2025-12-01', NULL, NULL), ('2026-05-01', '2026-04-01', '2026-07-01', '無')"
        )
        rows = con.execute("SELECT process_month, reclaim FROM now_petitions ORDER BY petition_month").fetchall()
    assert rows == [(date(2026, 1, 1), "有"), (date(2026, 7, 1), "無")]
