"""The approval page on paper: one sheet, nothing smaller than 9 pt, nothing cut in silence."""

from __future__ import annotations

import io
from datetime import date

import pypdf

from henrei.reports.approval.content import Change, Content, Exceptions, Line, Reason
from henrei.reports.approval.pdf import pdf

MAY = date(2026, 5, 1)


def page(reasons: int, reason: str = "電話で確認") -> Content:
    listed = tuple(
        Reason(
            f"DAY{n:03} 同じ日に二か所を利用している、CAP306 明細書の上限額管理欄が結果票と違う、ほか3",
            reason,
            2,
            1,
            9000,
        )
        for n in range(reasons)
    )
    part = Exceptions("返戻相当の指摘があるが支払うもの", 2 * reasons, reasons, 9000 * reasons, 0, listed)
    return Content(
        city_name="試験市",
        month="2026年5月審査分",
        state="締めた結果",
        final=True,
        made="2026年5月14日 10時23分",
        lines=tuple(Line(f"数{n}", 12345, 1234567890, 12345) for n in range(6)),
        last_month="2026年4月",
        changes=tuple(Change(f"差{n}", "1,234,567,890円", "1,234,567,890円", "±0円") for n in range(5)),
        exceptions=(part, part),
        facts=tuple((f"事実{n}", "FAC507 定員超過減算の日の基準を超えている、" * 3) for n in range(4)),
        sha256="0123456789abcdef" * 4,
        of_file="outcomes.csv",
    )


def read(content: Content) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf(content, MAY)))


def words(reader: pypdf.PdfReader) -> str:
    return "".join("".join(page.extract_text().split()) for page in reader.pages)


def test_it_is_one_sheet_of_a4_however_many_reasons_there_are() -> None:
    longest = "あ" * 60 + "…(全2000字。続きは books の decisions.csv)"
    for reasons in (0, 1, 500):
        reader = read(page(reasons, longest))
        assert len(reader.pages) == 1
        assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]


def test_no_letter_is_smaller_than_nine_points() -> None:
    sizes: set[float] = set()

    def see(text: str, _cm: list[float], matrix: list[float], _font: object, size: float) -> None:
        if text.strip():
            sizes.add(round(abs(matrix[3]) * size, 2))

    read(page(500)).pages[0].extract_text(visitor_text=see)
    assert sizes and min(sizes) >= 9


def test_what_is_not_listed_is_counted() -> None:
    text = words(read(page(30)))
    listed = sum(text.count(f"DAY{n:03}") for n in range(30)) // 2
    left = 30 - listed
    assert listed in (8, 6, 4, 2)
    assert (
        text.count(
            f"ほか{left}とおりdecisions.csvとoutcomes.csvにあります明細書{2 * left}件結果票{left}件{9000 * left:,}円"
        )
        == 2
    )


def test_the_boxes_to_sign_have_a_date_each() -> None:
    text = words(read(page(0)))
    assert "担当係長課長" in text and text.count("年月日") == 3
    assert "outcomes.csvのSHA-2560123456789abcdef" in text


def test_the_same_content_gives_the_same_bytes() -> None:
    assert pdf(page(3), MAY) == pdf(page(3), MAY)
