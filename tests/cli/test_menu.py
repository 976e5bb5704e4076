"""henrei/cli/menu.py: a clerk's answers → the lines shown and the commands called; only q and the end of input leave it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from henrei import cli
from henrei.cli import ask, help_pages, menu_steps, opening
from henrei.cli.menu import Menu, default_month
from henrei.data import fictional
from henrei.flows.init import make_home
from henrei.flows.status import CHECKED, CLOSED, DECIDING, EMPTY, RECEIVED
from henrei.home import Home
from lib import inputs
from lib.home_history import decide

MONTH = "2026-05"
TODAY = date(2026, 5, 11)
GUIDE = help_pages.path(help_pages.GUIDE)


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
        assert Menu(Home(home), self.do, self.ask, self.shown.append, TODAY).run() == 0
        assert not self.answers, "left before the end"
        return "\n".join(self.shown)

    def commands(self, home: Path) -> list[list[str]]:
        """What was called, without the home, which every call must name."""
        assert all(call[-2:] == ["--home", str(home)] for call in self.called)
        return [call[:-2] for call in self.called]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_home(Home(tmp_path / "home"), "架空市", "112992", "療育支援課 049-000-0000")
    return tmp_path / "home"


def put_exchange_file(home: Path) -> None:
    (home / "inbox" / MONTH).mkdir(parents=True, exist_ok=True)
    (home / "inbox" / MONTH / "K6100000.CSV").write_bytes(inputs.exchange("K61", inputs.attendance()))


@pytest.fixture(params=[EMPTY, RECEIVED, CHECKED, DECIDING, CLOSED])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    """A home whose month is in each state."""
    state = request.param
    if state in (EMPTY, RECEIVED):
        make_home(Home(tmp_path / "home"), "架空市", "112992")
        (tmp_path / "home" / "inbox" / MONTH).mkdir()
        if state == RECEIVED:
            put_exchange_file(tmp_path / "home")
        return state, tmp_path / "home"
    home = request.getfixturevalue("may_accepted" if state == CLOSED else "may_run")
    if state == DECIDING:
        assert decide(home, MONTH, f"claim,{inputs.A},1,2026-04,hold,") == 0
    return state, home


# What each step calls: its answers → the commands. The table's own states say where.
CALLS = {
    "2": ([], [["run", MONTH, "--direct"]]),
    "3": ([], [["inquire", MONTH]]),
    "4": (["C:/a b.xlsx"], [["answers", MONTH, "C:/a b.xlsx"]]),
    "5": (['"C:/a b.xlsx"; c.csv'], [["decide", MONTH, "C:/a b.xlsx", "c.csv"]]),
    "7": (["y"], [["reopen", MONTH]]),
    "8": ([], [["dashboard"]]),
    "9": (["ｄａｙ２０１"], [["explain", "DAY201"]]),
    "11": (["2021-04"], [["purge", "--before", "2021-04"]]),
    "12": (["2026-06"], [["remind", "2026-06"]]),
}


@pytest.mark.slow
def test_each_step_is_done_in_its_states_and_says_elsewhere_what_comes_before(
    at: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "open_on_screen", lambda path: True)
    state, home = at
    for key, (answers, expected) in CALLS.items():
        step = menu_steps.by_key(key)
        assert step is not None
        can = state in step.states
        clerk = Clerk(MONTH, key, *(answers if can else []), "q")
        shown = clerk.use(home)
        assert clerk.commands(home) == (expected if can else []), key
        assert (f"「{key} {step.title}」はまだできません" in shown) is not can, key


@pytest.mark.slow
def test_the_next_step_is_one_that_can_be_done(at: tuple[str, Path]) -> None:
    """The claims of the month are right: nothing must be decided, but for the one on hold."""
    state, home = at
    shown = Clerk(MONTH, "q").use(home).splitlines()
    [coming] = [line for line in shown if line.endswith("← 次")]
    expected = {
        EMPTY: "1 受付",
        RECEIVED: "2 確認",
        CHECKED: "6 締め",
        DECIDING: "5 決定の取り込み",
        CLOSED: "8 ダッシュボード",
    }
    assert coming == f"  {expected[state]:>2}  ← 次".replace("  ", "   ", 1)
    assert shown[-2].startswith("次: henrei ")
    step = menu_steps.by_key(expected[state].split()[0])
    assert step is not None and state in step.states


@pytest.mark.slow
def test_a_month_on_hold_is_not_closed(may_run: Path) -> None:
    assert decide(may_run, MONTH, f"claim,{inputs.A},1,2026-04,hold,") == 0
    clerk = Clerk(MONTH, "6", "q")
    assert "保留が1件あります。返戻か支払に決めてから締めます" in clerk.use(may_run)
    assert clerk.called == []


def test_closing_wants_the_month_typed_and_says_what_is_undecided(tmp_path: Path, may_run: Path) -> None:
    nothing_left = Clerk(MONTH, "6", "y", "6", "", "6", "２０２６－０５", "q")
    shown = nothing_left.use(may_run)
    assert nothing_left.commands(may_run) == [["close", MONTH]]
    assert shown.count("締めていません") == 2 and "決まっていないもの" not in shown


@pytest.mark.slow
def test_at_a_terminal_close_itself_takes_the_count_typed_back(
    may_run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ask, "at_terminal", lambda: True)
    for typed, closed in (("y", False), ("", False), ("0", True)):
        monkeypatch.setattr("builtins.input", lambda _, typed=typed: typed)
        Clerk(MONTH, "6", "q", do=cli.main).use(may_run)
        assert (may_run / "books" / MONTH / "outcomes.csv").is_file() is closed, typed


def test_what_nobody_decided_is_named_before_it_is_closed(worklist_home: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(worklist_home, tmp_path / "home"))
    clerk = Clerk(
        MONTH, "6", "", "6", "たぶん", "6", "1", "n", "6", "返戻", MONTH, "6", "2", MONTH, "q"
    )  # fmt: skip
    shown = clerk.use(home)
    assert clerk.commands(home) == [
        ["close", MONTH, "--undecided", "return"],
        ["close", MONTH, "--undecided", "accept"],
    ]
    assert "決まっていないものが6件(給付費 46,000円)あります。" in shown
    assert "5 決定の取り込み  ← 次" in shown and "6 締め  ← 次" not in shown


@pytest.mark.slow
@pytest.mark.parametrize("key", [step.key for step in menu_steps.STEPS])
def test_nothing_that_cannot_be_undone_happens_on_one_key(
    key: str, may_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every step's key, then Enter, y and 1 for whatever is asked: with the true close and purge."""
    inbox = {path.name: path.read_bytes() for path in (may_run / "inbox" / MONTH).iterdir()}

    def real(arguments: list[str]) -> int:
        assert "--yes" not in arguments and "--force" not in arguments
        return cli.main(arguments) if arguments[0] in ("close", "purge", "reopen") else 0

    for second in ("", "y", "1"):
        clerk = Clerk(MONTH, key, second, do=real)
        clerk.use(may_run)
    assert not (may_run / "books" / MONTH / "outcomes.csv").exists()
    assert {path.name: path.read_bytes() for path in (may_run / "inbox" / MONTH).iterdir()} == inbox


def test_purge_without_a_terminal_removes_nothing(may_accepted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Clerk(MONTH, "11", "2026-06", "11", "いつか", "11", "", "q", do=lambda given: 0).use(may_accepted)
    clerk = Clerk(MONTH, "11", "abc", "q")
    assert "「abc」は審査月ではありません" in clerk.use(may_accepted) and clerk.called == []


def test_the_month_is_the_newest_folder_else_this_month(home: Path) -> None:
    assert default_month(Home(home), date(2026, 6, 11)) == "2026-06"
    for name in ("2026-04", "2026-05", "控え", "2026-13"):
        (home / "inbox" / name).mkdir()
    assert default_month(Home(home), date(2026, 6, 11)) == "2026-05"


def test_a_new_home_is_made_only_when_wanted_and_asks_for_the_citys_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clerk = Clerk("n")
    clerk.use(tmp_path / "new")
    assert clerk.called == []
    clerk = Clerk(
        "ｙ", "12", "１１２９９３", "１１２９９２", "架空市", "", "q", do=cli.main
    )  # full-width, as an input method leaves it
    shown = clerk.use(tmp_path / "new")
    assert "審査月 2026-05: まだ届いていません" in shown and "市町村番号は6桁の数字です" in shown
    assert "もう一度入れてください" in shown  # the check digit of the first does not fit
    text = (tmp_path / "new" / "henrei.toml").read_text(encoding="utf-8")
    assert 'name = "架空市"\nmunicipality_no = "112992"' in text


def test_the_number_may_be_left_for_later(tmp_path: Path) -> None:
    make_home(Home(tmp_path))
    before = (tmp_path / "henrei.toml").read_bytes()
    shown = Clerk("", "", "q").use(tmp_path)
    assert "※ henrei.toml の [city] municipality_no が読めません" in shown
    assert (tmp_path / "henrei.toml").read_bytes() == before


def test_receiving_makes_the_folder_and_names_files_and_ledgers(home: Path) -> None:
    shown = Clerk(MONTH, "1", "y", "q").use(home)
    assert (home / "inbox" / MONTH).is_dir()
    assert "届いたファイル: 0" in shown and "  支給決定(grants.csv): ありません" in shown
    put_exchange_file(home)
    (home / "inbox" / MONTH / "grants.csv").write_text(inputs.LEDGERS["grants"], encoding="utf-8", newline="")
    shown = Clerk("", "1", "q").use(home)
    assert "届いたファイル: 2" in shown and "  K6100000.CSV" in shown
    assert "  支給決定(grants.csv): inbox/2026-05 2行" in shown


def test_the_menu_as_it_is_shown(home: Path) -> None:
    (home / "inbox" / MONTH).mkdir()
    shown = Clerk(MONTH, "q").use(home).splitlines()
    assert shown[:2] == ["審査月 (Enter で 2026-05): ", ""]
    assert "の確認のうち" in shown[2] and "を判定できません(ない台帳: 受給者台帳(recipients.csv)、" in shown[2]
    assert shown[3:] == [
        "審査月 2026-05: まだ届いていません",
        "ファイル 0  台帳 0/10",
        "期限: 回答 5/13(水)あと2日、決定 5/14(木)あと3日、締め 5/15(金)あと4日",
        f"作業フォルダー {home}",
        "   1 受付  ← 次",
        "   2 確認",
        "   3 確認依頼を作る",
        "   4 回答の取り込み",
        "   5 決定の取り込み",
        "   6 締め",
        "   7 締めの取消",
        "   8 ダッシュボード",
        "   9 確認の説明",
        "  10 ファイルを開く",
        "  11 古い月の消去",
        "  12 請求の前の案内(次の月)",
        "次: henrei run 2026-05 (国保連から届いたファイルと台帳を inbox/2026-05/ に入れてから実行します)",
        "番号 (m 審査月を変える、q 終わる): ",
    ]


def test_a_file_is_opened_or_its_place_said(may_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(opening, "open_on_screen", lambda path: opened.append(path) or path.suffix == ".xlsx")
    chosen = ("1", "2", "3", "5", "8", "10", "", "11")
    shown = Clerk(MONTH, *(answer for number in chosen for answer in ("10", number)), "q").use(may_run)
    out = may_run / "out" / MONTH
    assert opened == [out / "worklist.xlsx", out / "casebook.html", may_run / "inbox" / MONTH, GUIDE]
    assert f"{out / 'approval.pdf'} はまだありません" in shown
    assert f"この画面からは開けません。ここにあります: {may_run / 'inbox' / MONTH}" in shown
    assert f"{may_run / 'out' / 'dashboard.html'} はまだありません" in shown


def test_answers_are_taken_from_a_folder(may_run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "戻り"
    folder.mkdir()
    for name in ("b.xlsx", "a.xlsx", "~$a.xlsx", "読んで.txt"):
        (folder / name).touch()
    clerk = Clerk(MONTH, "4", f'"{folder}"', "4", "", "q")
    clerk.use(may_run)
    assert clerk.commands(may_run) == [["answers", MONTH, str(folder / "a.xlsx"), str(folder / "b.xlsx")]]


def test_mistyped_answers_and_the_end_of_the_input(home: Path) -> None:
    clerk = Clerk("5月", "2026-13", MONTH, "0", "７７", "", "m", "2026-04")
    shown = clerk.use(home)  # and then the input ends
    assert shown.count("読めません") == 2 and shown.count("1〜12、m、q のどれか") == 3
    assert "審査月 2026-04" in shown and clerk.called == []


def test_ctrl_c_leaves(home: Path) -> None:
    def interrupted(prompt: str) -> str:
        raise KeyboardInterrupt

    assert Menu(Home(home), lambda arguments: 0, interrupted, lambda line: None, TODAY).run() == 0


def test_errors_are_shown_and_the_menu_goes_on(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "henrei.toml").write_text("[city\n", encoding="utf-8")
    (home / "inbox" / MONTH).mkdir()
    clerk = Clerk(MONTH, "1", "2", "6", "1", MONTH, "8", "q", do=cli.main)
    assert "※ henrei.toml:1 の書き方に誤りがあります" in clerk.use(home)
    printed = capsys.readouterr()
    assert printed.err.count("henrei.toml:1 の書き方に誤りがあります") == 3
    assert "Traceback" not in printed.err + printed.out


@pytest.mark.slow
def test_a_newcomer_from_an_empty_folder_to_the_notices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Through the menu alone; between the steps she puts the files into the folder that the menu names."""
    home, sample = tmp_path / "henrei", Path(fictional.__file__).parent / "sample"

    class Newcomer(Clerk):
        def ask(self, prompt: str) -> str:
            if self.answers and self.answers[0] == "(files)":
                self.answers.pop(0)
                shutil.copytree(sample / "inbox" / MONTH, home / "inbox" / MONTH, dirs_exist_ok=True)
            return super().ask(prompt)

    clerk = Newcomer(
        "y", "112992", "架空市", MONTH, "1", "y", "(files)", "2", "3", "6", "2", MONTH, "8", "q", do=cli.main
    )  # fmt: skip
    shown = clerk.use(home)
    coming = [line.split()[0] for line in shown.splitlines() if line.endswith("← 次")]
    assert coming == ["1", "1", "5", "5", "8", "8"]
    assert "審査月 2026-05: 締め済み" in shown and (home / "out" / "dashboard.html").is_file()
    assert list((home / "out" / MONTH / "inquiries").glob("*.pdf"))
    assert list((home / "out" / MONTH / "notices").glob("*.pdf"))
    assert "締めました" in capsys.readouterr().out


def test_the_command_line_opens_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def end(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", end)
    assert cli.main(["menu", "--home", str(home)]) == 0


def test_reminders_are_of_the_month_after_or_of_one_of_which_nothing_has_come(may_run: Path, tmp_path: Path) -> None:
    clerk = Clerk(MONTH, "12", "", "12", "2026-13", "q")
    shown = clerk.use(may_run)
    assert "これから届く審査月 YYYY-MM (Enter で 2026-06): " in shown
    assert "「2026-13」は審査月ではありません。2026-06 のように書いてください" in shown
    assert clerk.commands(may_run) == [["remind", "2026-06"]]
    empty = Clerk(MONTH, "12", "", "q")
    make_home(Home(tmp_path / "new"), "架空市", "112992")
    empty.use(tmp_path / "new")
    assert empty.commands(tmp_path / "new") == [["remind", MONTH]]
