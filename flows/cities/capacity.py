"""The cities' extracts in, the findings of the checks of capacity over all their children out: a facility serves children of
several cities. Called by run_all, `extract` by run_city.

Each city's process writes what these checks read of it (`extract`): the valid days of use, the claims under review and
which of them are reduced, the facilities' rows. `judge` puts them together in a store of its own (capacity.sql) and
runs the same checks over it. Recipients' numbers are the city's own, so the city's number comes before them meanwhile.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

import duckdb
import polars as pl

from henrei.checks import findings, runner
from henrei.checks.catalogue import Check, catalogue
from henrei.flows.cities.discover import City
from henrei.home import Home
from henrei.store.database import open_store, query, set_current_month

DIFFER = "ledgers_differ"
LEDGERS_DIFFER = "事業所の行(種類・定員・期間)が市町村の台帳の間で違うため、判定できません"
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
    "keys": "SELECT * FROM claim_keys WHERE starts_with(addon_key, 'reduction_')",
    "units": "SELECT * EXCLUDE (review_month, file) FROM now_facilities",
    "refused_codes": "SELECT * FROM codes_refused",
    "refused_rows": "SELECT * FROM refused_rows_now WHERE ledger IN ('facilities', 'service_codes')",
    "refused_groups": "SELECT * FROM refused_now",
    "unheld": "SELECT * FROM months_without_records WHERE service_month >= $since",
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
    since = con.execute("SELECT month FROM records_since").fetchall()[0][0]
    meta = {
        "records_since": since.isoformat(),
        "lacks": [name for name in ("facilities", "service_codes") if name in absent],
    }
    (folder / "capacity.json").write_text(json.dumps(meta), encoding="utf-8")


@dataclass
class MergedCapacity:
    """findings: the contract's columns, municipality_no empty where a facility of several cities is the subject;
    undetermined: municipality_no and the contract's columns; notes: lines for the user."""

    findings: pl.DataFrame
    undetermined: pl.DataFrame
    notes: list[str]


@dataclass(frozen=True)
class _Extract:
    """A city's capacity.json. records_since: since which review month its records are held; lacks: its missing ledgers."""

    city: City
    records_since: date
    lacks: list[str]


def judge(month: date, cities: list[City], parts: Path) -> MergedCapacity:
    """Judges the checks over the extracts below parts/<municipality_no>/ of the cities that were run."""
    if not cities:
        columns = dict.fromkeys(("municipality_no", *findings.UNDETERMINED_COLUMNS), pl.String)
        return MergedCapacity(findings.empty_table().select(findings.COLUMNS), pl.DataFrame(schema=columns), [])
    extracts = [_read(city, parts) for city in cities]
    coded = "・".join(check.code for check in joint_checks() if "service_codes" in check.needs)
    notes = [
        f"{extract.city.name}: サービスコードの台帳がないため、この市町村の請求は {coded} の合同の判定に入りません"
        for extract in extracts
        if "service_codes" in extract.lacks
    ]
    with open_store(Home(parts), parts / "union.duckdb") as con:
        differing = _load(con, month, extracts, parts)
        if differing:
            notes.append(f"台帳の行が市町村の間で違う事業所: {'、'.join(differing)}")
        known = any("facilities" not in extract.lacks for extract in extracts)
        missing = {} if known else {"facilities": NO_FACILITIES}
        results = _run(con, [_of_all(check, len(cities)) for check in joint_checks()], missing, cities)
        for result in results:
            unknown = pl.col("facility_no").is_in(differing) & (pl.col("reason") == "unknown")
            reason = pl.when(unknown).then(pl.lit(DIFFER)).otherwise("reason")
            result.undetermined = result.undetermined.with_columns(reason=reason)
        results = [part for result in results for part in _by_city(result, cities, con)]
        table = _with_municipality(findings.table(con, results, "").select(findings.COLUMNS))
        undetermined = _with_municipality(findings.undetermined_table(results))
    undetermined = undetermined.select("municipality_no", *findings.UNDETERMINED_COLUMNS).unique()
    return MergedCapacity(
        table.sort(*findings.SORT, "municipality_no", "finding_id", nulls_last=False),
        undetermined.sort(pl.all(), nulls_last=False),
        notes,
    )


def _of_all(check: Check, cities: int) -> Check:
    """The check with its sentences for all cities of the run."""
    message = {reason: text.replace("{cities}", str(cities)) for reason, text in check.message_all_cities.items()}
    return dataclasses.replace(check, message=message, undetermined={**check.undetermined, DIFFER: LEDGERS_DIFFER})


def _read(city: City, parts: Path) -> _Extract:
    content = json.loads((parts / city.municipality_no / "capacity.json").read_text(encoding="utf-8"))
    return _Extract(city, date.fromisoformat(content["records_since"]), content["lacks"])


def _load(con: duckdb.DuckDBPyConnection, month: date, extracts: list[_Extract], parts: Path) -> list[str]:
    """Fills the store; returns the numbers of facilities whose ledger rows differ from city to city."""
    set_current_month(con, month)
    numbers = [extract.city.municipality_no for extract in extracts]
    for name in _EXTRACTS:
        frames = []
        for position, number in enumerate(numbers):
            frame = pl.read_parquet(parts / number / f"{name}.parquet")
            frame = frame.with_columns(city=pl.lit(number), position=pl.lit(position, pl.Int64))
            if "recipient_no" in frame.columns:
                frame = frame.with_columns(recipient_no=pl.concat_str(pl.lit(f"{number}:"), "recipient_no"))
            frames.append(frame)
        _create(con, f"all_{name}", pl.concat(frames))
    rows = [
        (number, one.records_since, "service_codes" not in one.lacks)
        for number, one in zip(numbers, extracts, strict=True)
    ]
    _create(con, "cities", pl.DataFrame(rows, ["city", "records_since", "has_codes"], orient="row"))
    con.execute(resources.files(__package__).joinpath("capacity.sql").read_text(encoding="utf-8"))
    return [row[0] for row in con.execute("SELECT facility_no FROM differing ORDER BY ALL").fetchall()]


def _create(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame, kind: str = "TABLE") -> None:
    con.register("frame", frame)
    con.execute(f"CREATE OR REPLACE {kind} {name} AS FROM frame")
    con.unregister("frame")


def _run(
    con: duckdb.DuckDBPyConnection, checks: list[Check], missing: dict[str, str], cities: list[City]
) -> list[runner.Result]:
    """Runs the checks once for each beginning of records and variant of the rules, and keeps the subjects that these are right for."""
    variants = {city.municipality_no: tuple(sorted(city.settings.variants.items())) for city in cities}
    months = [row[0] for row in con.execute("SELECT DISTINCT month FROM facility_records ORDER BY ALL").fetchall()]
    results: list[runner.Result] = []
    for month in months:
        con.execute(f"CREATE OR REPLACE VIEW records_since AS SELECT DATE '{month}' AS month")
        facilities = query(con, "SELECT facility_no FROM facility_records WHERE month = $month", {"month": month})
        of_month = pl.col("facility_no").is_in(facilities["facility_no"].implode())
        for number, variant in enumerate(sorted(set(variants.values()))):
            chosen = pl.DataFrame(list(variant), ["setting", "variant"], orient="row")
            _create(con, "rule_variants", chosen, "TEMP TABLE")
            of_variant = (
                pl.col("recipient_no").str.slice(0, 6).is_in([c for c, one in variants.items() if one == variant])
            )
            of_variant |= pl.lit(number == 0) & pl.col("recipient_no").is_null()  # a facility has no variant
            for result in runner.run(con, checks, missing, ()):
                results.append(_filtered(result, of_month & of_variant))
    return results


def _filtered(result: runner.Result, rows: pl.Expr) -> runner.Result:
    return dataclasses.replace(
        result, findings=result.findings.filter(rows), undetermined=result.undetermined.filter(rows)
    )


def _by_city(result: runner.Result, cities: list[City], con: duckdb.DuckDBPyConnection) -> list[runner.Result]:
    """The result cut by city, with the city's own severities, disabled checks and brake. First what is of no city."""
    claims = dict(con.execute("SELECT city, count(*) FROM all_claims GROUP BY ALL").fetchall())
    parts = [_filtered(result, pl.col("recipient_no").is_null())]
    for city in cities:
        if result.check.code in city.settings.disabled:
            continue
        own = pl.col("recipient_no").str.slice(0, 6) == city.municipality_no
        part = dataclasses.replace(_filtered(result, own), not_judged=None)
        runner.override([part], city.settings.severities)
        settings = city.settings
        runner.brake([part], claims.get(city.municipality_no, 0), settings.brake.share, settings.brake.least)
        parts.append(part)
    return parts


def _with_municipality(table: pl.DataFrame) -> pl.DataFrame:
    """Moves the city's number from before the recipient's into its own column."""
    coded = pl.col("recipient_no").str.contains(":")
    return table.with_columns(
        municipality_no=pl.when(coded).then(pl.col("recipient_no").str.slice(0, 6)),
        recipient_no=pl.when(coded).then(pl.col("recipient_no").str.slice(7)),
    )
