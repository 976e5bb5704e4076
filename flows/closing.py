"""close and reopen: what becomes of a month by the team's word (contract section 4); decide is in deciding.py."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl

from henrei.checks.catalogue import ruleset
from henrei.data.rules import rules
from henrei.flows import dashboard, inbox, papers
from henrei.flows.settings import FILE_NAME, Settings
from henrei.reports.papers.shelf import NOTICES
from henrei.schemas.errors import HenreiError
from henrei.store import books
from henrei.store.database import open_store, query

KEY = ("subject", "facility_no", "recipient_no", "service_month")
RATE_COLUMNS = (
    "review_month",
    "claims_received",
    "claims_returned",
    "rate_count",
    "yen_received",
    "yen_returned",
    "rate_yen",
    "first_claims_received",
    "first_claims_returned",
    "first_rate",
    "returned_by_federation",
    "returned_by_city",
)
_LABELS = {"claim": "明細書", "sheet": "結果票"}


def run_state(home: Path, month: date, settings: Settings) -> dict[str, str]:
    """On what a run of the month rests now: files, rules, settings, the closed months before it."""
    digest = hashlib.sha256()
    for file in inbox.scan(home, month, settings):
        digest.update(f"{file.name}\t{file.sha256}\n".encode())
    return {
        "inputs": digest.hexdigest()[:16],
        "ruleset": ruleset(),
        "settings": hashlib.sha256((home / FILE_NAME).read_bytes()).hexdigest()[:16],
        "books": books.fingerprint(home, month),
    }


def require_held(con: duckdb.DuckDBPyConnection, home: Path, before: date) -> None:
    """Every month that was run before must be in the database. Raises HenreiError with the mend."""
    held = {row[0] for row in con.execute("SELECT review_month FROM run_state").fetchall()}
    lost = [month for month in books.months(home) if month < before and month not in held and _was_run(home, month)]
    if lost:
        raise HenreiError(f"henrei.duckdb に {lost[0]:%Y-%m} がありません。henrei rebuild を実行してください")


def _was_run(home: Path, month: date) -> bool:
    return any(entry["command"] == "run" for entry in books.read_journal(home, month))


def require_open(home: Path, month: date) -> None:
    """A closed month, or one before a closed month, is not run again. Raises HenreiError."""
    if books.is_closed(home, month):
        raise HenreiError(
            f"{month:%Y-%m} は締め済みです。直すときは henrei reopen {month:%Y-%m} で締めを取り消してください"
        )
    later = [closed for closed in books.closed(home) if closed > month]
    if later:
        raise HenreiError(f"{later[0]:%Y-%m} が締め済みのため、それより前の {month:%Y-%m} は処理できません")


@contextmanager
def opened(home: Path, month: date, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The store with `month` as the current review month; the month must have been run, and not overtaken."""
    with open_store(home, rules()) as con:
        books.copy_into(con, home)
        require_held(con, home, month)
        row = con.execute("SELECT inputs, ruleset, settings, books FROM run_state WHERE review_month = ?", [month])
        found = row.fetchone()
        if found is None:
            raise HenreiError(f"{month:%Y-%m} はまだ確認していません。先に henrei run {month:%Y-%m} を実行してください")
        now = run_state(home, month, settings)
        changed = [name for name, value in zip(now, found, strict=True) if now[name] != value]
        if changed:
            names = {
                "inputs": "inbox のファイル",
                "ruleset": "確認の決まり",
                "settings": FILE_NAME,
                "books": "前の月の締め",
            }
            raise HenreiError(
                f"{'・'.join(names[name] for name in changed)}が前回の確認の後に変わっています。"
                f"henrei run {month:%Y-%m} をやり直してください"
            )
        set_current(con, month)
        yield con


def set_current(con: duckdb.DuckDBPyConnection, month: date) -> None:
    con.execute("BEGIN")
    con.execute("DELETE FROM current_review")
    con.execute("INSERT INTO current_review VALUES (?)", [month])
    con.execute("COMMIT")


def standing_decisions(prints: pl.DataFrame, home: Path, month: date) -> tuple[pl.DataFrame, int]:
    """The decisions that still hold, and how many do not: their claim or sheet is another now, or gone.

    `prints` is the view subject_prints; the decisions have books.DECISION_COLUMNS.
    """
    taken = books.read_decisions(home, month)
    held = taken.join(prints, on=[*KEY, "fingerprint"], how="semi")
    return held, taken.height - held.height


# close --------------------------------------------------------------------------------------------------------------


def close(home: Path, month: date, undecided: str | None, settings: Settings) -> pl.DataFrame:
    """Fixes the month. `undecided` is the word for what nobody decided. Returns the month's outcomes as they stand.

    Raises HenreiError where a person's word is missing, a claim is on hold, or an earlier month is open.
    """
    require_open(home, month)
    earlier = [m for m in books.months(home) if m < month and not books.is_closed(home, m) and _was_run(home, m)]
    if earlier:
        raise HenreiError(
            f"{earlier[0]:%Y-%m} がまだ締まっていません。先に henrei close {earlier[0]:%Y-%m} を実行してください"
        )
    with opened(home, month, settings) as con:
        held, _ = standing_decisions(query(con, "FROM subject_prints"), home, month)
        held = held.select(*KEY, "decision")
        needed = query(con, "FROM word_needed")
        silent = needed.join(held, on=list(KEY), how="anti").sort(KEY)
        if undecided and silent.height:
            held = pl.concat([held, silent.select(*KEY, decision=pl.lit(undecided))])
            silent = silent.clear()
        _refuse_undecided(silent, held.filter(pl.col("decision") == "hold").sort(KEY), month)
        own = _own_outcomes(con, held)
        data = books.csv_bytes(own)
        papers.stage_notices(con, home, month, own, settings)
        # The month is closed from here on: everything after this line is made again from the books if it is missing.
        books.write_whole(books.folder(home, month) / "outcomes.csv", data)
        replaced = settle(con, home)
        books.journal(
            home,
            month,
            "close",
            ruleset=ruleset(),
            undecided=undecided,
            sha256=hashlib.sha256(data).hexdigest(),
            outcome=_counts(own),
        )
        _note_official(home, month, replaced)
        return query(con, "FROM outcomes_standing WHERE outcome_month = $month", {"month": month})


def _counts(own: pl.DataFrame) -> dict[str, int]:
    pairs = own.group_by("kind", "outcome").len().sort("kind", "outcome").iter_rows()
    return {f"{kind}{outcome}": count for kind, outcome, count in pairs}


def _refuse_undecided(silent: pl.DataFrame, hold: pl.DataFrame, month: date) -> None:
    """Lists everything that keeps the month open, then raises."""
    for frame, said in ((silent, "決まっていません"), (hold, "保留のままです")):
        for row in frame.iter_rows(named=True):
            label = _LABELS[row["subject"]]
            print(f"{label} {row['facility_no']} {row['recipient_no']} {row['service_month']:%Y-%m} {said}")
    counts = {"決まっていません": silent.height, "保留のままです": hold.height}
    open_ = "、".join(f"{count}件が{words}" for words, count in counts.items() if count)
    if open_:
        raise HenreiError(
            f"{open_}。henrei decide {month:%Y-%m} で返戻か支払に決めてください"
            "(決まっていないものだけは --undecided return / accept でもまとめて決められます)"
        )


def _own_outcomes(con: duckdb.DuckDBPyConnection, held: pl.DataFrame) -> pl.DataFrame:
    """What close decides: withdrawals by petition first, then claims and sheets; sorted."""
    con.register("decided", held)
    returned = (
        "COALESCE((SELECT any_value(d.decision) FROM decided d WHERE d.subject = '{0}' AND "
        + " AND ".join(f"d.{name} = x.{name}" for name in KEY[1:])
        + "), 'accept') = 'return'"
    )
    try:
        return query(
            con,
            f"""
            SELECT kind, facility_no, recipient_no, service_month, outcome, benefit_yen FROM (
                SELECT '明' AS kind, facility_no, recipient_no, service_month, '取下げ' AS outcome, benefit_yen,
                       0 AS place FROM withdrawals_due
                UNION ALL
                SELECT '明', facility_no, recipient_no, service_month,
                       CASE WHEN {returned.format("claim")} THEN '返戻' ELSE '決定' END, benefit_yen, 1
                FROM claims_now x
                UNION ALL
                SELECT '利', facility_no, recipient_no, service_month,
                       CASE WHEN {returned.format("sheet")} THEN '返戻'
                            WHEN cancels THEN '取下げ' ELSE '決定' END, NULL, CASE WHEN cancels THEN 0 ELSE 1 END
                FROM (SELECT DISTINCT facility_no, recipient_no, service_month, submission_kind = '3' AS cancels
                      FROM sheets_now) x
            ) GROUP BY ALL
            ORDER BY kind, facility_no, recipient_no, service_month, min(place)
            """,
        )
    finally:
        con.unregister("decided")


def settle(con: duckdb.DuckDBPyConnection, home: Path, *, dashboard_anew: bool = False) -> dict[date, int]:
    """Makes everything that follows from the books: the database's copy, and the files in out/.

    Returns per closed month how many outcomes of close gave way to official ones. The newest closed month, by whose
    folder official outcomes are known, becomes the current review month.
    """
    books.copy_into(con, home)
    closed = books.closed(home)
    replaced = {}
    if closed:
        set_current(con, closed[-1])
    for month in closed:
        folder = home / "out" / month.strftime("%Y-%m")
        outcomes = query(
            con,
            "SELECT * EXCLUDE (outcome_month) FROM outcomes_standing WHERE outcome_month = $month "
            "ORDER BY kind, facility_no, recipient_no, service_month, outcome <> '取下げ', outcome",
            {"month": month},
        )
        payments = query(
            con,
            "SELECT facility_no, decided_yen, withdrawn_yen, decided_yen - withdrawn_yen AS net_yen FROM payments "
            "WHERE outcome_month = $month ORDER BY facility_no",
            {"month": month},
        )
        books.write_whole(folder / "outcomes.csv", books.csv_bytes(outcomes))
        books.write_whole(folder / "payments.csv", books.csv_bytes(payments))
        NOTICES.publish(folder)
        own = books.read_outcomes(home, month)
        standing = outcomes.select(pl.col(name).cast(kind) for name, kind in own.schema.items())
        replaced[month] = own.join(standing, on=own.columns, how="anti", nulls_equal=True).height
    for path in (home / "out").glob("????-??"):
        if path.name not in {month.strftime("%Y-%m") for month in closed}:
            for name in ("outcomes.csv", "payments.csv"):
                (path / name).unlink(missing_ok=True)
            NOTICES.withdraw(path)
    if closed or (home / "out" / "return_rates.csv").exists():
        books.write_whole(home / "out" / "return_rates.csv", books.csv_bytes(_rates(con, closed)))
    dashboard.keep(con, home, closed, anew=dashboard_anew)
    return replaced


def _rates(con: duckdb.DuckDBPyConnection, closed: list[date]) -> pl.DataFrame:
    """return_rates.csv: a row a closed month; a rate is empty where nothing was received."""
    counts = {row["review_month"]: row for row in query(con, "FROM return_counts").iter_rows(named=True)}
    rows = []
    for month in closed:
        row = dict.fromkeys(RATE_COLUMNS, 0) | counts.get(month, {})
        for rate, part, whole in (
            ("rate_count", "claims_returned", "claims_received"),
            ("rate_yen", "yen_returned", "yen_received"),
            ("first_rate", "first_claims_returned", "first_claims_received"),
        ):
            row[rate] = f"{row[part] / row[whole]:.4f}" if row[whole] else ""
        row["review_month"] = month.strftime("%Y-%m")
        rows.append({name: str(row[name]) for name in RATE_COLUMNS})
    return pl.DataFrame(rows, schema=dict.fromkeys(RATE_COLUMNS, pl.String))


def _note_official(home: Path, month: date, replaced: dict[date, int]) -> None:
    """Says in the journal of a closed month when official outcomes newly take the place of close's own."""
    for closed, count in replaced.items():
        said = [e for e in books.read_journal(home, closed) if e["command"] in ("official", "reopen")]
        last = said[-1]["replaced"] if said and said[-1]["command"] == "official" else 0
        if count != last:
            books.journal(home, closed, "official", replaced=count, known_in=month.strftime("%Y-%m"))


def reopen(home: Path, month: date) -> None:
    """Undoes close. Raises HenreiError if the month is open or a later one is closed."""
    if not books.is_closed(home, month):
        raise HenreiError(f"{month:%Y-%m} は締まっていません")
    if books.closed(home)[-1] != month:
        raise HenreiError(f"後の月({books.closed(home)[-1]:%Y-%m})が締め済みです。新しい月から順に reopen してください")
    with open_store(home, rules()) as con:
        require_held(con, home, month)
        NOTICES.refuse_if_open(papers.out_folder(home, month))
        (books.folder(home, month) / "outcomes.csv").unlink()  # the month is open from here on
        settle(con, home)
        books.journal(home, month, "reopen", outcome={})


def write_dashboard(home: Path) -> Path:
    """Writes out/dashboard.html, and all else that follows from the books, again. Raises HenreiError without books."""
    closed = books.closed(home)
    if not closed:
        raise HenreiError("締めた月がまだありません。henrei close の後に作れます")
    with open_store(home, rules()) as con:
        require_held(con, home, closed[-1] + timedelta(days=1))
        settle(con, home, dashboard_anew=True)
    return home / "out" / "dashboard.html"
