"""Results of the checks in, the rows of findings.csv and undetermined.csv out. Called by the run, which keeps
them in the store, and by whoever reads them there (`findings_of`).
"""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from henrei.checks import texts
from henrei.checks.catalogue import Check
from henrei.checks.runner import Result
from henrei.files import sha256
from henrei.months import month_text, month_texts
from henrei.store import load
from henrei.store.database import query
from henrei.store.tables import CLAIM_KEY, FINDINGS, SUBJECT_KEY, UNDETERMINED

# The columns of findings.csv; the store's table has them and MORE, and the review month in front.
MORE = ("downgraded", "reason", "at_issue_yen")
COLUMNS = ("finding_id", "review_month", *(name for name in FINDINGS if name not in ("finding_id", *MORE)))
UNDETERMINED_COLUMNS = tuple(UNDETERMINED)
SORT = ("check_code", *CLAIM_KEY, "service_type")
_FACTS = (*SORT, "review_month", "subject", "use_dates", "observed", "expected", "other_facilities")

_GROUP = ("check_code", "group_recipient", "service_month", "group_of")

# Where each kind of subject stands in the input, and what is at stake.
_PLACES = """
WITH places AS (
    SELECT 'claim' AS subject, facility_no, recipient_no, service_month, benefit_yen, review_month, file, line,
           last_line FROM claims_now
    UNION ALL
    SELECT 'sheet', facility_no, recipient_no, service_month, NULL, review_month, file, line, last_line FROM sheets_now
    UNION ALL
    SELECT 'attendance', facility_no, recipient_no, service_month, NULL, review_month, file, line, last_line
    FROM attendance_now
    UNION ALL
    SELECT 'petition', facility_no, recipient_no, service_month, NULL, review_month, file, line, line
    FROM now_petitions
)
SELECT subject, facility_no, recipient_no, service_month, max(benefit_yen) AS stake,
       string_agg(DISTINCT f.path, ';' ORDER BY f.path) AS source_file,
       string_agg(line || CASE WHEN last_line > line THEN '-' || last_line ELSE '' END, ';' ORDER BY f.path, line)
           AS source_lines
FROM places SEMI JOIN wanted USING (subject, facility_no, recipient_no, service_month)
LEFT JOIN files f USING (review_month, file) GROUP BY ALL
"""


def _digest(*parts: str | None) -> str:
    return sha256("\x1f".join(part or "" for part in parts).encode("utf-8"))[:16]


def _hashed(frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.Series:
    """One short hash a row, over the columns as text. Findings are few; rows of input never come here."""
    rows = frame.select(pl.col(columns).cast(pl.String)).iter_rows()
    return pl.Series([_digest(*row) for row in rows], dtype=pl.String)


def submission_window(con: duckdb.DuckDBPyConnection) -> str:
    """When the next claims are received, for people: the days of the month after the review month."""
    rows = con.execute(
        "SELECT next_month(review_month()), first_day, last_day FROM rule_submission "
        "WHERE event = '請求' AND review_month() BETWEEN valid_from AND valid_to"
    ).fetchall()
    if not rows:
        return "次の請求月"
    month, first, last = rows[0]
    return f"{month.year}年{month.month}月{first}日から{last}日まで"


def with_sentences(frame: pl.DataFrame, check: Check, window: str, services: dict[str, str]) -> pl.DataFrame:
    """A check's findings (runner.FINDING_ROWS) with message and action; `services`: the names of service types."""
    day = pl.element().dt.strftime("%-m月%-d日")
    with_values = frame.with_columns(
        value_dates=pl.col("use_dates").list.eval(day).list.join("・"),
        value_observed=pl.col("observed"),
        value_expected=pl.col("expected"),
        value_detail=pl.col("detail"),
        value_month=pl.col("service_month").dt.strftime("%Y年%-m月分"),
        value_window=pl.lit(window),
        value_kind=pl.lit(texts.EITHER_KIND),
        value_services=pl.col("service_type")
        .fill_null("")
        .str.split(";")
        .list.eval(pl.element().replace(services))
        .list.join("・"),
    )
    complete = with_values.with_columns(message=texts.message(check), action=texts.action(check))
    return complete.drop(pl.selectors.starts_with("value_"))


def table(con: duckdb.DuckDBPyConnection, results: list[Result], municipality_no: str) -> pl.DataFrame:
    """All findings, sorted: COLUMNS and MORE: `downgraded` (the brake took a return finding down), `reason`, at_issue_yen."""
    frame = _all_with_sentences(con, results)
    if frame.is_empty():
        return empty_table()
    review_month = con.execute("SELECT review_month()").fetchall()[0][0]
    frame = frame.join(_places(con, frame), on=[*SUBJECT_KEY], how="left", nulls_equal=True)
    frame = frame.with_columns(
        month_texts(pl.col("service_month")),
        pl.col("use_dates").list.eval(pl.element().dt.strftime("%Y-%m-%d")).list.join(";"),
        review_month=pl.lit(month_text(review_month)),
        municipality_no=pl.lit(municipality_no),
        amount_yen=pl.coalesce("amount_yen", "stake"),
    )
    # Never more than what is at stake; of a sheet nothing is.
    at_issue = pl.when("all_at_issue").then("amount_yen").otherwise("at_issue")
    frame = frame.with_columns(at_issue_yen=pl.min_horizontal(at_issue, "amount_yen"))
    frame = frame.with_columns(at_issue_yen=pl.when(at_issue.is_not_null()).then("at_issue_yen"))
    # The brake must not change who a finding is, so its severity is no fact.
    frame = frame.with_columns(
        finding_id=_hashed(frame, _FACTS),
        group_id=pl.when(pl.col("group_recipient").is_not_null()).then(_hashed(frame, _GROUP)),
    )
    # A claim and a sheet may share a key; the id settles what the contract leaves open.
    return frame.select(*COLUMNS, *MORE).sort(*SORT, "finding_id", nulls_last=False)


def _all_with_sentences(con: duckdb.DuckDBPyConnection, results: list[Result]) -> pl.DataFrame:
    """The findings of all checks with check_name, message and action."""
    window = submission_window(con)
    services = dict(con.execute("SELECT service_type, label FROM rule_service_types").fetchall())
    frames = [
        with_sentences(
            result.findings.with_columns(
                check_name=pl.lit(result.check.name), all_at_issue=pl.lit(result.check.at_issue == "claim")
            ),
            result.check,
            window,
            services,
        )
        for result in results
        if not result.findings.is_empty()
    ]
    return pl.concat(frames) if frames else pl.DataFrame()


def _places(con: duckdb.DuckDBPyConnection, frame: pl.DataFrame) -> pl.DataFrame:
    """The place of the findings' subjects in the files: SUBJECT_KEY, stake, source_file, source_lines."""
    con.register("wanted", frame.select(SUBJECT_KEY).unique())
    try:
        return query(con, _PLACES)
    finally:
        con.unregister("wanted")


def findings_of(con: duckdb.DuckDBPyConnection, month: date) -> pl.DataFrame | None:
    """The findings that the store holds of a month's last run, as `table` gave them; None where it was not run."""
    if not load.was_run(con, month):
        return None
    rows = load.read_result(con, "findings", month)
    review_month = pl.lit(month_text(month)).alias("review_month")
    return rows.with_columns(review_month, month_texts(pl.col("service_month"))).select(*COLUMNS, *MORE)


def empty_table() -> pl.DataFrame:
    """`table` without a row."""
    kinds = {"amount_yen": pl.Int64(), "downgraded": pl.Boolean(), "at_issue_yen": pl.Int64()}
    return pl.DataFrame(schema={name: kinds.get(name, pl.String()) for name in (*COLUMNS, *MORE)})


def undetermined_table(results: list[Result]) -> pl.DataFrame:
    """What could not be judged: subjects, and a row without subject for a check as a whole."""
    frames = []
    for result in results:
        check = result.check
        if result.not_judged is not None and not result.disabled:
            frames.append(
                pl.DataFrame(
                    [(check.code, check.subject, None, None, None, result.not_judged)],
                    schema=dict.fromkeys(UNDETERMINED_COLUMNS, pl.String),
                    orient="row",
                )
            )
        if result.undetermined.is_empty():
            continue
        sentences = {name: check.undetermined.get(name, name) for name in set(result.undetermined["reason"])}
        frames.append(
            result.undetermined.with_columns(
                month_texts(pl.col("service_month")),
                pl.col("reason").replace(sentences),
            ).select(UNDETERMINED_COLUMNS)
        )
    if not frames:
        return pl.DataFrame(schema=dict.fromkeys(UNDETERMINED_COLUMNS, pl.String))
    return pl.concat(frames).sort(*UNDETERMINED_COLUMNS, nulls_last=False)
