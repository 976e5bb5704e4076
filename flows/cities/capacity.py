"""The checks of capacity over the children of all cities of a run: a facility serves children of several.

Each city's process leaves what these checks read of it (`extract`): the days of use that stand, the claims under
review and which of them are reduced, the facilities' rows. `judge` puts them together in a store of its own and runs the
same SQL over it. Recipients' numbers are the city's own, so the city's number stands before them meanwhile.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from henrei.checks import findings, runner
from henrei.checks.catalogue import Check, catalogue
from henrei.flows.cities.discover import City
from henrei.home import Home
from henrei.store.database import open_store, query, set_current_month

DIFFER = "ledgers_differ"
DIFFER_SAID = "事業所の行(種類・定員・期間)が市町村の台帳の間で違うため、判定できません"
NO_FACILITIES = "障害児施設台帳(facilities.csv)がどの市町村にもありません"

# What the checks' SQL reads of a city, as its own store tells it. `since`: three months before its oldest claim.
_EXTRACTS = {
    "days": "SELECT * FROM use_days WHERE service_month >= $since",
    "claims": """
        SELECT c.facility_no, c.recipient_no, c.service_month, c.benefit_yen, c.line, c.last_line, f.path
        FROM claims_now c LEFT JOIN files f USING (review_month, file)""",
    "totals": """
        SELECT DISTINCT facility_no, recipient_no, service_month, service_type
        FROM claim_totals WHERE review_month = review_month()""",
    "keys": "SELECT * FROM claim_keys WHERE addon_key = 'reduction_over_capacity'",
    "units": "SELECT * EXCLUDE (review_month, file) FROM now_facilities",
}


def joint_checks() -> list[Check]:
    """The checks that are judged over all cities: those whose header has sentences for it."""
    return [check for check in catalogue().values() if check.message_all_cities]


def joint_title() -> str:
    """What the terminal calls this: with the first and the last code."""
    codes = [check.code for check in joint_checks()]
    return f"定員({codes[0]}〜{codes[-1][3:]})の合同の判定"


def extract(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Writes the city's part to `folder`; the store's current review month is the one that was run."""
    row = con.execute("SELECT CAST(min(service_month) - INTERVAL 3 MONTH AS DATE) FROM claims_now").fetchall()[0]
    since = row[0] or date.max
    for name, sql in _EXTRACTS.items():
        query(con, sql, {"since": since} if "$since" in sql else None).write_parquet(folder / f"{name}.parquet")
    absent = runner.absent(con)
    horizon = con.execute("SELECT month FROM horizon").fetchall()[0][0]
    meta = {
        "horizon": horizon.isoformat(),
        "lacks": [name for name in ("facilities", "service_codes") if name in absent],
    }
    (folder / "capacity.json").write_text(json.dumps(meta), encoding="utf-8")


@dataclass
class MergedCapacity:
    """findings: the contract's columns, municipality_no empty where a facility of several cities is the subject;
    undetermined: municipality_no and the contract's columns; notes: what must be said beside them."""

    findings: pl.DataFrame
    undetermined: pl.DataFrame
    notes: list[str]


def judge(month: date, cities: list[City], parts: Path) -> MergedCapacity:
    """Judges the checks over the extracts below parts/<municipality_no>/ of the cities that were run."""
    if not cities:
        nothing = dict.fromkeys(("municipality_no", *findings.UNDETERMINED_COLUMNS), pl.String)
        return MergedCapacity(findings.empty_table().select(findings.COLUMNS), pl.DataFrame(schema=nothing), [])
    told = {
        city.municipality_no: json.loads((parts / city.municipality_no / "capacity.json").read_text(encoding="utf-8"))
        for city in cities
    }
    coded = "・".join(check.code for check in joint_checks() if "service_codes" in check.needs)
    notes = [
        f"{city.name}: サービスコードの台帳がないため、この市町村の請求は {coded} の合同の判定に入りません"
        for city in cities
        if "service_codes" in told[city.municipality_no]["lacks"]
    ]
    with open_store(Home(parts), parts / "union.duckdb") as con:
        differing = _load(con, month, cities, told, parts)
        if differing:
            notes.append(f"台帳の行が市町村の間で違う事業所: {'、'.join(differing)}")
        known = any("facilities" not in one["lacks"] for one in told.values())
        missing = {} if known else {"facilities": NO_FACILITIES}
        results = _run(con, [_of_all(check, len(cities)) for check in joint_checks()], missing, cities, told)
        for result in results:
            unknown = pl.col("facility_no").is_in(differing) & (pl.col("reason") == "unknown")
            reason = pl.when(unknown).then(pl.lit(DIFFER)).otherwise("reason")
            result.undetermined = result.undetermined.with_columns(reason=reason)
        results = [part for result in results for part in _by_city(result, cities, con)]
        found = _named(findings.table(con, results, "").select(findings.COLUMNS))
        open_ = _named(findings.undetermined_table(results))
        open_ = (
            open_.select("municipality_no", *findings.UNDETERMINED_COLUMNS).unique().sort(pl.all(), nulls_last=False)
        )
    return MergedCapacity(found.sort(*findings.SORT, "municipality_no", "finding_id", nulls_last=False), open_, notes)


def _of_all(check: Check, cities: int) -> Check:
    """The check with its sentences for all cities of the run."""
    message = {reason: text.replace("{cities}", str(cities)) for reason, text in check.message_all_cities.items()}
    return dataclasses.replace(check, message=message, undetermined={**check.undetermined, DIFFER: DIFFER_SAID})


def _load(con: duckdb.DuckDBPyConnection, month: date, cities: list[City], told: dict, parts: Path) -> list[str]:
    """Fills the store; returns the numbers of facilities whose ledger rows differ from city to city."""
    set_current_month(con, month)
    for name in _EXTRACTS:
        frames = []
        for number, city in enumerate(cities):
            frame = pl.read_parquet(parts / city.municipality_no / f"{name}.parquet")
            own = frame.with_columns(city=pl.lit(city.municipality_no), city_at=pl.lit(number, pl.Int64))
            if name != "units":
                own = own.with_columns(recipient_no=pl.concat_str(pl.lit(f"{city.municipality_no}:"), "recipient_no"))
            frames.append(own)
        con.register("part", pl.concat(frames))
        con.execute(f"CREATE TABLE all_{name} AS FROM part")
        con.unregister("part")
    coded = [city.municipality_no for city in cities if "service_codes" not in told[city.municipality_no]["lacks"]]
    horizons = pl.DataFrame(
        [(c, date.fromisoformat(t["horizon"])) for c, t in told.items()], ["city", "h"], orient="row"
    )
    con.register("horizons", horizons)
    con.execute("CREATE TABLE city_horizons AS FROM horizons")
    con.unregister("horizons")
    con.execute(_TABLES)
    con.execute(
        "INSERT INTO claims BY NAME SELECT ? AS review_month, * EXCLUDE (path, city, city_at), city_at AS file "
        "FROM placed WHERE list_contains(?, city)",
        [month, coded],
    )
    con.execute(
        "INSERT INTO claim_totals BY NAME SELECT ? AS review_month, * EXCLUDE (city, city_at) FROM all_totals "
        "WHERE list_contains(?, city)",
        [month, coded],
    )
    con.execute(
        "INSERT INTO files BY NAME SELECT DISTINCT ? AS review_month, city_at AS file, path FROM placed", [month]
    )
    con.execute("INSERT INTO ledgers_used VALUES (?, 'facilities', NULL, TRUE)", [month])
    con.execute(_UNITS, [month])
    return [row[0] for row in con.execute("SELECT facility_no FROM differing ORDER BY ALL").fetchall()]


# A file of a city is one row of `files`: a number for it over all cities, its path below the city's number.
_TABLES = """
CREATE TABLE placed AS
    SELECT * REPLACE (city || '/' || path AS path, dense_rank() OVER (ORDER BY city_at, path) AS city_at) FROM all_claims;
CREATE OR REPLACE VIEW use_days AS SELECT * EXCLUDE (city, city_at) FROM all_days;
CREATE OR REPLACE VIEW claim_keys AS SELECT * EXCLUDE (city, city_at) FROM all_keys;
CREATE OR REPLACE VIEW facility_months AS
    SELECT facility_no, service_month FROM all_days UNION SELECT facility_no, service_month FROM all_claims;
-- A facility's months are reviewed when they are in every city that it serves.
CREATE TABLE facility_horizons AS
    SELECT facility_no, max(h) AS month
    FROM (SELECT facility_no, city FROM all_days UNION SELECT facility_no, city FROM all_claims) JOIN city_horizons USING (city)
    GROUP BY ALL;
CREATE TABLE span AS
    SELECT min(service_month) AS since, month_end(max(service_month)) AS until
    FROM (SELECT service_month FROM all_claims
          UNION ALL SELECT service_month FROM all_days WHERE NOT decided_before);
-- What the ledgers say of the months in question; one city's rows stand where all say the same.
CREATE TABLE said_units AS
    SELECT city, facility_no,
           list_sort(list(DISTINCT concat_ws('|', service_type, coalesce(capacity, -1), greatest(valid_from, since),
                                             least(coalesce(valid_to, until), until)))) AS rows_said
    FROM all_units, span
    WHERE valid_from <= until AND (valid_to IS NULL OR valid_to >= since)
    GROUP BY ALL;
CREATE TABLE differing AS
    SELECT facility_no FROM said_units GROUP BY ALL HAVING count(DISTINCT rows_said) > 1;
"""
_UNITS = """
INSERT INTO facilities BY NAME
SELECT ? AS review_month, 0 AS file, * EXCLUDE (city, city_at) FROM all_units
SEMI JOIN (SELECT facility_no, min(city) AS city FROM said_units ANTI JOIN differing USING (facility_no) GROUP BY ALL)
    USING (facility_no, city)
"""


def _run(
    con: duckdb.DuckDBPyConnection, checks: list[Check], missing: dict[str, str], cities: list[City], told: dict
) -> list[runner.Result]:
    """Runs the checks once for each horizon and variant of the rules, and keeps the subjects that these are right for."""
    variants = {city.municipality_no: tuple(sorted(city.settings.variants.items())) for city in cities}
    horizons = [row[0] for row in con.execute("SELECT DISTINCT month FROM facility_horizons ORDER BY ALL").fetchall()]
    found: list[runner.Result] = []
    for horizon in horizons:
        con.execute(f"CREATE OR REPLACE VIEW horizon AS SELECT DATE '{horizon}' AS month, TRUE AS known")
        here = query(con, "SELECT facility_no FROM facility_horizons WHERE month = $month", {"month": horizon})[
            "facility_no"
        ]
        for number, variant in enumerate(sorted(set(variants.values()))):
            con.register("chosen", pl.DataFrame(list(variant), ["setting", "variant"], orient="row"))
            con.execute("CREATE OR REPLACE TEMP TABLE rule_variants AS FROM chosen")
            con.unregister("chosen")
            ours = [city for city, one in variants.items() if one == variant]
            mine = pl.col("recipient_no").str.slice(0, 6).is_in(ours)
            mine |= pl.lit(number == 0) & pl.col("recipient_no").is_null()  # a facility, which no variant speaks of
            for result in runner.run(con, checks, missing, ()):
                keep = pl.col("facility_no").is_in(here.implode()) & mine
                result.findings = result.findings.filter(keep)
                result.undetermined = result.undetermined.filter(keep)
                found.append(result)
    return found


def _by_city(result: runner.Result, cities: list[City], con: duckdb.DuckDBPyConnection) -> list[runner.Result]:
    """The result cut by city, with the city's own word on severities, disabled checks and the brake."""
    claims = dict(con.execute("SELECT city, count(*) FROM all_claims GROUP BY ALL").fetchall())
    subject = pl.col("recipient_no").is_null()
    parts = [
        dataclasses.replace(
            result, findings=result.findings.filter(subject), undetermined=result.undetermined.filter(subject)
        )
    ]
    for city in cities:
        if result.check.code in city.settings.disabled:
            continue
        own = pl.col("recipient_no").str.slice(0, 6) == city.municipality_no
        part = dataclasses.replace(
            result, findings=result.findings.filter(own), undetermined=result.undetermined.filter(own), not_judged=None
        )
        runner.override([part], city.settings.severities)
        settings = city.settings
        runner.brake([part], claims.get(city.municipality_no, 0), settings.brake.share, settings.brake.least)
        parts.append(part)
    return parts


def _named(table: pl.DataFrame) -> pl.DataFrame:
    """Takes the city's number from before the recipient's into its own column."""
    coded = pl.col("recipient_no").str.contains(":")
    return table.with_columns(
        municipality_no=pl.when(coded).then(pl.col("recipient_no").str.slice(0, 6)),
        recipient_no=pl.when(coded).then(pl.col("recipient_no").str.slice(7)),
    )
