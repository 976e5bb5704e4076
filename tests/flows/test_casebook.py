"""casebook.html through a month: written with the worklist by run, decide, answers and close, gone after reopen and purge;
what it says is what the other files say.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import openpyxl
import pytest

from henrei.flows import commit
from henrei.flows.purge_plan import going
from henrei.home import Home
from lib import inputs
from lib.casebook_cases import MAY, card, embedded
from lib.home_history import APRIL, ONE, TWO, decide, henrei, last_line, summary

NAME = "casebook.html"


@pytest.fixture
def ran(worklist_home: Path, tmp_path: Path) -> Path:
    """A home whose May is run, with something on every sheet of the worklist."""
    return Path(shutil.copytree(worklist_home, tmp_path / "home"))


def page(home: Path) -> Path:
    return home / "out" / inputs.REVIEW / NAME


def facts_of(home: Path) -> dict:
    return embedded(page(home).read_bytes())


@pytest.mark.slow
def test_its_totals_are_those_of_the_other_files(ran: Path) -> None:
    facts, out = facts_of(ran), ran / "out" / inputs.REVIEW
    findings, undetermined = (inputs.read_table(out / f"{name}.csv") for name in ("findings", "undetermined"))
    claims = summary(ran)["claims"]
    assert facts["totals"] == {
        "cases": len(facts["cases"]["number"]),
        "findings": len(findings),
        "return_claims": claims["with_return_finding"],
        "return_yen": claims["with_return_finding_yen"],
    }
    cards = [card(facts, number) for number in facts["cases"]["number"]]
    assert {row["finding_id"] for tables in cards for row in tables.get("findings", [])} == {
        row["finding_id"] for row in findings
    }
    unjudged = [row for row in undetermined if row["facility_no"] or row["recipient_no"]]
    shown = [row for tables in cards for row in tables.get("undetermined", [])]
    assert sum(row["claims"] or 1 for row in shown) == len(unjudged)


def test_a_card_holds_the_child_s_certificate_days_and_claims(ran: Path) -> None:
    facts = facts_of(ran)
    (number,) = [
        n for n, people in zip(facts["cases"]["number"], facts["cases"]["people"], strict=True) if people == [ONE]
    ]
    tables = card(facts, number)
    assert facts["children"][ONE] == "=1+1"
    assert [(row["burden_cap"], row["file"], row["line"]) for row in tables["recipients"]] == [
        (4600, "recipients.csv", 2)
    ]
    assert [(row["grant_code"], row["allowance_days"], row["valid_to"]) for row in tables["grants"]] == [
        ("631000", 10, "2027-03-31")
    ]
    assert {row["facility_no"] for row in tables["claims"]} == {inputs.A, inputs.B}
    assert {(row["facility_no"], row["use_date"]) for row in tables["days"]} >= {
        (facility, f"2026-04-{day:02}") for facility in (inputs.A, inputs.B) for day in (1, 2)
    }
    assert {row["check_code"] for row in tables["findings"]} == {"DAY201"}
    assert [row["facility_name"] for row in tables["facilities"]] == ["+架空の森", "架空の家"]


@pytest.mark.slow
def test_decide_and_close_write_it_again_and_reopen_takes_it_away(ran: Path) -> None:
    before = page(ran).read_bytes()
    assert decide(ran, inputs.REVIEW, f"claim,{inputs.A},{ONE},{APRIL},accept,電話で確認") == 0
    facts = facts_of(ran)
    assert page(ran).read_bytes() != before
    assert not facts["closed"] and True in facts["cases"]["open"]
    of_child = next(
        number
        for number, people in zip(facts["cases"]["number"], facts["cases"]["people"], strict=True)
        if people == [ONE]
    )
    decided = card(facts, of_child)["decisions"]
    assert [(row["facility_no"], row["decision"], row["note"]) for row in decided] == [
        (inputs.A, "accept", "電話で確認")
    ]
    assert henrei(ran, "close", inputs.REVIEW, "--undecided", "return") == 0
    facts = facts_of(ran)
    assert facts["closed"] and True not in facts["cases"]["open"]
    outcomes = {(row["subject"], row["facility_no"]): row["outcome"] for row in card(facts, of_child)["closed"]}
    assert outcomes[("claim", inputs.A)] == "決定"
    assert henrei(ran, "reopen", inputs.REVIEW) == 0
    assert not page(ran).exists()
    assert henrei(ran, "run", inputs.REVIEW) == 0
    assert not facts_of(ran)["closed"]


@pytest.mark.slow
def test_a_close_that_was_cut_off_is_finished_with_its_casebook(
    ran: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(commit, "publish_casebook", lambda _folder: 1 / 0)
        assert henrei(ran, "close", inputs.REVIEW, "--undecided", "accept") == 2
    assert not facts_of(ran)["closed"]
    assert henrei(ran, "dashboard") == 0
    assert facts_of(ran)["closed"]
    assert "前回途中で止まった close 2026-05 の残りを仕上げました" in capsys.readouterr().err


@pytest.mark.slow
def test_a_page_that_a_program_holds_is_named_before_anything_is_done(
    ran: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = page(ran).read_bytes()
    monkeypatch.setattr("henrei.files.is_open_elsewhere", lambda path: path.name == NAME)
    line = f"{page(ran)} に書けません。Excelなどで開いていれば閉じて、もう一度実行してください"
    for command in (("run", inputs.REVIEW), ("close", inputs.REVIEW, "--undecided", "return")):
        assert henrei(ran, *command) == 2
        assert last_line(capsys) == line
    assert decide(ran, inputs.REVIEW, f"claim,{inputs.A},{TWO},{APRIL},return,") == 2
    assert last_line(capsys) == line
    assert page(ran).read_bytes() == before and not (ran / "books" / inputs.REVIEW / "decisions.csv").exists()


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX systems")
def test_it_is_its_owner_s_alone(ran: Path) -> None:
    assert page(ran).stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_a_purge_takes_it_with_the_month(ran: Path) -> None:
    assert henrei(ran, "close", inputs.REVIEW, "--undecided", "return") == 0
    assert page(ran) in going(Home(ran), MAY, set())


def linked_rows(home: Path) -> set[tuple[int, str, int]]:
    """Every number of a case in the worklist, with the sheet and the row that it stands in; each opens the casebook."""
    book = openpyxl.load_workbook(home / "out" / inputs.REVIEW / "worklist.xlsx")
    found = set()
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink is not None:
                    assert cell.hyperlink.target == NAME
                    found |= {(int(number), sheet.title, cell.row) for number in str(cell.value).split("・")}
    return found


@pytest.mark.slow
@pytest.mark.parametrize("closed", [False, True])
def test_every_row_of_the_worklist_and_its_case_name_each_other(ran: Path, closed: bool) -> None:
    if closed:
        assert henrei(ran, "close", inputs.REVIEW, "--undecided", "return") == 0
    cases = facts_of(ran)["cases"]
    named = {(n, *place) for n, places in zip(cases["number"], cases["places"], strict=True) for place in places}
    rows = linked_rows(ran)
    assert named == rows
    assert {number for number, _, _ in rows} == set(cases["number"])
