"""What is written about the checks: docs/checks.md, `henrei explain`, and the start of a new check."""

from __future__ import annotations

from pathlib import Path

import pytest

from henrei.checks import docs_page, examples, scaffold
from henrei.checks.catalogue import Check, catalogue, parse
from henrei.checks.explain import explain
from henrei.errors import HenreiError
from lib.paths import ROOT


def test_docs_are_fresh() -> None:
    """`make docs` writes the page anew."""
    assert (ROOT / "docs" / "checks.md").read_text(encoding="utf-8") == docs_page.text()


@pytest.mark.parametrize("check", catalogue().values(), ids=lambda check: check.code)
def test_a_check_says_everything(check: Check) -> None:
    said = explain(check.code)
    assert scaffold.BLANK not in said, "something is still to be written"
    for part in (
        check.title,
        check.source,
        check.logic,
        check.why,
        "事業所への説明と、すること",
        "expect: none",
        check.sql,
    ):
        assert part in said
    assert "{" not in said.partition("判定のSQL")[0], "a place without words"
    assert check.file == f"{check.code.lower()}_{check.name.replace('-', '_')}.sql"


def test_explain_names_the_law_behind_views() -> None:
    """DAY202 reads the allowance rule through a view only."""
    assert "data/rules/allowance.csv" in explain("DAY202")


def test_a_new_check_is_made_and_asks_to_be_written(tmp_path: Path) -> None:
    (tmp_path / "days").mkdir()
    sql, cases = scaffold.make("DAY210", "days-before-contract", tmp_path)
    assert sql == tmp_path / "days" / "day210_days_before_contract.sql"
    check = parse(sql.read_text(encoding="utf-8"), "days", sql.name)
    assert (check.code, check.name, scaffold.BLANK in check.title) == ("DAY210", "days-before-contract", True)
    made = examples.parse(cases.read_text(encoding="utf-8"))
    assert [len(case.expect or []) for case in made] == [1, 0]  # the first fails until the SQL is written


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        ("XYZ100", "a-name", "CODE「XYZ100」"),
        ("DAY21", "a-name", "CODE「DAY21」"),
        ("DAY210", "A name", "NAME「A name」"),
        ("DAY201", "another-name", "もうあります"),
        ("DAY210", "same-day-twice", "もうあります"),
    ],
)
def test_a_new_check_needs_a_free_code_and_name(tmp_path: Path, code: str, name: str, said: str) -> None:
    with pytest.raises(HenreiError, match=said):
        scaffold.make(code, name, tmp_path)
    assert list(tmp_path.iterdir()) == []
