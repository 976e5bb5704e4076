"""Everything a worklist shows: a run's tables and the store in, WorklistData out. Made by the run, read by the sheets."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import duckdb
import polars as pl

from henrei.reports.cases import Cases, cases_of, key_of, unjudged_rows
from henrei.reports.ledger_names import names_on_claims, newest_names, service_labels
from henrei.reports.workbook import Column, Link
from henrei.reports.worklist import labels
from henrei.reports.worklist.answers import beside_rows
from henrei.reports.worklist.cells import OtherReturn, Typed
from henrei.reports.worklist.refused import MAX_LISTED, with_subjects
from henrei.reports.worklist.unjudged import Inputs, Unjudged, unjudged
from henrei.store import answers
from henrei.store.database import query
from henrei.store.tables import SUBJECT_KEY

CASEBOOK = "casebook.html"  # beside the worklist: all evidence of a case
CASE = Column(labels.CASE, 6, centre=True)
# Facility, child and month of a row, in the sheets that list findings and undetermined subjects; the cells are those
# of WorklistData.subject_cells.
SUBJECT_COLUMNS = (
    Column("対象", 10),
    Column(labels.FACILITY, 12),
    Column("事業所名", 18, wrap=True),
    Column(labels.RECIPIENT, 12),
    Column("児童氏名", 14, wrap=True),
    Column(labels.MONTH, 9, centre=True),
)


@dataclass(frozen=True)
class CheckText:
    """What people read of a check; `braked`: it hit so much that its ledger may be old; `first_review`: its `observed` are
    the federation's own codes; `days`: it is about days of use."""

    title: str
    federation: tuple[str, ...] = ()
    braked: bool = False
    first_review: bool = False
    days: bool = False


@dataclass(frozen=True)
class TodayRow:
    """A row of sheet 0: of what kind it is, what is the matter, what to do. `grave`: it comes before everything else."""

    kind: str
    text: str
    to_do: str = ""
    grave: bool = False


@dataclass
class WorklistData:
    """Everything a worklist shows. Frames have the columns of the files of the same name (contract section 4).

    findings: with `downgraded` (the brake took a return finding down). changes: with what people read of the findings
    (store.tables.CHANGES). fingerprints: SUBJECT_KEY and fingerprint. decisions: SUBJECT_KEY, decision, note, answer,
    message that are valid; a decision may be empty. service_month is text `YYYY-MM` in all of them. `about`: lines for the
    last sheet; `today`: for the first. sent, given: what facilities were asked and what they answered (store.answers),
    given what counts; answer_by: until when. rejects: the first MAX_LISTED at most, and refused_beyond how many more. By subject: typed, what people wrote into the list before and what was not
    read yet; conflicts: a sentence about decisions that were not made. others: rows of claims that no check found, written
    and not read yet. refused_files: those of which no line was taken in.
    """

    review_month: date
    municipality_no: str
    city_name: str
    checks: Mapping[str, CheckText]
    findings: pl.DataFrame
    undetermined: pl.DataFrame
    rejects: pl.DataFrame
    changes: pl.DataFrame
    fingerprints: pl.DataFrame
    decisions: pl.DataFrame
    about: Iterable[tuple[str, str]] = ()
    sent: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=answers.SENT))
    given: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=answers.ANSWERS))
    answer_by: date | None = None
    refused_beyond: int = 0
    today: Sequence[TodayRow] = ()
    typed: Mapping[tuple[str, str, str, str], Typed] = field(default_factory=dict)
    conflicts: Mapping[tuple[str, str, str, str], str] = field(default_factory=dict)
    others: Sequence[OtherReturn] = ()
    refused_files: frozenset[str] = frozenset()
    children: dict[str, str] = field(default_factory=dict)
    child_of: dict[str, str] = field(default_factory=dict)  # recipient_no → the first of the numbers of its child
    facilities: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    amounts: dict[tuple[str, str, str], int] = field(default_factory=dict)
    grid: pl.DataFrame = field(default_factory=pl.DataFrame)

    @cached_property
    def facility_answers(self) -> dict[answers.Key, str]:
        """What facilities answered about each claim, sheet …, as people read it beside the row."""
        return beside_rows(self.given)

    @cached_property
    def unjudged_rows(self) -> pl.DataFrame:
        """What could not be judged, as people look at it: what concerns a facility's state once (`cases.unjudged_rows`)."""
        return unjudged_rows(self.undetermined)

    @cached_property
    def refused(self) -> pl.DataFrame:
        """The refused lines that are listed, with whose they are."""
        return with_subjects(self.rejects.head(MAX_LISTED))

    @cached_property
    def unjudged(self) -> Unjudged:
        """Why subjects could not be judged and lines not be read."""
        return unjudged(
            Inputs(
                self.undetermined,
                self.unjudged_rows,
                self.refused,
                self.rejects.height + self.refused_beyond,
                self.refused_files,
                self.facilities,
                self.amounts,
            )
        )

    @cached_property
    def cases(self) -> Cases:
        """What is looked at and decided together."""
        return cases_of(
            self.findings.iter_rows(named=True),
            self.unjudged_rows.iter_rows(named=True),
            [key_of(row) for row in self.decisions.sort(SUBJECT_KEY).iter_rows(named=True)],
            self.child_of,
        )

    def case_cell(self, row: Mapping[str, Any]) -> Link | None:
        """The cell under CASE of a row as `Cases.of_row` has it; None where it is of no case."""
        numbers = self.cases.of_row(row)
        return Link(numbers, CASEBOOK) if numbers else None

    @property
    def day_findings(self) -> pl.DataFrame:
        """The findings of checks about days of use."""
        codes = [code for code, check in self.checks.items() if check.days]
        return self.findings.filter(pl.col("check_code").is_in(codes))

    def subject_cells(self, row: Mapping[str, Any]) -> list[object]:
        """The cells under SUBJECT_COLUMNS of a row that has SUBJECT_KEY; names come from the ledgers."""
        return [
            labels.SUBJECTS[row["subject"]],
            row["facility_no"],
            self.facilities.get(row["facility_no"] or ""),
            row["recipient_no"],
            self.children.get(row["recipient_no"] or ""),
            row["service_month"],
        ]

    def look_up(self, con: duckdb.DuckDBPyConnection) -> None:
        """Fills names and amounts from the store's current month."""
        named = (self.findings, self.unjudged_rows, self.decisions, self.changes, self.refused)
        recipients = [table.select("recipient_no") for table in named]
        con.register("listed_recipients", pl.concat(recipients).unique())
        con.register("counted_recipients", pl.concat([*recipients, self.undetermined.select("recipient_no")]).unique())
        try:
            source = "v_now_recipients SEMI JOIN listed_recipients USING (recipient_no)"
            self.children = (
                self._names_before() | _names_on_claims(con) | newest_names(con, "recipient_no", "child_name", source)
            )
            amounts = con.execute(
                "SELECT facility_no, recipient_no, strftime(service_month, '%Y-%m'), benefit_yen FROM v_claims_now "
                "SEMI JOIN counted_recipients USING (recipient_no)"
            )
            self.amounts = {row[:3]: row[3] for row in amounts.fetchall()}
        finally:
            con.unregister("listed_recipients")
            con.unregister("counted_recipients")
        self.child_of = dict(con.execute(_CHILD_OF).fetchall())
        self.facilities = newest_names(con, "facility_no", "facility_name", "v_now_facilities")
        self.services = service_labels(con)

    def look_up_days(self, con: duckdb.DuckDBPyConnection) -> None:
        """Fills the days of children with a finding about days. Where the cards are prepared, too, it costs little: of a
        month that was run before, the query is else planned through all views of the store."""
        of_children = self.day_findings.filter(pl.col("recipient_no") != "")
        wanted = of_children.select("recipient_no", "service_month").unique()
        if wanted.is_empty():
            return
        con.register("wanted_children", wanted)
        try:
            self.grid = query(con, _GRID)
        finally:
            con.unregister("wanted_children")

    def _names_before(self) -> dict[str, str]:
        """Recipient → the name on a claim that may be gone since the run before."""
        known = self.changes.filter(pl.col("child_name").is_not_null()).select("recipient_no", "child_name")
        return {
            recipient: unicodedata.normalize("NFKC", name)
            for recipient, name in known.unique().sort(pl.all()).iter_rows()
        }

    def service_names(self, types: str | None) -> str:
        return "・".join(self.services.get(one, one) for one in (types or "").split(";") if one)

    def facility_names(self, numbers: str | None) -> str:
        return "\n".join(f"{n} {self.facilities.get(n, '')}".strip() for n in (numbers or "").split(";") if n)


def _names_on_claims(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Listed recipient → the name on its claims, for a number without one in the ledger; where facilities call it
    differently, all of them."""
    names: dict[str, list[str]] = {}
    for (_, recipient), name in names_on_claims(con, "SEMI JOIN listed_recipients USING (recipient_no)").items():
        names.setdefault(recipient, []).append(name)
    return {recipient: "・".join(dict.fromkeys(given)) for recipient, given in names.items()}


# The further numbers of children with several.
_CHILD_OF = """
SELECT recipient_no, min(recipient_no) OVER (PARTITION BY child_code) AS first_no FROM v_children
QUALIFY first_no <> recipient_no ORDER BY ALL
"""
# One row a child, month, service type and facility: what was billed and used, day by day. Days count over all
# facilities and all numbers of a child, those of decided claims with them.
_GRID = """
WITH wanted AS (
    SELECT recipient_no, strptime(service_month || '-01', '%Y-%m-%d')::DATE AS service_month FROM wanted_children
), billed AS (
    SELECT c.facility_no, c.recipient_no, c.service_month, d.service_type, sum(d.billed_days)::BIGINT AS billed
    FROM v_claims_standing c SEMI JOIN wanted USING (recipient_no, service_month)
    JOIN v_claim_days d USING (review_month, file, group_line) GROUP BY ALL
), days AS (
    SELECT facility_no, recipient_no, service_month, service_type, use_date, 'use' AS day_kind, row_count,
           decided_before
    FROM v_use_days
    UNION ALL
    SELECT facility_no, recipient_no, service_month, service_type, use_date, 'absence', 1, FALSE FROM v_absences
), used AS (
    SELECT facility_no, recipient_no, service_month, service_type,
           count(*) FILTER (day_kind = 'use') AS used,
           list({day: day(use_date), kind: day_kind, row_count: row_count, decided: decided_before}
                ORDER BY use_date, day_kind DESC) AS days
    FROM days SEMI JOIN wanted USING (recipient_no, service_month) GROUP BY ALL
), lines AS (
    SELECT facility_no, recipient_no, service_month, service_type, b.billed, coalesce(t.used, 0) AS used, t.days
    FROM billed b FULL JOIN used t USING (facility_no, recipient_no, service_month, service_type)
)
SELECT l.facility_no, l.recipient_no, strftime(l.service_month, '%Y-%m') AS service_month, l.service_type, l.billed,
       l.used, l.days,
       sum(l.used) OVER (
           PARTITION BY coalesce(p.child_code, l.recipient_no), p.child_code IS NULL, l.service_month, l.service_type
       )::BIGINT AS used_all,
       CASE WHEN NOT a.open THEN a.days END AS allowance,
       k.days / 100 AS contracted
FROM lines l
LEFT JOIN v_children p USING (recipient_no)
LEFT JOIN v_allowances a USING (recipient_no, service_month, service_type)
LEFT JOIN v_contract_peaks k ON k.facility_no = l.facility_no AND k.recipient_no = l.recipient_no
                          AND k.service_month = l.service_month AND k.service_type = l.service_type
ORDER BY l.recipient_no, l.service_month, l.service_type, l.facility_no
"""
