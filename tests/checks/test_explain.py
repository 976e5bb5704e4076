"""`henrei explain`: every check in full, with its law."""

from __future__ import annotations

import pytest

from henrei.checks import scaffold
from henrei.checks.catalogue import Check, catalogue
from henrei.checks.explain import explain


@pytest.mark.parametrize("check", catalogue().values(), ids=lambda check: check.code)
def test_a_check_says_everything(check: Check) -> None:
    page = explain(check.code)
    assert scaffold.BLANK not in page, "something is still to be written"
    for part in (
        check.title,
        check.source,
        check.logic,
        check.why,
        "事業所への説明と、すること",
        "expect: none",
        check.sql,
    ):
        assert part in page
    assert "{" not in page.partition("判定のSQL")[0], "a place without words"
    assert check.file == f"{check.code.lower()}_{check.name.replace('-', '_')}.sql"


def test_explain_names_the_law_behind_views() -> None:
    """DAY202 reads the allowance rule through a view only."""
    assert "data/rules/allowance.csv" in explain("DAY202")
