"""Worklists and decisions.csv of clerks in, rows to merge out; with what is wrong in them, and what cannot count any more.
Called by decide.

Whatever is wrong is named by file and row, never with a name or a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import polars as pl

from henrei import labels
from henrei.errors import HenreiError
from henrei.files import unreadable
from henrei.flows.decisions.merge import TEXTS, Entry, Key, Row
from henrei.flows.settings import Settings
from henrei.months import month_text, month_texts
from henrei.reports.worklist import labels as heads
from henrei.reports.worklist import read_decisions
from henrei.reports.worklist.read_decisions import DECISIONS, FilledRow
from henrei.schemas.ledgers import decisions as decisions_table
from henrei.schemas.ledgers.export import Export
from henrei.schemas.ledgers.read import read_ledger

_CHOICES = "・".join(DECISIONS)
_NUMBER = re.compile(r"[0-9A-Z]{10}")
# decisions.csv may call the column as the worklist does.
_EXPORT = Export(columns={"message": heads.MESSAGE})


@dataclass
class Files:
    """What the files hold. `tokens`: of rows of a worklist, by what they are known again; faults: a line each."""

    rows: list[Row] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)  # place → token
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """The claims and sheets of the month as they are now: fingerprint of each, and the token of its row in the list."""

    fingerprints: Mapping[Key, str]
    tokens: Mapping[Key, str]


def labelled(files: list[Path]) -> dict[str, Path]:
    """What each file is called in messages: its name, or the whole path where two have one name."""
    names = [path.name for path in files]
    return {path.name if names.count(path.name) == 1 else str(path): path for path in files}


def read(paths: Mapping[str, Path], month: date, settings: Settings, book: Mapping[Key, Entry]) -> Files:
    """Reads all files, in their order; `book` is what rows of 0.1.0, which do not hold it, were handed out with.

    Raises HenreiError where one is neither a worklist nor a decisions.csv.
    """
    files = Files()
    for label, path in paths.items():
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            _read_worklist(files, path, label, month, settings, book)
        else:
            _read_table(files, path, label, settings)
    return files


def _saved(path: Path) -> str:
    """When the file was saved: of a row nobody knows more."""
    return datetime.fromtimestamp(path.stat().st_mtime).astimezone().isoformat(timespec="seconds")


def _read_worklist(
    files: Files, path: Path, label: str, month: date, settings: Settings, book: Mapping[Key, Entry]
) -> None:
    filled = read_decisions.read(path, label)
    if (filled.review_month, filled.municipality_no) != (month_text(month), settings.municipality_no):
        files.faults.append(
            f"{label} は別の回({filled.review_month}・{filled.municipality_no})の一覧です。"
            f"{month_text(month)} の worklist.xlsx を使ってください"
        )
        return
    saved = _saved(path)
    for filled_row in filled.rows:
        place = f"{label}:{filled_row.number}"
        if fault := _fault(filled_row):
            files.faults.append(f"{place} {fault}")
        elif filled_row.key:
            row = row_of(filled_row, book.get(filled_row.key, Entry()))
            files.rows.append(replace(row, place=place, file=label, saved=saved))
            if not filled_row.other:
                files.tokens[place] = filled_row.token


def _fault(row: FilledRow) -> str | None:
    """What is wrong in a row by itself."""
    if row.cells.decision and row.cells.decision not in DECISIONS:
        return f"「{heads.DECISION}」に書かれたものは{_CHOICES}のどれでもありません"
    if not row.other:
        listed = row.key is not None and row.token
        return None if listed else f"一覧にない行です。行を足さず、「{heads.OTHER}」の行に書いてください"
    if row.other.subject not in read_decisions.SUBJECTS:
        return f"「{heads.OTHER}」の「{heads.SUBJECT}」が読めません。明細書か結果票を選んでください"
    if row.key is None or not all(_NUMBER.fullmatch(number) for number in row.key[1:3]):
        return (
            f"「{heads.OTHER}」の番号か月が読めません。事業所番号と受給者証番号は10桁の数字、"
            "サービス提供年月は 2026-04 のように書いてください"
        )
    return (
        None
        if row.cells.decision
        else f"「{heads.OTHER}」の「{heads.DECISION}」が空欄です。{_CHOICES}から選んでください"
    )


def row_of(filled: FilledRow, entry: Entry) -> Row:
    """A row of a worklist as it is merged; `entry` is what the book has of it. The decision must be one, or none."""
    assert filled.key is not None
    names = TEXTS if filled.knows_texts else TEXTS[:2]
    base = filled.known_base(entry.answer, entry.note)
    return Row(
        key=filled.key,
        place="",
        decision=DECISIONS.get(filled.cells.decision, ""),
        texts={name: getattr(filled.cells, name) for name in names},
        base={name: getattr(base, name) for name in names} if base else {},
        handed_out=DECISIONS.get(filled.base.decision, ""),
    )


def _read_table(files: Files, path: Path, label: str, settings: Settings) -> None:
    try:
        data = path.read_bytes()
        saved = _saved(path)
    except OSError as problem:
        raise unreadable(path, problem) from None
    part = read_ledger(decisions_table(), data, _EXPORT, settings.municipality_no)
    if part.missing or "decision" not in part.columns:
        missing = part.missing or "決定に列「decision」がありません。見出しを直してください"
        raise HenreiError(f"{label}:1 {missing}(何も取り込んでいません)")
    # The value may be a name: the message has the line, and not the value.
    refused = part.rejected.sort("line").select("line", "reason").iter_rows()
    files.faults += [f"{label}:{line} {reason.partition('(値: ')[0]}" for line, reason in refused]
    names = [name for name in TEXTS if name in part.columns]
    for row in part.rows.with_columns(month_texts(pl.col("service_month"))).iter_rows(named=True):
        files.rows.append(
            Row(
                key=(row["subject"], row["facility_no"], row["recipient_no"], row["service_month"]),
                place=f"{label}:{row['line']}",
                decision=row["decision"] or "",
                texts={name: row[name] or "" for name in names},
                handed_out=(row["handed_out"] or "") if "handed_out" in part.columns else None,
                file=label,
                saved=saved,
            )
        )


def judge(files: Files, known: Known, month: date) -> tuple[list[Row], list[str]]:
    """The rows that count, with their fingerprint; and the places of those of a list whose claim or reasons have changed
    since. Raises HenreiError, naming all that is wrong."""
    tokens, of_rows = files.tokens, set(known.tokens.values())
    rows, changed, faults = [], [], list(files.faults)
    for row in files.rows:
        fingerprint, token = known.fingerprints.get(row.key), tokens.get(row.place)
        if token is None and fingerprint is None:
            kind = labels.SHORT_SUBJECTS[row.key[0]]
            faults.append(
                f"{row.place} の{kind}は {month_text(month)} の請求にありません。審査月と番号を確かめてください"
            )
        elif token is None or known.tokens.get(row.key) == token:
            rows.append(replace(row, fingerprint=fingerprint or ""))
        elif token not in of_rows:
            changed.append(row.place)
        elif row.key in known.tokens:
            faults.append(f"{row.place} 番号と隠れた列が食い違っています。並べ替えるときは表全体を並べ替えてください")
        else:
            faults.append(f"{row.place} 一覧にない行です。番号を書きかえず、新しい worklist.xlsx で決めてください")
    refuse([*faults, *_contradictions(rows)])
    return rows, changed


def _contradictions(rows: Iterable[Row]) -> list[str]:
    """Rows of one file that decide one claim or sheet in two ways."""
    by_key: dict[tuple[str, Key], list[Row]] = {}
    for row in rows:
        if row.decision:
            by_key.setdefault((row.file, row.key), []).append(row)
    return [
        f"{' と '.join(row.place for row in same)} で同じ{labels.SHORT_SUBJECTS[key[0]]}の決定が食い違っています。どちらかに揃えてください"
        for (_, key), same in by_key.items()
        if len({row.decision for row in same}) > 1
    ]


def refuse(faults: list[str]) -> None:
    """Names everything that is wrong, so that one round is enough."""
    if not faults:
        return
    if len(faults) > 1:
        print("\n".join(faults))
    more = f"(ほか{len(faults) - 1}件)" if len(faults) > 1 else ""
    raise HenreiError(f"{faults[0]}{more}(何も取り込んでいません)")
