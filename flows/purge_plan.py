"""What a purge would do, before it does anything: a home and a month in, files that go and files that stay out. Called by
purge, which shows it and then does exactly that.

A city officer who removes old months wants four answers first: which months and how much of them goes, which files of henrei's
go from elsewhere in the home, where else in the home these children can still be found, and what henrei cannot reach at all.
So:

- inbox/, out/ and books/ of the months go as whole folders, whoever put a file there: the folder is the month's.
- Of henrei's own making and elsewhere: files in out/ that are named by such a month, and kept copies of its worklist
  (`worklist-kept-….xlsx`), wherever they were moved. They go, and are named one by one.
- What people put elsewhere (decisions, workbooks, notes, today's ledgers) is never removed: it may be evidence. It is listed
  with the reason (`traces`), and what could not be looked into is listed, too.
- Files outside the home cannot be reached; the preview says so each time.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from henrei.flows import inbox
from henrei.flows.settings import Settings
from henrei.flows.traces import Found, Trace
from henrei.home import SETTINGS, Home
from henrei.months import is_month, month_of, month_text
from henrei.schemas.ledgers import ledgers
from henrei.store import books

_STAYS_IN_OUT = ("summary.json", "payments.csv")
STAYS_IN_BOOKS = ("outcomes.csv", "official.csv", "purged.json", SETTINGS)
_MONTH_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d-(?:0[1-9]|1[0-2]))(?!\d)")
_KEPT_WORKLIST = re.compile(r"worklist-kept-[0-9a-f]{6}\.xlsx")
_TITLE = re.compile(r"<dc:title>(\d{4}-\d{2}) ")  # of a worklist, also after Excel has saved it
_OUT_OF_REACH = "作業フォルダーの外の写し(控え、渡したファイル、印刷物)は henrei からは消せません"
_MOST_OF_A_FOLDER = 5  # files of one folder with one reason are named one by one up to here


@dataclass(frozen=True)
class MonthFiles:
    """What goes of a month."""

    month: date
    files: int
    bytes: int


@dataclass(frozen=True)
class Plan:
    """What a purge will do. `kept`: ledgers of the months that later months still use; `elsewhere`: files of henrei's own
    that go from other places; both are paths below the home. `never_run`: months whose numbers henrei has never read;
    `staying`: there are later months in the home.
    """

    before: date
    months: list[MonthFiles]
    elsewhere: list[str]
    kept: list[str]
    found: Found
    never_run: list[date]
    staying: bool

    def lines(self) -> list[str]:
        """What the terminal shows."""
        shown = [f"{month_text(self.before)} より前の{len(self.months)}か月を消します(まだ何も消していません)"]
        shown += [f"  {month_text(m.month)}  {m.files:>6,}ファイル  {size_text(m.bytes):>9}" for m in self.months]
        if self.elsewhere:
            shown += ["henrei の作った次のファイルも消します", *(f"  {path}" for path in self.elsewhere)]
        shown += [f"※ {path} は残る月がまだ使うため、消しません" for path in self.kept]
        if self.found.traces:
            shown += ["※ 次のファイルは消しません。要らなければ、確かめてから手で消してください"]
            shown += [f"  {line}" for line in _grouped(self.found.traces)]
        if self.found.unread:
            shown += ["※ 次のファイルは中を確かめていません。消した月の番号や氏名が残っていないか見てください"]
            shown += [f"  {line}" for line in _grouped(self.found.unread)]
        shown += [
            f"※ {month_text(month)} は一度も確認(run)していないため、この月だけの番号は探せません"
            for month in self.never_run
        ]
        if self.staying:
            shown.append("※ 残る審査月のフォルダーと henrei.duckdb には、その月の児童の番号と氏名が残ります")
        return [*shown, f"※ {_OUT_OF_REACH}"]


def _grouped(traces: list[Trace]) -> Iterator[str]:
    """Path and reason; many files of one folder with one reason as one line."""
    folder_of = {trace: trace.path.rpartition("/")[0] for trace in traces}
    counts = Counter((folder_of[trace], trace.reason) for trace in traces)
    shown = set()
    for trace in traces:
        key = (folder_of[trace], trace.reason)
        if counts[key] <= _MOST_OF_A_FOLDER:
            yield f"{trace.path}: {trace.reason}"
        elif key not in shown:
            shown.add(key)
            yield f"{key[0] or '作業フォルダー'}/ の {counts[key]:,}ファイル: {trace.reason}"


def size_text(count: int) -> str:
    """Bytes as people read them."""
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{-(-count // 1000):,} KB"


def months_of(home: Home) -> list[date]:
    """Every month that has a folder in the home, oldest first."""
    return sorted({*home.inbox_months(), *home.out_months(), *home.books_months()})


def too_young(months: list[date], newest: date | None, least: int) -> date | None:
    """The first month that may not go yet: it lies less than `least` months before the newest closed one. A home without a
    closed month has none that may."""
    return next((month for month in sorted(months) if newest is None or _apart(month, newest) < least), None)


def _apart(month: date, later: date) -> int:
    return (later.year - month.year) * 12 + later.month - month.month


def folders(home: Home, month: date) -> tuple[Path, ...]:
    return home.inbox(month), home.out(month), home.books(month)


def staying_of(home: Home, month: date) -> set[Path]:
    """The files of out/ and books/ that stay of a purged month."""
    stays = {home.books(month) / name for name in STAYS_IN_BOOKS}
    return stays | {home.out(month) / name for name in _STAYS_IN_OUT}


def going(home: Home, month: date, kept: set[Path]) -> list[Path]:
    """The files of the month's own folders that a purge removes. `kept`: ledgers that later months use."""
    stays = staying_of(home, month) | kept
    files = (path for folder in folders(home, month) for path in sorted(folder.rglob("*")) if path.is_file())
    closed_whole = books.is_closed(home, month) and not books.is_purged(home, month)
    # Of a closed month that is whole the outcomes are replaced by hashed ones; that alone makes it one to be purged.
    return [path for path in files if path not in stays or (closed_whole and path.name == "outcomes.csv")]


def elsewhere(home: Home) -> dict[Path, date]:
    """Files that henrei made for a review month and that lie outside the month's folders, with the month."""
    found: dict[Path, date] = {}
    if home.out().is_dir():
        for path in sorted(home.out().iterdir()):
            # survey_<month>.csv goes by service month and holds counts alone
            named = _MONTH_IN_NAME.search(path.name)
            if named and path.is_file() and not path.name.startswith("survey_"):
                found[path] = month_of(named[1])
    for path in sorted(home.root.rglob("worklist-kept-*.xlsx")):
        ours = _KEPT_WORKLIST.fullmatch(path.name) and not _in_month_folder(home, path)
        if ours and (month := _month_of_worklist(path)):
            found[path] = month
    return found


def _in_month_folder(home: Home, path: Path) -> bool:
    parts = path.relative_to(home.root).parts
    return len(parts) > 2 and home.root / parts[0] in (home.inbox(), home.out(), home.books()) and is_month(parts[1])


def _month_of_worklist(path: Path) -> date | None:
    """The review month in the title of a worklist; None for a file that cannot be read as one."""
    try:
        with zipfile.ZipFile(path) as packed:
            title = _TITLE.search(packed.read("docProps/core.xml").decode("utf-8", errors="replace"))
    except (OSError, KeyError, zipfile.BadZipFile, RuntimeError):
        return None
    return month_of(title[1]) if title and is_month(title[1]) else None


def kept_ledgers(home: Home, before: date, settings: Settings) -> set[Path]:
    """Ledgers of purged months that count for months that stay, because those have none of their own (contract 3.2)."""
    later = [m for m in months_of(home) if m >= before and home.inbox(m).is_dir()]
    first = later[0] if later else before
    kept: set[Path] = set()
    for name in ledgers():
        folder = home.inbox(first)
        own = any(name in inbox.ledgers_of(p, settings) for p in folder.rglob("*")) if folder.is_dir() else False
        if not own and (source := inbox.source_of(home, first, settings, name)) and source.month:
            kept |= set(source.paths)
    return kept
