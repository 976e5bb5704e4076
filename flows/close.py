"""close and reopen: what becomes of a month by the team's word (contract section 4).

decide is in deciding.py; what follows from a closed month in settling.py; how a command that was cut off is finished in
finishing.py.
"""

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
from henrei.errors import HenreiError
from henrei.flows import derived, papers, recovery
from henrei.flows.run import receive
from henrei.flows.settings import FILE_NAME, Settings
from henrei.publication import NOTICES
from henrei.store import books, journal, pending, pseudonyms
from henrei.store import fingerprints as content
from henrei.store.database import open_store, query
from henrei.store.fingerprints import KEY

_LABELS = {"claim": "明細書", "sheet": "結果票"}


def run_state(home: Path, month: date, inputs: str) -> dict[str, str]:
    """On what a run of the month rests now: files (inbox.digest), rules, settings, the closed months before it."""
    return {
        "inputs": inputs,
        "ruleset": ruleset(),
        "settings": hashlib.sha256((home / FILE_NAME).read_bytes()).hexdigest(),
        "books": books.fingerprint(home, month),
    }


def require_held(con: duckdb.DuckDBPyConnection, home: Path, before: date) -> None:
    """Every month that was run before must be in the database. Raises HenreiError with the mend."""
    held = {row[0] for row in con.execute("SELECT review_month FROM run_state").fetchall()}
    lost = [m for m in books.runs(home) if m < before and m not in held and not books.is_purged(home, m)]
    if lost:
        raise HenreiError(f"henrei.duckdb に {lost[0]:%Y-%m} がありません。henrei rebuild を実行してください")


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
        pseudonyms.recognise(con, home)
        require_held(con, home, month)
        row = con.execute("SELECT inputs, ruleset, settings, books FROM run_state WHERE review_month = ?", [month])
        found = row.fetchone()
        if found is None:
            raise HenreiError(f"{month:%Y-%m} はまだ確認していません。先に henrei run {month:%Y-%m} を実行してください")
        now = run_state(home, month, receive.digest(receive.listing_now(home, month, settings)))
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
        derived.set_current(con, month)
        yield con


def standing_decisions(con: duckdb.DuckDBPyConnection, home: Path, month: date) -> tuple[pl.DataFrame, int]:
    """The decisions that still hold, and how many do not: their claim or sheet is another now, or gone.

    `con` has the month as its current review month; the decisions have books.DECISION_COLUMNS.
    """
    taken = books.read_decisions(home, month)
    prints = content.prints(con, taken)
    held = taken.join(prints, on=[*KEY, "fingerprint"], how="semi")
    return held, taken.height - held.height


# close --------------------------------------------------------------------------------------------------------------


def close(home: Path, month: date, undecided: str | None, settings: Settings) -> pl.DataFrame:
    """Fixes the month. `undecided` is the word for what nobody decided. Returns the month's outcomes as they stand.

    Raises HenreiError where a person's word is missing, a claim is on hold, or an earlier month is open.
    """
    require_open(home, month)
    earlier = [m for m in books.runs(home) if m < month and not books.is_closed(home, m)]
    if earlier:
        raise HenreiError(
            f"{earlier[0]:%Y-%m} がまだ締まっていません。先に henrei close {earlier[0]:%Y-%m} を実行してください"
        )
    with opened(home, month, settings) as con:
        own = decided_outcomes(con, home, month, undecided)
        data = books.csv_bytes(own)
        papers.stage_notices(con, papers.out_folder(home, month), own, settings)
        sha256 = hashlib.sha256(data).hexdigest()
        last = next(e for e in reversed(journal.of_month(home, month)) if e["command"] == "run")
        entry = journal.entry(
            "close",
            month,
            inputs=last.get("inputs", ""),
            ruleset=ruleset(),
            settings=books.stage_settings(home, month, home / FILE_NAME),
            undecided=undecided,
            sha256=sha256,
            outcome=_counts(own),
        )
        pending.begin(home, entry, sha256)
        # The month is closed from here on: everything after this line is made again from the books if it is missing.
        books.write_whole(books.folder(home, month) / "outcomes.csv", data)
        recovery.finish(con, home, entry)
        return derived.standing(con, month)


def decided_outcomes(con: duckdb.DuckDBPyConnection, home: Path, month: date, undecided: str | None) -> pl.DataFrame:
    """What the team's word makes of the current review month: rows of books/<month>/outcomes.csv.

    Raises HenreiError, everything that is missing listed, where a word is missing or a claim is on hold.
    """
    held, _ = standing_decisions(con, home, month)
    held = held.select(*KEY, "decision")
    needed = query(con, "FROM word_needed")
    silent = needed.join(held, on=list(KEY), how="anti").sort(KEY)
    if undecided and silent.height:
        held = pl.concat([held, silent.select(*KEY, decision=pl.lit(undecided))])
        silent = silent.clear()
    _refuse_undecided(silent, held.filter(pl.col("decision") == "hold").sort(KEY), month)
    return _own_outcomes(con, held)


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


def reopen(home: Path, month: date) -> None:
    """Undoes close. Raises HenreiError if the month is open or a later one is closed."""
    if not books.is_closed(home, month):
        raise HenreiError(f"{month:%Y-%m} は締まっていません")
    if books.is_purged(home, month):
        raise HenreiError(f"{month:%Y-%m} の個人情報は消去済みのため、締めを取り消せません")
    if books.closed(home)[-1] != month:
        raise HenreiError(f"後の月({books.closed(home)[-1]:%Y-%m})が締め済みです。新しい月から順に reopen してください")
    with open_store(home, rules()) as con:
        require_held(con, home, month)
        NOTICES.refuse_if_open(papers.out_folder(home, month))
        path = books.folder(home, month) / "outcomes.csv"
        entry = journal.entry("reopen", month, sha256=hashlib.sha256(path.read_bytes()).hexdigest(), outcome={})
        pending.begin(home, entry)
        path.unlink()  # the month is open from here on
        recovery.finish(con, home, entry)


def write_dashboard(home: Path) -> Path:
    """Writes out/dashboard.html, and all else that follows from the books, again. Raises HenreiError without books."""
    closed = books.closed(home)
    if not closed:
        raise HenreiError("締めた月がまだありません。henrei close の後に作れます")
    with open_store(home, rules()) as con:
        require_held(con, home, closed[-1] + timedelta(days=1))
        derived.settle(con, home, dashboard_anew=True)
    return home / "out" / "dashboard.html"
