"""Inquiry → filled in by three facilities → answers → a ledger changed → run: the answers are still beside their rows.

Where soffice is installed it saves the workbooks, as a facility's LibreOffice does; else openpyxl does, whose files Excel
and LibreOffice read alike.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from henrei.home import Home
from henrei.store import answers
from lib import inputs
from lib.answered import CHOICE, TEXT, as_sent, fill
from lib.home_history import HISTORY, henrei, month
from lib.letters_city import MAY
from lib.workbook import rows
from lib.worklist_data import MAY as MONTH

C = "1350000003"
CHILDREN = [f"{number:010}" for number in range(1, 5)]
GRANTS = "受給者証番号,決定サービスコード,支給量,支給決定開始日,支給決定終了日\r\n"
PEOPLE = "受給者証番号,市町村番号,児童氏名カナ,利用者負担上限月額,適用開始日\r\n"
PLACES = "事業所番号,事業所名,サービス種類コード,定員,地域区分コード,指定開始日,指定終了日\r\n"


def grants(until: str) -> str:
    return GRANTS + "".join(f"{no},631000,10,2025-04-01,{until}\r\n" for no in CHILDREN)


def city(folder: Path) -> Path:
    """Three facilities; A has so few places that its day is above the limit, and each claims a day too many for a child."""
    home = inputs.make_home(folder, {}, {}, '[reports]\ncontact = "049-000-0000"\n')
    at_a = [group for no in CHILDREN for group in (inputs.claim(inputs.A, no), inputs.attendance(inputs.A, no))]
    others = [
        group
        for at, no in ((inputs.B, CHILDREN[0]), (C, CHILDREN[1]))
        for group in (inputs.claim(at, no, days=3), inputs.attendance(at, no, days=(6, 7)))
    ]
    places = "".join(
        f"{at},{name},63,{seats},23,2025-04-01,\r\n"
        for at, name, seats in ((inputs.A, "森", 2), (inputs.B, "川", 10), (C, "空", 10))
    )
    people = "".join(f"{no},112992,ヒト,4600,2025-04-01\r\n" for no in CHILDREN)
    month(
        home,
        MAY,
        *at_a,
        *others,
        recipients=PEOPLE + people,
        facilities=PLACES + places,
        grants=grants("2027-03-31"),
        history=HISTORY,
    )
    return home


def saved_by_a_facility(path: Path) -> Path:
    if office := shutil.which("soffice"):
        command = [office, "--headless", "--convert-to", "xlsx", "--outdir", str(path.parent / "office"), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return path.parent / "office" / path.name
    return path


@pytest.mark.slow
def test_answers_stay_beside_their_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = city(tmp_path / "home")
    assert henrei(home, "run", MAY) == henrei(home, "inquire", MAY) == 0
    out = home / "out" / MAY
    sent = answers.read_sent(Home(home), MONTH).rows(named=True)
    day = next(row for row in sent if row["days"] == "4月1日(水)")
    days_too_many = {row["facility_no"]: row["number"] for row in sent if row["check_code"] == "DAY203"}
    assert day["facility_no"] == inputs.A and day["subjects"].count("claim:") == 4  # one question for four children
    back = tmp_path / "back"
    back.mkdir()
    written = {
        inputs.A: {day["number"]: {CHOICE: "誤りがある", TEXT: "他市の1人も来て5人でした"}},
        inputs.B: as_sent(days_too_many[inputs.B], "記録が漏れていました"),
        C: as_sent(days_too_many[C], "請求の誤りです"),
    }
    filled = [
        saved_by_a_facility(fill(out / "inquiries" / f"{facility}.xlsx", back / f"{facility}.xlsx", answer))
        for facility, answer in written.items()
    ]
    assert henrei(home, "answers", MAY, *map(str, filled)) == 0

    def beside() -> dict[tuple[object, object], object]:
        listed = rows(out / "worklist.xlsx")
        return {(row["事業所番号"], row["受給者証番号"]): row["事業所の回答"] for row in listed if row["事業所の回答"]}

    said = {
        **{(inputs.A, no): "誤りがある: 他市の1人も来て5人でした" for no in CHILDREN},
        (inputs.B, CHILDREN[0]): "請求のとおり: 記録が漏れていました(9/10 佐藤)",
        (C, CHILDREN[1]): "請求のとおり: 請求の誤りです(9/10 佐藤)",
    }
    assert beside() == said
    # The places of A are corrected, so its day is no question any more; and the grants end earlier.
    inbox = home / "inbox" / MAY
    places = (inbox / "facilities.csv").read_text(encoding="utf-8").replace("森,63,2,", "森,63,10,")
    (inbox / "facilities.csv").write_text(places, encoding="utf-8", newline="")
    (inbox / "grants.csv").write_text(grants("2026-04-01"), encoding="utf-8", newline="")
    capsys.readouterr()
    late = fill(filled[1], back / "late.xlsx", {days_too_many[inputs.B]: {TEXT: "直して出します"}})
    assert henrei(home, "answers", MAY, str(late)) == 0  # the answers do not wait for the run
    assert (
        "※ 回答は取り込みました。worklist.xlsx は作り直していません: inbox のファイルが前回の確認の後に"
        in capsys.readouterr().out
    )
    assert beside() == said
    assert henrei(home, "run", MAY) == 0
    said[inputs.B, CHILDREN[0]] = "請求のとおり: 直して出します(9/10 佐藤)"
    assert beside() == said  # the rows of A are there for another reason now
    talks = {row["事業所番号"]: row for row in rows(out / "worklist.xlsx", "電話・やりとり")}
    assert "他市の1人も来て5人でした" in str(talks[inputs.A]["回答の内容"])
    assert {row["期限"] for row in talks.values()} == {"5/13"}
    assert henrei(home, "rebuild") == 0
    assert answers.counts(Home(home), MONTH) == (3, 3)


def test_a_very_hidden_sheet_goes_with_the_letter(tmp_path: Path) -> None:
    """What tells a letter from another is out of people's sight."""
    from datetime import date

    from henrei.reports.letters import inquiry
    from lib.letter_inputs import A, finding, letter_inputs

    (content,) = inquiry.LETTER.contents(letter_inputs([finding("DAY203", "return")], [])).values()
    path = tmp_path / f"{A}.xlsx"
    path.write_bytes(inquiry.workbook(content, date(2026, 5, 1)))
    assert openpyxl.load_workbook(path)["henrei"].sheet_state == "veryHidden"
