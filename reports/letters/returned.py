"""Outcomes and findings of a month in, what was returned and why out. Called by the notice and, for its key, returns.csv."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from henrei.labels import SUBJECT_OF_KIND
from henrei.reports.letters import resubmission
from henrei.reports.letters.content import Reason, Subject, ranked, reason, subject
from henrei.reports.letters.inputs import Finding, Key, LetterInputs, Outcome
from henrei.reports.letters.redaction import Redact
from henrei.reports.letters.resubmission import Resubmission

BY_A_PERSON = "審査による返戻"  # the title of a return without a finding (その他の返戻)
_BY_FEDERATION = "国保連の審査により返戻となりました。"
_BY_CITY = "市の審査により返戻としました。{message}"
_ASK = "理由は下の連絡先へおたずねください。"
_TO_CORRECT = "内容を確かめ、誤りを直して{window}に再請求してください。"


@dataclass(frozen=True)
class Returned:
    """A returned claim or sheet. `yen` is the claim's 給付費; `message` what the city says beside the reasons."""

    key: Key
    subject: Subject
    yen: int | None
    reasons: tuple[Reason, ...]
    resubmission: Resubmission
    message: str = ""


def key_of_finding(finding: Finding) -> Key:
    return finding["subject"], finding["facility_no"], finding["recipient_no"], finding["service_month"]


def key_of_outcome(outcome: Outcome) -> Key:
    kind = SUBJECT_OF_KIND[outcome["kind"]]
    return kind, outcome["facility_no"], outcome["recipient_no"], outcome["service_month"]


def reasons_of(inputs: LetterInputs) -> dict[Key, list[Finding]]:
    """Of every returned claim and sheet the findings that are its reason.

    These are the findings that ask for a return, also if the brake downgraded them; without any, those to be reviewed,
    for which a person then returned it.
    """
    findings: dict[Key, list[Finding]] = defaultdict(list)
    for finding in inputs.findings:
        findings[key_of_finding(finding)].append(finding)
    reasons = {}
    for key in (key_of_outcome(outcome) for outcome in inputs.outcomes if outcome["outcome"] == "返戻"):
        asked = [one for one in findings[key] if one["severity"] == "return" or one["downgraded"]]
        reasons[key] = ranked(asked or [one for one in findings[key] if one["severity"] == "review"])
    return reasons


def returned_of(inputs: LetterInputs, outcome: Outcome, reasons: dict[Key, list[Finding]], redact: Redact) -> Returned:
    """What the facility reads of a returned claim or sheet; `reasons` as from `reasons_of`. There is always a reason."""
    key = key_of_outcome(outcome)
    kind, facility, recipient, month = key
    given = [reason(inputs, finding, redact) for finding in reasons[key]]
    action = _TO_CORRECT.format(window=inputs.window)
    for code, text in inputs.federation.get(key, ()):
        given.append(Reason(code, "", "国保連の返戻", f"{_BY_FEDERATION}{redact(text)}", action))
    message = redact(inputs.messages.get(key, ""))
    if not given:
        given.append(Reason("", "", BY_A_PERSON, _BY_CITY.format(message=message or _ASK), action))
        message = ""  # it is the reason
    if kind == "sheet":
        again = resubmission.of_sheet(inputs.window, decided=key in inputs.sheets_decided)
    else:
        again = resubmission.of_claim(
            {one.code for one in given},
            inputs.window,
            manages=(facility, recipient, month) in inputs.managers,
            sheet_returned=("sheet", facility, recipient, month) in reasons,
        )
    what = subject(inputs, kind, facility, recipient, month)
    return Returned(key, what, outcome["benefit_yen"], tuple(given), again, message)
