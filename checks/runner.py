"""The checks' SQL on a loaded month in, findings and what is undetermined out, one a check and subject. Called by the run,
by verify and rebuild, which compute a month again, by the joint judgement of capacity over cities, and by the tests.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

import duckdb
import polars as pl

from henrei.checks import shared_views
from henrei.checks.catalogue import Check, catalogue
from henrei.labels import SEVERITIES
from henrei.schemas.ledgers import ledgers
from henrei.store.database import query
from henrei.store.tables import FINDINGS, UNDETERMINED

# The rows of all checks: what their SQL may return (checks/__init__.py), and whose they are. What is left out is null.
RETURNED = {
    "check_code": "VARCHAR",
    "usual_severity": "VARCHAR",
    "usual_subject": "VARCHAR",
    "usual_at_issue": "VARCHAR",
    "facility_no": "VARCHAR",
    "recipient_no": "VARCHAR",
    "service_month": "DATE",
    "service_type": "VARCHAR",
    "use_date": "DATE",
    "observed": "VARCHAR",
    "expected": "VARCHAR",
    "other_facility": "VARCHAR",
    "group_recipient": "VARCHAR",
    "group_of": "VARCHAR",
    "decided_part": "BOOLEAN",
    "amount_yen": "BIGINT",
    "at_issue": "BIGINT",
    "units_at_issue": "BIGINT",
    "days_at_issue": "BIGINT",
    "severity": "VARCHAR",
    "at_most": "VARCHAR",
    "reason": "VARCHAR",
    "detail": "VARCHAR",
    "subject": "VARCHAR",
    "undetermined": "VARCHAR",
}

# A finding as the runner gives it, before `findings` adds sentences, ids and places.
_AS_WRITTEN = (
    "check_code", "facility_no", "recipient_no", "service_month", "service_type", "subject", "severity", "observed",
    "expected", "other_facilities", "amount_yen", "downgraded",
)  # fmt: skip
FINDING_ROWS: dict[str, pl.DataType] = {name: FINDINGS[name] for name in _AS_WRITTEN} | {
    "detail": pl.String(),
    "reason": pl.String(),
    "use_dates": pl.List(pl.Date()),
    "group_recipient": pl.String(),
    "group_of": pl.String(),
    "decided_part": pl.Boolean(),
    "at_issue": pl.Int64(),
}


@dataclass
class Result:
    """What one check found: rows of FINDING_ROWS and of tables.UNDETERMINED.

    `not_judged` is the sentence for a check that could not be judged at all; `braked`: its return findings were lowered.
    """

    check: Check
    findings: pl.DataFrame
    undetermined: pl.DataFrame
    not_judged: str | None = None
    disabled: bool = False
    braked: bool = False


_NO_FINDINGS, _NOTHING_UNDETERMINED = pl.DataFrame(schema=FINDING_ROWS), pl.DataFrame(schema=UNDETERMINED)


def no_result(check: Check) -> Result:
    """A check that found nothing."""
    return Result(check, _NO_FINDINGS, _NOTHING_UNDETERMINED)


def prepare(con: duckdb.DuckDBPyConnection, variants: Mapping[str, str]) -> list[duckdb.DuckDBPyConnection]:
    """Computes the shared views of the current review month; call once per connection before checks.

    `variants`: of the rules that come in several (henrei.toml, [rules]), setting → the variant that counts. Returns the
    connections on which checks can be run side by side, `con` being the first.
    """
    workers = shared_views.computed(con, variants)
    for worker in workers:
        _clear(worker)
    return workers


def _clear(con: duckdb.DuckDBPyConnection) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in RETURNED.items())
    con.execute(f"CREATE OR REPLACE TEMP TABLE raw_rows ({columns})")


def absent(con: duckdb.DuckDBPyConnection, checks: Iterable[Check] | None = None) -> dict[str, str]:
    """What is not there this month: name of a ledger, `<ledger>.<column>` or `outcomes` → the sentence that says so.

    Beside the ledgers only what `checks` (all of the catalogue) need is looked for.
    """
    needs = {need for check in (catalogue().values() if checks is None else checks) for need in check.needs}
    missing = {}
    present = dict(
        con.execute("SELECT ledger, present FROM ledgers_used WHERE review_month = review_month()").fetchall()
    )
    for name, ledger in ledgers().items():
        if not present.get(name):
            missing[name] = f"{ledger.title}({name}.csv)がありません"
    for need in sorted(need for need in needs if "." in need):
        name, column = need.split(".")
        (filled,), *_ = con.execute(f"SELECT count({column}) FROM now_{name}").fetchall()
        if not filled and name not in missing:
            ledger = ledgers()[name]
            missing[need] = f"{ledger.title}({name}.csv)に{ledger.label(column)}が一つもありません"
    if "outcomes" in needs and con.execute("SELECT known FROM horizon").fetchall() != [(True,)]:
        missing["outcomes"] = "審査履歴がありません"
    return missing


def what_it_lacks(check: Check, missing: Mapping[str, str]) -> str | None:
    """Why a check cannot be judged at all, of what `absent` gave; None where it can."""
    return "。".join(missing[need] for need in check.needs if need in missing) or None


def run(
    con: duckdb.DuckDBPyConnection, checks: Iterable[Check], missing: Mapping[str, str], disabled: Collection[str]
) -> list[Result]:
    """Runs checks on the current review month, with or without `prepare`, each with its own severities."""
    _clear(con)
    return merge([con], collect([con], checks, missing, disabled), {})


def collect(
    workers: Sequence[duckdb.DuckDBPyConnection],
    checks: Iterable[Check],
    missing: Mapping[str, str],
    disabled: Collection[str],
) -> list[Result]:
    """Lets checks write down their rows, for `merge` to put together at once: planning costs more than they do."""
    results, able = [], []
    for check in checks:
        result = no_result(check)
        results.append(result)
        if check.code in disabled:
            result.not_judged = "設定(checks.disabled)により行っていません"
            result.disabled = True
        elif lacks := what_it_lacks(check, missing):
            result.not_judged = lacks
        else:
            able.append(check)
    free: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
    for worker in workers:
        free.put(worker)

    def write_down(check: Check) -> None:
        worker = free.get()
        try:
            worker.execute(statement(check))
        finally:
            free.put(worker)

    with ThreadPoolExecutor(len(workers), thread_name_prefix="henrei-check") as pool:
        for _ in pool.map(write_down, able):
            pass  # an error comes out here
    return results


def statement(check: Check) -> str:
    """SQL by which a check writes its rows into `raw_rows`."""
    return (
        f"INSERT INTO raw_rows BY NAME SELECT * FROM (VALUES ('{check.code}', '{check.severity}', '{check.subject}', "
        f"'{check.at_issue or ''}')) c(check_code, usual_severity, usual_subject, usual_at_issue), ({check.sql})"
    )


def merge(
    workers: Sequence[duckdb.DuckDBPyConnection], results: list[Result], severities: Mapping[str, str]
) -> list[Result]:
    """Puts the rows of all checks since `prepare` together: findings and what is undetermined.

    `severities`: code → the city's own severity (henrei.toml, checks.severity), which takes the place of the check's
    strongest one; what a row may be at most comes after it.
    """
    con = workers[0]
    for number, worker in enumerate(workers[1:]):
        worker.execute(f"CREATE TABLE {shared_views.SCHEMA}.rows_{number} AS FROM raw_rows")
        worker.close()
        con.execute(f"INSERT INTO raw_rows FROM {shared_views.SCHEMA}.rows_{number}")
    by_code = {result.check.code: result for result in results}
    con.execute("CREATE OR REPLACE TEMP TABLE chosen_severities (check_code VARCHAR, chosen VARCHAR)")
    if severities:
        con.executemany("INSERT INTO chosen_severities VALUES (?, ?)", [list(pair) for pair in severities.items()])
    findings = query(con, _MERGE).with_columns(downgraded=pl.lit(False))
    for (code,), part in findings.partition_by("check_code", as_dict=True).items():
        by_code[str(code)].findings = part.select(pl.col(name).cast(kind) for name, kind in FINDING_ROWS.items())
    for (code,), part in query(con, _UNDETERMINED).partition_by("check_code", as_dict=True).items():
        by_code[str(code)].undetermined = part.select(pl.col(name).cast(kind) for name, kind in UNDETERMINED.items())
    return results


_RANK = "CASE severity " + " ".join(f"WHEN '{s}' THEN {i}" for i, s in enumerate(SEVERITIES)) + " END"
_MOST_RANK = _RANK.replace("severity", "at_most")
# First the rows of one service type and reason, then those of one subject; the strongest severity speaks.
_MERGE = f"""
WITH by_city AS (
    SELECT * REPLACE (CASE WHEN coalesce(severity, usual_severity) = usual_severity THEN coalesce(chosen, usual_severity)
                           ELSE severity END AS severity,
                      coalesce(reason, 'default') AS reason, coalesce(subject, usual_subject) AS subject)
    FROM raw_rows LEFT JOIN chosen_severities USING (check_code) WHERE undetermined IS NULL
), rows AS (
    SELECT * REPLACE (CASE WHEN {_MOST_RANK} > {_RANK} THEN at_most ELSE severity END AS severity) FROM by_city
), parts AS (
    SELECT check_code, subject, facility_no, recipient_no, service_month, service_type, observed,
           max(at_issue) AS yen, max(units_at_issue) AS units, max(days_at_issue) AS days,
           list(DISTINCT use_date) FILTER (usual_at_issue = 'days' AND use_date IS NOT NULL) AS dates
    FROM rows WHERE usual_at_issue IN ('days', 'given') GROUP BY ALL
), valued AS (
    SELECT check_code, subject, facility_no, recipient_no, service_month, service_type, sum(yen) AS yen, sum(units) AS units,
           coalesce(sum(days), nullif(len(list_distinct(flatten(list(coalesce(dates, []))))), 0)) AS days
    FROM parts GROUP BY ALL
), at_issue AS (
    SELECT check_code, subject, v.facility_no, v.recipient_no, v.service_month,
           CASE WHEN subject = 'facility' THEN v.service_type END AS facility_type,
           sum(coalesce(v.yen, v.units * t.unit_price // 1000, t.cost * least(v.days, t.days) // nullif(t.days, 0)))::BIGINT AS yen
    FROM valued v
    LEFT JOIN type_costs t ON t.facility_no = v.facility_no AND t.recipient_no = v.recipient_no
          AND t.service_month = v.service_month AND t.service_type IS NOT DISTINCT FROM v.service_type
    GROUP BY ALL
), typed AS (
    SELECT check_code, subject, facility_no, recipient_no, service_month, service_type, severity, reason,
           {_RANK} AS rank,
           string_agg(DISTINCT detail, '。' ORDER BY detail) AS detail,
           string_agg(DISTINCT observed, '・' ORDER BY observed) AS observed,
           string_agg(DISTINCT expected, '・' ORDER BY expected) AS expected,
           list(DISTINCT use_date) FILTER (use_date IS NOT NULL) AS dates,
           list(DISTINCT other_facility) FILTER (other_facility IS NOT NULL) AS others,
           arg_min(group_recipient, (group_recipient, group_of)) AS group_recipient,
           arg_min(group_of, (group_recipient, group_of)) AS group_of, bool_or(coalesce(decided_part, FALSE)) AS decided_part,
           max(amount_yen) AS amount_yen
    FROM rows GROUP BY ALL
), found AS (
SELECT check_code, subject, facility_no, recipient_no, service_month, string_agg(detail, '。' ORDER BY rank, reason) AS detail,
       string_agg(DISTINCT service_type, ';' ORDER BY service_type) AS service_type,
       arg_min(severity, (rank, reason)) AS severity, arg_min(reason, (rank, reason)) AS reason,
       list_sort(list_distinct(flatten(list(coalesce(dates, []))))) AS use_dates,
       string_agg(observed, '・' ORDER BY rank, service_type, reason) AS observed,
       string_agg(expected, '・' ORDER BY rank, service_type, reason) AS expected,
       array_to_string(list_sort(list_distinct(flatten(list(coalesce(others, []))))), ';') AS other_facilities,
       arg_min(group_recipient, (group_recipient, group_of)) AS group_recipient,
       arg_min(group_of, (group_recipient, group_of)) AS group_of, bool_or(decided_part) AS decided_part, max(amount_yen) AS amount_yen
FROM typed
-- A facility is a subject by service type; everything else is one whatever its types.
GROUP BY check_code, subject, facility_no, recipient_no, service_month,
         CASE WHEN subject = 'facility' THEN service_type END
)
SELECT f.*, CASE WHEN i.yen > 0 THEN i.yen END AS at_issue
FROM found f
LEFT JOIN at_issue i ON i.check_code = f.check_code AND i.subject = f.subject AND i.facility_no = f.facility_no
     AND i.recipient_no IS NOT DISTINCT FROM f.recipient_no AND i.service_month IS NOT DISTINCT FROM f.service_month
     AND (f.subject <> 'facility' OR i.facility_type IS NOT DISTINCT FROM f.service_type)
"""
_UNDETERMINED = """
WITH rows AS (SELECT * REPLACE (coalesce(subject, usual_subject) AS subject) FROM raw_rows)
SELECT check_code, subject, facility_no, recipient_no, service_month, min(undetermined) AS reason
FROM rows r
WHERE undetermined IS NOT NULL AND NOT EXISTS (
    FROM rows f WHERE f.undetermined IS NULL AND f.check_code = r.check_code AND f.facility_no = r.facility_no
      AND f.recipient_no IS NOT DISTINCT FROM r.recipient_no
      AND f.service_month IS NOT DISTINCT FROM r.service_month
      AND f.subject = r.subject AND (r.subject <> 'facility' OR f.service_type IS NOT DISTINCT FROM r.service_type))
GROUP BY ALL
"""


def brake(results: list[Result], claims: int, share: float, least: int) -> None:
    """Lowers the return findings of a check that hits suspiciously many claims to review: the ledger may be stale."""
    for result in results:
        hit = pl.col("severity") == "return"
        hits = result.findings.filter(hit).height
        if hits >= least and hits > share * claims:
            result.braked = True
            result.findings = result.findings.with_columns(
                downgraded=hit, severity=pl.col("severity").replace("return", "review")
            )


def override(results: list[Result], severities: Mapping[str, str]) -> None:
    """The city's own severities (henrei.toml, checks.severity) for checks that were merged without them."""
    for result in results:
        if severity := severities.get(result.check.code):
            strongest = pl.col("severity") == result.check.severity
            result.findings = result.findings.with_columns(
                severity=pl.when(strongest).then(pl.lit(severity)).otherwise("severity")
            )
