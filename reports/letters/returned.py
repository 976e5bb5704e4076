"""Outcomes and findings of a month in, what was returned and why out. Called by the notice and, for its key, returns.csv."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from henrei.checks.catalogue import with_role
from henrei.labels import SUBJECT_OF_KIND
from henrei.reports.letters import resubmission
from henrei.reports.letters.content import Reason, Subject, ranked, reason, subject
from henrei.reports.letters.inputs import Finding, Key, LetterInputs, Outcome
from henrei.reports.letters.instruction import BY_DEADLINE, BY_PETITION, needless, of_federation, reader_of
from henrei.reports.letters.redaction import Redact
from henrei.reports.letters.resubmission import Resubmission

BY_A_PERSON = "審査による返戻"  # the title of a return without a finding (その他の返戻)
_BY_FEDERATION = "国保連の審査により返戻となりました。"
_BY_CITY = "市の審査により返戻としました。{message}"
_ASK = "直すところは、この通知の番号を添えて、お問い合わせ先へお電話ください。"
_AS_THE_CITY_SAYS = f"事由のとおりに直して{BY_DEADLINE}に送ってください。"
_WHEN_KNOWN = f"直すところがわかったら、直して{BY_DEADLINE}に送ってください。"
_AS_FEDERATION_SAYS = f"国保連の示した点を直して{BY_DEADLINE}に送ってください。"


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
    findings, federation = reasons[key], inputs.federation.get(key, ())
    window, alone = window_of(findings), needless(findings)
    given = [reason(inputs, finding, redact, "returned", window, alone=alone) for finding in findings]
    for code, text in federation:
        action = of_federation([code], kind, "returned", _AS_FEDERATION_SAYS).replace("{window}", BY_DEADLINE)
        given.append(Reason(code, "", "国保連の返戻", f"{_BY_FEDERATION}{redact(text)}", action))
    message = redact(inputs.messages.get(key, ""))
    if not given:
        shown = _BY_CITY.format(message=message or _ASK)
        given.append(Reason("", "", BY_A_PERSON, shown, _AS_THE_CITY_SAYS if message else _WHEN_KNOWN))
        message = ""  # it is the reason
    if alone and not federation:
        again = resubmission.NOTHING
    elif kind == "sheet":
        again = resubmission.of_sheet(inputs.window, decided=key in inputs.sheets_decided)
    else:
        again = resubmission.of_claim(
            {one.code for one in given},
            inputs.window,
            reader=reader_of(inputs, facility, recipient, month),
            sheet_returned=("sheet", facility, recipient, month) in reasons,
        )
    what = subject(inputs, kind, facility, recipient, month)
    return Returned(key, what, outcome["benefit_yen"], tuple(given), again, message)


def window_of(findings: Iterable[Finding]) -> str:
    """By when a returned claim or sheet is to be sent, as sentences say it: the deadline has a place of its own."""
    return BY_PETITION if with_role((one["check_code"] for one in findings), "already_decided") else BY_DEADLINE
