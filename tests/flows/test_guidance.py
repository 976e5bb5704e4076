"""guidance.csv: from the ledgers' folder onto the dashboard, with every fault named, and never a child's name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from henrei.flows import guidance
from henrei.flows.check_ledgers import check_ledgers
from henrei.flows.init import make_home
from henrei.flows.settings import load
from henrei.home import Home
from lib import inputs
from lib.dashboard_homes import facts_of, page_of
from lib.home_history import henrei
from lib.letters_city import MAY, NAMES, OF_A, overlapping

HEADER = "日付,事業所番号,確認コード,内容\r\n"


def home_with(tmp_path: Path, *rows: str) -> Home:
    home = Home(tmp_path / "home")
    make_home(home, "試験市", inputs.CITY)
    home.guidance[0].write_text(HEADER + "".join(f"{row}\r\n" for row in rows), encoding="utf-8-sig", newline="")
    return home


def test_init_makes_it_with_only_its_header(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    make_home(home, "試験市", inputs.CITY)
    assert (home.ledgers / "guidance.csv").read_text(encoding="utf-8-sig") == HEADER.replace("\r\n", "\n")
    assert guidance.read(home, load(home)).rows == []


def test_rows_are_read_as_people_write_them(tmp_path: Path) -> None:
    home = home_with(tmp_path, "R8.9.20,1350000001,cap302；DAY201,個別に 電話", "2026/7/1,,,事業所説明会")
    found = guidance.read(home, load(home))
    assert found.faults == []
    assert found.rows == [
        {"date": "2026-07-01", "facility_no": "", "check_codes": [], "text": "事業所説明会"},
        {
            "date": "2026-09-20",
            "facility_no": "1350000001",
            "check_codes": ["CAP302", "DAY201"],
            "text": "個別に 電話",
        },
    ]


def test_faults_have_file_line_and_remedy_and_the_other_rows_count(tmp_path: Path) -> None:
    home = home_with(tmp_path, "未定,,,", "2026-07-01,,CAP999,電話", "2026-07-02,,,訪問")
    found = guidance.read(home, load(home))
    assert [row["date"] for row in found.rows] == ["2026-07-02"]
    assert found.faults[0].startswith("ledgers/guidance.csv:2 日付: ")
    assert found.faults[0].endswith("。直して保存してください")
    assert found.faults[1] == (
        "ledgers/guidance.csv:3 確認コード CAP999 はありません。"
        "henrei checks にあるコードを「;」で区切って書いてください"
    )


def test_a_file_without_its_header_is_a_fault(tmp_path: Path) -> None:
    home = home_with(tmp_path)
    home.guidance[0].write_text("年月日,内容\r\n2026-07-01,電話\r\n", encoding="utf-8", newline="")
    found = guidance.read(home, load(home))
    assert found.rows == [] and found.faults[0].startswith("ledgers/guidance.csv: ")


def test_check_ledgers_speaks_of_it(tmp_path: Path) -> None:
    home = home_with(tmp_path, "2026-07-02,,,訪問", "2026-07-01,,CAP999,電話")
    home.inbox(date(2026, 5, 1)).mkdir(parents=True)
    notes = check_ledgers(home, date(2026, 5, 1), load(home)).notes
    assert "指導の記録(ledgers/guidance.csv): 1行、使えない行 1" in notes
    assert any(note.startswith("ledgers/guidance.csv:3 確認コード CAP999 はありません") for note in notes)


@pytest.mark.slow
def test_the_dashboard_has_it_without_names_and_says_what_it_could_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = overlapping(tmp_path)
    assert henrei(home, "run", MAY) == 0
    assert henrei(home, "close", MAY, "--undecided", "return") == 0
    assert facts_of(home)["guidance"] == []
    path = home / "ledgers" / "guidance.csv"
    path.parent.mkdir(exist_ok=True)
    text = f"2026-05-20,{inputs.A},DAY201,{NAMES[OF_A]}({OF_A})の記録を確認\r\n2026-05-21,,XXX999,\r\n"
    path.write_text(HEADER + text, encoding="utf-8", newline="")
    assert henrei(home, "dashboard") == 0
    assert "※ ledgers/guidance.csv:3 確認コード XXX999 はありません" in capsys.readouterr().out
    assert facts_of(home)["guidance"] == [
        {"date": "2026-05-20", "facility_no": inputs.A, "check_codes": ["DAY201"], "text": "(氏名)((番号))の記録を確認"}
    ]
    assert OF_A not in page_of(home)
