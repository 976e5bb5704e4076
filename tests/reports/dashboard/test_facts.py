"""The facts in dashboard.html are what findings, outcomes and claims say; the page keeps to itself."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import altair as alt
import duckdb
import polars as pl
import pytest

from henrei.checks.catalogue import catalogue
from henrei.reports.dashboard import charts
from lib import inputs
from lib.dashboard_homes import EVIL, facts_of, page_of, rows_of, sums
from lib.home_history import ONE, TWO, henrei

MAY, JUNE, JULY = "2026-05", "2026-06", "2026-07"


def test_rates_without_filter_are_those_of_return_rates(closed_city_home: Path) -> None:
    facts = facts_of(closed_city_home)
    received = sums(facts, "received", ("month",), "claims", "yen", "first")
    returned = sums(facts, "returned", ("month",), "claims", "yen", "first", "by_city")
    for row in inputs.read_table(closed_city_home / "out" / "return_rates.csv"):
        key = (row["review_month"],)
        assert received[key] == (
            int(row["claims_received"]),
            int(row["yen_received"]),
            int(row["first_claims_received"]),
        )
        claims, yen, first, by_city = returned[key]
        assert (claims, yen) == (int(row["claims_returned"]), int(row["yen_returned"]))
        assert first == int(row["first_claims_returned"])
        assert (by_city, claims - by_city) == (int(row["returned_by_city"]), int(row["returned_by_federation"]))
    assert facts["months"] == [
        row["review_month"] for row in inputs.read_table(closed_city_home / "out" / "return_rates.csv")
    ]


# Each total of the page as a query over what close and run wrote: table of the facts, by what, columns, SQL.
TOTALS = {
    "received": (
        ("received", ("month", "facility_no"), ("claims",)),
        "SELECT month, facility_no, count(*) FROM claims WHERE outcome <> '取下げ' GROUP BY ALL",
    ),
    "returned": (
        ("returned", ("month", "facility_no"), ("claims", "yen")),
        "SELECT month, facility_no, count(*), sum(benefit_yen) FROM claims WHERE outcome = '返戻' GROUP BY ALL",
    ),
    "returned by the city": (
        ("returned", ("month", "facility_no"), ("by_city",)),
        """SELECT month, facility_no, count(*) FROM claims SEMI JOIN own USING (month, kind, facility_no,
           recipient_no, service_month, outcome) WHERE outcome = '返戻' GROUP BY ALL""",
    ),
    "returned again": (
        ("returned", ("month", "facility_no"), ("again",)),
        """SELECT month, facility_no, count(*) FROM claims c WHERE outcome = '返戻' AND EXISTS (
           FROM (SELECT month, facility_no, recipient_no, service_month, outcome FROM claims
                 UNION ALL SELECT 審査月, 事業所番号, 受給者証番号, サービス提供年月, 結果 FROM history WHERE 種別 = '明') e
           WHERE e.outcome = '返戻' AND e.month < c.month AND e.facility_no = c.facility_no
             AND e.recipient_no = c.recipient_no AND e.service_month = c.service_month) GROUP BY ALL""",
    ),
    "found by check": (
        ("reasons", ("month", "facility_no", "check_code"), ("found",)),
        """SELECT month, facility_no, check_code, count(*) FROM findings
           WHERE subject = 'claim' AND severity = 'return' GROUP BY ALL""",
    ),
    "found on claims and sheets, and what of it was returned": (
        ("judged", ("month", "facility_no", "check_code"), ("findings", "found", "returned")),
        """WITH found AS (
               SELECT month, check_code, subject, facility_no, recipient_no, service_month,
                      bool_or(severity = 'return' AND subject IN ('claim', 'sheet')) AS to_return
               FROM findings GROUP BY ALL),
           returned AS (
               SELECT DISTINCT month, CASE kind WHEN '明' THEN 'claim' ELSE 'sheet' END AS subject, facility_no, recipient_no,
                      service_month, TRUE AS back FROM outcomes WHERE outcome = '返戻')
           SELECT month, facility_no, check_code, count(*), count(*) FILTER (to_return),
                  count(*) FILTER (to_return AND back)
           FROM found LEFT JOIN returned USING (month, subject, facility_no, recipient_no, service_month) GROUP BY ALL""",
    ),
    "returned by check": (
        ("reasons", ("month", "facility_no", "check_code"), ("returned", "yen")),
        """WITH city AS (FROM claims SEMI JOIN own USING (month, kind, facility_no, recipient_no, service_month, outcome)
                         WHERE outcome = '返戻'),
           ranked AS (SELECT *, CASE severity WHEN 'return' THEN 1 WHEN 'review' THEN 2 ELSE 3 END AS rank
                      FROM findings WHERE subject = 'claim'),
           strongest AS (SELECT month, facility_no, recipient_no, service_month, min(rank) AS rank
                         FROM ranked GROUP BY ALL)
           SELECT month, facility_no, coalesce(check_code, 'team'), count(*), sum(benefit_yen)
           FROM city LEFT JOIN strongest USING (month, facility_no, recipient_no, service_month)
           LEFT JOIN ranked USING (month, facility_no, recipient_no, service_month, rank) GROUP BY ALL
           UNION ALL
           SELECT month, facility_no, 'federation', count(*), sum(benefit_yen)
           FROM (FROM claims WHERE outcome = '返戻') ANTI JOIN city
             USING (month, facility_no, recipient_no, service_month) GROUP BY ALL""",
    ),
    "withdrawn": (
        ("withdrawals", ("month", "facility_no"), ("claims", "yen")),
        "SELECT month, facility_no, count(*), sum(benefit_yen) FROM claims WHERE outcome = '取下げ' GROUP BY ALL",
    ),
    "undetermined": (
        ("open", ("month", "facility_no", "check_code"), ("subjects",)),
        "SELECT month, facility_no, check_code, count(*) FROM undetermined WHERE facility_no IS NOT NULL GROUP BY ALL",
    ),
}


@pytest.fixture(scope="module")
def written(closed_city_home: Path) -> duckdb.DuckDBPyConnection:
    """The files of out/ and books/ as tables: month is the folder they are in."""
    con = duckdb.connect()
    for table, folder in (("outcomes", "out"), ("findings", "out"), ("undetermined", "out"), ("own", "books")):
        name = "outcomes" if table == "own" else table
        con.execute(
            f"CREATE TABLE {table} AS SELECT parse_path(filename)[-2] AS month, * EXCLUDE (filename) "
            "FROM read_csv($files, all_varchar = true, filename = true, union_by_name = true)",
            {"files": (closed_city_home / folder / "2026-*" / f"{name}.csv").as_posix()},
        )
    data = (closed_city_home / "inbox/2026-05/history.csv").read_bytes()
    text = data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "cp932")  # the city writes either way
    con.register("history_file", pl.read_csv(text.encode("utf-8"), infer_schema=False))
    con.execute("CREATE TABLE history AS FROM history_file")
    con.execute(
        "CREATE VIEW claims AS SELECT * REPLACE (benefit_yen::BIGINT AS benefit_yen) FROM outcomes WHERE kind = '明'"
    )
    return con


@pytest.mark.parametrize("name", TOTALS)
def test_every_total_is_a_query_over_findings_and_outcomes(
    closed_city_home: Path, written: duckdb.DuckDBPyConnection, name: str
) -> None:
    (table, by, columns), sql = TOTALS[name]
    rows = written.execute(sql).fetchall()
    expected = {row[: len(by)]: tuple(map(int, row[len(by) :])) for row in rows}
    assert expected
    assert sums(facts_of(closed_city_home), table, by, *columns) == expected


def test_causes_are_as_many_as_findings_at_most_and_none_without(closed_city_home: Path) -> None:
    facts = facts_of(closed_city_home)
    causes = sums(facts, "causes", ("month", "check_code"), "causes")
    found = sums(facts, "judged", ("month", "check_code"), "found")
    assert set(causes) == set(found)
    alone = [key for key in causes if catalogue()[key[1]].group == "certificate"]  # each claim is a cause of its own
    assert alone and [causes[key] for key in alone] == [found[key] for key in alone]


def test_missing_reclaims_are_the_findings_of_sub406(closed_city_home: Path) -> None:
    facts = facts_of(closed_city_home)
    became = sums(facts, "withdrawals", ("month", "became"), "claims", "yen")
    for month in facts["months"]:
        deducted = [became.get((month, text), (0, 0)) for text in ("later", "missing")]
        found = [
            row
            for row in inputs.read_table(closed_city_home / "out" / month / "findings.csv")
            if row["check_code"] == "SUB406"
        ]
        assert len(found) > 0
        assert sum(claims for claims, _ in deducted) == len(found)
        assert sum(yen for _, yen in deducted) == sum(int(row["amount_yen"]) for row in found)


# The four months of dashboards.told ---------------------------------------------------------------------------------


def test_a_claim_with_two_types_is_one_claim(four_months_home: Path) -> None:
    facts = facts_of(four_months_home)
    may = [row for row in rows_of(facts, "received") if row["month"] == MAY]
    assert {(row["facility_no"], row["types"], row["claims"]) for row in may} == {
        (inputs.A, "63", 2),
        (inputs.B, "61 63", 1),
        (inputs.B, "63", 1),
    }
    assert facts["types"] == {"61": "児童発達支援", "63": "放課後等デイサービス"}


def test_returns_first_and_again_by_city_and_federation(four_months_home: Path) -> None:
    assert sums(
        facts_of(four_months_home), "returned", ("month", "facility_no"), "claims", "by_city", "first", "again"
    ) == {
        (MAY, inputs.A): (2, 2, 2, 0),
        (JUNE, inputs.A): (1, 1, 0, 1),
        (JULY, inputs.B): (1, 0, 0, 0),
    }


def test_the_strongest_finding_drives_a_return(four_months_home: Path) -> None:
    """In May A/1 has CAP302 to return and A/2 CAP301 to look at; what the federation returned is put down to nothing."""
    found = sums(facts_of(four_months_home), "reasons", ("month", "facility_no", "check_code"), "returned", "yen")
    assert found == {
        (MAY, inputs.A, "CAP301"): (1, 9000),
        (MAY, inputs.A, "CAP302"): (1, 9000),
        (JUNE, inputs.A, "CAP302"): (1, 9000),
        (JULY, inputs.B, "federation"): (1, 9000),
    }


def test_months_until_a_returned_claim_comes_again(four_months_home: Path) -> None:
    """0: not yet."""
    assert sums(facts_of(four_months_home), "reclaims", ("month", "facility_no", "lag"), "claims", "yen") == {
        (MAY, inputs.A, 0): (1, 9000),
        (MAY, inputs.A, 1): (1, 9000),
        (JUNE, inputs.A, 1): (1, 9000),
        (JULY, inputs.B, 0): (1, 9000),
    }


def test_withdrawals_with_and_without_a_reclaim(four_months_home: Path) -> None:
    assert sums(
        facts_of(four_months_home), "withdrawals", ("month", "facility_no", "types", "became"), "claims", "yen"
    ) == {
        (JUNE, inputs.B, "61 63", "later"): (1, 9000),
        (JUNE, inputs.B, "63", "unplanned"): (1, 9000),
    }


def test_checks_without_their_ledger_are_distinguished(four_months_home: Path) -> None:
    unjudged = facts_of(four_months_home)["unjudged"]
    rows = set(zip(unjudged["month"], unjudged["check_code"], unjudged["reason"], strict=True))
    assert (0, "KHR901", "一次審査結果(first_review.csv)がありません") in rows
    assert (0, "SUB405", "審査履歴がありません") in rows
    assert not any(month == 1 and code == "SUB405" for month, code, _ in rows)


# The file -----------------------------------------------------------------------------------------------------------


def test_no_child_is_in_the_page(four_months_home: Path, closed_city_home: Path) -> None:
    for home in (four_months_home, closed_city_home):
        text = page_of(home) + repr(facts_of(home))
        recipients = {row["recipient_no"] for f in home.glob("out/*/outcomes.csv") for row in inputs.read_table(f)}
        assert recipients >= {ONE, TWO} or len(recipients) > 50
        assert not [number for number in recipients if number in text]
        people = {
            row.get(name)
            for path in home.glob("inbox/*/recipients.csv")
            for row in csv.DictReader(decoded(path).splitlines())
            for name in ("児童氏名カナ", "保護者氏名カナ")
        }
        assert not [person for person in people - {None, ""} if person in text]


def decoded(path: Path) -> str:
    """A ledger of the fictional city, whose programs write as they like."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return path.read_text(encoding="cp932")


def test_names_cannot_break_the_page(four_months_home: Path) -> None:
    text = page_of(four_months_home)
    assert EVIL not in text
    assert text.count("<script") == text.count("</script>") == 8
    assert facts_of(four_months_home)["facilities"]["name"] == [EVIL, "ひかり園"]


def test_nothing_is_asked_of_the_network(four_months_home: Path) -> None:
    text = page_of(four_months_home)
    assert "default-src 'none'" in text
    assert "sourceMappingURL" not in text
    text = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=[\"'](?!data:)", text)


def test_every_chart_has_its_table_and_its_sentence(four_months_home: Path) -> None:
    text = page_of(four_months_home)
    names = set(charts.specs())
    assert names == set(re.findall(r'id="chart-(\w+)" role="img" aria-label="[^"]+"', text))
    for name in names:
        assert re.search(rf'<h2 id="title-{name}">[^<]+</h2>\s*<p class="how">.+?</p>', text)
        assert re.search(rf'<table id="table-{name}"><caption>[^<]+', text)


@pytest.mark.slow
def test_specifications_are_valid_and_need_no_colour() -> None:
    for name, spec in charts.specs().items():
        alt.Chart.from_dict(spec, validate=True)
        for layer in spec.get("layer", []):
            if "color" in layer["encoding"] and layer["mark"]["type"] in ("line", "point"):
                assert {"strokeDash", "shape"} & set(layer["encoding"]), name


def test_the_scripts_are_of_the_version_that_altair_speaks() -> None:
    scripts = Path(charts.__file__).with_name("vega")
    assert f'"{alt.SCHEMA_VERSION.removeprefix("v")}"' in (scripts / "vega-lite.min.js").read_text("utf-8")


@pytest.mark.slow
def test_close_and_reopen_keep_the_page_and_dashboard_writes_it_anew(
    tmp_path: Path, four_months_home: Path, capsys
) -> None:
    home = tmp_path / "home"
    shutil.copytree(four_months_home, home)
    page = home / "out" / "dashboard.html"
    august = page.read_bytes()
    assert henrei(home, "reopen", "2026-08") == 0
    july = facts_of(home)
    assert july["months"] == [MAY, JUNE, JULY]
    # What history told in August's folder is not known in July.
    assert (JULY, inputs.B) not in sums(july, "returned", ("month", "facility_no"), "claims")
    assert henrei(home, "close", "2026-08", "--undecided", "accept") == 0
    assert page.read_bytes() == august
    page.write_text("spoilt", encoding="utf-8")
    assert henrei(home, "dashboard") == 0
    assert page.read_bytes() == august
    assert str(page) in capsys.readouterr().out
    page.unlink()
    (home / "henrei.duckdb").unlink()
    assert henrei(home, "dashboard") == 2
    assert "henrei rebuild" in capsys.readouterr().err
    assert henrei(home, "rebuild") == 0
    assert page.read_bytes() == august
    for name in ("2026-08", JULY, JUNE, MAY):
        assert henrei(home, "reopen", name) == 0
    assert not page.exists()
    assert henrei(home, "dashboard") == 2
    assert "締めた月がまだありません" in capsys.readouterr().err


@pytest.mark.slow
def test_a_run_leaves_the_page_alone(tmp_path: Path, four_months_home: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(four_months_home, home)
    written = (home / "out" / "dashboard.html").stat().st_mtime_ns
    shutil.copytree(home / "inbox" / "2026-08", home / "inbox" / "2026-09")
    for path in (home / "inbox" / "2026-09").glob("*.CSV"):
        path.write_bytes(path.read_bytes().replace(b",202608,", b",202609,"))
    assert henrei(home, "run", "2026-09") == 0
    assert (home / "out" / "dashboard.html").stat().st_mtime_ns == written
