"""Headers of checks: what must fit together, and that nothing outside checks/ knows a check by its code."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import henrei.checks
from henrei.checks import runner
from henrei.checks.catalogue import Check, catalogue, parse, with_role
from lib.paths import ROOT

HEADER = """-- code = "DAY299"
-- name = "a-name"
-- title = "題"
-- severity = "review"
-- subject = "claim"
-- needs = []
-- source = "出典"
-- why = "なぜ"
-- logic = "判定"
-- role = "lacks_sheet"
-- days = true
-- [message]
-- default = "文"
-- [message_all_cities]
-- default = "{cities}市町村の文"
-- [asked]
-- default = "お知らせください。"
-- "default.manager" = "結果票も送ってください。"
-- [returned]
-- default = "{window}に再請求してください。"
-- [paid]
-- default = "確かめてください。"
-- [known]
-- default = "次から気をつけてください。"
SELECT 1
"""


def test_a_header_becomes_a_check() -> None:
    check = parse(HEADER, "days", "a.sql")
    assert (check.code, check.role, check.days, check.sql) == ("DAY299", "lacks_sheet", True, "SELECT 1")
    assert check.message_all_cities == {"default": "{cities}市町村の文"}


def test_a_header_may_leave_out_what_only_some_checks_have() -> None:
    check = parse(
        "\n".join(
            line
            for line in HEADER.splitlines()
            if "all_cities" not in line and "{cities}" not in line and "role" not in line and "days" not in line
        ),
        "days",
        "a.sql",
    )
    assert (check.role, check.days, check.message_all_cities) == (None, False, {})


@pytest.mark.parametrize(
    ("line", "instead", "fault"),
    [
        ('severity = "review"', 'severity = "grave"', "severity or subject"),
        ('subject = "claim"', 'subject = "child"', "severity or subject"),
        ('role = "lacks_sheet"', 'role = "lacks"', "role is none of first_review, already_decided, lacks_sheet"),
        ("days = true", "days = 1", "days is true or false"),
        ("days = true", "day = true", "not whole"),
        ("needs = []", "", "not whole"),
        ("[asked]\n-- default", "[asked]\n-- other", r"\[asked\] other: no such reason or reader"),
        ('"default.manager"', '"default.mother"', r"\[asked\] default.mother: no such reason or reader"),
        ("[paid]\n-- default", "[paid]\n-- default.related", r"\[paid\] default: no text"),
        (
            '[known]\n-- default = "次から',
            '[known]\n-- default = "{detail}',
            r"\[known\] default: no such placeholder: detail",
        ),
        ('[paid]\n-- default = "確かめてください。"', "", r"\[paid\] says nothing of default"),
        ('subject = "claim"', 'subject = "facility"', r"\[returned\] is not for a check of facility"),
        ("[message_all_cities]\n-- default", "[message_all_cities]\n-- other", "message and message_all_cities"),
    ],
)
def test_a_header_whose_parts_do_not_fit(line: str, instead: str, fault: str) -> None:
    assert HEADER.count(f"-- {line}") == 1
    with pytest.raises(ValueError, match=f"days/a.sql: .*{fault}"):
        parse(HEADER.replace(f"-- {line}", f"-- {instead}"), "days", "a.sql")


def test_the_sentence_for_a_state_goes_by_reason_and_reader() -> None:
    check = dataclasses.replace(
        parse(HEADER, "days", "a.sql"),
        message={"a": "", "b": ""},
        asked={"a": "A", "a.manager": "管理事業所のA", "default": "ほか", "default.related": "関係事業所のほか"},
    )
    said = {
        (reason, reader): check.sentence("asked", reason, reader)
        for reason in "ab"
        for reader in ("", "manager", "related")
    }
    assert said == {
        ("a", ""): "A",
        ("a", "manager"): "管理事業所のA",
        ("a", "related"): "A",
        ("b", ""): "ほか",
        ("b", "manager"): "ほか",
        ("b", "related"): "関係事業所のほか",
    }
    assert check.sentence("asked", "", "related") == "関係事業所のほか"  # of a version that kept no reason


def test_the_contract_names_every_field_and_every_column() -> None:
    fields = {field.name for field in dataclasses.fields(Check)} - {"group", "file", "sql"}
    columns = set(runner.RETURNED) - {"check_code", "usual_severity", "usual_subject", "usual_at_issue"}
    names = set(re.findall(r"\w+", henrei.checks.__doc__ or ""))
    assert fields | columns <= names
    assert set(runner.FINDING_ROWS) >= columns - {
        "use_date",
        "other_facility",
        "undetermined",
        "at_most",
        "units_at_issue",
        "days_at_issue",
    }


def test_roles_are_asked_of_codes() -> None:
    """Codes of others, such as the federation's own, have none."""
    lacks = {code for code in catalogue() if with_role([code], "lacks_sheet")}
    assert len(lacks) == 2
    assert with_role(["EG02", "", *lacks], "lacks_sheet") and not with_role(["EG02", ""], "lacks_sheet")


# Parts of sentences that show people how a code is written.
_EXAMPLES = ('"CAP301" のように', '# CAP301 = "return"', 'CRT102 = "S001"', "例 DAY201", "例 CODE=DAY299")


def test_nothing_outside_checks_knows_a_check_by_its_code() -> None:
    """What reports and commands must know of a check is in its header."""
    prefixes = {code[:3] for code in catalogue()}
    code = re.compile(rf"\b(?:{'|'.join(sorted(prefixes))})\d{{3}}\b")
    prefix = re.compile(rf"""(["'])(?:{"|".join(sorted(prefixes))})%?\1""")
    known = {}
    for path in _product():
        text = path.read_text(encoding="utf-8")
        for example in _EXAMPLES:
            text = text.replace(example, "")
        if mentions := [match[0] for match in (*code.finditer(text), *prefix.finditer(text))]:
            known[path.relative_to(ROOT).as_posix()] = mentions
    assert known == {}


def _product() -> Iterator[Path]:
    for folder in ("henrei", "schemas", "store", "data/rules", "flows", "reports"):
        for suffix in ("py", "sql", "toml", "typ", "html", "js"):
            yield from (path for path in sorted((ROOT / folder).rglob(f"*.{suffix}")) if "vega" not in path.parts)
    yield from (ROOT / "checks").glob("*.py")
