"""Files of a home in which a recipient's number or name is found again, and those that nobody can look into."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest

from henrei.flows import traces
from henrei.flows.traces import People, Trace, people_of, search
from henrei.home import Home
from lib.store_tables import fill

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
NUMBER = "0001000282"
PEOPLE = People({"1000282": {MAY}, "7000000001": {APRIL, MAY}}, {"カクウタロウ": {MAY}})
BY_NUMBER, BY_NAME = "2026-05 の受給者証番号があります", "2026-05 の氏名があります"


def workbook(path: Path, *cells: object) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(cells)
    book.save(path)


def document(path: Path, *runs: str) -> None:
    text = "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("word/document.xml", f"<w:document><w:p>{text}</w:p></w:document>")


def text(content: str, encoding: str = "utf-8") -> Callable[[Path], object]:
    return lambda path: path.write_text(content, encoding=encoding)


HOLDING: list[tuple[str, Callable[[Path], object], str]] = [
    ("a.csv", text(f"claim,1350000001,{NUMBER},2026-04,return\r\n"), BY_NUMBER),
    ("a.CSV", text(f'"{NUMBER}"', "utf-8-sig"), BY_NUMBER),
    ("zeros-gone.csv", text("claim,1350000001,1000282,2026-04,return\r\n"), BY_NUMBER),
    ("excel.txt", text(f"番号 {NUMBER}", "utf-16"), BY_NUMBER),
    ("full-width.txt", text("番号 ０００１０００２８２", "cp932"), BY_NUMBER),
    ("two-months.json", text('{"n": "7000000001"}'), "2026-04 ほか1か月 の受給者証番号があります"),
    ("name.txt", text("ｶｸｳ ﾀﾛｳ さんの件", "cp932"), BY_NAME),
    ("name-joined.txt", text("カクウタロウ"), BY_NAME),
    ("both.csv", text(f"{NUMBER},カクウ　タロウ\r\n"), f"{BY_NUMBER}。{BY_NAME}"),
    ("text.xlsx", lambda path: workbook(path, "児童", NUMBER), BY_NUMBER),
    ("number.xlsx", lambda path: workbook(path, "児童", 1000282), BY_NUMBER),
    ("name.xlsx", lambda path: workbook(path, "ｶｸｳ ﾀﾛｳ"), BY_NAME),
    ("cut.docx", lambda path: document(path, "番号00010", "00282"), BY_NUMBER),
    ("202605.csv", text("件数\r\n3\r\n"), "名前に 2026-05 があります"),
    ("控え/2026年5月分.txt", text("済"), "名前に 2026-05 があります"),
    ("decisions/2026-05.csv", text(NUMBER), f"名前に 2026-05 があります。{BY_NUMBER}"),
    ("ledgers/recipients.csv", text(NUMBER), f"{BY_NUMBER}。残る月が使う台帳です"),
    ("inbox/控え/a.csv", text(NUMBER), BY_NUMBER),
    ("out/mine.csv", text(NUMBER), BY_NUMBER),
]


@pytest.mark.parametrize(("name", "write", "reason"), HOLDING, ids=[name for name, *_ in HOLDING])
def test_a_file_that_holds_one_is_named_with_the_reason(
    tmp_path: Path, name: str, write: Callable[[Path], object], reason: str
) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    write(tmp_path / name)
    found = search(Home(tmp_path), [APRIL, MAY], PEOPLE, set())
    assert (found.traces, found.unread) == ([Trace(name, reason)], [])


CLEAN: list[tuple[str, Callable[[Path], object]]] = [
    ("another.csv", text("0001000283")),
    ("longer.csv", text(f"9{NUMBER} 10002820")),
    ("part.txt", text("カクウ")),
    ("2026-050.csv", text("")),
    ("empty.xlsx", lambda path: workbook(path)),
    ("henrei.toml", text(NUMBER)),
    ("henrei.duckdb", text(NUMBER)),
    ("henrei.rebuild.duckdb.wal", text(NUMBER)),
    ("inbox/2026-05/K1100000.CSV", text(NUMBER)),
    ("out/2026-06/findings.csv", text(NUMBER)),
    ("books/journal.jsonl", text("2026-05")),
    ("out/survey_2026-05.csv", text("")),
    (".henrei/lock", text("")),
    (".prefect/prefect.db", text("")),
]


@pytest.mark.parametrize(("name", "write"), CLEAN, ids=[name for name, _ in CLEAN])
def test_what_holds_none_or_is_henreis_own_is_not_named(
    tmp_path: Path, name: str, write: Callable[[Path], object]
) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    write(tmp_path / name)
    assert search(Home(tmp_path), [APRIL, MAY], PEOPLE, set()) == traces.Found([], [])


def test_what_cannot_be_looked_into_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notice 2026-05.pdf").write_bytes(b"%PDF")
    (tmp_path / "long.csv").write_text("1" * 3_000, encoding="utf-8")
    (tmp_path / "broken.xlsx").write_bytes(b"\xd0\xcf\x11\xe0 a password")
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", "0" * 3_000)
    (tmp_path / "away.csv").symlink_to(tmp_path.parent / "elsewhere.csv")
    (tmp_path / "folder").symlink_to(tmp_path.parent)
    monkeypatch.setattr(traces, "_MOST_BYTES", 2_000)
    found = search(Home(tmp_path), [MAY], PEOPLE, {tmp_path / "left out.pdf"})
    assert found.traces == []
    assert found.unread == [
        Trace("away.csv", "ほかの場所へのリンクのため、中を見ていません"),
        Trace("bomb.xlsx", "大きすぎるため、中を見ていません"),
        Trace("broken.xlsx", "パスワードつきか壊れているため、中を見ていません"),
        Trace("folder", "ほかの場所へのリンクのため、中を見ていません"),
        Trace("long.csv", "大きすぎるため、中を見ていません"),
        Trace("notice 2026-05.pdf", "名前に 2026-05 があります。この種類のファイルは、中を見ていません"),
    ]


def test_what_cannot_be_opened_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "locked").mkdir()
    (tmp_path / "held.csv").write_text(NUMBER, encoding="utf-8")
    look, read = os.scandir, Path.read_bytes

    def look_in(folder: str) -> object:
        if Path(folder).name == "locked":
            raise PermissionError(13, "Permission denied", folder)
        return look(folder)

    def read_one(path: Path) -> bytes:
        if path.name == "held.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(os, "scandir", look_in)
    monkeypatch.setattr(Path, "read_bytes", read_one)
    assert search(Home(tmp_path), [MAY], PEOPLE, set()).unread == [
        Trace("held.csv", "開けないため、中を見ていません"),
        Trace("locked/", "フォルダーを開けないため、中を見ていません"),
    ]


def test_the_store_says_who_belongs_to_a_month(store: duckdb.DuckDBPyConnection) -> None:
    fill(
        store,
        f"""
claims
| facility_no | recipient_no |
|---|---|
| A | {NUMBER} |
recipients
| recipient_no | child_name | guardian_name |
|---|---|---|
| 0000000012 | ｶｸｳ ｼﾞﾛｳ | ｶｸｳ ﾊﾅｺ |
""",
    )
    people = people_of(store, [APRIL, MAY])
    assert people.numbers == {"1000282": {MAY}, "12": {MAY}}
    assert people.names == {"カクウジロウ": {MAY}, "カクウハナコ": {MAY}}
    assert people_of(store, [APRIL]) == People({}, {})
