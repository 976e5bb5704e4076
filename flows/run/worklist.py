"""The worklist of a month: what the store and books/ hold of its last run in, worklist.xlsx out; and what people typed into
the one before. Called by the monthly run and by every command that writes the worklist anew.
"""

from __future__ import annotations

import shutil
from datetime import date

import duckdb
import polars as pl

import henrei
from henrei.checks.catalogue import catalogue
from henrei.checks.findings import findings_of
from henrei.files import is_open_elsewhere, sha256, sha256_of
from henrei.flows.month_state import valid_decisions
from henrei.flows.ruleset import ruleset
from henrei.flows.run.today import today_rows
from henrei.flows.settings import Settings, name_variants
from henrei.home import Home
from henrei.months import day_in, month_dates, month_texts
from henrei.publication import WORKLIST
from henrei.reports.worklist import CheckText, WorklistData, build
from henrei.store import answers, journal, load
from henrei.store.fingerprints import fingerprints
from henrei.store.tables import SUBJECT_KEY

NAME = "worklist.xlsx"


def month_worklist(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    month: date,
    settings: Settings,
    given: pl.DataFrame | None = None,
) -> bytes:
    """The month's worklist.xlsx as it is now; `con` holds the month as its current one, with its last run's results.

    `given`: the facilities' answers (answers.ANSWERS) that are about to be kept, in place of those in books/.
    """
    sent = answers.read_sent(home, month)
    current = answers.current(answers.read_answers(home, month) if given is None else given)
    findings = findings_of(con, month)
    assert findings is not None
    decisions, _ = valid_decisions(con, home, month)
    summary, _ = load.read_summary(con, month)
    braked = {check["code"] for check in summary["checks"] if check["braked"]}
    as_text = month_texts(pl.col("service_month"))
    undetermined, rejects, changes = (
        load.read_result(con, name, month) for name in ("undetermined", "rejects", "changes")
    )
    subjects = [
        findings.select(SUBJECT_KEY).with_columns(month_dates(pl.col("service_month"))),
        decisions.select(SUBJECT_KEY),
    ]
    data = WorklistData(
        review_month=month,
        municipality_no=settings.municipality_no,
        city_name=settings.city_name,
        checks={
            c.code: CheckText(c.title, c.federation, c.code in braked, c.role == "first_review", c.days)
            for c in catalogue().values()
        },
        findings=findings,
        undetermined=undetermined.with_columns(as_text),
        rejects=rejects,
        changes=changes.with_columns(as_text),
        fingerprints=fingerprints(con, pl.concat(subjects)).with_columns(as_text),
        decisions=decisions.with_columns(as_text),
        today=today_rows(con, home, month, settings, decisions, answers.counts_of(sent, current)),
        about=[
            *name_variants(settings.variants),
            ("henrei の版", henrei.__version__),
            ("確認の決まり", ruleset()),
        ],
        sent=sent,
        given=current,
        answer_by=day_in(month, settings.calendar.answers),
    )
    data.look_up(con)
    return build(data)


def stage_anew(
    con: duckdb.DuckDBPyConnection, home: Home, month: date, settings: Settings, given: pl.DataFrame
) -> tuple[str, list[str]]:
    """Makes the worklist beside its place, for a command that is no run (`commit` publishes it). Returns its SHA-256 for the
    journal, and lines for the user. While the one that is there is open elsewhere, the new one takes another name."""
    out, notes = home.out(month), []
    usual, meanwhile = WORKLIST.entries
    name = meanwhile if is_open_elsewhere(out / usual) else usual
    for replaced in (usual, meanwhile):
        if kept := keep_typed(home, month, replaced):
            notes.append(f"{replaced} に取り込んでいない書き込みがあったため、{kept} として残しました")
    if name == usual and not is_open_elsewhere(out / meanwhile):
        (out / meanwhile).unlink(missing_ok=True)  # the list of now is in its usual place again
    elif name == meanwhile:
        notes.append(f"{usual} が開いているため、新しい一覧は {meanwhile} に書きました(次の確認か取り込みまで)")
    data = month_worklist(con, home, month, settings, given)
    WORKLIST.stage(out, [(name, data)])
    return sha256(data), notes


def keep_typed(home: Home, month: date, name: str = NAME) -> str | None:
    """Copies a worklist into which people typed what was not read yet out of the way of the next; returns the copy's name."""
    path = home.out(month) / name
    if not path.is_file():
        return None
    digest = sha256_of(path)
    for entry in journal.of_month(home, month):
        ours = entry.get("worklist") == digest
        if ours or (entry["command"] == "decide" and digest in entry["inputs"].values() and not entry.get("unsaid")):
            return None
    kept = path.with_name(f"worklist-kept-{digest[:6]}.xlsx")
    shutil.copyfile(path, kept)
    return kept.name
