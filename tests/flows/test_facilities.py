"""`henrei facilities`: what the ledger of facilities lacks comes from WAM NET; what the city wrote stays."""

from __future__ import annotations

import os
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from henrei import cli
from henrei.flows.run.ledgers import LedgersOfMonth
from lib import inputs, open_data
from lib.month_ledgers import ledgers_of
from lib.open_data import DAY, EARLY, row

A, B, C = inputs.A, inputs.B, "1350000003"
HEAD = "事業所番号,事業所名,法人番号,サービス種類コード,定員\r\n"
MINE = f"障害児施設台帳\r\n{HEAD}{A},市の書いた名,,63,\r\n"
MONTH = {"K11.CSV": inputs.exchange("K11", inputs.claim(), inputs.claim(B, "0000000002"))}
WRITTEN = MINE.replace("63,", "63,10").replace(",,", ",1234567890123,") + f"{B},乙の家,1234567890123,63,20\r\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A and B claim in May; the city's ledger knows A, without capacity."""
    made = inputs.make_home(tmp_path / "home", MONTH, {})
    put(made / "ledgers", MINE)
    return made


@pytest.fixture
def wam(tmp_path: Path) -> Path:
    """A, B and C offer 放デイ; B 児童発達支援, too, which nobody claims."""
    rows = (row(A, "甲の家"), row(B, "乙の家", DAY, "20"), row(B, "乙の家", EARLY, "20"), row(C, "丙の家"))
    return open_data.write(tmp_path / "sfkopendata_202603_63" / "csvdownload063.csv", *rows)


def put(folder: Path, text: str, name: str = "facilities.csv", encoding: str = "utf-8-sig") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding=encoding, newline="")
    return folder / name


def facilities(home: Path, file: Path, *more: str) -> int:
    return cli.main(["facilities", str(file), *more, "--home", str(home)])


def written(home: Path, encoding: str = "utf-8-sig") -> str:
    return (home / "ledgers" / "facilities.csv").read_bytes().decode(encoding)


def loaded(home: Path) -> tuple[LedgersOfMonth, list[tuple]]:
    month = ledgers_of(home)
    rows = month.load("facilities").rows
    return month, rows.select("facility_no", "service_type", "capacity", "corporation_no").rows()


def test_a_facility_that_claims_is_added_and_empty_cells_are_filled(
    home: Path, wam: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert facilities(home, wam) == 0
    assert written(home) == WRITTEN
    assert loaded(home)[1] == [(A, "63", 10, "1234567890123"), (B, "63", 20, "1234567890123")]
    out = capsys.readouterr().out.splitlines()
    assert out[:4] == [
        "WAM NET: 4行(放課後等デイサービス 3、児童発達支援 1)、2026-03 の状態(フォルダー名から)",
        "台帳: ledgers/facilities.csv、請求: 審査月 2026-05",
        f"足した事業所: 1行({B} の 63)",
        "埋めた空欄: 2(法人番号 1、定員 1)",
    ]
    assert not any("家" in line or "書いた名" in line for line in out)
    assert out[-1] == f"書きました: {home / 'ledgers' / 'facilities.csv'}"


def test_again_there_is_nothing_to_add(home: Path, wam: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facilities(home, wam)
    capsys.readouterr()
    assert facilities(home, wam) == 0
    assert written(home) == WRITTEN
    assert capsys.readouterr().out.splitlines()[-1] == "台帳に足すものはありません(何も書いていません)"
    assert [path.name for path in (home / "ledgers").iterdir()] == ["facilities.csv"]


def test_a_ledger_of_the_inbox_is_copied_never_changed(
    home: Path, wam: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The month's own ledger comes before ledgers/, and that is said; what was in ledgers/ is kept."""
    theirs = put(home / "ledgers", MINE.replace("市の書いた名", "前の名"))
    before = theirs.read_bytes()
    own = put(home / "inbox" / "2026-05", MINE, encoding="cp932")
    assert facilities(home, wam) == 0
    assert own.read_bytes() == MINE.encode("cp932") and written(home, "cp932") == WRITTEN
    assert (home / "ledgers" / "facilities-前.csv").read_bytes() == before
    out = capsys.readouterr().out
    assert "※ 前からあった ledgers/facilities.csv は ledgers/facilities-前.csv に残しました" in out
    assert "※ 2026-05 のフォルダーに台帳があり、ledgers/facilities.csv より先に使われます。" in out


def test_the_next_services_file_goes_on_from_what_was_added(home: Path, tmp_path: Path) -> None:
    """WAM NET has a file a service: the ledger of the inbox is completed by both, in whatever order."""
    (home / "ledgers" / "facilities.csv").unlink()
    put(home / "inbox" / "2026-05", MINE)
    (home / "inbox" / "2026-05" / "K11.CSV").write_bytes(
        inputs.exchange("K11", inputs.claim(B), inputs.claim(C, "0000000002", service="61"))
    )
    assert facilities(home, open_data.write(tmp_path / "one.csv", row(B, "乙", DAY))) == 0
    assert facilities(home, open_data.write(tmp_path / "two.csv", row(C, "丙", EARLY))) == 0
    assert [line.split(",")[0] for line in written(home).splitlines()[2:]] == [A, B, C]
    assert [path.name for path in (home / "ledgers").iterdir()] == ["facilities.csv"]


def test_a_ledger_of_an_earlier_month_is_copied(home: Path, wam: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "ledgers" / "facilities.csv").unlink()
    earlier = put(home / "inbox" / "2026-04", MINE)
    assert facilities(home, wam) == 0
    assert written(home) == WRITTEN and earlier.read_bytes() == MINE.encode("utf-8-sig")
    assert (
        "※ これからは、審査月のフォルダーに台帳がない月には ledgers/facilities.csv を使います"
        in capsys.readouterr().out
    )


def test_without_any_ledger_one_is_made_in_the_words_of_the_settings(home: Path, wam: Path) -> None:
    (home / "ledgers" / "facilities.csv").unlink()
    with (home / "henrei.toml").open("a", encoding="utf-8") as stream:
        stream.write('[ledgers.columns.facilities]\n"事業所名" = "名称"\n')
        stream.write('[ledgers.values.facilities."サービス種類コード"]\n"放デイ" = "63"\n')
    assert facilities(home, wam) == 0
    head, *rows = written(home).splitlines()
    assert head.split(",")[:4] == ["事業所番号", "名称", "法人番号", "サービス種類コード"]
    assert [line.split(",")[:4] for line in rows] == [
        [A, "甲の家", "1234567890123", "放デイ"],
        [B, "乙の家", "1234567890123", "放デイ"],
    ]
    assert len(loaded(home)[1]) == 2


def test_a_designation_that_the_city_ended_is_not_added_again(home: Path, wam: Path) -> None:
    """B is in the ledger, ended: its claims are the checks' business."""
    text = f"{HEAD[:-2]},指定終了日\r\n{A},甲,1,63,10,\r\n{B},乙,1,63,10,2025-03-31\r\n"
    put(home / "ledgers", text)
    assert facilities(home, wam) == 0
    assert written(home) == text


def test_a_service_is_added_to_a_facility_that_has_another(
    home: Path, wam: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(home / "ledgers", MINE + f"{B},乙,1,61,10\r\n")
    assert facilities(home, wam) == 0
    assert written(home).splitlines()[-1] == f"{B},乙の家,1234567890123,63,20"
    assert f"※ 足した事業所のうち {B} は児童発達支援と放課後等デイサービスの両方があります。" in capsys.readouterr().out


def test_claims_that_neither_knows_are_named(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert facilities(home, open_data.write(tmp_path / "x.csv", row(C, "丙"))) == 0
    assert f"請求にあり、台帳にも WAM NET のファイルにもない事業所: 1行({B} の 63)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "old"), [("sfkopendata_202511_63.csv", False), ("sfkopendata_202510_63.csv", True), ("20251031.csv", True)]
)
def test_a_file_older_than_six_months_is_said(
    home: Path, tmp_path: Path, name: str, old: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert facilities(home, open_data.write(tmp_path / name, row(B, "乙"))) == 0
    sentence = "※ WAM NET のファイルは 2025-10 のもので(ファイル名から)、審査月より7か月前です。"
    assert (sentence in capsys.readouterr().out) == old


def test_without_a_month_in_its_name_a_file_is_as_old_as_it_was_changed(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = open_data.write(tmp_path / "csvdownload063.csv", row(B, "乙"))
    seconds = datetime(2025, 10, 5).timestamp()
    os.utime(file, (seconds, seconds))
    assert facilities(home, file) == 0
    assert "は 2025-10 のもので(ファイルの日付から)、審査月より7か月前です" in capsys.readouterr().out


def test_the_file_may_still_be_zipped(home: Path, wam: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "sfkopendata_202603_63.zip", "w") as archive:
        archive.write(wam, "csvdownload063.csv")
    assert facilities(home, tmp_path / "sfkopendata_202603_63.zip") == 0
    assert written(home) == WRITTEN


def test_the_month_that_is_given_counts(home: Path, wam: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "inbox" / "2026-06").mkdir()
    assert facilities(home, wam) == 0
    assert "※ 2026-06 に読める請求がないため、事業所は足しません" in capsys.readouterr().out
    assert facilities(home, wam, "--month", "2026-05") == 0
    assert written(home) == WRITTEN


def wrong(home: Path, tmp_path: Path, what: str) -> tuple[Path, list[str]]:
    """A file and a home that go wrong somehow; more arguments."""
    file = open_data.write(tmp_path / "x.csv", row(B, "乙"))
    match what:
        case "no file":
            file.unlink()
        case "no facility":
            file.write_text("名前,住所\r\n甲,乙\r\n", encoding="utf-8-sig")
        case "another service":
            file = open_data.write(tmp_path / "y.csv", row(B, "乙", "生活介護"))
        case "no zip":
            file = file.rename(tmp_path / "x.zip")
        case "no month":
            (home / "inbox" / "2026-05" / "K11.CSV").unlink()
            (home / "inbox" / "2026-05").rmdir()
        case "no such month":
            return file, ["--month", "2026-07"]
        case "no header":
            put(home / "ledgers", "名前,住所\r\n甲,乙\r\n")
        case "two ledgers":
            for folder in "ab":
                put(home / "inbox" / "2026-05" / folder, MINE)
        case "another ledger's":
            with (home / "henrei.toml").open("a", encoding="utf-8") as stream:
                stream.write('[ledgers]\nfacility_addons = "facilities.csv"\n')
    return file, []


@pytest.mark.parametrize(
    ("what", "status", "sentence"),
    [
        ("no file", 2, "がありません。WAM NET から取ったファイルの場所を確かめてください"),
        ("no facility", 3, "x.csv に WAM NET の列(事業所番号、サービス種別、事業所の名称)と行がありません。"),
        ("another service", 3, "の行がありません(あるのは 生活介護)。"),
        ("no zip", 2, "を読めません。"),
        ("no month", 3, "に審査月のフォルダーがありません。"),
        ("no such month", 3, "2026-07 がありません。"),
        ("no header", 3, "ledgers/facilities.csv: 障害児施設台帳に列「事業所番号」"),
        (
            "two ledgers",
            2,
            "障害児施設台帳が2つ以上あります(inbox/2026-05/a/facilities.csv、inbox/2026-05/b/facilities.csv)",
        ),
        (
            "another ledger's",
            2,
            "ledgers/facilities.csv は facility_addons としても読む台帳のため、事業所を足せません。",
        ),
    ],
)
def test_what_goes_wrong_writes_nothing(
    home: Path, tmp_path: Path, what: str, status: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file, more = wrong(home, tmp_path, what)
    before = (home / "ledgers" / "facilities.csv").read_bytes()
    assert facilities(home, file, *more) == status
    [line] = capsys.readouterr().err.splitlines()
    assert sentence in line
    assert (home / "ledgers" / "facilities.csv").read_bytes() == before
    assert [path.name for path in (home / "ledgers").iterdir()] == ["facilities.csv"]
