"""A large city's dashboard stays small. Its months are put into the store as close would leave them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from henrei.home import Home
from henrei.reports.dashboard import facts, page
from henrei.store.database import open_store, set_current_month

pytestmark = pytest.mark.slow

# One claim in eight is returned, one in twelve comes again, one in five holds two service types; four findings in ten.
_CITY = """
CREATE TEMP TABLE made AS
    SELECT CAST(DATE '2024-04-01' + INTERVAL (m) MONTH AS DATE) AS review_month, 1 AS file, i AS group_line,
           printf('13500%05d', hash(i) % $facilities) AS facility_no, printf('%010d', i) AS recipient_no,
           CAST(DATE '2024-03-01' + INTERVAL (m - (hash(i, m, 'late') % 12 = 0)::INT) MONTH AS DATE) AS service_month,
           (40000 + hash(i, m, 'yen') % 120000)::BIGINT AS benefit_yen, hash(i, m, 'end') % 8 = 0 AS returned,
           hash(i, m, 'check') % 70 AS check_no, hash(i) % 5 = 0 AS two
    FROM range($months) r(m), range($claims) c(i);
INSERT INTO claims BY NAME SELECT * EXCLUDE (returned, check_no, two) FROM made;
INSERT INTO claim_totals BY NAME
    SELECT review_month, file, group_line, facility_no, recipient_no, service_month, unnest(if(two, ['61', '63'], ['63'])) AS service_type
    FROM made;
INSERT INTO own_outcomes BY NAME
    SELECT review_month, '明' AS kind, facility_no, recipient_no, service_month, if(returned, '返戻', '決定') AS outcome, benefit_yen
    FROM made;
INSERT INTO findings BY NAME
    SELECT review_month, printf('DAY%03d', 200 + check_no) AS check_code, 'claim' AS subject, facility_no, recipient_no,
           service_month, 'return' AS severity, FALSE AS downgraded
    FROM made WHERE check_no < 28;
INSERT INTO undetermined BY NAME
    SELECT review_month, 'FAC503' AS check_code, 'claim' AS subject, facility_no, recipient_no, service_month, '' AS reason
    FROM made WHERE check_no > 60;
"""


def large_page(home: Path, months: int, claims: int, facilities: int) -> str:
    """The page of a city with so many claims a month."""
    closed = [date(2024 + (3 + m) // 12, (3 + m) % 12 + 1, 1) for m in range(months)]
    with open_store(Home(home)) as con:
        for statement in _CITY.split(";\n"):
            given = {"months": months, "claims": claims, "facilities": facilities}
            con.execute(statement, {name: value for name, value in given.items() if f"${name}" in statement})
        set_current_month(con, closed[-1])
        return page.page(
            facts.collect(con, closed),
            "大きな市",
            "112992",
            "使った基準: 国の基準",
            "",
        )


def test_three_years_of_a_large_city(tmp_path: Path) -> None:
    assert len(large_page(tmp_path, months=36, claims=3000, facilities=250).encode("utf-8")) < 3_000_000
