"""What a command that was cut off left in a home is finished or forgotten by the next one."""

from __future__ import annotations

from datetime import date

import pytest

from henrei.errors import HenreiError
from henrei.files import sha256, staged_name, write_atomic
from henrei.flows.recovery import locked, recover
from henrei.home import Home
from henrei.publication import CASEBOOK, CASEBOOK_NAME, NOTICES, RUN, WORKLIST, WORKLIST_NAME
from henrei.reports.letters.inquiry import LETTER as INQUIRY
from henrei.store import journal, load, pending, tables
from henrei.store.database import open_store

MAY = date(2026, 5, 1)
OUTCOMES = b"kind,facility_no,recipient_no,service_month,outcome,benefit_yen\r\n"
FORGOTTEN = "前回の {} 2026-05 は途中で止まり、何も変えていません。必要ならもう一度実行してください"
FINISHED = "前回途中で止まった {} 2026-05 の残りを仕上げました"


@pytest.fixture
def home(home_with_store: Home) -> Home:
    return home_with_store


def begin(home: Home, command: str, proof: str = "", **more: object) -> journal.Entry:
    """A command has written down what it is about to do."""
    entry = journal.entry(command, MAY, **more)
    pending.begin(home, entry, proof)
    return entry


def commands(home: Home) -> list[str]:
    return [line["command"] for line in journal.read(home)]


def test_nothing_is_left(home: Home) -> None:
    assert recover(home) is None


@pytest.mark.parametrize("command", ["run", "decide", "close", "reopen"])
def test_before_its_decisive_step_a_command_is_forgotten(home: Home, command: str) -> None:
    if command == "reopen":  # the month is still closed
        write_atomic(home.books(MAY) / "outcomes.csv", OUTCOMES)
    begin(home, command, proof=sha256(b"what is not there"))
    assert recover(home) == FORGOTTEN.format(command)
    assert commands(home) == []
    assert pending.read(home) is None
    assert recover(home) is None


@pytest.mark.parametrize(("command", "name"), [("decide", "decisions.csv"), ("close", "outcomes.csv")])
def test_a_file_of_books_that_has_come_is_followed_by_the_rest(home: Home, command: str, name: str) -> None:
    begin(home, command, proof=sha256(OUTCOMES))
    write_atomic(home.books(MAY) / name, OUTCOMES)
    assert recover(home) == FINISHED.format(command)
    assert commands(home) == [command]
    assert home.dashboard.exists() == home.return_rates.exists() == (command == "close")
    assert recover(home) is None


def test_a_decide_whose_decisions_have_come_gets_its_worklist(home: Home) -> None:
    begin(home, "decide", proof=sha256(OUTCOMES))
    WORKLIST.stage(home.out(MAY), [(WORKLIST_NAME, b"as the book is")])
    CASEBOOK.stage(home.out(MAY), [(CASEBOOK_NAME, b"with all evidence")])
    write_atomic(home.books(MAY) / staged_name("conflicts.csv"), b"decision\r\n")
    write_atomic(home.books(MAY) / "decisions.csv", OUTCOMES)
    assert recover(home) == FINISHED.format("decide")
    assert (home.out(MAY) / WORKLIST_NAME).read_bytes() == b"as the book is"
    assert (home.books(MAY) / "conflicts.csv").is_file()
    assert (home.out(MAY) / CASEBOOK_NAME).read_bytes() == b"with all evidence"
    assert sorted(path.name for path in home.out(MAY).iterdir()) == [CASEBOOK_NAME, WORKLIST_NAME]


def test_another_file_in_its_place_is_not_the_step(home: Home) -> None:
    begin(home, "decide", proof=sha256(b"these decisions"))
    write_atomic(home.books(MAY) / "decisions.csv", b"the decisions before")
    assert recover(home) == FORGOTTEN.format("decide")


def test_a_month_that_is_open_again_is_reopened(home: Home) -> None:
    begin(home, "reopen")
    home.out(MAY).mkdir(parents=True)
    for name in ("payments.csv", CASEBOOK_NAME):
        (home.out(MAY) / name).touch()
    assert recover(home) == FINISHED.format("reopen")
    assert list(home.out(MAY).iterdir()) == []


def test_a_run_whose_database_has_come_is_published(home: Home) -> None:
    entry = begin(home, "run")
    RUN.stage(home.out(MAY), [(name, b"new") for name in RUN.entries])
    with open_store(home) as con:
        load.keep_results(con, MAY, {}, dict.fromkeys(tables.RUN_STATE, "x") | {"run": entry["id"]})
    assert recover(home) == FINISHED.format("run")
    assert sorted(path.name for path in home.out(MAY).iterdir()) == sorted(RUN.entries)
    assert [line["id"] for line in journal.read(home)] == [entry["id"]]


def test_what_was_prepared_and_never_counted_goes(home: Home) -> None:
    for publication in (RUN, WORKLIST, CASEBOOK, NOTICES, INQUIRY.publication):
        publication.stage(home.out(MAY), [])
    for folder in (home.work, home.verification):
        folder.mkdir(parents=True)
    for path in (home.books(MAY) / staged_name("inputs.csv"), home.out() / staged_name("return_rates.csv")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert recover(home) is None
    assert not home.work.exists() and not home.verification.exists()
    assert [path for root in (home.out(), home.books()) for path in root.rglob("*") if path.is_file()] == []
    assert list(home.out(MAY).iterdir()) == []


@pytest.mark.parametrize("text", ["", "[]", '{"entry": {}}'])
def test_an_intent_that_cannot_be_read_stops_every_command(home: Home, text: str) -> None:
    path = pending.path_of(home)
    write_atomic(path, text.encode())
    with pytest.raises(HenreiError) as refused:
        recover(home)
    assert str(refused.value) == f"{path} が壊れています。控えから戻すか、保守担当へ知らせてください"


def test_an_intent_of_a_later_version_is_left_to_it(home: Home) -> None:
    begin(home, "archive")
    with pytest.raises(HenreiError, match=r"を読めません。新しい版の henrei で続けてください$"):
        recover(home)
    assert pending.read(home) is not None


def test_the_next_command_reports_what_was_finished(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    begin(home, "run")
    with locked(home):
        assert capsys.readouterr().err == f"※ {FORGOTTEN.format('run')}\n"
    with locked(home):
        assert capsys.readouterr().err == ""
