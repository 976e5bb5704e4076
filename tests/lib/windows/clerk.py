"""A screen's last question in, what a clerk types out: the second month through the menu, on either system."""

from __future__ import annotations

import re
from collections.abc import Callable

# Receive, check, ask, take answers, decide, close (with a wrong count, then the right one), explain, purge, remind, leave.
_CHOICES = ("1", "2", "3", "4", "5", "6", "6", "9", "11", "12", "q")


class Clerk:
    """`answers`: gives the folder of the workbooks that came back, once it is asked for; `decisions`: the file."""

    def __init__(self, answers: Callable[[], str], decisions: str) -> None:
        self._choices, self._count = iter(_CHOICES), "0"
        self._questions: dict[str, Callable[[], str]] = {
            r"番号\(m審査月を変える、q終わる\):": lambda: next(self._choices),
            r"審査月(YYYY-MM)?\(Enterで\d{4}-\d\d\):": lambda: "",
            r"ファイルかフォルダー\([^)]*\):": answers,
            r"決定のファイル\(Enterで.*\):": lambda: decisions,
            r"決まっていないものは\(.*\):": lambda: "1",
            r"返戻の件数\(明細書と結果票の合計\)を入れてください:": lambda: self._count,
            r"確認コード\(例DAY201\):": lambda: "day201",
            r"より前を消しますYYYY-MM\(やめるならEnter\):": lambda: "2026-06",
            r"消す月の数を入れてください:": lambda: "0",
        }

    def __call__(self, screen: str) -> str | None:
        """The screen is without blanks, in half-width letters and figures."""
        if refused := re.search(r"返戻の件数\((\d+)件\)が入らなかったため、締めていません", screen):
            self._count = refused[1]
        asked = (typed for question, typed in self._questions.items() if re.search(question + "$", screen))
        typed = next(asked, None)
        return typed() if typed else None
