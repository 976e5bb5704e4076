"""henrei/cli/menu.py: a clerk's answers → the lines shown and the commands called; only q and the end of input leave it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from henrei import cli
from henrei.cli.menu import Menu, Step, default_month
from henrei.data import fictional
from henrei.flows.init import make_home
from henrei.home import Home

MONTH = "2026-05"


class Clerk:
    """Types the given answers, then ends the input; keeps the lines shown and the commands called."""

    def __init__(self, *answers: str, do: Callable[[list[str]], int] | None = None) -> None:
        self.answers, self.shown, self.called = list(answers), list[str](), list[list[str]]()
        self._do = do

    def ask(self, prompt: str) -> str:
        self.shown.append(prompt)
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)

    def do(self, arguments: list[str]) -> int:
        self.called.append(arguments)
        return self._do(arguments) if self._do else 0

    def use(self, home: Path) -> str:
        assert Menu(Home(home), self.do, self.ask, self.shown.append, date(2026, 6, 11)).run() == 0
        assert not self.answers, "left before the end"
        return "\n".join(self.shown)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_home(Home(tmp_path / "home"), "架空市", "112992")
    return tmp_path / "home"


def test_the_month_is_the_newest_folder_else_this_month(home: Path) -> None:
    today = date(2026, 6, 11)
    assert default_month(Home(home), today) == "2026-06"
    for name in ("2026-04", "2026-05", "控え", "2026-13"):
        (home / "inbox" / name).mkdir()
    assert default_month(Home(home), today) == "2026-05"


def test_a_new_home_is_made_only_when_wanted(tmp_path: Path) -> None:
    clerk = Clerk("n")
    clerk.use(tmp_path / "new")
    assert clerk.called == []
    clerk = Clerk("ｙ", "", "q", do=cli.main)  # full-width, as an input method leaves it
    assert "審査月 2026-06" in clerk.use(tmp_path / "new")
    assert Home(tmp_path / "new").exists()


def test_receiving_makes_the_folder_and_names_the_missing_ledgers(home: Path) -> None:
    (home / "inbox" / "2026-04").mkdir()
    shutil.copy2(home / "ledgers" / "grants.csv", home / "inbox" / "2026-04" / "grants.csv")
    shown = Clerk("2026-05", "1", "y", "q").use(home)
    assert (home / "inbox" / MONTH).is_dir()
    assert "届いたファイル: 0" in shown and "台帳 recipients.csv(" in shown
    assert any("grants.csv" in line and "2026-04 のものを使います" in line for line in shown.splitlines())
    (home / "inbox" / MONTH / "K6100000.CSV").write_bytes(b"")
    shown = Clerk("", "1", "q").use(home)
    assert "届いたファイル: 1" in shown and "  K6100000.CSV" in shown and "2 確認  ← 次" in shown


def test_each_step_calls_its_command(home: Path) -> None:
    (home / "inbox" / MONTH).mkdir()
    worklist = str(home / "out" / MONTH / "worklist.xlsx")
    clerk = Clerk(
        "", "２", "3", "4", "", "4", '"C:/a b.xlsx"; c.csv', "5", "", "y", "5", "返戻", "y", "5", "2", "y", "6", "q"
    )
    clerk.use(home)
    assert all(call[-2:] == ["--home", str(home)] for call in clerk.called)
    assert [call[:-2] for call in clerk.called] == [
        ["run", MONTH],
        ["inquire", MONTH],
        ["decide", MONTH, worklist],
        ["decide", MONTH, "C:/a b.xlsx", "c.csv"],
        ["close", MONTH],
        ["close", MONTH, "--undecided", "return"],
        ["close", MONTH, "--undecided", "accept"],
        ["dashboard"],
    ]


def test_the_next_step_follows_from_the_files_of_the_home(home: Path) -> None:
    def coming() -> Step:
        return Menu(Home(home), lambda arguments: 0, input, print, date(2026, 6, 11), MONTH).next_step()

    assert coming() is Step.RECEIVE
    for name, step in (
        ("inbox/2026-05/sub/K1100000.CSV", Step.CHECK),
        ("out/2026-05/worklist.xlsx", Step.DECIDE),
        ("books/2026-05/decisions.csv", Step.CLOSE),
        ("books/2026-05/outcomes.csv", Step.DASHBOARD),
    ):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).touch()
        assert coming() is step


def test_the_menu_as_it_is_shown(home: Path) -> None:
    clerk = Clerk(MONTH, "q")
    assert clerk.use(home).splitlines() == [
        "審査月 (Enter で 2026-06): ",
        "",
        f"審査月 2026-05  作業フォルダー {home}",
        "  1 受付  ← 次",
        "  2 確認",
        "  3 確認依頼を作る",
        "  4 決定の取り込み",
        "  5 締め",
        "  6 ダッシュボード",
        "番号 (m 審査月を変える、q 終わる): ",
    ]


def test_closing_needs_a_yes_and_a_known_answer(home: Path) -> None:
    clerk = Clerk(MONTH, "5", "1", "n", "5", "たぶん", "5", "", "", "q")
    assert "締めていません" in clerk.use(home)
    assert clerk.called == []


def test_mistyped_answers_and_the_end_of_the_input(home: Path) -> None:
    clerk = Clerk("5月", "2026-13", MONTH, "0", "７", "", "m", "2026-04")
    shown = clerk.use(home)  # and then the input ends
    assert shown.count("読めません") == 2 and shown.count("1〜6、m、q のどれか") == 3
    assert "審査月 2026-04" in shown and clerk.called == []


def test_ctrl_c_leaves(home: Path) -> None:
    def interrupted(prompt: str) -> str:
        raise KeyboardInterrupt

    assert Menu(Home(home), lambda arguments: 0, interrupted, lambda line: None, date(2026, 6, 11)).run() == 0


def test_errors_are_shown_and_the_menu_goes_on(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "henrei.toml").write_text("[city\n", encoding="utf-8")
    (home / "inbox" / MONTH).mkdir()
    clerk = Clerk(MONTH, "1", "2", "5", "", "y", "6", "q", do=cli.main)
    assert "henrei.toml:1 の書き方に誤りがあります" in clerk.use(home)
    printed = capsys.readouterr()
    assert printed.err.count("henrei.toml:1 の書き方に誤りがあります") == 3
    assert "Traceback" not in printed.err + printed.out


@pytest.mark.slow
def test_a_month_from_receipt_to_dashboard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "sample"
    shutil.copytree(Path(fictional.__file__).parent / "sample", home)

    def directly(arguments: list[str]) -> int:  # Prefect's server takes long to start
        return cli.main([*arguments, "--direct"] if arguments[0] == "run" else arguments)

    clerk = Clerk("", "1", "2", "5", "2", "y", "6", "q", do=directly)
    shown = clerk.use(home)
    coming = [line for line in shown.splitlines() if line.endswith("← 次")]
    assert [line.split()[0] for line in coming] == ["2", "2", "4", "6", "6"]
    assert "(締め済み)" in shown and (home / "out" / "dashboard.html").is_file()
    assert "締めました" in capsys.readouterr().out


def test_the_command_line_opens_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def end(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", end)
    assert cli.main(["menu", "--home", str(home)]) == 0
