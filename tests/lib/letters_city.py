"""A city of two facilities with one child on one day, and readers of the letters they get."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pypdf

from lib import inputs
from lib.home_history import HISTORY, henrei, month

ONE, OF_A, OF_B = "0000000001", "0000000002", "0000000003"  # at both facilities, at A alone, at B alone
NAMES = {ONE: "カクウ ヒトミ", OF_A: "ホシゾラ タロウ", OF_B: "ツキミ ハナコ"}
HOUSES = {inputs.A: "にじいろ教室", inputs.B: "こもれびひろば"}
CONTACT = "療育支援課 049-000-0000"
MAY = "2026-05"


def ledgers(names: dict[str, str] = NAMES, houses: dict[str, str] = HOUSES) -> dict[str, str]:
    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    people = "".join(f"{no},112992,{quoted(name)},4600,2025-04-01\r\n" for no, name in names.items())
    places = "".join(f"{no},{quoted(name)},63,10,23,2025-04-01,\r\n" for no, name in houses.items())
    grants = "".join(f"{no},631000,10,2025-04-01,2027-03-31\r\n" for no in names)
    return {
        "recipients": "受給者証番号,市町村番号,児童氏名カナ,利用者負担上限月額,適用開始日\r\n" + people,
        "facilities": "事業所番号,事業所名,サービス種類コード,定員,地域区分コード,指定開始日,指定終了日\r\n" + places,
        "grants": "受給者証番号,決定サービスコード,支給量,支給決定開始日,支給決定終了日\r\n" + grants,
        "history": HISTORY,
        "first_review": "種別,事業所番号,受給者証番号,サービス提供年月,区分,エラーコード,文言\r\n"
        f"明,{inputs.A},{OF_A},2026-04,警告,EE01,{inputs.B} {houses[inputs.B]}と比べてください\r\n",
    }


def overlapping(tmp_path: Path, settings: str = "", **more: str) -> Path:
    """Child 1 is at A and at B on 1 April; each facility has a child of its own besides, with a mistake."""
    home = inputs.make_home(tmp_path / "home", {}, {}, f'[reports]\ncontact = "{CONTACT}"\n{settings}')
    month(
        home,
        MAY,
        *(
            group
            for at in (inputs.A, inputs.B)
            for group in (inputs.claim(at, ONE), inputs.attendance(at, ONE, days=(1, 2)))
        ),
        *(
            group
            for at, no in ((inputs.A, OF_A), (inputs.B, OF_B))
            for group in (inputs.claim(at, no, days=3), inputs.attendance(at, no))
        ),
        **{**ledgers(), **more},
    )
    return home


def closed(home: Path, undecided: str = "return") -> Path:
    """Runs and closes May; returns the folder of the notices."""
    assert henrei(home, "run", MAY) == 0
    assert henrei(home, "close", MAY, "--undecided", undecided) == 0
    return home / "out" / MAY / "notices"


def pdf_text(path: Path) -> str:
    """All text of a PDF without blanks and line ends, which are a matter of setting."""
    return "".join("".join((page.extract_text() or "").split()) for page in pypdf.PdfReader(path).pages)


def lasting_approval(path: Path) -> str:
    """The text of a page to sign, without when it was made and the SHA-256 of decisions, which hold times."""
    return re.sub(r"作成.*?分|SHA-256[0-9a-f]{64}", "", pdf_text(path))


def cells(path: Path) -> dict[str, list[list[object]]]:
    """Rows of every sheet of a workbook."""
    book = openpyxl.load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def table(path: Path, sheet: str, first: str) -> list[dict[str, object]]:
    """The rows of a sheet's table as dictionaries; its head begins with `first`."""
    rows = cells(path)[sheet]
    at = next(number for number, row in enumerate(rows) if row[0] == first)
    return [dict(zip(map(str, rows[at]), row, strict=True)) for row in rows[at + 1 :]]


def all_text(path: Path) -> str:
    """All text of a letter: a PDF's text and metadata, a workbook's parts as they are stored."""
    if path.suffix == ".pdf":
        reader = pypdf.PdfReader(path)
        return (
            pdf_text(path) + str(reader.metadata) + str(reader.xmp_metadata and reader.xmp_metadata.stream.get_data())
        )
    with zipfile.ZipFile(path) as parts:
        return "".join(name + parts.read(name).decode("utf-8") for name in parts.namelist())
