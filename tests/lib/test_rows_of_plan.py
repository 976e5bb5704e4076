"""What a plan says of its rows."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from lib.rows_of_plan import may_give_rows, plan_of


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("PRAGMA disable_optimizer")
        con.execute("CREATE TABLE a AS SELECT 1 AS x; CREATE TABLE b AS SELECT 1 AS x WHERE FALSE")
        yield con


@pytest.mark.parametrize(
    ("sql", "may"),
    [
        ("FROM a", True),
        ("FROM b", False),
        ("SELECT x + 1 FROM b WHERE x > 0 GROUP BY ALL", False),
        ("SELECT count(*) FROM b", True),
        ("FROM a JOIN b USING (x)", False),
        ("FROM a LEFT JOIN b USING (x)", True),
        ("FROM b LEFT JOIN a USING (x)", False),
        ("FROM b RIGHT JOIN a USING (x)", True),
        ("FROM b FULL JOIN a USING (x)", True),
        ("FROM a, b", False),
        ("FROM a ANTI JOIN b USING (x)", True),
        ("FROM a SEMI JOIN b USING (x)", False),
        ("FROM b WHERE NOT EXISTS (FROM a WHERE a.x = b.x)", False),
        ("FROM a WHERE NOT EXISTS (FROM b WHERE a.x = b.x)", True),
        ("FROM a UNION ALL FROM b", True),
        ("FROM b UNION FROM b", False),
        ("FROM a EXCEPT FROM b", True),
        ("WITH c AS MATERIALIZED (FROM b) FROM c", False),
        ("WITH c AS MATERIALIZED (FROM a) FROM c", True),
        ("WITH c AS MATERIALIZED (FROM b) SELECT (SELECT max(x) FROM c) FROM a", True),
        ("SELECT 1", True),
    ],
)
def test_may_give_rows(con: duckdb.DuckDBPyConnection, sql: str, may: bool) -> None:
    assert may_give_rows(plan_of(con, sql), lambda table: table == "memory.main.a") is may
