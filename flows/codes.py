"""`henrei codes`: the ministry's service-code workbooks in, service_codes.csv beside henrei.toml and a list of what does not
fit out.

What the names say is in data/rules/code_names.csv; how a workbook is read, in schemas/ledgers/code_sheets.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from henrei.data.rules.code_names import BASE, CodeNames
from henrei.errors import NOTHING, HenreiError
from henrei.files import refuse_if_open, write_for_user
from henrei.flows.code_faults import Code, Fault, list_bytes, of_codes, of_rows
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.schemas.exchange.lines import line_count
from henrei.schemas.ledgers import ledgers
from henrei.schemas.ledgers.code_periods import Merged, Period, merge
from henrei.schemas.ledgers.code_sheets import CodeRow, CodeSheets, plain, read_codes

LEDGER = "service_codes"
_NO_WORKBOOK = "Excel のブック(.xlsx)として開けません。壊れているか、パスワードがかかっています。Excel で開き、パスワードなしの .xlsx で保存し直してください"
_DIFFERENCES = 3  # codes on sheets that disagree, named in the error


@dataclass
class ImportedCodes:
    """What an import did. codes: (service type, class) → codes; new, changed, same, gone: codes against the period before;
    listed: the file with all faults, None where there are none; notes: what else to know."""

    path: Path
    codes: Counter[tuple[str, str]]
    new: int
    changed: int
    same: int
    gone: int
    merged: Merged
    faults: list[Fault]
    listed: Path | None
    notes: list[str] = field(default_factory=list)


def parse_day(text: str, option: str) -> date:
    """The day that a user typed behind an option. Raises HenreiError."""
    try:
        if len(text) != len("2026-06-01"):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise HenreiError(f"{option}「{text}」が読めません。2026-06-01 のように YYYY-MM-DD で書いてください") from None


def import_codes(home: Home, files: list[Path], since: date, until: date | None, settings: Settings) -> ImportedCodes:
    """Reads the workbooks and writes the table; nothing is written where anything stops it. Raises HenreiError: 3 where a
    file holds no code, 2 where a code is on two sheets that disagree."""
    if until and until < since:
        raise HenreiError(f"--until {until} が --from {since} より前です。期間を確かめてください")
    path = _target(home, settings)
    sheets = _read_all(files)
    rows, twice = _one_a_code(sheets)
    names = CodeNames.on(since)
    codes = [Code(row, names.meaning(row.code[:2], row.name)) for row in rows]
    odd = [row for one in sheets for row in one.odd]
    faults = [*of_rows(odd), *of_codes(codes, {row.code for row in odd})]
    period = Period(since, until, frozenset(code.service_type for code in codes))
    before = path.read_bytes() if path.is_file() else None
    merged = merge(before, map(_row, codes), period, ledgers()[LEDGER], settings.export(LEDGER), path.name)
    listed = home.code_list(since)
    refuse_if_open([path, listed])
    write_for_user(path, merged.data)
    if faults:
        write_for_user(listed, list_bytes(faults))
    else:  # an older list says nothing of this table
        listed.unlink(missing_ok=True)
    compared = Counter(_compared(code, merged) for code in codes)
    return ImportedCodes(
        path=path,
        codes=Counter((code.service_type, code.kind) for code in codes),
        new=compared["new"],
        changed=compared["changed"],
        same=compared["same"],
        gone=len(merged.former.keys() - {code.row.code for code in codes}),
        merged=merged,
        faults=faults,
        listed=listed if faults else None,
        notes=[
            *_notes_on_sheets(sheets, twice),
            *_notes_on_names(codes, names, since),
            *_notes_on_table(home, settings, since, merged),
        ],
    )


def _target(home: Home, settings: Settings) -> Path:
    name = settings.ledger_files[LEDGER]
    if Path(name).suffix.casefold() != ".csv":
        raise HenreiError(f"henrei.toml の [ledgers] {LEDGER} が {name} です。.csv の名前にしてください")
    if settings.export(LEDGER).groups:
        raise HenreiError(f"henrei.toml の [[ledgers.split.{LEDGER}]] がある台帳には書き足せません。消してください")
    return home.beside_settings(name)


def _read_all(files: Iterable[Path]) -> list[CodeSheets]:
    """What the workbooks hold, each by itself."""
    found = []
    for path in files:
        try:
            data = path.read_bytes()
        except OSError as problem:
            raise HenreiError(
                f"{path} を読めません({problem.strerror})。ファイル名を確かめ、Excel などで開いていれば閉じてください"
            ) from None
        sheets = read_codes(data)
        if sheets is None:
            raise HenreiError(f"{path.name} を {_NO_WORKBOOK}", NOTHING)
        if not sheets.rows:
            why = "、".join(f"「{sheet}」{reason}" for sheet, reason in list(sheets.skipped.items())[:5])
            raise HenreiError(
                f"{path.name} にサービスコードがありません({why or 'コードのある行がない'})。"
                "厚生労働省・こども家庭庁のサービスコード表(障害児)か確かめてください",
                NOTHING,
            )
        found.append(sheets)
    return [_named(sheets, path) for sheets, path in zip(found, files, strict=True)] if len(found) > 1 else found


def _named(sheets: CodeSheets, path: Path) -> CodeSheets:
    """The same with the file's name before that of every sheet: several files may have sheets of one name."""

    def named(sheet: str) -> str:
        return f"{path.name} {sheet}"

    return CodeSheets(
        rows=[row._replace(sheet=named(row.sheet)) for row in sheets.rows],
        odd=[row._replace(sheet=named(row.sheet)) for row in sheets.odd],
        skipped={named(sheet): reason for sheet, reason in sheets.skipped.items()},
        blank=sheets.blank,
    )


def _one_a_code(sheets: Iterable[CodeSheets]) -> tuple[list[CodeRow], int]:
    """The codes in their order, and how many rows repeat one. Raises HenreiError where two rows of a code disagree."""
    first: dict[str, CodeRow] = {}
    twice, differences = 0, []
    for row in (row for one in sheets for row in one.rows):
        other = first.setdefault(row.code, row)
        if other is row:
            continue
        twice += 1
        if (other.name, other.units) != (row.name, row.units):
            differences.append(f"{row.code} は {_spelt(other)} と {_spelt(row)}")
    if differences:
        more = f" ほか{len(differences) - _DIFFERENCES:,}コード" if len(differences) > _DIFFERENCES else ""
        raise HenreiError(
            f"同じコードがシートや行によって違うため、何も書いていません: {'、'.join(differences[:_DIFFERENCES])}{more}。"
            "どちらが正しいか確かめ、ブックを直してください"
        )
    return [first[code] for code in sorted(first)], twice


def _spelt(row: CodeRow) -> str:
    return f"シート「{row.sheet}」{row.line}行({row.shown} {_number(row.units)})"


def _number(units: int | None) -> str:
    return "単位数なし" if units is None else f"{units}単位"


def _row(code: Code) -> dict[str, str]:
    """A row of service_codes.csv, without its period."""
    return {
        "service_code": code.row.code,
        "name": code.row.shown,
        "units": "" if code.row.units is None else str(code.row.units),
        "class": code.kind,
        "addon_keys": ";".join(code.meaning.keys),
        **{column: str(value) for column, value in code.meaning.attributes.items()},
    }


def _compared(code: Code, merged: Merged) -> str:
    former = merged.former.get(code.row.code)
    if former is None:
        return "new"
    name, units = former
    ours = "" if code.row.units is None else str(code.row.units)
    return "same" if (plain(name), units.strip()) == (code.row.name, ours) else "changed"


def _notes_on_sheets(sheets: list[CodeSheets], twice: int) -> Iterator[str]:
    skipped: dict[str, list[str]] = {}
    for sheet, reason in ((sheet, reason) for one in sheets for sheet, reason in one.skipped.items()):
        skipped.setdefault(reason, []).append(f"「{sheet}」")
    for reason, titles in skipped.items():
        yield f"読まなかったシート: {'、'.join(titles)}({reason})"
    if blank := sum(one.blank for one in sheets):
        yield f"コードのない行: {blank:,}行"
    if twice:
        yield f"ほかのシートにも同じ内容である行: {twice:,}行"


def _notes_on_names(codes: list[Code], names: CodeNames, since: date) -> Iterator[str]:
    if names.rows.is_empty():
        yield f"{since} の名称の決まりがありません。加算キーと区分はすべて空です"
    by_time = set(names.rows.filter(kind="base").filter(pl.col("time_class").is_not_null())["service_type"])
    without = Counter(
        code.service_type
        for code in codes
        if code.service_type in by_time and code.kind == BASE and "capacity_from" not in code.meaning.attributes
    )
    for service_type, count in sorted(without.items()):
        yield f"種類{service_type}の基本 {count:,}コードは、名称から定員がわからないため空です(空の欄は確認に使いません)"


def _notes_on_table(home: Home, settings: Settings, since: date, merged: Merged) -> Iterator[str]:
    if merged.later:
        yield f"後から始まる行がある{merged.later:,}コードは、その前日までにしました"
    if merged.unreadable:
        yield f"サービスコードか期間が読めない行が{merged.unreadable:,}行あり、そのまま残しました"
    hiding = home.ledgers / settings.ledger_files[LEDGER]
    if hiding.is_file() and line_count(hiding.read_bytes()) > 1:
        yield f"{home.name_of(hiding)} があるため、書いた表は使われません。そのファイルを消すか移してください"
    for month in home.inbox_months():
        own = home.inbox(month) / settings.ledger_files[LEDGER]
        if month > since and own.is_file():
            yield f"{home.name_of(own)} があるため、その審査月は書いた表を使いません"
