"""What letters say of a finding: every check × state × reader by the same rules, and every message of every example."""

from __future__ import annotations

import itertools
import re

import pytest

from henrei.checks.catalogue import OF_MESSAGE, OF_STATE, READERS, Check, catalogue

# As a letter has them; a sentence with them must read like one with any other.
VALUES = {
    "dates": "4月1日・4月2日",
    "observed": "4,600円",
    "expected": "9,300円",
    "services": "放課後等デイサービス",
    "month": "2026年4月分",
    "detail": "給付費 157,135円",
    "window": "2026年6月1日から10日まで",
    "kind": "「2 修正」",
}
SENTENCES = [
    pytest.param(check, state, reason, reader, id=f"{check.code}-{state}-{reason}-{reader or 'all'}")
    for check in catalogue().values()
    for state, reason in itertools.product(check.states, check.message)
    for reader in ("", *READERS)
    if not reader or check.sentence(state, reason, reader) != check.sentence(state, reason)
]
MESSAGES = [
    pytest.param(check, reason, id=f"{check.code}-{reason}")
    for check in catalogue().values()
    for reason in check.message
]
ISO = re.compile(r"\d{4}-\d{2}")
UNGROUPED = re.compile(r"\d{4,}(?:円|単位)")
FILE = re.compile(r"\.csv|\.toml|data/rules|henrei")
CONDITION = re.compile(r"返戻となった場合|返戻の場合|返戻となったとき|返戻になったとき")
SEND_AGAIN = re.compile(r"再請求|送り直|再提出|\{window\}|\{kind\}")
# What a state has no room for.
IMPOSSIBLE = {
    "asked": re.compile(r"返戻し|\{kind\}"),
    "returned": re.compile(rf"締めまで|お知らせください|{CONDITION.pattern}"),
    "paid": re.compile(rf"締めまで|お知らせください|{SEND_AGAIN.pattern}|{CONDITION.pattern}"),
    "known": re.compile(rf"締めまで|お知らせください|\{{kind\}}|{CONDITION.pattern}"),
}


def faults(check: Check, state: str, text: str) -> list[str]:
    """What is wrong with a sentence of a state."""
    filled = text.format_map(VALUES)
    rules = {
        "no sentence": not text,
        "a date as machines write it": bool(ISO.search(filled)),
        "yen without its commas": bool(UNGROUPED.search(filled)),
        "a name of ours": bool(FILE.search(text)),
        "impossible in this state": bool(IMPOSSIBLE[state].search(text)),
        "who is 相手方?": "相手方" in text,
        "two deadlines": text.count("{window}") > 1,
        "nothing to send, and a deadline": bool(re.search("要りません|必要はありません", text.split("。")[0]))
        and "{window}" in text.split("。")[0],
        "a deadline where nothing is decided": state == "asked"
        and check.subject != "petition"
        and bool(SEND_AGAIN.search(text)),
        "no deadline where it was returned": state == "returned"
        and not re.search(r"\{window\}|処理の月|必要はありません", text),
        "more than two sentences": text.count("。") > 2,
        "does not end": not text.endswith("。"),
    }
    return [name for name, broken in rules.items() if broken]


@pytest.mark.parametrize(("check", "state", "reason", "reader"), SENTENCES)
def test_a_sentence_fits_its_state_and_its_reader(check: Check, state: str, reason: str, reader: str) -> None:
    text = check.sentence(state, reason, reader)
    assert faults(check, state, text) == []
    other = {"manager": "関係事業所は", "related": "管理事業所は、"}.get(reader)
    assert other is None or other not in text


@pytest.mark.parametrize(("check", "reason"), MESSAGES)
def test_a_message_is_a_fact_in_every_state(check: Check, reason: str) -> None:
    text = check.message[reason]
    assert not re.search(r"ください|返戻と(?:なった|なる)|締め|見込み|このままでは|相手方", text)
    assert not FILE.search(text)
    assert set(re.findall(r"\{(\w+)\}", text)) <= set(OF_MESSAGE)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{month}の分は2026-10-01からです。", "a date as machines write it"),
        ("157135円を直して{window}に再請求してください。", "yen without its commas"),
        ("返戻となった場合は{window}に送ってください。", "impossible in this state"),
        ("相手方を確かめて{window}に再請求してください。", "who is 相手方?"),
        ("{window}に直し、{window}に送ってください。", "two deadlines"),
        ("再提出する必要はありませんが、{window}に送れます。", "nothing to send, and a deadline"),
        ("直してください。", "no deadline where it was returned"),
        ("直す。直す。{window}に再請求してください。", "more than two sentences"),
        ("recipients.csvを見て{window}に再請求してください。", "a name of ours"),
        ("{window}に再請求", "does not end"),
    ],
)
def test_the_rules_find_what_they_are_for(text: str, fault: str) -> None:
    assert fault in faults(catalogue()["CRT101"], "returned", text)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("paid", "直して送り直してください。"),
        ("paid", "{window}に送ってください。"),
        ("known", "この月の締めまでに市へ送ってください。"),
        ("asked", "直して再請求してください。"),
    ],
)
def test_what_a_state_has_no_room_for(state: str, text: str) -> None:
    assert {"impossible in this state", "a deadline where nothing is decided"} & set(
        faults(catalogue()["CRT101"], state, text)
    )


def test_every_placeholder_has_a_value_here() -> None:
    assert set(VALUES) == {*OF_MESSAGE, *OF_STATE}
