"""A home and a month in, lines on files out that look like second copies of henrei's own, as Explorer and synchronised folders make
them. Called by status and close. Nothing is read of them or done to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from henrei.home import Home
from henrei.months import month_text
from henrei.publication import WORKLIST_NAME
from henrei.store import answers, books, journal

# What follows the name in a copy: `worklist (1)`, `worklist - コピー`, `decisions-PC12`, `journal_田中`.
_MARK = re.compile(r"[ _\-(\uff08].+", re.DOTALL)
_OURS = re.compile(r"-(新|前\d*)")  # worklist-新.xlsx; what keep_aside makes


def notes(home: Home, month: date) -> Iterator[str]:
    """A line a copy, in order of path."""
    worklist = home.out(month) / WORKLIST_NAME
    # Of a closed month nothing can be read any more.
    for path in [] if books.is_closed(home, month) else _beside(worklist):
        yield (
            f"{home.name_of(path)} は {WORKLIST_NAME} の写しのようです。書かれた決定は読んでいません。"
            f"要るものがあれば henrei decide {month_text(month)} に {WORKLIST_NAME} と並べて渡してください"
        )
    folder = home.books(month)
    kept = [folder / name for name in ("decisions.csv", "conflicts.csv", "outcomes.csv")]
    kept += [answers.sent_path(home, month), answers.answers_path(home, month), journal.path_of(home), home.store]
    for own in kept:
        for path in _beside(own):
            yield (
                f"{home.name_of(path)} は {own.name} の写しのようです。読むのは {own.name} だけです。2台の PC が同時に書いた跡かもしれません。"
                "中を見比べ、作業フォルダーは OneDrive などの同期フォルダーの外に置いてください"
            )


def _beside(own: Path) -> list[Path]:
    """The copies of a file in its folder."""
    if not own.parent.is_dir():
        return []
    found = (path for path in own.parent.iterdir() if path.suffix == own.suffix and path.stem.startswith(own.stem))
    rest = ((path, path.stem.removeprefix(own.stem)) for path in found)
    return sorted(path for path, more in rest if _MARK.fullmatch(more) and not _OURS.fullmatch(more))
