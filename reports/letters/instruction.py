"""A finding and what became of its subject in, what the facility is asked to do out, in its own role. Called by
`content`.

The sentences are the checks' (checks/__init__.py); a letter has one deadline, in its own place, so a sentence for what was
returned points there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from henrei.checks.catalogue import catalogue
from henrei.reports.letters import resubmission
from henrei.reports.letters.day_text import month_of_use, short_days
from henrei.reports.letters.inputs import Finding, LetterInputs

BY_DEADLINE = "期日まで"
BY_PETITION = "過誤申立の処理の月"


def reader_of(inputs: LetterInputs, facility: str, recipient: str, month: str) -> str:
    """Who the facility is to the child: its filed cap manager, one beside that, or a biller (catalogue.READERS)."""
    if (facility, recipient, month) in inputs.managers:
        return "manager"
    return "related" if (recipient, month) in inputs.managed else "biller"


def instruction(inputs: LetterInputs, finding: Finding, state: str, window: str = "", *, alone: bool = True) -> str:
    """The sentence for a finding whose subject is in `state` (catalogue.STATES).

    `window`: by when, as the sentence says it; `alone`: no other reason asks for anything to be sent.
    """
    check = catalogue()[finding["check_code"]]
    reason = finding["reason"]
    if state == "returned" and reason in check.needless and not alone and check.sentence(state, "default"):
        reason = "default"
    reader = reader_of(inputs, finding["facility_no"], finding["recipient_no"], finding["service_month"])
    text = check.sentence(state, reason, reader)
    if check.role == "first_review":
        text = of_federation(finding["observed"].split(";"), finding["subject"], state, text)
    if not text:  # of a month that was closed by a version without them
        return finding["action"]
    return _filled(inputs, finding, text, window or inputs.window)


def of_federation(codes: Collection[str], subject: str, state: str, text: str) -> str:
    """The same for what the federation found: the sentence of the check for the rule that it names, where that is one; else
    its rules by name, and `text`."""
    same_rule = [
        check for check in catalogue().values() if check.subject == subject and set(check.federation) & set(codes)
    ]
    if len(same_rule) == 1 and "default" in same_rule[0].message:
        return same_rule[0].sentence(state, "default")
    if not same_rule:
        return text
    names = "」か「".join(check.title for check in same_rule)
    return f"「{names}」に当たらないか確かめてください。{text}"


def needless(findings: Iterable[Finding]) -> bool:
    """True where nothing need be sent again, whichever of these is the reason of the return."""
    checks = catalogue()
    given = list(findings)
    return bool(given) and all(one["reason"] in checks[one["check_code"]].needless for one in given)


def _filled(inputs: LetterInputs, finding: Finding, text: str, window: str) -> str:
    key = ("sheet", finding["facility_no"], finding["recipient_no"], finding["service_month"])
    month = finding["service_month"]
    kind = resubmission.CORRECTION if key in inputs.sheets_decided else resubmission.NEW
    return text.format(
        dates=short_days(finding["use_dates"].split(";")),
        services="・".join(inputs.services.get(one, one) for one in finding["service_type"].split(";") if one),
        month=month_of_use(month),
        window=window,
        kind=f"「{kind}」",
    )
