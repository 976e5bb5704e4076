"""The views of the store in an order in which each can be made."""

from __future__ import annotations

import graphlib
import re

import pytest

from henrei.store import view_sql

FILE = """-- What the file is about.

-- Days.
-- shared
CREATE OR REPLACE VIEW days AS
    SELECT ';' AS mark, -- not the end;
           x FROM rows_of_it;
CREATE OR REPLACE MACRO twice(x) AS (2 * x);
"""


def view(name: str, text: str) -> view_sql.Statement:
    return view_sql.Statement(name, f"CREATE OR REPLACE VIEW {name} AS {text}")


def test_a_files_statements() -> None:
    days, twice = view_sql.parse(FILE.replace("not the end;", "not the end"))
    assert (days.name, days.shared, days.sql.count("\n"), days.sql[-11:]) == ("days", True, 2, "rows_of_it;")
    assert (twice.name, twice.shared) == ("twice", False)


@pytest.mark.parametrize("text", [FILE, FILE + "SELECT 1;\n", "CREATE VIEW a AS SELECT 1;\n"])
def test_nothing_in_a_file_is_left_out_silently(text: str) -> None:
    with pytest.raises(ValueError, match="neither comment nor statement"):
        view_sql.parse(text)


def test_a_view_comes_after_what_it_mentions_and_else_by_name() -> None:
    views = [
        view("a", "FROM m JOIN z"),
        view("m", "SELECT 'a' AS kind -- unlike a\nFROM t"),
        view("z", "FROM b"),
        view("b", "FROM t"),
    ]
    assert list(view_sql.in_order(views)) == ["b", "m", "z", "a"]
    assert list(view_sql.in_order(views[::-1])) == ["b", "m", "z", "a"]


def test_what_a_shared_view_reads_it_may_read_through_another() -> None:
    views = [
        view_sql.Statement("a", "CREATE OR REPLACE VIEW a AS FROM t", shared=True),
        view("through", "FROM a"),
        view_sql.Statement("b", "CREATE OR REPLACE VIEW b AS FROM through", shared=True),
        view_sql.Statement("c", "CREATE OR REPLACE VIEW c AS FROM b", shared=True),
    ]
    read = view_sql.read_by_shared(view_sql.in_order(views))
    assert read == {"a": set(), "b": {"a"}, "c": {"b"}}


def test_views_that_need_each_other_or_share_a_name_are_refused() -> None:
    with pytest.raises(graphlib.CycleError):
        view_sql.in_order([view("a", "FROM b"), view("b", "FROM a")])
    with pytest.raises(ValueError, match="one name"):
        view_sql.in_order([view("a", "FROM t"), view("a", "FROM u")])


def test_every_view_of_the_store_comes_after_what_it_mentions() -> None:
    before: set[str] = set()
    names = set(view_sql.statements())
    for name, statement in view_sql.statements().items():
        code = re.sub(r"--.*|'[^']*'", "", statement.sql)
        assert set(re.findall(r"\w+", code)) & names <= before | {name}
        before.add(name)
    assert len(before) > 70


def test_the_shared_views_are_those_marked_in_order() -> None:
    order = list(view_sql.statements())
    shared = view_sql.shared()
    assert shared == sorted(shared, key=order.index) and len(shared) > 20
    assert {"states", "use_days", "refused_now"} <= set(shared) and "sheet_there" not in shared


def test_what_a_view_shows_as_a_query() -> None:
    [statement] = view_sql.parse("-- shared\nCREATE OR REPLACE VIEW a AS\n    SELECT ';' AS b FROM c;\n")
    assert statement.select.split() == ["SELECT", "';'", "AS", "b", "FROM", "c"]
