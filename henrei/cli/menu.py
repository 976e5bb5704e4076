"""A home and a clerk's answers in, commands of a review month out: 受付 → 確認 → 確認依頼 → 決定 → 締め → ダッシュボード.

Called by `henrei menu`. It only asks, shows what lies in the home and calls the commands, which print for themselves.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from pathlib import Path

from henrei.cli.ask import line
from henrei.errors import HenreiError
from henrei.flows import inbox
from henrei.flows.settings import load
from henrei.home import Home
from henrei.months import month_text, parse_month
from henrei.schemas.ledgers import ledgers
from henrei.store import books

_FILES_SHOWN = 20
_UNDECIDED = {"": None, "1": "return", "返戻": "return", "2": "accept", "支払": "accept"}


class Step(IntEnum):
    """A step of the month, by the number that the clerk types."""

    RECEIVE = 1
    CHECK = 2
    INQUIRE = 3
    DECIDE = 4
    CLOSE = 5
    DASHBOARD = 6


def default_month(home: Home, today: date) -> str:
    """The newest month that has a folder in inbox, else this month."""
    return month_text(max(home.inbox_months(), default=today))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@dataclass
class Menu:
    """`do` runs a command of henrei and returns its exit status; `ask` reads a line, `say` shows one."""

    home: Home
    do: Callable[[list[str]], int]
    ask: Callable[[str], str]
    say: Callable[[str], None]
    today: date
    month: str = ""

    def run(self) -> int:
        """Until the user leaves, by q, Ctrl-C or the end of the input. Returns the exit status, 0."""
        try:
            if not self.home.exists():
                if self._read(f"作業フォルダー {self.home} がまだありません。作りますか (y/n): ") != "y":
                    return 0
                self._command("init", str(self.home))
            self._choose_month()
            while self._show_and_do():
                pass
        except (EOFError, KeyboardInterrupt):
            self.say("")
        return 0

    def _read(self, prompt: str) -> str:
        """An answer; what an input method left full-width counts the same."""
        return unicodedata.normalize("NFKC", self.ask(prompt)).strip().casefold()

    def _command(self, *arguments: str) -> int:
        return self.do([*arguments, "--home", str(self.home)])

    def _choose_month(self) -> None:
        suggested = self.month or default_month(self.home, self.today)
        while True:
            given = self._read(f"審査月 (Enter で {suggested}): ") or suggested
            try:
                parse_month(given)
            except HenreiError as error:
                self.say(str(error))
            else:
                self.month = given
                return

    @property
    def _worklist(self) -> Path:
        return self.home.out(parse_month(self.month)) / "worklist.xlsx"

    def next_step(self) -> Step:
        """The step that comes next, by what lies in the home."""
        day = parse_month(self.month)
        decided = (self.home.books(day) / "decisions.csv").is_file()
        if books.is_closed(self.home, day):
            return Step.DASHBOARD
        if self._worklist.is_file():
            return Step.CLOSE if decided else Step.DECIDE
        return Step.CHECK if _files(self.home.inbox(day)) else Step.RECEIVE

    def _show_and_do(self) -> bool:
        """Shows the menu and does what is chosen; False to leave."""
        coming = self.next_step()
        closed = "(締め済み)" if coming == Step.DASHBOARD else ""
        self.say(f"\n審査月 {self.month}{closed}  作業フォルダー {self.home}")
        for step, (title, _) in _STEPS.items():
            self.say(f"  {step} {title}{'  ← 次' if step is coming else ''}")
        choice = self._read("番号 (m 審査月を変える、q 終わる): ")
        if choice == "q":
            return False
        actions = {str(step): action for step, (_, action) in _STEPS.items()} | {"m": Menu._choose_month}
        try:
            if choice in actions:
                actions[choice](self)
            else:
                self.say("1〜6、m、q のどれかを入れてください")
        except HenreiError as error:
            self.say(str(error))
        except OSError as error:
            self.say(f"{error.filename or self.home} を読み書きできません。開いていれば閉じ、権限を確かめてください")
        return True

    def _receive(self) -> None:
        day = parse_month(self.month)
        folder = self.home.inbox(day)
        if not folder.is_dir():
            if self._read(f"{folder} がありません。作りますか (y/n): ") != "y":
                return
            folder.mkdir(parents=True)
        settings, files = load(self.home), _files(folder)
        self.say(f"{folder} に届いたファイル: {len(files)}")
        for path in files[:_FILES_SHOWN]:
            self.say(f"  {path.relative_to(folder).as_posix()}")
        if len(files) > _FILES_SHOWN:
            self.say(f"  ほか {len(files) - _FILES_SHOWN}")
        received = {name for path in files for name in inbox.ledgers_of(path, settings)}
        for name in (name for name in ledgers() if name not in received):
            source = inbox.source_of(self.home, day, settings, name)
            if source and not source.month:  # it counts for every month
                continue
            substitute = f"{source.where.strip()}ものを使います" if source else "ありません"
            self.say(f"  台帳 {settings.ledger_files[name]}({ledgers()[name].title}): {substitute}")
        self.say("届いたファイルと台帳をこのフォルダーに入れ、そろったら「2 確認」へ進みます。")

    def _check(self) -> None:
        if self._command("run", self.month) == 0:
            self.say("worklist.xlsx を Excel で開いて決定を選び、保存してから「4 決定の取り込み」へ進みます。")

    def _inquire(self) -> None:
        self._command("inquire", self.month)

    def _decide(self) -> None:
        given = self.ask(f"決定のファイル (Enter で {self._worklist}、いくつもあれば ; で区切る): ")
        files = [part.strip().strip('"') for part in given.split(";") if part.strip()]
        self._command("decide", self.month, *(files or [str(self._worklist)]))

    def _close(self) -> None:
        answer = self._read("決まっていないものが残っていたら (Enter 締めない、1 返戻にする、2 支払にする): ")
        if answer not in _UNDECIDED:
            self.say("Enter、1、2 のどれかを入れてください。締めていません")
        elif self._read(f"{self.month} を締めますか (y/n): ") == "y":
            undecided = _UNDECIDED[answer]
            self._command("close", self.month, *(["--undecided", undecided] if undecided else []))

    def _dashboard(self) -> None:
        self._command("dashboard")


_STEPS: dict[Step, tuple[str, Callable[[Menu], None]]] = {
    Step.RECEIVE: ("受付", Menu._receive),
    Step.CHECK: ("確認", Menu._check),
    Step.INQUIRE: ("確認依頼を作る", Menu._inquire),
    Step.DECIDE: ("決定の取り込み", Menu._decide),
    Step.CLOSE: ("締め", Menu._close),
    Step.DASHBOARD: ("ダッシュボード", Menu._dashboard),
}


def menu(home: Home, do: Callable[[list[str]], int]) -> int:
    """The menu on the terminal. Returns the exit status, 0."""
    return Menu(home, do, line, print, date.today()).run()
