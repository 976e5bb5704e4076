"""A home and a clerk's answers in, commands of a review month out: 受付 → 確認 → 確認依頼 → 決定 → 締め → ダッシュボード.

Called by `henrei menu`. It only asks, shows what `henrei status` knows and calls the commands, which print for themselves and ask
themselves before anything that cannot be undone. Its steps are a table (`menu_steps`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from henrei.cli import menu_steps, status_text
from henrei.cli.ask import line
from henrei.cli.first_answers import MAYBE_A_SLIP, SIX_FIGURES
from henrei.errors import HenreiError
from henrei.flows.city_settings import lacks_number, write_city
from henrei.flows.init import check_digit_fits, number_of
from henrei.flows.settings import load
from henrei.flows.status import Status, status
from henrei.home import Home
from henrei.months import month_text, parse_month


def default_month(home: Home, today: date) -> str:
    """The newest month that has a folder in inbox, else this month."""
    return month_text(max(home.inbox_months(), default=today))


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
                if self.read(f"作業フォルダー {self.home} がまだありません。作りますか (y/n): ") != "y":
                    return 0
                self.do(["init", str(self.home), "--home", str(self.home)])
            self._need_number()
            self.choose_month()
            while self._show_and_do():
                pass
        except (EOFError, KeyboardInterrupt):
            self.say("")
        return 0

    def read(self, prompt: str) -> str:
        """An answer; what an input method left full-width counts the same."""
        return unicodedata.normalize("NFKC", self.ask(prompt)).strip().casefold()

    def command(self, *arguments: str) -> int:
        """Runs a command on the home."""
        return self.do([*arguments, "--home", str(self.home)])

    @property
    def day(self) -> date:
        """The month that was chosen."""
        return parse_month(self.month)

    def status(self) -> Status:
        """How far the month is. Raises HenreiError where that cannot be read."""
        return status(self.home, self.day, load(self.home), self.today)

    def choose_month(self) -> None:
        """Asks for the review month until one is given."""
        suggested = self.month or default_month(self.home, self.today)
        while True:
            given = self.read(f"審査月 (Enter で {suggested}): ") or suggested
            try:
                parse_month(given)
            except HenreiError as error:
                self.say(str(error))
            else:
                self.month = given
                return

    def _need_number(self) -> None:
        """Asks for what every command needs: the city's number."""
        if not self.home.exists() or not lacks_number(self.home):
            return
        self.say("henrei.toml に市町村番号がありません。番号がないと、どの手順も始められません。")
        doubtful = ""
        while typed := self.read("市町村番号(6桁。あとで書くなら Enter だけ): "):
            number = number_of(typed)
            if number is None:
                self.say(SIX_FIGURES)
                continue
            if not check_digit_fits(number) and number != doubtful:
                doubtful = number
                self.say(f"{MAYBE_A_SLIP}。この番号でよければ、もう一度入れてください")
                continue
            name = unicodedata.normalize("NFKC", self.ask("市町村の名前(例 架空市。今のままなら Enter だけ): ")).strip()
            try:
                write_city(self.home, name, number)
            except HenreiError as error:
                self.say(str(error))
            return

    def _show_and_do(self) -> bool:
        """Shows the menu and does what is chosen; False to leave."""
        self._show()
        choice = self.read("番号 (m 審査月を変える、q 終わる): ")
        if choice == "q":
            return False
        try:
            if choice == "m":
                self.choose_month()
            elif step := menu_steps.by_key(choice):
                self._do(step)
            else:
                self.say(f"1〜{len(menu_steps.STEPS)}、m、q のどれかを入れてください")
        except HenreiError as error:
            self.say(str(error))
        except OSError as error:
            self.say(f"{error.filename or self.home} を読み書きできません。開いていれば閉じ、権限を確かめてください")
        return True

    def _do(self, step: menu_steps.Step) -> None:
        """A step whose condition does not hold says why instead. Where nothing is known the command says what is wrong.

        The status is read again: files may have come while the menu waited.
        """
        try:
            now = self.status()
        except HenreiError:
            now = None
        if now is not None and (why := step.why_not(now)):
            self.say(why)
            return
        step.act(self, now)

    def _show(self) -> None:
        """Shows how far the month is, and the steps; the next one is status's alone."""
        self.say("")
        now = None
        try:
            now = self.status()
            for line in status_text.head(now, load(self.home)):
                self.say(line)
        except HenreiError as error:
            self.say(f"※ {error}")
            self.say(f"審査月 {self.month}")
        self.say(f"作業フォルダー {self.home}")
        coming = menu_steps.next_step(now) if now else None
        for step in menu_steps.STEPS:
            self.say(f"  {step.key:>2} {step.title}{'  ← 次' if step is coming else ''}")
        if now:
            self.say(status_text.next_line(now))


def menu(home: Home, do: Callable[[list[str]], int]) -> int:
    """The menu on the terminal. Returns the exit status, 0."""
    return Menu(home, do, line, print, date.today()).run()
