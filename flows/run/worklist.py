"""The worklist of a month: what the store and books/ hold of its last run in, worklist.xlsx out; and what people typed into
the one before and nobody read yet, carried over. Called by the monthly run and by every command that writes the worklist
anew.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

import henrei
from henrei import files
from henrei.checks.catalogue import catalogue
from henrei.checks.findings import findings_of
from henrei.files import refuse_if_open, sha256
from henrei.flows.decisions import lines
from henrei.flows.decisions.merge import Key, entries_of
from henrei.flows.month_state import still_valid
from henrei.flows.ruleset import ruleset
from henrei.flows.run import carry, casebook
from henrei.flows.run.today import today_rows
from henrei.flows.settings import Settings, name_variants
from henrei.home import Home
from henrei.months import day_in, month_dates, month_texts
from henrei.publication import WORKLIST, WORKLIST_BESIDE, WORKLIST_NAME
from henrei.reports.worklist import Built, CheckText, WorklistData, build
from henrei.reports.worklist.decision_rows import row_tokens
from henrei.reports.worklist.refused import MAX_LISTED
from henrei.store import answers, books, load
from henrei.store.fingerprints import fingerprints
from henrei.store.tables import SUBJECT_KEY


@dataclass(frozen=True)
class NewWorklist:
    """The workbook. untaken: rows in it that hold what was typed and not read yet; notes: what could not be carried over;
    pages: the casebook that belongs to it."""

    data: bytes
    untaken: int
    notes: list[str]
    pages: casebook.Pages

    @property
    def of_entry(self) -> dict[str, str | int]:
        """What the journal's line of the command that writes it must hold (**more of `journal.entry`)."""
        return {"worklist": sha256(self.data), **({"untaken": self.untaken} if self.untaken else {})}

    @property
    def lines(self) -> list[str]:
        """What the user must know of it."""
        carried = f"{WORKLIST_NAME} に書いて取り込んでいない{self.untaken}件は、新しい一覧に「未取込」として移しました"
        return [*self.notes, *([carried] if self.untaken else [])]

    def stage(self, home: Home, month: date) -> None:
        """Writes it and its casebook beside their places; `commit.finish` puts them there (`publication.publish_worklist`)."""
        WORKLIST.stage(home.out(month), [(WORKLIST_NAME, self.data)])
        casebook.stage(home, month, self.pages)


@dataclass(frozen=True)
class Decided:
    """Decisions and open conflicts, as books.read_decisions and books.read_conflicts give them."""

    decisions: pl.DataFrame
    conflicts: pl.DataFrame

    @classmethod
    def of(cls, home: Home, month: date) -> Decided:
        return cls(books.read_decisions(home, month), books.read_conflicts(home, month))


def new_worklist(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    month: date,
    settings: Settings,
    decided: Decided | None = None,
    given: pl.DataFrame | None = None,
) -> NewWorklist:
    """The month's worklist as it is now, with what people typed into the one before and nobody read yet.

    `con` holds the month as its current one, with its last run's results. `decided`, and `given` (the facilities' answers,
    answers.ANSWERS): what is about to be written into books/, where that is not what is there. A copy of the list before is
    made where something in it cannot be carried.
    """
    now = Decided.of(home, month) if decided is None else decided
    decided = Decided(still_valid(con, now.decisions), still_valid(con, now.conflicts))
    sent = answers.read_sent(home, month)
    current = answers.current(answers.read_answers(home, month) if given is None else given)
    data = worklist_data(con, month, settings, decided)
    data.sent, data.given = sent, current
    tokens = row_tokens(data.fingerprints, data.findings)
    carried = carry.carry(home, month, settings.municipality_no, _book(decided), tokens)
    data.typed, data.others = carried.typed, carried.others
    data.today = today_rows(
        con,
        home,
        month,
        settings,
        decided.decisions.filter(pl.col("decision") != ""),
        answers.counts_of(sent, current),
        untaken=carried.count,
        conflicts=decided.conflicts.height,
    )
    built, pages = _both(con, home, data)
    return NewWorklist(built.data, carried.count, carried.notes, pages)


def closed_casebook(
    con: duckdb.DuckDBPyConnection, home: Home, month: date, settings: Settings, outcomes: pl.DataFrame
) -> casebook.Pages:
    """The casebook of a month that is about to be closed, with what close decides; `con` as for `new_worklist`."""
    decided = Decided.of(home, month)
    data = worklist_data(con, month, settings, Decided(still_valid(con, decided.decisions), decided.conflicts.clear()))
    data.sent = answers.read_sent(home, month)
    data.given = answers.current(answers.read_answers(home, month))
    # The list that the team has was made of the same: its rows are where they would be now.
    _, pages = _both(con, home, data, outcomes)
    return pages


def _both(
    con: duckdb.DuckDBPyConnection, home: Home, data: WorklistData, outcomes: pl.DataFrame | None = None
) -> tuple[Built, casebook.Pages]:
    """The workbook and its casebook: the store finds the evidence while the workbook's rows are made, which asks it nothing."""
    cards = casebook.casebook_data(home, data, outcomes)
    with cards.prepared(con), ThreadPoolExecutor(1, thread_name_prefix="henrei-evidence") as beside:
        data.look_up_days(con)
        evidence = beside.submit(cards.look_up, con)
        built = build(data)
    evidence.result()
    return built, casebook.pages(cards, built.places)


def require_place(home: Home, month: date) -> None:
    """Raises HenreiError where neither the worklist nor the one beside it, or not its casebook, can be written: before
    anything is done."""
    casebook.require_place(home, month)
    out = home.out(month)
    if files.is_open_elsewhere(out / WORKLIST_NAME):
        refuse_if_open([out / WORKLIST_BESIDE])


def beside_note(home: Home, month: date) -> list[str]:
    """The line for the user, once the new list is in its place, where that is not the usual one."""
    if not (home.out(month) / WORKLIST_BESIDE).is_file():
        return []
    return [f"{WORKLIST_NAME} が開いているため、新しい一覧は {WORKLIST_BESIDE} に書きました(次の確認か取り込みまで)"]


def untaken(home: Home, month: date, settings: Settings, con: duckdb.DuckDBPyConnection | None = None) -> int:
    """How many rows of out/<month>/worklist.xlsx hold what was typed and not read by decide.

    `con` holds the month as its current one; without it decisions count whose claim or sheet is another now.
    """
    decided = Decided.of(home, month)
    if con is not None:
        decided = Decided(still_valid(con, decided.decisions), still_valid(con, decided.conflicts))
    return carry.unread_count(home, month, settings.municipality_no, _book(decided))


def _book(decided: Decided) -> carry.Book:
    conflicts: dict[Key, set[str]] = {}
    keys = decided.conflicts.with_columns(month_texts(pl.col("service_month"))).select(*SUBJECT_KEY, "decision")
    for subject, facility, recipient, month, decision in keys.iter_rows():
        conflicts.setdefault((subject, facility, recipient, month), set()).add(decision)
    return carry.Book(entries_of(decided.decisions), conflicts)


def worklist_data(con: duckdb.DuckDBPyConnection, month: date, settings: Settings, decided: Decided) -> WorklistData:
    """What the month's worklist shows; `decided`: what holds."""
    findings = findings_of(con, month)
    assert findings is not None
    summary, _ = load.read_summary(con, month)
    braked = {check["code"] for check in summary["checks"] if check["braked"]}
    as_text = month_texts(pl.col("service_month"))
    undetermined, changes = (load.read_result(con, name, month) for name in ("undetermined", "changes"))
    rejects = load.read_result(con, "rejects", month, MAX_LISTED)
    subjects = [
        findings.select(SUBJECT_KEY).with_columns(month_dates(pl.col("service_month"))),
        decided.decisions.select(SUBJECT_KEY),
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
        refused_beyond=load.count_rejects(con, month) - rejects.height,
        changes=changes.with_columns(as_text),
        fingerprints=fingerprints(con, pl.concat(subjects)).with_columns(as_text),
        decisions=decided.decisions.with_columns(as_text),
        conflicts=lines.of_conflicts(decided.conflicts),
        about=[
            *name_variants(settings.variants),
            ("henrei の版", henrei.__version__),
            ("確認の決まり", ruleset()),
        ],
        refused_files=frozenset(
            one["file"] for one in summary.get("files", ()) if one["refused"] and not one["loaded"]
        ),
        answer_by=day_in(month, settings.calendar.answers),
    )
    data.look_up(con)
    return data
