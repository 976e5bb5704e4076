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


def test_explain_shows_what_remind_says_before_the_claims_come() -> None:
    page = explain("CRT102")
    assert "請求の前の案内(`henrei remind`): 支給決定の期間が切れる" in page
    assert "請求の前の案内のSQL (checks/certificate/crt102_certificate_expired.remind.sql)" in page
    assert "請求の前の案内" not in explain("AMT702")
