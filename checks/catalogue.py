"""The checks' files in, a `Check` each out: its header and its SQL. The contract of both is in checks/__init__.py. Called by
all that runs, shows or names checks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from henrei.labels import SEVERITIES, SUBJECTS

# What reports must know of a check beside its sentences.
ROLES = (
    "first_review",  # the federation's first review speaks: `observed` holds its own error codes, with ; between
    "already_decided",  # the claim was decided before: a petition must come before it is sent again
    "lacks_sheet",  # the result sheet of the claim is missing: it must be sent together with the claim
    "day_of_facility",  # a day at the facility is the cause, whichever children came: it is asked about once a day
    "state_of_facility",  # what the facility has filed is the cause, whichever child's claim shows it: it is asked about once
)
# What a letter may say of a finding: it is asked about, its subject was returned or paid, or there is nothing to do.
STATES = ("asked", "returned", "paid", "known")
# Who reads it: the child's filed cap manager, a facility beside that one, or a biller where none is filed.
READERS = ("manager", "related", "biller")
# Placeholders of [message], and of the sentences of the states.
OF_MESSAGE = ("dates", "observed", "expected", "services", "month", "detail")
OF_STATE = ("dates", "services", "month", "window", "kind")


# The yen that a check's findings concern (checks/__init__.py, «At issue»).
AT_ISSUE = ("claim", "days", "given")


@dataclass(frozen=True)
class Check:
    code: str
    name: str
    title: str
    severity: str
    subject: str
    needs: tuple[str, ...]
    source: str
    why: str
    logic: str
    group: str
    file: str
    sql: str
    federation: tuple[str, ...] = ()
    role: str | None = None
    at_issue: str | None = None
    days: bool = False
    message: dict[str, str] = field(default_factory=dict)
    message_all_cities: dict[str, str] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    returned: dict[str, str] = field(default_factory=dict)
    paid: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    undetermined: dict[str, str] = field(default_factory=dict)
    together: str = ""
    needless: tuple[str, ...] = ()
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def states(self) -> tuple[str, ...]:
        """The states that a finding's subject can be in: only claims and sheets are returned or paid."""
        return STATES if self.subject in ("claim", "sheet") else ("asked", "known")

    def sentence(self, state: str, reason: str, reader: str = "") -> str:
        """What the facility is asked to do, with its placeholders; "" where there is none for the reason."""
        texts: dict[str, str] = getattr(self, state)
        keys = (f"{reason}.{reader}", reason, f"default.{reader}", "default")
        return next((texts[key] for key in keys if key in texts), "")


def parse(text: str, group: str, file: str) -> Check:
    """A check from its file's text. Raises ValueError naming the file where the header is wrong."""
    header: list[str] = []
    body: list[str] = []
    for line in text.splitlines():
        if not body and line.startswith("--"):
            header.append(line[2:].removeprefix(" "))
        else:
            body.append(line)
    try:
        head = tomllib.loads("\n".join(header))
        check = Check(
            group=group,
            file=file,
            sql="\n".join(body).strip(),
            needs=tuple(head.pop("needs")),
            federation=tuple(head.pop("federation", ())),
            needless=tuple(head.pop("needless", ())),
            **head,
        )
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as problem:
        raise ValueError(f"{group}/{file}: the header is not whole: {problem}") from problem
    if fault := _fault(check):
        raise ValueError(f"{group}/{file}: {fault}")
    return check


def _fault(check: Check) -> str | None:
    """What of a header's values does not fit, or None."""
    if check.severity not in SEVERITIES or check.subject not in SUBJECTS:
        return "severity or subject does not fit"
    if check.role is not None and check.role not in ROLES:
        return f"role is none of {', '.join(ROLES)}"
    if check.at_issue not in (None, *AT_ISSUE):
        return f"at_issue is none of {', '.join(AT_ISSUE)}"
    if check.at_issue != "given" and "at_issue" in check.sql:
        return "at_issue of the SQL needs at_issue of the header to be given"
    if not isinstance(check.days, bool):
        return "days is true or false"
    if bool(check.together) < (check.role == "day_of_facility"):
        return "a day of the facility needs its sentence `together`"
    if check.message_all_cities and set(check.message_all_cities) != set(check.message):
        return "the reasons of message and message_all_cities do not fit"
    return _fault_of_states(check)


def _fault_of_states(check: Check) -> str | None:
    """What of the sentences of the states does not fit."""
    if unknown := set(check.needless) - set(check.message):
        return f"needless: no such reason: {', '.join(sorted(unknown))}"
    for state in STATES:
        for key, text in getattr(check, state).items():
            if not isinstance(text, str):
                return f"[{state}] {key}: no text (a key with a reader is quoted)"
            reason, _, reader = key.partition(".")
            if reason not in ("default", *check.message) or reader not in ("", *READERS):
                return f"[{state}] {key}: no such reason or reader"
            if unknown := set(re.findall(r"\{(\w*)\}", text)) - set(OF_STATE):
                return f"[{state}] {key}: no such placeholder: {', '.join(sorted(unknown))}"
        for reason in check.message if state in check.states else ():
            if not check.sentence(state, reason):
                return f"[{state}] says nothing of {reason}"
        if getattr(check, state) and state not in check.states:
            return f"[{state}] is not for a check of {check.subject}"
    return None


def _files() -> Iterator[tuple[str, Traversable]]:
    root = resources.files(__name__.rpartition(".")[0])
    for folder in sorted((e for e in root.iterdir() if e.is_dir()), key=lambda e: e.name):
        for entry in sorted(folder.iterdir(), key=lambda e: e.name):
            if entry.name.endswith(".sql") and not entry.name.endswith(".remind.sql"):  # reminders.py reads those
                yield folder.name, entry


@cache
def catalogue() -> dict[str, Check]:
    """All checks by code, in order of code."""
    checks = [parse(entry.read_text(encoding="utf-8"), group, entry.name) for group, entry in _files()]
    codes = [check.code for check in checks]
    if len(set(codes)) != len(codes):
        raise ValueError("two checks have one code")
    return {check.code: check for check in sorted(checks, key=lambda check: check.code)}


def with_role(codes: Iterable[str], role: str) -> bool:
    """True where one of `codes` is a check with the role (ROLES); codes of others, such as the federation's, have none."""
    checks = catalogue()
    return any(code in checks and checks[code].role == role for code in codes)


def groups() -> list[str]:
    return sorted({check.group for check in catalogue().values()})
