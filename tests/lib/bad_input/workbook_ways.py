"""Ways in which a workbook is spoiled: by mail and disks, by other programs, by people, and by those who mean harm. Each is
(random, bytes of a workbook) → bytes."""

from __future__ import annotations

import datetime
import io
import random
import re
import zipfile
from collections.abc import Callable

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from lib.bad_input import mutations

Way = Callable[[random.Random, bytes], bytes]
Parts = dict[str, bytes]

_NO_WORKBOOKS = (
    b"", b"PK", b"PK\x05\x06" + b"\0" * 18, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"%PDF-1.7\n",
    b"<html><table><tr><td>1</td></tr></table></html>", "受給者証番号,決定\r\n".encode("cp932"), b"\0" * 5000,
)  # fmt: skip
_TEXTS = (
    "返戻", "支払", "保留", "返 戻", "ﾍﾝﾚｲ", "return", "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "-", "0", "１２３", "R8.4", "2026-04",
    "2026/4/1", "あ" * 40_000, "\u200b", "a\nb\r\nc", "\t", "'", '"', "<r>x</r>", "&amp;", "😀", "\ufeff", "𠮷野家", "９" * 300,
    "0000000001", "1311000001", " ", "　",
)  # fmt: skip
_VALUES: tuple[object, ...] = (
    None, 0, 1, -1, 1e300, 0.1, 1311000001, 1311000001.0, True, False, datetime.date(2026, 4, 1),
    datetime.datetime(2026, 4, 1, 9, 30), datetime.time(9, 30), datetime.timedelta(hours=30), "#REF!", "#N/A",
)  # fmt: skip


def unpacked(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Parts) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            # Without the time of day, which two such files may have different.
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _sheets(parts: Parts) -> list[str]:
    return sorted(name for name in parts if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))


def _in_a_part(change: Callable[[random.Random, bytes], bytes]) -> Way:
    def way(dice: random.Random, data: bytes) -> bytes:
        parts = unpacked(data)
        name = dice.choice(list(parts))
        parts[name] = change(dice, parts[name])
        return packed(parts)

    return way


def _in_a_sheet(change: Callable[[random.Random, str], str]) -> Way:
    def way(dice: random.Random, data: bytes) -> bytes:
        parts = unpacked(data)
        name = dice.choice(_sheets(parts))
        parts[name] = change(dice, parts[name].decode("utf-8")).encode("utf-8", "surrogatepass")
        return packed(parts)

    return way


# The file ----------------------------------------------------------------------------------------------------------


def no_workbook(dice: random.Random, _data: bytes) -> bytes:
    return dice.choice(_NO_WORKBOOKS)


def part_gone(dice: random.Random, data: bytes) -> bytes:
    parts = unpacked(data)
    del parts[dice.choice(list(parts))]
    return packed(parts)


def parts_exchanged(dice: random.Random, data: bytes) -> bytes:
    parts = unpacked(data)
    one, two = dice.sample(list(parts), 2)
    parts[one], parts[two] = parts[two], parts[one]
    return packed(parts)


def with_a_password(dice: random.Random, data: bytes) -> bytes:
    import msoffcrypto.format.ooxml as ooxml

    stream = io.BytesIO()
    ooxml.OOXMLFile(io.BytesIO(data)).encrypt("secret", stream)
    return stream.getvalue()


def external_link(_dice: random.Random, data: bytes) -> bytes:
    parts = unpacked(data)
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"
    entry = f'<Relationship Id="rIdX" Type="{rel}" Target="externalLinks/externalLink1.xml"/></Relationships>'.encode()
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(b"</Relationships>", entry)
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"</sheets>", b'</sheets><externalReferences><externalReference r:id="rIdX"/></externalReferences>'
    )
    parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"
    return packed(parts)


def many_sheets(dice: random.Random, data: bytes) -> bytes:
    parts = unpacked(data)
    book = parts["xl/workbook.xml"].decode("utf-8")
    target = re.findall(r'r:id="(rId\d+)"', book)[0]
    more = "".join(f'<sheet name="s{n}" sheetId="{1000 + n}" r:id="{target}"/>' for n in range(dice.choice((50, 1000))))
    parts["xl/workbook.xml"] = book.replace("</sheets>", f"{more}</sheets>").encode("utf-8")
    return packed(parts)


def strings_of_nothing(dice: random.Random, data: bytes) -> bytes:
    """A few kilobytes that unpack to a megabyte of shared strings."""
    parts = unpacked(data)
    parts["xl/sharedStrings.xml"] = b"<sst>" + b"<si/>" * dice.choice((1_000, 200_000)) + b"</sst>"
    return packed(parts)


# The XML of a sheet ------------------------------------------------------------------------------------------------


def _once(pattern: str, put: str) -> Callable[[random.Random, str], str]:
    """Puts `put` in the place of one of the matches."""

    def change(dice: random.Random, text: str) -> str:
        found = list(re.finditer(pattern, text))
        if not found:
            return text
        at = dice.choice(found)
        return text[: at.start()] + at.expand(put) + text[at.end() :]

    return change


def _row_elsewhere(dice: random.Random, text: str) -> str:
    row = dice.choice(("0", "-1", "1048576", "1048577", "99999999999", "1e3", "abc", ""))
    return _once(r'<row r="\d+"', f'<row r="{row}"')(dice, text)


def _cell_elsewhere(dice: random.Random, text: str) -> str:
    cell = dice.choice(("XFD1", "XFE1", "ZZZZZZ1", "A0", "A99999999999", "1A", "", "あ1"))
    return _once(r'<c r="[A-Z]+\d+"', f'<c r="{cell}"')(dice, text)


def _kind_of_cell(dice: random.Random, text: str) -> str:
    kind = dice.choice(("b", "d", "e", "n", "s", "str", "inlineStr", "z"))
    value = dice.choice(("-1", "0", "1", "999999", "x", "1e400", "NaN", "", "2026-13-45", "45000.5"))
    return _once(r'<c r="([A-Z]+\d+)"[^>]*>.*?</c>', rf'<c r="\1" t="{kind}"><v>{value}</v></c>')(dice, text)


def _formula(dice: random.Random, text: str) -> str:
    value = dice.choice(("<v>返戻</v>", "<v>1</v>", "<v/>", ""))
    formula = dice.choice(("A1", 'HYPERLINK("http://example.invalid","x")', "[1]Sheet1!A1", "1/0"))
    cell = rf'<c r="\1" t="str"><f>{formula.replace(chr(34), "&quot;")}</f>{value}</c>'
    return _once(r'<c r="([A-Z]+\d+)"[^>]*>.*?</c>|<c r="([A-Z]+\d+)"[^>]*/>', cell)(dice, text)


def _entities(dice: random.Random, text: str) -> str:
    lols = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    outside = '<!ENTITY x SYSTEM "file:///etc/hostname">'
    declared = dice.choice((f'<!ENTITY l0 "ha">{lols}', outside))
    name = "l9" if "l9" in declared else "x"
    body = re.sub(r"^<\?xml[^>]*\?>", "", text.lstrip("\ufeff").lstrip())
    return f"<!DOCTYPE w [{declared}]>" + _once(r"<v>.*?</v>|<t>.*?</t>", f"<v>&{name};</v>")(dice, body)


def _size_claimed(_dice: random.Random, text: str) -> str:
    return re.sub(r'<dimension ref="[^"]*"/>', '<dimension ref="A1:XFD1048576"/>', text)


def _hidden(dice: random.Random, text: str) -> str:
    if dice.random() < 0.5:
        return _once(r"<row ", '<row hidden="1" ')(dice, text)
    return _once(r"<col ", '<col hidden="1" ')(dice, text)


def _merged(dice: random.Random, text: str) -> str:
    cells = dice.choice(("A1:C3", "A2:A9", "B2:XFD2", "A1:A1048576"))
    return text.replace("</sheetData>", f'</sheetData><mergeCells count="1"><mergeCell ref="{cells}"/></mergeCells>')


def _control_characters(dice: random.Random, text: str) -> str:
    escaped = dice.choice(("_x0000_", "_xD800_", "_x001F_", "&#1;", "\x01", "\ud800", "]]>"))
    return _once(r"(<t[^>]*>)", r"\1" + escaped.replace("\\", r"\\"))(dice, text)


# What people and other programs do ---------------------------------------------------------------------------------


def _edited(change: Callable[[random.Random, Worksheet], None]) -> Way:
    """Opened by another program, changed on one sheet and saved."""

    def way(dice: random.Random, data: bytes) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(data))
        change(dice, dice.choice(book.worksheets))
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    return way


def _place(dice: random.Random, sheet: Worksheet) -> tuple[int, int]:
    return dice.randrange(1, sheet.max_row + 3), dice.randrange(1, sheet.max_column + 2)


def _typed(dice: random.Random, sheet: Worksheet) -> None:
    for _ in range(dice.choice((1, 3, 20))):
        cell = sheet.cell(*_place(dice, sheet))
        if isinstance(cell, openpyxl.cell.MergedCell):
            continue
        cell.value = dice.choice(_VALUES) if dice.random() < 0.4 else dice.choice(_TEXTS)  # type: ignore[assignment]


def _rows_changed(dice: random.Random, sheet: Worksheet) -> None:
    row = dice.randrange(1, sheet.max_row + 1)
    match dice.randrange(3):
        case 0:
            sheet.delete_rows(row, dice.choice((1, 3)))
        case 1:
            sheet.insert_rows(row, dice.choice((1, 3)))
        case _:
            for column in range(1, sheet.max_column + 1):
                sheet.cell(sheet.max_row + (column == 1), column, sheet.cell(row, column).value)


def _columns_changed(dice: random.Random, sheet: Worksheet) -> None:
    column = dice.randrange(1, sheet.max_column + 1)
    (sheet.delete_cols if dice.random() < 0.5 else sheet.insert_cols)(column)


def _renamed(dice: random.Random, sheet: Worksheet) -> None:
    sheet.title = dice.choice(("Sheet1", "1 決定 (2)", "決定", "台帳"))


def _sheet_removed(_dice: random.Random, sheet: Worksheet) -> None:
    assert sheet.parent is not None
    if len(sheet.parent.worksheets) > 1:
        sheet.parent.remove(sheet)


WAYS: dict[str, Way] = {
    "flip": mutations.flip, "cut": mutations.cut, "byte": mutations.byte, "no_workbook": no_workbook,
    "with_a_password": with_a_password, "part_gone": part_gone, "parts_exchanged": parts_exchanged,
    "flip_in_a_part": _in_a_part(mutations.flip), "cut_in_a_part": _in_a_part(mutations.cut),
    "double_in_a_part": _in_a_part(mutations.double), "external_link": external_link, "many_sheets": many_sheets,
    "strings_of_nothing": strings_of_nothing, "row_elsewhere": _in_a_sheet(_row_elsewhere),
    "cell_elsewhere": _in_a_sheet(_cell_elsewhere), "kind_of_cell": _in_a_sheet(_kind_of_cell), "formula": _in_a_sheet(_formula),
    "entities": _in_a_sheet(_entities), "size_claimed": _in_a_sheet(_size_claimed), "hidden": _in_a_sheet(_hidden),
    "merged": _in_a_sheet(_merged), "control_characters": _in_a_sheet(_control_characters), "typed": _edited(_typed),
    "rows_changed": _edited(_rows_changed), "columns_changed": _edited(_columns_changed), "renamed": _edited(_renamed),
    "sheet_removed": _edited(_sheet_removed),
}  # fmt: skip


def spoilt(number: int, data: bytes) -> tuple[bytes, str]:
    """The workbook spoilt in one way; the same number gives the same bytes."""
    dice = random.Random(number)
    name = list(WAYS)[number % len(WAYS)]
    return WAYS[name](dice, data), name
