"""The reminders' files in, rows of what will go wrong in the review month that comes out. Called by `henrei remind`.

A reminder is a file `<group>/<name>.remind.sql`, beside the check whose finding it foretells where there is one, and
`<name>.remind.md` with its examples (as of a check, see `examples`; the claims before the review month, 2026-05, are those of
2026-04). Dropping in the two files adds a reminder. The header, a comment of TOML, has title, needs (as a check's) and logic;
check, the code of the check, where there is one; and by reason, `default` where the SQL gives none, the tables [message]
(what will happen) and [action] (what the facility does before it claims). {services} {month} {since} {detail} {observed} {expected} {by}
are filled in.

The SQL is one query on the views of store/views/ (reminders.sql has those of the newest claims) and `rule_<name>`. The current
review month is the one that comes: its ledgers stand, and its claims are not there. A row has facility_no, recipient_no and
service_month (of the claim that will go wrong), and of these what it has to add: service_type, since (the day from which it
is so), observed, expected, detail (texts for people), reason, and by (the last day, where it is not the last day on which the review month
receives claims).
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import TypedDict

import duckdb
import polars as pl

from henrei.checks import examples, runner
from henrei.months import day_in, weekday
from henrei.store import tables
from henrei.store.database import query

SUFFIX, EXAMPLES = ".remind.sql", ".remind.md"
BEFORE, OF_BEFORE = "2026-04", "2026-03"  # in the examples the newest review month, and the service month of its claims
RETURNED = {
    "facility_no": pl.String(),
    "recipient_no": pl.String(),
    "service_month": pl.Date(),
    "service_type": pl.String(),
    "since": pl.Date(),
    "by": pl.Date(),
    "observed": pl.String(),
    "expected": pl.String(),
    "detail": pl.String(),
    "reason": pl.String(),
}


@dataclass(frozen=True)
class Reminder:
    """A file: its header and its SQL. `check`: the code of the check that would find it, or empty."""

    name: str
    title: str
    needs: tuple[str, ...]
    logic: str
    message: Mapping[str, str]
    action: Mapping[str, str]
    sql: str
    check: str = ""

    @property
    def file(self) -> str:
        """The name of its SQL file."""
        return f"{self.name}{SUFFIX}"


class Reminded(TypedDict):
    """What will go wrong with a claim, as people read it. `title` of the reminder, `services`: labels with ・ between."""

    check_code: str
    title: str
    facility_no: str
    recipient_no: str
    service_month: date
    services: str
    since: date | None
    by: date
    message: str
    action: str


def parse(text: str, name: str) -> Reminder:
    """A reminder from its file's text. Raises ValueError naming the file where the header is wrong."""
    lines = text.splitlines()
    ends = next((at for at, line in enumerate(lines) if not line.startswith("--")), len(lines))
    try:
        head = tomllib.loads("\n".join(line[2:].removeprefix(" ") for line in lines[:ends]))
        made = Reminder(name=name, needs=tuple(head.pop("needs")), sql="\n".join(lines[ends:]).strip(), **head)
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as problem:
        raise ValueError(f"{name}: the header is not whole: {problem}") from problem
    if not made.message or set(made.message) != set(made.action):
        raise ValueError(f"{name}: the reasons of message and action do not fit")
    return made


def files() -> dict[str, str]:
    """The texts of all files of reminders, SQL and examples, by file name."""
    root = resources.files(__name__.rpartition(".")[0])
    found = (entry for folder in root.iterdir() if folder.is_dir() for entry in folder.iterdir())
    return {entry.name: entry.read_text(encoding="utf-8") for entry in found if entry.name.endswith((SUFFIX, EXAMPLES))}


@cache
def reminders() -> tuple[Reminder, ...]:
    """All reminders: those of checks in the order of their codes, then the others."""
    made = [parse(text, name.removesuffix(SUFFIX)) for name, text in files().items() if name.endswith(SUFFIX)]
    return tuple(sorted(made, key=lambda one: (not one.check, one.check, one.name)))


def examples_of(reminder: Reminder) -> list[examples.Example]:
    """The cases of a reminder's examples. Records that do not say otherwise are of the review month before, 2026-04, and about
    the month before that; ledgers stand for 2026-05."""
    cases = examples.parse(files().get(f"{reminder.name}{EXAMPLES}", ""))
    for case in cases:
        for table in case.given.keys() & tables.RECORDS.keys():
            case.given[table] = [{"review": BEFORE, "service_month": OF_BEFORE, **row} for row in case.given[table]]
    return cases


def lacking(con: duckdb.DuckDBPyConnection, disabled: Collection[str]) -> dict[str, str]:
    """Names of reminders that cannot be made → why: a ledger is absent, or the settings disable the check."""
    missing = runner.absent(con, ())
    why = {one.name: "。".join(missing[need] for need in one.needs if need in missing) for one in reminders()}
    off = "設定(checks.disabled)により行っていません"
    return {
        one.name: off if one.check in disabled else why[one.name]
        for one in reminders()
        if one.check in disabled or why[one.name]
    }


def rows_of(con: duckdb.DuckDBPyConnection, reminder: Reminder) -> pl.DataFrame:
    """What a reminder's SQL finds for the current review month: RETURNED."""
    found = query(con, reminder.sql)
    given = [
        (pl.col(name) if name in found.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in RETURNED.items()
    ]
    return found.select(given).with_columns(pl.col("reason").fill_null("default"))


def collect(con: duckdb.DuckDBPyConnection, left_out: Collection[str], variants: Mapping[str, str]) -> list[Reminded]:
    """What will go wrong in the current review month, by facility, child and month; one row a reminder and claim.

    `left_out`: names of reminders; `variants`: of the rules that come in several. May be within a transaction.
    """
    con.register("chosen", pl.DataFrame({"setting": list(variants), "variant": list(variants.values())}))
    con.execute("CREATE OR REPLACE TEMP TABLE rule_variants AS SELECT setting, variant FROM chosen")
    con.unregister("chosen")
    services = dict(con.execute("SELECT service_type, label FROM rule_service_types").fetchall())
    last = last_day(con)
    made: list[Reminded] = []
    for reminder in reminders():
        if reminder.name not in left_out:
            made += _reminded(reminder, rows_of(con, reminder), services, last)
    return sorted(
        made, key=lambda one: (one["facility_no"], one["recipient_no"], one["service_month"], one["check_code"])
    )


def last_day(con: duckdb.DuckDBPyConnection) -> date:
    """The last day on which the current review month receives claims; of a month that no row of the law covers its own last day."""
    ((month, last),) = con.execute(
        "SELECT review_month(), (SELECT max(last_day) FROM rule_submission "
        "WHERE event = '請求' AND review_month() BETWEEN valid_from AND valid_to)"
    ).fetchall()
    return day_in(month, last or 31)


def day_of_week(day: date) -> str:
    """A day as letters have it: 10月9日(金)."""
    return f"{day.month}月{day.day}日({weekday(day)})"


def _reminded(reminder: Reminder, rows: pl.DataFrame, services: Mapping[str, str], last: date) -> Iterator[Reminded]:
    """A claim once, whatever its service types: each sentence once, the strictest day."""
    claims = rows.sort("service_type", "since", nulls_last=True).partition_by(
        "facility_no", "recipient_no", "service_month", maintain_order=True
    )
    for claim in claims:
        entries = claim.to_dicts()
        by = min((one["by"] for one in entries if one["by"]), default=last)
        first = entries[0]
        texts = [{name: _text(value) for name, value in one.items()} for one in entries]
        for text, one in zip(texts, entries, strict=True):
            month = one["service_month"]
            text |= {"services": services.get(text["service_type"], text["service_type"]), "by": day_of_week(by)}
            text["month"] = f"{month.year}年{month.month}月分"
        yield Reminded(
            check_code=reminder.check,
            title=reminder.title,
            facility_no=first["facility_no"],
            recipient_no=first["recipient_no"],
            service_month=first["service_month"],
            services="・".join(dict.fromkeys(text["services"] for text in texts if text["services"])),
            since=min((one["since"] for one in entries if one["since"]), default=None),
            by=by,
            message=_joined(reminder.message[text["reason"]].format(**text) for text in texts),
            action=_joined(reminder.action[text["reason"]].format(**text) for text in texts),
        )


def _text(value: object) -> str:
    return f"{value.month}月{value.day}日" if isinstance(value, date) else str(value or "")


def _joined(sentences: Iterable[str]) -> str:
    return "".join(dict.fromkeys(sentences))
