"""The pages of a casebook: one for all cases, or an index and a page for each group of facilities."""

from __future__ import annotations

import re

import pytest

from henrei.checks.catalogue import catalogue
from henrei.reports.casebook import build, page
from henrei.reports.cases import Place
from lib.casebook_cases import card, casebook, embedded, finding_row
from lib.inputs import A, B

EVIL = "</script><img src=x onerror=alert(1)>"


def test_cases_are_on_one_page_with_their_places_in_the_worklist() -> None:
    places = {1: (Place("1 決定", 12), Place("4 指摘", 3))}
    findings = [
        finding_row("DAY201", A, "0000000001", amount_yen=9000),
        finding_row("DAY203", B, "0000000002", "notice"),
    ]
    data = casebook(findings, places=places, children={"0000000001": EVIL})
    ((name, made),) = build(data)
    facts = embedded(made)
    assert name == "casebook.html"
    assert EVIL.encode() not in made and facts["children"] == {"0000000001": EVIL}
    assert facts["cases"]["number"] == [1, 2]
    assert facts["cases"]["places"] == [[["1 決定", 12], ["4 指摘", 3]], []]
    assert facts["cases"]["sign"] == ["return", "notice"]
    assert facts["cases"]["open"] == [True, False]
    assert facts["cases"]["yen"] == [9000, 0]
    check = catalogue()["DAY201"]
    assert facts["checks"]["DAY201"] == [check.title, check.source, check.logic]
    assert build(data) == [(name, made)]


def test_the_order_in_which_names_were_found_changes_no_byte() -> None:
    names = {"0000000001": "カクウ", "0000000002": "ヒトミ"}
    one, other = (
        casebook([finding_row("DAY201", A, "0000000001")], children=found, facilities=found, services=found)
        for found in (names, dict(reversed(names.items())))
    )
    assert build(one) == build(other)


def test_a_decision_or_a_close_settles_a_case() -> None:
    finding = finding_row("DAY201", A, "0000000001")
    key = {name: finding[name] for name in ("subject", "facility_no", "recipient_no", "service_month")}
    texts = {"note": "", "answer": "", "message": ""}
    for decision, is_open in (("hold", True), ("", True), ("accept", False)):
        data = casebook([finding], decisions=[{**key, **texts, "decision": decision}])
        ((_, made),) = build(data)
        assert embedded(made)["cases"]["open"] == [is_open], decision


def test_very_many_cases_have_an_index_and_a_page_for_each_group_of_facilities(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_CARDS", 3)
    monkeypatch.setattr(page, "_OF_GROUP", 2)
    findings = [
        finding_row("DAY201", facility, f"000000000{at}") for at, facility in enumerate((B, A, A, B, "1350000009"))
    ]
    data = casebook(findings)
    data.tables = data._own(data.frames["case_keys"])
    pages = dict(build(data))
    assert list(pages) == ["casebook.html", "casebook/01.html", "casebook/02.html", "casebook/03.html"]
    index = embedded(pages["casebook.html"])
    assert index["tables"] == [] and index["cases"]["number"] == [1, 2, 3, 4, 5]
    found = {}
    for name in list(pages)[1:]:
        facts = embedded(pages[name])
        assert b'<a href="../casebook.html">' in pages[name]
        for number in facts["cases"]["number"]:
            found[number] = name
            (row,) = card(facts, number)["findings"]
            (own,) = [case for case in data.cases.all if case.number == number]
            assert row["finding_id"] == own.findings[0]["finding_id"]
    assert [found[number] for number in index["cases"]["number"]] == index["cases"]["link"]
    assert {frozenset(embedded(pages[name])["cases"]["facilities"][0]) for name in list(pages)[1:]} == {
        frozenset({A}), frozenset({B}), frozenset({"1350000009"})
    }  # fmt: skip


def test_a_page_asks_nobody() -> None:
    ((_, made),) = build(casebook([]))
    text = made.decode("utf-8")
    assert "default-src 'none'" in text and '<html lang="ja">' in text
    assert re.findall(r"https?://[^\s\"]+", text) == ["http://www.w3.org/2000/svg"]  # a name, not an address
    assert "fetch(" not in text and "XMLHttpRequest" not in text
