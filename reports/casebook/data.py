"""A month's cases and its store in, all that their cards show out, as tables. Called by whoever writes the month's casebook;
read by `page`.

Every table is asked once for all cases (`evidence`): its rows name their case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import Any

import duckdb
import polars as pl

from henrei.checks.catalogue import catalogue
from henrei.labels import SUBJECT_OF_KIND
from henrei.months import month_dates
from henrei.reports.casebook import evidence
from henrei.reports.casebook.columns import Label, label_of
from henrei.reports.cases import Cases, Place
from henrei.reports.ledger_names import names_on_claims, newest_names, service_labels
from henrei.reports.reasons import for_clerks_column
from henrei.store import answers
from henrei.store.tables import SUBJECT_KEY, UNDETERMINED

_KEY = ("subject", "facility_no", "recipient_no", "service_month")
_FOUND = (
    "finding_id", "severity", "check_code", *_KEY, "service_type", "use_dates", "observed", "expected",
    "other_facilities", "amount_yen", "at_issue_yen", "message", "action", "downgraded", "source_file", "source_lines",
)  # fmt: skip
_DECIDED = (*_KEY, "decision", "note", "answer", "message_to")
_ANSWERED = (*_KEY, "check_code", "days", "choice", "text", "answered_by")
_NUMBERED = {"number": pl.Int32()}


@dataclass(frozen=True)
class Table:
    """A table of evidence: `labels` of its columns, and `rows` with the number of their case in front (`case`)."""

    name: str
    title: str
    labels: Mapping[str, Label]
    rows: pl.DataFrame


@dataclass
class CasebookData:
    """Everything that the cards of a month show. Frames have service_month as YYYY-MM; `decisions`: SUBJECT_KEY, decision,
    note, answer, message that hold; `earlier`: the same of months before, with review_month, at and who; `given`: the
    facilities' answers that count; `outcomes`: what close decides (kind … outcome), None while the month is open.
    """

    review_month: date
    municipality_no: str
    city_name: str
    cases: Cases
    findings: pl.DataFrame
    decisions: pl.DataFrame
    earlier: pl.DataFrame
    given: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=answers.ANSWERS))
    outcomes: pl.DataFrame | None = None
    places: Mapping[int, Sequence[Place]] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    children: dict[str, str] = field(default_factory=dict)
    facilities: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    daily: list[str] = field(default_factory=list)  # service types of which a child can use one a day
    totals: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def prepared(self, con: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """The store with what the tables are read from (`evidence.prepared`), where there is a case."""
        with evidence.prepared(con, self.frames) if self.cases.all else nullcontext():
            yield

    def look_up(self, con: duckdb.DuckDBPyConnection) -> None:
        """Fills the tables and names from the store's current month. Use it within `prepared`."""
        found: list[Table] = []
        if self.cases.all:
            found = [
                Table(question.name, question.title, labels(question.source, rows), rows)
                for question, rows in evidence.asked(con)
            ]
            self.children = self._children(con)
        self.facilities = newest_names(con, "facility_no", "facility_name", "v_now_facilities")
        self.services = service_labels(con)
        self.daily = [
            row[0]
            for row in con.execute(
                "SELECT DISTINCT service_type FROM rule_exclusive_services WHERE scope = 'any' ORDER BY ALL"
            ).fetchall()
        ]
        self.totals = self._totals(con)
        self.tables = [*self._own(self.frames["case_keys"]), *(table for table in found if not table.rows.is_empty())]

    @cached_property
    def frames(self) -> dict[str, pl.DataFrame]:
        """What places.sql goes by. Cells that say nothing are null."""
        cases = self.cases.all
        listed = [(c.number, c.of_child, c.facility_no or None, c.check_code or None, c.day or None) for c in cases]
        keys = [(c.number, *(part or None for part in key)) for c in cases for key in c.keys]
        others = [
            (c.number, facility)
            for c in cases
            for row in c.findings
            for facility in (row["other_facilities"] or "").split(";")
            if facility
        ]
        rows = [(c.number, row["check_code"]) for c in cases for row in (*c.findings, *c.undetermined)]
        codes = list(dict.fromkeys(rows))
        reads = dict.fromkeys((number, name) for number, code in codes for name in _reads().get(code, ()))
        text = pl.String()
        own = [(c.number, c.facility_no) for c in cases if c.facility_no]
        facilities = dict.fromkeys([*((number, key[1]) for number, *key in keys if key[1]), *own, *others])
        return {
            "case_list": _frame(
                listed, of_child=pl.Boolean(), facility_no=text, check_code=text, day=text
            ).with_columns(pl.col("day").str.to_date("%Y-%m-%d", strict=False)),
            "case_keys": _frame(keys, **dict.fromkeys(SUBJECT_KEY, text)).with_columns(
                month_dates(pl.col("service_month"), strict=False)
            ),
            "case_facilities": _frame(list(facilities), facility_no=text),
            "case_checks": _frame(codes, check_code=text),
            "case_reads": _frame(list(reads), reads=text),
        }

    def _children(self, con: duckdb.DuckDBPyConnection) -> dict[str, str]:
        """Of whom the cards speak; a number without a name in the ledger is called as its claims call it."""
        wanted = "SEMI JOIN (SELECT recipient_no FROM casebook_claims UNION SELECT recipient_no FROM casebook_days "
        wanted += "UNION SELECT recipient_no FROM casebook_family) wanted USING (recipient_no)"
        on_claims: dict[str, list[str]] = {}
        for (_, recipient), name in names_on_claims(con, wanted).items():
            on_claims.setdefault(recipient, []).append(name)
        called = {recipient: "・".join(dict.fromkeys(names)) for recipient, names in on_claims.items()}
        return called | newest_names(con, "recipient_no", "child_name", f"v_now_recipients {wanted}")

    def _totals(self, con: duckdb.DuckDBPyConnection) -> dict[str, int]:
        """Of the whole month, as the head of the page says it."""
        returned = self.findings.filter(pl.col("severity") == "return", pl.col("subject") == "claim")
        keys = returned.select("facility_no", "recipient_no", month_dates(pl.col("service_month"))).unique()
        con.register("casebook_returned", keys)
        try:
            ((claims, yen),) = con.execute(
                "SELECT count(*), coalesce(sum(benefit_yen), 0) FROM v_claims_now "
                "SEMI JOIN casebook_returned USING (facility_no, recipient_no, service_month)"
            ).fetchall()
        finally:
            con.unregister("casebook_returned")
        return {
            "cases": len(self.cases.all),
            "findings": self.findings.height,
            "return_claims": int(claims),
            "return_yen": int(yen),
        }

    def _own(self, keys: pl.DataFrame) -> list[Table]:
        """What was found, decided and answered."""
        as_text = keys.with_columns(pl.col("service_month").dt.strftime("%Y-%m")).rename({"number": "case"})
        links = [(case.number, row["finding_id"]) for case in self.cases.all for row in case.findings]
        found = _frame(links, finding_id=pl.String()).rename({"number": "case"})
        found = found.join(self.findings, on="finding_id", maintain_order="left").select("case", *_FOUND)
        unjudged = pl.DataFrame(
            [{"case": case.number, **row} for case in self.cases.all for row in case.undetermined],
            schema={"case": pl.Int32(), **UNDETERMINED, "service_month": pl.String(), "claims": pl.Int64()},
        ).with_columns(for_clerks_column("reason"))
        given = pl.DataFrame(
            [
                {**row, **dict(zip(_KEY, key, strict=True))}
                for row in self.given.iter_rows(named=True)
                for key in answers.subjects_of(row["facility_no"], row["subjects"])
            ],
            schema=dict.fromkeys(_ANSWERED, pl.String()),
        )
        decided = self.decisions.rename({"message": "message_to"}).select(_DECIDED)
        made = {
            "findings": ("指摘", found),
            "undetermined": ("判定できなかったこと", unjudged),
            "decisions": ("この月の決定", _of_case(as_text, decided)),
            "answers": ("事業所の回答", _of_case(as_text, given)),
        }
        if self.outcomes is not None:
            closed = self.outcomes.select(
                pl.col("kind").replace_strict(SUBJECT_OF_KIND, return_dtype=pl.String()).alias("subject"),
                "facility_no", "recipient_no", "service_month", "outcome", "benefit_yen",
            )  # fmt: skip
            made["closed"] = ("この月の結果", _of_case(as_text, closed))
        earlier = self.earlier.rename({"message": "message_to"}).select("review_month", *_DECIDED, "at", "who")
        made["decided_before"] = ("前の審査月の決定", _of_case(as_text, earlier))
        return [Table(name, title, labels("", rows), rows) for name, (title, rows) in made.items() if rows.height]


def labels(source: str, rows: pl.DataFrame) -> dict[str, Label]:
    """The labels of a table's columns; its place in a file is none."""
    return {name: label_of(source, name) for name in rows.columns if name not in ("case", "file", "line")}


def _of_case(keys: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with a subject, under every case that it belongs to."""
    found = keys.join(rows, on=list(_KEY), maintain_order="left").select("case", *rows.columns)
    return found.sort("case", maintain_order=True)


def _frame(rows: list[Any], **columns: pl.DataType) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={**_NUMBERED, **columns}, orient="row")


@cache
def _reads() -> dict[str, tuple[str, ...]]:
    """Code of a check → the ledgers and kinds of record that it reads, as its header says."""
    return {
        code: tuple({need.partition(".")[0] for need in check.needs} | set(check.refused))
        for code, check in catalogue().items()
    }
