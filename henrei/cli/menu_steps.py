"""The steps of the menu: a table of number, title, command, the states in which it can be done, and what it asks. Called by the
menu; tests go through it step by step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from henrei.cli import ask, help_pages, opening, status_text
from henrei.flows.status import CHECKED, CLOSED, DECIDING, EMPTY, RECEIVED, STATES, Status
from henrei.home import Home
from henrei.months import is_month, month_of, month_text, next_month
from henrei.publication import APPROVAL_NAME, CASEBOOK_NAME, WORKLIST_NAME

_FILES_SHOWN = 20
_UNDECIDED = {"": None, "1": "return", "返戻": "return", "2": "accept", "支払": "accept"}
_ANY = frozenset(STATES)
_RUN = frozenset({CHECKED, DECIDING})


class Asking(Protocol):
    """What a step needs of the menu (`menu.Menu`)."""

    home: Home
    month: str

    @property
    def ask(self) -> Callable[[str], str]: ...

    @property
    def say(self) -> Callable[[str], None]: ...

    @property
    def day(self) -> date: ...

    def read(self, prompt: str) -> str: ...

    def command(self, *arguments: str) -> int: ...

    def status(self) -> Status: ...


@dataclass(frozen=True)
class Step:
    """A step of the month. command: the command of henrei that it calls, "" for none; states: those in which it can be
    done; act: asks, and does it."""

    key: str
    title: str
    command: str
    states: frozenset[str]
    act: Callable[[Asking, Status | None], None]

    def why_not(self, status: Status) -> str:
        """Why the step cannot be done now, and what comes before it; empty where it can."""
        return (
            ""
            if status.state in self.states
            else f"「{self.key} {self.title}」はまだできません。{_BEFORE[status.state]}"
        )


_BEFORE = {
    EMPTY: "この月の交換ファイルがありません。「1 受付」で場所を確かめ、届いたファイルを入れてください",
    RECEIVED: "届いたもの(か、前回の後に変わったもの)を確認していません。先に「2 確認」をしてください",
    CHECKED: "この月は締めていません",
    DECIDING: "この月は締めていません",
    CLOSED: "この月は締め済みです。直すときは「7 締めの取消」をしてください",
}


def by_key(key: str) -> Step | None:
    return next((step for step in STEPS if step.key == key), None)


def next_step(status: Status) -> Step | None:
    """The step that comes next, as status says; None where no step of this month's menu is that."""
    if status.state == EMPTY:
        return STEPS[0]
    name, *arguments = status.next.command.split()[1:]
    if arguments and is_month(arguments[0]) and month_of(arguments[0]) != status.month:
        return None  # another month comes first
    return next((step for step in STEPS if step.command == name and status.state in step.states), None)


# What each step asks and does ---------------------------------------------------------------------------------------


def _receive(menu: Asking, status: Status | None) -> None:
    folder = menu.home.inbox(menu.day)
    if not folder.is_dir():
        if menu.read(f"{folder} がありません。作りますか (y/n): ") != "y":
            return
        folder.mkdir(parents=True)
    status = menu.status()
    # As text: as paths Windows sorts them without regard to capitals, and the list would be another there.
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    menu.say(f"{folder} に届いたファイル: {len(files)}")
    for name in files[:_FILES_SHOWN]:
        menu.say(f"  {name}")
    if len(files) > _FILES_SHOWN:
        menu.say(f"  ほか {len(files) - _FILES_SHOWN}")
    menu.say("台帳:")
    for line in status_text.ledger_lines(status):
        menu.say(line)
    menu.say(
        f"届いたファイルと、この月の台帳を {folder} に入れてください。毎月同じ台帳は {menu.home.ledgers} に置けます。"
    )


def _check(menu: Asking, status: Status | None) -> None:
    # Without Prefect: nobody looks at its pages here, and its server takes long to start.
    if menu.command("run", menu.month, "--direct") == 0:
        menu.say(
            "worklist.xlsx を Excel で開き(「10 ファイルを開く」)、決定を選んで保存し、「5 決定の取り込み」へ進みます。"
        )


def _inquire(menu: Asking, status: Status | None) -> None:
    menu.command("inquire", menu.month)


def _answers(menu: Asking, status: Status | None) -> None:
    given = _files(menu, "事業所から戻った確認依頼のファイルかフォルダー(いくつもあれば ; で区切る): ")
    if given:
        menu.command("answers", menu.month, *given)


def _decide(menu: Asking, status: Status | None) -> None:
    worklist = menu.home.out(menu.day) / WORKLIST_NAME
    given = _files(menu, f"決定のファイル (Enter で {worklist}、いくつもあれば ; で区切る): ")
    menu.command("decide", menu.month, *(given or [str(worklist)]))


def _files(menu: Asking, prompt: str) -> list[str]:
    """Paths as people type, paste or drop them; of a folder its workbooks."""
    files: list[str] = []
    for part in menu.ask(prompt).split(";"):
        name = part.strip().strip('"').strip()
        folder = Path(name) if name else None
        if folder and folder.is_dir():
            found = sorted(
                str(path) for path in folder.iterdir() if path.suffix.casefold() == ".xlsx" and path.name[:1] != "~"
            )
            files += found
            if not found:
                menu.say(f"{folder} に .xlsx がありません")
        elif name:
            files.append(name)
    return files


def _close(menu: Asking, status: Status | None) -> None:
    """Shows what is left and asks what becomes of it. At a terminal close shows what it will return and takes the count typed
    back; without one, where close asks nothing, the month is to be typed."""
    undecided = None
    if status and status.counts.hold:
        menu.say(f"保留が{status.counts.hold:,}件あります。返戻か支払に決めてから締めます")
        return
    if status is None or status.counts.undecided:
        if status:
            menu.say(f"決まっていないものが{status.counts.undecided:,}件(給付費 {status.counts.yen:,}円)あります。")
        answer = menu.read("決まっていないものは (Enter 締めない、1 返戻にする、2 支払にする): ")
        if answer not in _UNDECIDED:
            menu.say("Enter、1、2 のどれかを入れてください。締めていません")
            return
        undecided = _UNDECIDED[answer]
        if undecided is None:
            menu.say("締めていません")
            return
    if (
        not ask.at_terminal()
        and menu.read(f"締めるときは、審査月 {menu.month} を入れてください(やめるなら Enter): ") != menu.month
    ):
        menu.say("締めていません")
        return
    menu.command("close", menu.month, *(["--undecided", undecided] if undecided else []))


def _reopen(menu: Asking, status: Status | None) -> None:
    if menu.read(f"{menu.month} の締めを取り消しますか。決定は残ります (y/n): ") == "y":
        menu.command("reopen", menu.month)


def _dashboard(menu: Asking, status: Status | None) -> None:
    if menu.command("dashboard") == 0:
        _open(menu, menu.home.dashboard)


def _explain(menu: Asking, status: Status | None) -> None:
    code = menu.read("確認コード(例 DAY201): ").upper()
    if code:
        menu.command("explain", code)


def _open_file(menu: Asking, status: Status | None) -> None:
    out = menu.home.out(menu.day)
    places = [
        ("決める一覧(worklist.xlsx)", out / WORKLIST_NAME),
        ("事例の根拠(casebook.html)", out / CASEBOOK_NAME),
        ("決裁の1枚(approval.pdf)", out / APPROVAL_NAME),
        ("この月の結果のフォルダー", out),
        ("この月に届いたファイルのフォルダー", menu.home.inbox(menu.day)),
        ("台帳のフォルダー", menu.home.ledgers),
        ("設定(henrei.toml)", menu.home.settings),
        ("返戻率の画面", menu.home.dashboard),
        ("はじめの30分の案内", help_pages.path(help_pages.FIRST_STEPS)),
        ("手引き", help_pages.path(help_pages.GUIDE)),
    ]
    for number, (title, _) in enumerate(places, start=1):
        menu.say(f"  {number} {title}")
    answer = menu.read("開くもの (やめるなら Enter): ")
    if answer in {str(number) for number in range(1, len(places) + 1)}:
        _open(menu, places[int(answer) - 1][1])


def _open(menu: Asking, path: Path) -> None:
    if not path.exists():
        menu.say(f"{path} はまだありません")
    elif not opening.open_on_screen(path):
        menu.say(f"この画面からは開けません。ここにあります: {path}")


def _remind(menu: Asking, status: Status | None) -> None:
    """Of the month after this one, or of this one while nothing of it has come."""
    coming = menu.day if status and status.state == EMPTY else next_month(menu.day)
    answer = menu.read(f"これから届く審査月 YYYY-MM (Enter で {month_text(coming)}): ") or month_text(coming)
    if is_month(answer):
        menu.command("remind", month_text(month_of(answer)))
    else:
        menu.say(f"「{answer}」は審査月ではありません。2026-06 のように書いてください")


def _purge(menu: Asking, status: Status | None) -> None:
    """The command shows what it would remove, and asks for the number of months; without a terminal it refuses."""
    answer = menu.read("この審査月より前を消します YYYY-MM (やめるなら Enter): ")
    if is_month(answer):
        menu.command("purge", "--before", month_text(month_of(answer)))
    elif answer:
        menu.say(f"「{answer}」は審査月ではありません。2021-04 のように書いてください")


STEPS: tuple[Step, ...] = (
    Step("1", "受付", "", _ANY, _receive),
    Step("2", "確認", "run", frozenset({RECEIVED, CHECKED, DECIDING}), _check),
    Step("3", "確認依頼を作る", "inquire", _RUN, _inquire),
    Step("4", "回答の取り込み", "answers", _RUN, _answers),
    Step("5", "決定の取り込み", "decide", _RUN, _decide),
    Step("6", "締め", "close", _RUN, _close),
    Step("7", "締めの取消", "reopen", frozenset({CLOSED}), _reopen),
    Step("8", "ダッシュボード", "dashboard", _ANY, _dashboard),
    Step("9", "確認の説明", "explain", _ANY, _explain),
    Step("10", "ファイルを開く", "", _ANY, _open_file),
    Step("11", "古い月の消去", "purge", _ANY, _purge),
    Step("12", "請求の前の案内(次の月)", "remind", _ANY, _remind),
)
