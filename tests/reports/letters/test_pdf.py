"""The PDF of a letter: fonts, pages, long tables and long sentences."""

from __future__ import annotations

import io
import zlib
from datetime import date
from typing import Any

import pypdf
import pytest
import typst

from henrei.reports.letters import notice as notices
from henrei.reports.letters import resubmission
from henrei.reports.letters.blocks import Block, Listed
from henrei.reports.letters.content import Letterhead, Reason, Subject
from henrei.reports.letters.pdf import FONTS, TEMPLATES, Typesetter, sys_inputs
from henrei.reports.letters.rejected_lines import RejectedLines

MAY = date(2026, 5, 1)

HEAD = Letterhead("2026年5月審査分", "1350000001", "髙﨑①教室", "試験市", "療育支援課", "")


def notice(claims: int) -> notices.Notice:
    reason = Reason("DAY201", "", "同じ日の重複利用", "同じ日に利用があります。" * 4, "記録を確かめてください。" * 4)
    again = resubmission.of_claim({"DAY201"}, "2026年6月1日から10日まで", reader="biller", sheet_returned=False)
    returned = tuple(
        notices.Returned(
            ("claim", "1350000001", f"{n:010}", "2026-04"),
            Subject("明細書", f"{n:010}", "ｶｸｳ ﾀﾛｳ", "2026年4月", "放課後等デイサービス"),
            123456,
            (reason,),
            again,
        )
        for n in range(1, claims + 1)
    )
    total = notices.Total("取り込めなかった行", 1, "行")
    lines = (RejectedLines("K11.CSV", "2", 1, "明細書", "12 利用者負担上限月額", "数字です"),)
    return notices.Notice(HEAD, (total,), returned, lines, (), "2026年6月1日から10日まで", blocks(returned))


def blocks(returned: tuple[notices.Returned, ...]) -> tuple[Block, ...]:
    """One for each."""
    return tuple(Block((Listed(one.subject, one.yen),), one.reasons, one.resubmission) for one in returned)


def test_only_the_shipped_japanese_font_is_in_the_pdf() -> None:
    reader = pypdf.PdfReader(io.BytesIO(Typesetter("notice").pdf(notice(1), MAY)))
    pages: list[Any] = list(reader.pages)
    fonts = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert described["/FontName"].endswith("+IPAexGothic")
        assert "/FontFile2" in described or "/FontFile3" in described
    text = "".join("".join(page.extract_text().split()) for page in reader.pages)
    assert "髙﨑①教室御中" in text
    assert "ｶｸｳﾀﾛｳ" in text
    assert "給付費123,456円" in text


def test_a_font_that_is_not_there_is_no_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("henrei.reports.letters.pdf.FONT", "No Such Font")
    with pytest.raises(RuntimeError, match="unknown font family"):
        Typesetter("notice").pdf(notice(1), MAY)


def rows_of_png(data: bytes) -> int:
    """How many different rows of pixels a picture has; a blank page has but one or two."""
    width, at, body = int.from_bytes(data[16:20]), 8, b""
    depth = {2: 3, 6: 4}[data[25]]
    while at < len(data):
        length = int.from_bytes(data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            body += data[at + 8 : at + 8 + length]
        at += length + 12
    pixels, step = zlib.decompress(body), width * depth + 1
    return len({pixels[n : n + step] for n in range(0, len(pixels), step)})


def test_pages_are_not_blank() -> None:
    compiler = typst.Compiler(
        str(TEMPLATES / "notice.typ"), root=str(TEMPLATES), font_paths=[str(FONTS)], ignore_system_fonts=True
    )
    pages: Any = compiler.compile(sys_inputs=sys_inputs(notice(9)), format="png", ppi=60)
    assert len(pages) > 1
    assert all(rows_of_png(page) > 100 for page in pages)


def test_long_tables_repeat_their_head_and_pages_are_numbered() -> None:
    reader = pypdf.PdfReader(io.BytesIO(Typesetter("notice").pdf(notice(40), MAY)))
    texts = ["".join(page.extract_text().split()) for page in reader.pages]
    assert len(texts) > 5
    for number, text in enumerate(texts, start=1):
        assert f"{number}/{len(texts)}" in text
        assert ("請求事由次にすること" in text) == ("000000" in text.replace("1350000001", ""))
    assert all(f"{n:010}" in "".join(texts) for n in range(1, 41))


def test_a_sentence_longer_than_a_page_goes_on_overleaf() -> None:
    long = Reason("KHR901", "", "国保連の一次審査の結果", "あ" * 6000 + "終", "確かめてください。")
    one = notice(1)
    entry = one.returned[0]
    returned = (notices.Returned(entry.key, entry.subject, 1, (long,), entry.resubmission),)
    letter = notices.Notice(HEAD, one.totals, returned, (), (), "", blocks(returned))
    reader = pypdf.PdfReader(io.BytesIO(Typesetter("notice").pdf(letter, MAY)))
    assert len(reader.pages) > 2
    assert "終" in "".join(page.extract_text() for page in reader.pages)
