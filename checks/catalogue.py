"""The checks' files in, a `Check` each out: its header and its SQL. The contract of both is in checks/__init__.py. Called by
all that runs, shows or names checks.
"""

from __future__ import annotations

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
    days: bool = False
    message: dict[str, str] = field(default_factory=dict)
    message_all_cities: dict[str, str] = field(default_factory=dict)
    action: dict[str, str] = field(default_factory=dict)
    undetermined: dict[str, str] = field(default_factory=dict)
    question: str = ""
    refused: dict[str, str] = field(default_factory=dict)


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
    if not isinstance(check.days, bool):
        return "days is true or false"
    if bool(check.question) < (check.role == "day_of_facility"):
        return "a day of the facility needs its question"
    if set(check.message) != set(check.action):
        return "the reasons of message and action do not fit"
    if check.message_all_cities and set(check.message_all_cities) != set(check.message):
        return "the reasons of message and message_all_cities do not fit"
    return None


def _files() -> Iterator[tuple[str, Traversable]]:
    root = resources.files(__name__.rpartition(".")[0])
    for folder in sorted((e for e in root.iterdir() if e.is_dir()), key=lambda e: e.name):
        for entry in sorted(folder.iterdir(), key=lambda e: e.name):
            if entry.name.endswith(".sql"):
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
