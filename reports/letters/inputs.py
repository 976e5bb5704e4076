"""Everything the letters of a month are made from: the store in, LetterInputs out. Called by `build`, once a command."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypedDict, cast

import duckdb
import polars as pl

from henrei.checks.catalogue import STATES, catalogue
from henrei.checks.findings import findings_of, submission_window
from henrei.checks.reminders import Reminded, reminders
from henrei.labels import SUBJECT_OF_KIND
from henrei.reports.ledger_names import names_on_claims, newest_names, service_labels
from henrei.reports.letters.encryption import Passwords
from henrei.reports.letters.redaction import Redact, Redactor
from henrei.reports.letters.rejected_lines import RejectedLines, by_facility
from henrei.store import load
from henrei.store.database import query

Key = tuple[str, str, str, str]  # claim or sheet, facility, recipient, service month as YYYY-MM


class Finding(TypedDict):
    """What letters read of a row of findings.csv; a text that is missing there is empty. Months are YYYY-MM.

    `use_dates` and `other_facilities` have `;` between; `downgraded`: the brake took a return finding down.
    """

    finding_id: str
    check_code: str
    severity: str
    subject: str
    facility_no: str
    recipient_no: str
    service_month: str
    service_type: str
    use_dates: str
    observed: str
    expected: str
    other_facilities: str
    group_id: str
    amount_yen: int | None
    message: str
    action: str
    downgraded: bool
    reason: str


class Outcome(TypedDict):
    """An outcome of the month's close. `kind` and `outcome` as in outcomes.csv; service_month is YYYY-MM."""

    kind: str
    facility_no: str
    recipient_no: str
    service_month: str
    outcome: str
    benefit_yen: int | None


@dataclass(frozen=True)
class Issuer:
    """Who sends the letters, and by which rules the month was reviewed (henrei.toml)."""

    city_name: str
    municipality_no: str
    contact: str = ""
    disclose: bool = False  # a letter names the other facilities of an overlap
    rules: str = ""  # the variants in use, as a sentence
    # Check code, or "other" for a return without a finding → the four characters of K721's 返戻事由コード.
    reason_codes: Mapping[str, str] = field(default_factory=dict)
    passwords: Passwords | None = None  # the facilities' passwords, where letters are protected


@dataclass(frozen=True)
class ClaimFacts:
    """service_types in the order of the claim; `types` are their labels."""

    service_types: tuple[str, ...]
    types: str
    units: int | None


@dataclass(frozen=True)
class LetterInputs:
    """One review month."""

    issuer: Issuer
    month: date
    window: str  # when the next claims are accepted
    findings: list[Finding]
    outcomes: list[Outcome]
    rejected: dict[str, list[RejectedLines]]
    facilities: dict[str, str]  # number → name
    children: dict[str, str]  # recipient → name in kana, by the ledger
    services: dict[str, str]  # service type → label
    claims: dict[Key, ClaimFacts]
    own: dict[str, set[str]]  # facility → recipients in its own records
    numbers: set[str]  # of all facilities that occur anywhere
    sheets_decided: set[Key]  # sheets that were decided before this month
    managers: set[tuple[str, str, str]]  # facility, recipient, service month of a filed manager
    federation: dict[Key, list[tuple[str, str]]]  # 国保連's own returns: code and text
    decisions: dict[Key, str] = field(default_factory=dict)  # what the team has decided of claims and sheets so far
    answer_by: str = ""  # the day by which an inquiry is to be answered
    people: dict[str, set[str]] = field(default_factory=dict)  # recipient → names in kana of child and guardian
    on_claims: dict[tuple[str, str], str] = field(default_factory=dict)  # facility, recipient → name on its claim
    messages: Mapping[Key, str] = field(default_factory=dict)  # 事業所への一言, as the team wrote it
    reminders: Sequence[Reminded] = ()  # what will go wrong in the month that comes; the other letters have none
    issued: date | None = None  # the day on the letter: that of the command's line in the journal
    # Facility, recipient, month → the days of use in the facility's own records.
    days: Mapping[tuple[str, str, str], set[date]] = field(default_factory=dict)

    @cached_property
    def managed(self) -> set[tuple[str, str]]:
        """Recipient and month for which somebody is the filed cap manager."""
        return {(recipient, month) for _, recipient, month in self.managers}

    def child(self, facility_no: str, recipient_no: str) -> str:
        """The child's name in kana for a letter to the facility: the ledger's, else that of its own claim; "" without any."""
        return self.children.get(recipient_no) or self.on_claims.get((facility_no, recipient_no), "")

    def redaction(self) -> Callable[[str], Redact]:
        """The redaction of each facility, by its number; every text of a letter goes through it."""
        if self.issuer.disclose:
            return lambda facility: str
        texts = [
            text
            for check in catalogue().values()
            for of_kind in ({"": check.title}, check.message, *(getattr(check, state) for state in STATES))
            for text in of_kind.values()
        ]
        for one in reminders():
            texts += [one.title, *one.message.values(), *one.action.values()]
        redactor = Redactor(self.numbers, self.facilities, "\n".join([*texts, *self.services.values()]), self.people)
        return lambda facility: redactor.for_facility(facility, self.own.get(facility, set()))


_FACTS = """
SELECT c.facility_no, c.recipient_no, strftime(c.service_month, '%Y-%m') AS month, any_value(c.total_units) AS units,
       list(t.service_type ORDER BY t.line) FILTER (t.service_type IS NOT NULL) AS types
FROM v_claims_now c
LEFT JOIN v_claim_totals t ON t.review_month = c.review_month AND t.file = c.file AND t.group_line = c.group_line
GROUP BY ALL
"""
_OWN = """
SELECT facility_no, recipient_no FROM v_claims_now UNION SELECT facility_no, recipient_no FROM v_sheets_now
UNION SELECT facility_no, recipient_no FROM v_attendance_now UNION SELECT facility_no, recipient_no FROM v_now_petitions
"""
_NUMBERS = """
SELECT facility_no FROM v_now_facilities UNION SELECT facility_no FROM v_claims UNION SELECT facility_no FROM v_attendance
UNION SELECT facility_no FROM v_sheets UNION SELECT row_facility_no FROM v_sheet_rows
UNION SELECT facility_no FROM v_now_cap_managers UNION SELECT core_facility_no FROM v_now_plans
UNION SELECT facility_no FROM v_own_outcomes UNION SELECT facility_no FROM v_history
UNION SELECT cap_manager_no FROM v_claims_now
"""
_MANAGERS = """
SELECT DISTINCT m.facility_no, c.recipient_no, strftime(c.service_month, '%Y-%m')
FROM v_claims_now c JOIN v_now_cap_managers m
  ON m.recipient_no = c.recipient_no AND overlaps_month(m.valid_from, m.valid_to, c.service_month)
"""
_DAYS = """
SELECT DISTINCT facility_no, recipient_no, strftime(service_month, '%Y-%m'), use_date FROM v_use_days
SEMI JOIN (FROM v_findings WHERE review_month = review_month()) USING (facility_no, recipient_no, service_month)
"""
_FEDERATION = """
SELECT kind, facility_no, recipient_no, strftime(service_month, '%Y-%m'), coalesce(reason_code, ''),
       coalesce(reason_text, '')
FROM v_notices WHERE accepted_month = review_month() AND review_month <= review_month() AND kind IN ('明', '利')
ORDER BY ALL
"""
_OUTCOMES = """
SELECT kind, facility_no, recipient_no, strftime(service_month, '%Y-%m') AS service_month, outcome, benefit_yen
FROM v_outcomes_standing WHERE outcome_month = review_month()
ORDER BY kind, facility_no, recipient_no, service_month, outcome <> '取下げ', outcome
"""


def gather(
    con: duckdb.DuckDBPyConnection,
    issuer: Issuer,
    messages: Mapping[Key, str] | None = None,
    issued: date | None = None,
) -> LetterInputs:
    """The inputs of the current review month of `con`, which must have been run. `messages`: 事業所への一言; `issued`: the
    day on the letters."""
    month = con.execute("SELECT review_month()").fetchall()[0][0]
    services = service_labels(con)
    numbers = {row[0] for row in con.execute(_NUMBERS).fetchall() if row[0]}
    own: dict[str, set[str]] = defaultdict(set)
    for facility, recipient in con.execute(_OWN).fetchall():
        own[facility].add(recipient)
    federation: dict[Key, list[tuple[str, str]]] = defaultdict(list)
    for kind, facility, recipient, service_month, code, text in con.execute(_FEDERATION).fetchall():
        federation[SUBJECT_OF_KIND[kind], facility, recipient, service_month].append((code, text))
    days: dict[tuple[str, str, str], set[date]] = defaultdict(set)
    for facility, recipient, service_month, day in con.execute(_DAYS).fetchall():
        days[facility, recipient, service_month].add(day)
    decided = (
        "SELECT facility_no, recipient_no, strftime(service_month, '%Y-%m') FROM v_sheet_states WHERE state = 'decided'"
    )
    rejects = load.read_result(con, "rejects", month).cast(pl.String())
    on_claims = names_on_claims(con)
    files = query(con, "SELECT path, kind, control_facility_no FROM v_files WHERE review_month = review_month()")
    return LetterInputs(
        issuer=issuer,
        month=month,
        window=submission_window(con),
        findings=_findings(con, month),
        outcomes=cast(list[Outcome], query(con, _OUTCOMES).to_dicts()),
        rejected=by_facility(rejects, files, numbers),
        facilities=newest_names(con, "facility_no", "facility_name", "v_now_facilities"),
        children=newest_names(con, "recipient_no", "child_name", "v_now_recipients"),
        on_claims=on_claims,
        people=_people(con, on_claims),
        services=services,
        claims={
            ("claim", row["facility_no"], row["recipient_no"], row["month"]): _facts(row, services)
            for row in query(con, _FACTS).iter_rows(named=True)
        },
        own=own,
        numbers=numbers,
        sheets_decided={("sheet", *row) for row in con.execute(decided).fetchall()},
        managers=set(con.execute(_MANAGERS).fetchall()),
        federation=federation,
        messages=messages or {},
        issued=issued,
        days=days,
    )


def _findings(con: duckdb.DuckDBPyConnection, month: date) -> list[Finding]:
    table = findings_of(con, month)
    assert table is not None
    return cast(list[Finding], table.with_columns(pl.col(pl.String).fill_null("")).to_dicts())


def _facts(row: dict[str, Any], services: dict[str, str]) -> ClaimFacts:
    types = tuple(dict.fromkeys(row["types"] or ()))
    return ClaimFacts(types, "・".join(services.get(one, one) for one in types), row["units"])


def _people(con: duckdb.DuckDBPyConnection, on_claims: dict[tuple[str, str], str]) -> dict[str, set[str]]:
    people: dict[str, set[str]] = defaultdict(set)
    for column in ("child_name", "guardian_name"):
        sql = f"SELECT DISTINCT recipient_no, {column} FROM v_now_recipients WHERE {column} IS NOT NULL"
        for recipient, name in con.execute(sql).fetchall():
            people[recipient].add(name)
    for (_, recipient), name in on_claims.items():
        people[recipient].add(name)
    return people
