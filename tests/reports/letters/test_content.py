"""The parts of the papers: setting in type, redaction, what to send again, who sent what was refused."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pypdf
import pytest

from henrei.publication import NOTICES, file_name
from henrei.reports.letters import notice as notices
from henrei.reports.letters import resubmission
from henrei.reports.letters.content import Letterhead, Reason, Subject
from henrei.reports.letters.inputs import Issuer, Sources
from henrei.reports.letters.pdf import Press
from henrei.reports.letters.redaction import Redactor
from henrei.reports.letters.rejected_lines import RefusedLines, by_facility

MAY = date(2026, 5, 1)
HEAD = Letterhead("2026年5月審査分", "1350000001", "髙﨑①教室", "試験市", "療育支援課", "")


def notice(claims: int) -> notices.Notice:
    reason = Reason("DAY201", "", "同じ日の重複利用", "同じ日に利用があります。" * 4, "記録を確かめてください。" * 4)
    again = resubmission.of_claim({"DAY201"}, "2026年6月1日から10日まで", manages=False, sheet_returned=False)
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
    lines = (RefusedLines("K11.CSV", "2", 1, "明細書", "12 利用者負担上限月額", "数字です"),)
    return notices.Notice(HEAD, (total,), returned, lines, (), "2026年6月1日から10日まで")


def test_only_the_shipped_japanese_font_is_in_the_pdf() -> None:
    reader = pypdf.PdfReader(io.BytesIO(Press("notice").pdf(notice(1), MAY)))
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


def test_a_font_that_is_not_there_is_no_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("henrei.reports.letters.pdf.FONT", "No Such Font")
    with pytest.raises(RuntimeError, match="unknown font family"):
        Press("notice").pdf(notice(1), MAY)


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
    pages = Press("notice").pictures(notice(9), MAY)
    assert len(pages) > 1
    assert all(rows_of_png(page) > 100 for page in pages)


def test_long_tables_repeat_their_head_and_pages_are_numbered() -> None:
    reader = pypdf.PdfReader(io.BytesIO(Press("notice").pdf(notice(40), MAY)))
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
    paper = notices.Notice(
        HEAD, one.totals, (notices.Returned(entry.key, entry.subject, 1, (long,), entry.resend),), (), (), ""
    )
    reader = pypdf.PdfReader(io.BytesIO(Press("notice").pdf(paper, MAY)))
    assert len(reader.pages) > 2
    assert "終" in "".join(page.extract_text() for page in reader.pages)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("管理事業所1350000002 結果2 500円", "管理事業所(他の事業所) 結果2 500円"),
        ("管理事業所１３５０００００02です", "管理事業所(他の事業所)です"),
        ("自分は1350000001、児童は0000000001", "自分は1350000001、児童は0000000001"),
        ("児童0000000009と重複", "児童(番号)と重複"),
        ("総費用額1234567890円", "総費用額1234567890円"),
        ("にじいろ教室とにじいろ教室第二を確かめる", "にじいろ教室と(他の事業所)を確かめる"),
        ("放課後等デイサービスの利用", "放課後等デイサービスの利用"),
    ],
)
def test_a_facility_reads_of_nobody_else(text: str, read: str) -> None:
    names = {
        "1350000001": "にじいろ教室",
        "1350000002": "にじいろ教室第二",
        "1350000003": "放課後等デイサービス",  # a name that is also a word of the checks
    }
    redactor = Redactor(set(names), names, "放課後等デイサービスの利用日数")
    assert redactor.for_facility("1350000001", {"0000000001"})(text) == read


@pytest.mark.parametrize(
    ("codes", "manages", "sheet_returned", "papers"),
    [
        ({"DAY201"}, False, False, "明細書・実績記録票"),
        ({"CAP302"}, True, False, "明細書・実績記録票・上限額管理結果票(作成区分「1 新規」)"),
        ({"CAP302"}, False, False, "明細書・実績記録票(結果票は上限額管理事業所が送ります)"),
        ({"CAP306"}, True, False, "明細書・実績記録票"),  # its sheet stands, and must not come again
        ({"CAP306"}, True, True, "明細書・実績記録票・上限額管理結果票(この通知で返戻したもの)"),
        ({"SUB405"}, False, False, "先に過誤申立書(市へ)。処理の月に明細書・実績記録票"),
    ],
)
def test_which_papers_go_together(codes: set[str], manages: bool, sheet_returned: bool, papers: str) -> None:
    assert resubmission.of_claim(codes, "6月", manages=manages, sheet_returned=sheet_returned).papers == papers


def test_a_sheet_comes_as_new_unless_one_stands_decided() -> None:
    action = "返戻になった結果票は作成区分「1 新規」で送ってください。"
    assert resubmission.of_sheet("6月", decided=False).submission_kind == "1 新規"
    assert resubmission.action_of_sheet(action, decided=False) == action
    assert resubmission.of_sheet("6月", decided=True).submission_kind == "2 修正"
    assert "作成区分「2 修正」" in resubmission.action_of_sheet(action, decided=True)


def finding(code: str, severity: str, recipient: str = "0000000001", **more: Any) -> dict[str, Any]:
    usual = {"finding_id": code + recipient, "check_code": code, "severity": severity, "subject": "claim"}
    place = {"facility_no": "1350000001", "recipient_no": recipient, "service_month": "2026-04", "service_type": "63"}
    told = {
        "use_dates": "",
        "observed": "",
        "other_facilities": "",
        "amount_yen": 9000,
        "message": code,
        "action": "直す",
    }
    return {**usual, **place, **told, "downgraded": False, **more}


def outcome(recipient: str, ended: str) -> dict[str, Any]:
    key = {"facility_no": "1350000001", "recipient_no": recipient, "service_month": "2026-04"}
    return {"kind": "明", **key, "outcome": ended, "benefit_yen": 9000}


def notice_of(findings: list[dict[str, Any]], outcomes: list[dict[str, Any]], **more: Any) -> notices.Notice:
    """The notice of 1350000001 in a month of these findings and outcomes."""
    empty: dict[str, Any] = {name: {} for name in ("refused", "facilities", "children", "services", "claims", "own")}
    known: dict[str, Any] = {"numbers": set(), "sheets_decided": set(), "managers": set(), "federation": {}}
    sources = Sources(
        issuer=Issuer("試験市", "112992"),
        month=MAY,
        window="6月1日から10日まで",
        findings=findings,
        outcomes=outcomes,
        **{**empty, **known, **more},
    )
    return notices.notices(sources)["1350000001"]


def test_what_the_brake_lowered_is_a_reason_where_it_was_returned_and_settled_where_not() -> None:
    downgraded = [finding("CRT101", "review", no, downgraded=True) for no in ("0000000001", "0000000002")]
    at = [finding("DAY206", "review", no) for no in ("0000000001", "0000000002")]
    made = notice_of(downgraded + at, [outcome("0000000001", "返戻"), outcome("0000000002", "決定")])
    assert [[reason.code for reason in one.reasons] for one in made.returned] == [["CRT101"]]
    assert [(p.reason.code, p.subject.recipient_no, p.outcome) for p in made.points] == [
        ("DAY206", "0000000001", "返戻"),
        ("DAY206", "0000000002", "決定"),
    ]


def test_a_return_always_says_why() -> None:
    """By a finding to look at where none asked for it, by the federation's own words, or by whom to ask."""
    outcomes = [outcome(f"{n:010}", "返戻") for n in (1, 2, 3)]
    federation = {("claim", "1350000001", "0000000002", "2026-04"): [("EG02", "受給者台帳に該当がありません")]}
    made = notice_of([finding("DAY206", "review"), finding("DAY203", "notice")], outcomes, federation=federation)
    assert [one.reasons[0].code for one in made.returned] == ["DAY206", "EG02", ""]
    assert made.returned[1].reasons[0].message == "国保連の審査により返戻となりました。受給者台帳に該当がありません"
    assert "下の連絡先へ" in made.returned[2].reasons[0].message
    assert [point.reason.code for point in made.points] == ["DAY203"]


def rejects(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [(file, line, None, None, None, "FMT105", "誤り", raw) for file, line, raw in rows],
        schema=dict.fromkeys(
            ("file", "line", "record", "item_no", "item_name", "reason_code", "reason", "raw"), pl.String
        ),
        orient="row",
    )


def test_refused_lines_go_to_whom_they_name_else_to_the_sender() -> None:
    a, b, office = "1350000001", "1350000002", "1350000009"
    files = pl.DataFrame(
        [("sub/K11.CSV", "K11", office), ("grants.csv", "grants", None), ("B73.CSV", "broken", "0000112992")],
        schema={"path": pl.String, "kind": pl.String, "control_facility_no": pl.String},
        orient="row",
    )
    found = by_facility(
        rejects(
            ("sub/K11.CSV", "2", f"2,2,K122,01,202604,112992,{a},0000000001"),
            ("sub/K11.CSV", "3", f"2,3,K122,02,202604,112992,{a},0000000001"),
            ("sub/K11.CSV", "5", f"2,5,K122,01,202604,112992,{b},0000000002"),
            ("sub/K11.CSV", "6", "2,6,K1??"),
            ("grants.csv", "2", "1,2,3"),
            ("B73.CSV", "1", "1,1,0,1,B73,0,0000112992,0,1,202605,"),
            ("B73.CSV", "2", f"2,2,B731,K122,01,202604,112992,{b},0000000002"),
        ),
        files,
        {a, b},
    )
    places = {facility: [(lines.file, lines.lines) for lines in part] for facility, part in found.items()}
    assert places == {a: [("K11.CSV", "2–3")], b: [("K11.CSV", "5"), ("B73.CSV", "1–2")], office: [("K11.CSV", "6")]}


def test_papers_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    NOTICES.stage(tmp_path, [("notices/1.pdf", b"old"), ("returns.csv", b"old")])
    NOTICES.publish(tmp_path)

    def torn() -> Iterator[tuple[str, bytes]]:
        yield "notices/2.pdf", b"new"
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        NOTICES.stage(tmp_path, torn())
    NOTICES.publish(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["1.pdf", "notices", "returns.csv"]
    # A publication that was cut off between its entries is finished by the next.
    NOTICES.stage(tmp_path, [("notices/2.pdf", b"new"), ("returns.csv", b"new")])
    (tmp_path / "notices").rename(tmp_path / ".notices.new" / ".notices.old")
    NOTICES.publish(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["2.pdf", "notices", "returns.csv"]
    assert (tmp_path / "returns.csv").read_bytes() == b"new"


@pytest.mark.parametrize(
    ("number", "name"),
    [("1350000001", "1350000001"), ("../1", "x2e2e2f31"), ("CON", "x434f4e"), ("a", "x61"), ("A", "A")],
)
def test_file_names_are_safe_everywhere(number: str, name: str) -> None:
    assert file_name(number) == name
