"""`make new-check`: the two files a new check begins with."""

from __future__ import annotations

from pathlib import Path

import pytest

from henrei.checks import examples, scaffold
from henrei.checks.catalogue import parse
from henrei.errors import HenreiError


def test_a_new_check_is_made_and_asks_to_be_written(tmp_path: Path) -> None:
    (tmp_path / "days").mkdir()
    sql, cases = scaffold.make("DAY299", "days-before-contract", tmp_path)
    assert sql == tmp_path / "days" / "day299_days_before_contract.sql"
    check = parse(sql.read_text(encoding="utf-8"), "days", sql.name)
    assert (check.code, check.name, scaffold.BLANK in check.title) == ("DAY299", "days-before-contract", True)
    made = examples.parse(cases.read_text(encoding="utf-8"))
    assert [len(case.expect or []) for case in made] == [1, 0]  # the first fails until the SQL is written


@pytest.mark.parametrize(
    ("code", "name", "message"),
    [
        ("XYZ100", "a-name", "CODE「XYZ100」"),
        ("DAY21", "a-name", "CODE「DAY21」"),
        ("DAY299", "A name", "NAME「A name」"),
        ("DAY201", "another-name", "もうあります"),
        ("DAY299", "same-day-twice", "もうあります"),
    ],
)
def test_a_new_check_needs_a_free_code_and_name(tmp_path: Path, code: str, name: str, message: str) -> None:
    with pytest.raises(HenreiError, match=message):
        scaffold.make(code, name, tmp_path)
    assert list(tmp_path.iterdir()) == []
