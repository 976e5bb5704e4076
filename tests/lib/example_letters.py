"""Findings of fictional children in, the letters of docs/examples/ out: all states and readers. Called by `make example-letters`
and the test that holds them against what the checks say now.

The sentences are the checks' own, filled as a run fills them; nobody and no facility of these is real.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pypdf

from henrei.checks import findings
from henrei.checks.catalogue import catalogue
from henrei.checks.runner import FINDING_ROWS
from henrei.reports.letters import inquiry, notice
from henrei.reports.letters.inputs import ClaimFacts, Issuer, LetterInputs
from henrei.reports.letters.pdf import Typesetter
from lib.letter_inputs import MAY, outcome

ME, OTHER = "1351000011", "1351000022"
WINDOW = "2026年6月1日から10日まで"
ISSUER = Issuer("架空市", "112992", "療育支援課 給付担当 049-000-0000")
SERVICES = {"61": "児童発達支援", "63": "放課後等デイサービス", "64": "保育所等訪問支援"}
NAMES = ("カクウ ヒトミ", "ホシゾラ タロウ", "ツキミ ハナコ", "コモレビ ソラ", "アオバ リク", "ミナモ ユイ")
CHILDREN = {f"{number:010}": name for number, name in enumerate(NAMES, start=1)}
ONE, TWO, THREE, FOUR, FIVE, SIX = CHILDREN
MONTH = "2026-04"
HEAD = "# 事業所への手紙の例 / Letters to facilities, by example"


@dataclass(frozen=True)
class Example:
    """`title`: what it shows, in both languages; `found`: findings as `found` makes them; `returned`, `paid`: recipients
    (`利` in front: the sheet); `more`: further fields of LetterInputs."""

    kind: str
    title: str
    english: str
    found: tuple[dict[str, Any], ...]
    returned: tuple[str, ...] = ()
    paid: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


def found(code: str, recipient: str = ONE, reason: str = "default", **values: Any) -> dict[str, Any]:
    """A finding as a run of the check gives it; `values`: severity, days, observed, expected, detail, service_type, subject."""
    check = catalogue()[code]
    days = [date(2026, 4, day) for day in values.pop("days", ())]
    given = {"severity": check.severity, "subject": check.subject, "service_type": "63", **values}
    row = {
        "check_code": code,
        "facility_no": ME,
        "recipient_no": recipient or None,
        "service_month": date(2026, 4, 1),
        "reason": reason,
        "use_dates": days,
        "decided_part": False,
        "downgraded": False,
        **given,
    }
    frame = pl.DataFrame([{name: row.get(name) for name in FINDING_ROWS}], schema=FINDING_ROWS)
    (said,) = findings.with_sentences(frame, check, WINDOW, SERVICES).to_dicts()
    sheetlike = given["subject"] != "claim"
    texts = {name: said[name] or "" for name in ("service_type", "observed", "expected", "message", "action")}
    return {
        **said,
        **texts,
        "finding_id": f"{code}{recipient}{reason}",
        "recipient_no": recipient,
        "service_month": MONTH,
        "use_dates": ";".join(day.isoformat() for day in days),
        "other_facilities": "",
        "group_id": "",
        "amount_yen": None if sheetlike else 90_000 + 1_357 * int(recipient or 0),
    }


MANAGED = {"managers": {(ME, one, MONTH) for one in CHILDREN}}
BESIDE = {"managers": {(OTHER, one, MONTH) for one in CHILDREN}}
RECORDED = {
    (ME, one, MONTH): {date(2026, 4, day) for day in range(1 + at, 30, 3 + at % 3)} for at, one in enumerate(CHILDREN)
}
OVER = {"observed": "12", "expected": "10"}
SHEET = {"subject": "sheet", "service_type": None}


def letter_inputs(example: Example) -> LetterInputs:
    """The month of an example."""
    outcomes = []
    for ended, recipients in (("返戻", example.returned), ("決定", example.paid)):
        for one in recipients:
            sheet = one.startswith("利")
            kind = {"kind": "利", "benefit_yen": None} if sheet else {"benefit_yen": 90_000 + 1_357 * int(one)}
            outcomes.append(outcome(one.removeprefix("利"), ended, facility_no=ME, **kind))
    known = {
        "facilities": {ME: "架空こもれび教室"},
        "children": CHILDREN,
        "services": SERVICES,
        "claims": {("claim", ME, one, MONTH): ClaimFacts(("63",), SERVICES["63"], 8_000) for one in CHILDREN},
        "own": {ME: set(CHILDREN)},
        "numbers": {ME, OTHER},
        "rejected": {},
        "sheets_decided": set(),
        "managers": set(),
        "federation": {},
        "days": RECORDED,
        "issued": date(2026, 5, 18) if example.kind == "notice" else date(2026, 5, 11),
        "answer_by": "2026年5月13日(水)",
        **example.more,
    }
    return LetterInputs(
        issuer=ISSUER, month=MAY, window=WINDOW, findings=list(example.found), outcomes=outcomes, **known
    )  # type: ignore[arg-type]


def pdf(example: Example) -> bytes:
    """The letter, without the structure for screen readers, which is half of the file."""
    inputs = letter_inputs(example)
    contents: Mapping[str, Any] = {"inquiry": inquiry, "notice": notice}[example.kind].LETTER.contents(inputs)
    writer = pypdf.PdfWriter()
    for page in pypdf.PdfReader(io.BytesIO(Typesetter(example.kind).pdf(contents[ME], MAY))).pages:
        writer.add_page(page)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def text(data: bytes) -> str:
    """All text of a letter without blanks."""
    return "".join("".join((page.extract_text() or "").split()) for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def file_name(number: int, example: Example) -> str:
    return f"{number:02}-{example.kind}.pdf"


def index(examples: tuple[Example, ...]) -> str:
    """The page that names them."""
    states = {"inquiry": "確認依頼 / inquiry", "notice": "お知らせ / notice"}
    lines = [
        HEAD,
        "",
        "架空の市の、架空の児童と事業所あての手紙です。文は各確認のファイルにあるもので、手紙は henrei が作るものと同じです。",
        "市の決まった前(確認依頼)と、返戻・支払・お知らせのどれになったか、読む事業所が上限額管理事業所・関係事業所・",
        "届出のない事業所のどれかで、文が変わります。文を変えたら `make example-letters` で作り直します。",
        "",
        "Letters of a fictional city to fictional facilities, as henrei makes them; the sentences stand in the checks' headers.",
        "They go by what became of a claim (asked, returned, paid, nothing to do) and by the reader's role (cap manager, related",
        "facility, biller). `make example-letters` makes them anew.",
        "",
        "| | 手紙 | 見どころ | What it shows |",
        "|---|---|---|---|",
    ]
    for number, one in enumerate(examples, start=1):
        name = file_name(number, one)
        lines.append(f"| {number} | [{states[one.kind]}]({name}) | {one.title} | {one.english} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    from lib.example_letters_list import EXAMPLES

    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.pdf"):
        old.unlink()
    for at, one in enumerate(EXAMPLES, start=1):
        (folder / file_name(at, one)).write_bytes(pdf(one))
    (folder / "README.md").write_text(index(EXAMPLES), encoding="utf-8", newline="\n")
