"""`henrei codes`: workbooks in the ministry's shape → service_codes.csv, and a list of what does not fit."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from henrei import cli
from henrei.home import Home
from henrei.schemas.ledgers import ledgers
from henrei.schemas.ledgers.export import Export
from henrei.schemas.ledgers.read import read_ledger
from lib.code_workbooks import (
    NO_CODES,
    MadeCode,
    Rows,
    addon_codes,
    base_codes_61,
    base_codes_63,
    combined,
    header_above,
    header_below,
    workbook,
)

SETTINGS = '[city]\nname = "試験市"\nmunicipality_no = "112992"\n'
HEAD = ["種類", "項目", "サービス内容略称", "合成単位数", "算定単位"]
FIRST = [63, "H574", "放デイ４１１", 574, "1日につき"]
# Of what the ministry's header spans several cells for.
MERGED = {"放デイ": ["A5:B5", "C5:C6", "D5:E6", "F5:F6", "G5:G6", "G7:G8"]}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.root.mkdir()
    home.settings.write_text(SETTINGS, encoding="utf-8")
    return home


def codes(home: Home, *sheets: dict[str, Rows], since: str = "2026-06-01", more: Sequence[str] = ()) -> int:
    """Runs the command on a workbook for each of `sheets`."""
    files = []
    for number, one in enumerate(sheets, start=1):
        files.append(home.root.parent / f"コード表{number}.xlsx")
        files[-1].write_bytes(
            workbook(one, {title: areas for title, areas in MERGED.items() if len(one.get(title, ())) > 20})
        )
    return cli.main(["codes", *map(str, files), "--from", since, *more, "--home", str(home)])


def table(home: Home) -> dict[str, dict[str, str]]:
    """service_codes.csv by code; a code stands there once."""
    with home.beside_settings("service_codes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["サービスコード"] for row in rows}) == len(rows)
    return {row["サービスコード"]: row for row in rows}


def listed(home: Home, since: str = "2026-06-01") -> list[tuple[str, ...]]:
    """The list of what does not fit: what, code, name, sheet, line, units, computed."""
    path = home.out() / f"codes_{since}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [tuple(row.values())[:7] for row in csv.DictReader(file)]


def row_of(code: MadeCode, since: str = "2026-06-01") -> dict[str, str]:
    units = "" if code.units is None else str(code.units)
    cells = (code.code, code.name, units, code.kind, code.keys, code.low, code.high, code.severe, code.hours, code.day)
    return dict(zip(ledgers()["service_codes"].labels, (*cells, code.care, code.filing, "", since, ""), strict=True))


def made(
    bases_63: Sequence[MadeCode], bases_61: Sequence[MadeCode]
) -> tuple[list[MadeCode], list[MadeCode], list[MadeCode]]:
    return list(combined(bases_63, "63")), list(combined(bases_61, "61")), list(addon_codes())


def test_every_code_has_its_units_key_capacity_and_classes(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    bases = list(base_codes_63())
    day, night, add_ons = made([bases[0], bases[35], bases[40], bases[44]], list(base_codes_61(1)))
    assert (
        codes(
            home,
            {"表紙": NO_CODES, "放デイ": header_above(day), "児発": header_below(night), "加算": header_below(add_ons)},
        )
        == 0
    )
    assert table(home) == {code.code: row_of(code) for code in (*day, *night, *add_ons)}
    assert listed(home) == []
    out = capsys.readouterr().out.splitlines()
    assert [" ".join(line.replace("│", " ").split()) for line in out[3:9] if "─" not in line] == [
        "61 168 33 6 207", "63 672 37 6 715", "64 0 9 6 15", "計 840 79 18 937",
    ]  # fmt: skip
    assert out[10:] == [
        "新しいコード 937、名称か単位数が変わったコード 0、同じコード 0、前日で閉じた行 0(うち新しい表にないコード 0)",
        "※ 読まなかったシート: 「表紙」(見出し「種類」がありません)",
        "※ コードのない行: 2行",
        "※ 種類61の基本 168コードは、名称から定員がわからないため空です(空の欄は確認に使いません)",
        "※ 種類63の基本 168コードは、名称から定員がわからないため空です(空の欄は確認に使いません)",
        f"サービスコード表: {home.beside_settings('service_codes.csv')}",
    ]


@pytest.mark.slow
def test_every_combination_of_63_and_planted_faults(home: Home) -> None:
    """All 48 base names with every row of suffixes, and what was planted among them is listed and nothing else."""
    day, night, add_ons = made(list(base_codes_63()), list(base_codes_61(5)))
    right = {code.code: row_of(code) for code in (*day, *night, *add_ons)}
    wrong = day[4000]._replace(units=(day[4000].units or 0) + 1)  # as if rounded once at the end
    unknown = MadeCode("639999", "放デイ架空加算", 12, "加算")
    minus = MadeCode("639998", "放デイ架空減算", -12, "減算")
    day = [*day[:4000], wrong, *day[4001:]]
    assert (
        codes(
            home,
            {
                "放デイ": header_above(day),
                "児発": header_below(night),
                "加算": header_below([*add_ons, unknown, minus]),
            },
        )
        == 0
    )
    planted = {code.code: row_of(code) for code in (wrong, unknown, minus)}
    assert table(home) == right | planted
    last = 2 + len(add_ons)
    assert listed(home) == [
        (
            "単位数が計算と合わない",
            wrong.code,
            wrong.name,
            "放デイ",
            "4009",
            str(wrong.units),
            str((wrong.units or 0) - 1),
        ),
        ("名称の決まりがない", "639998", "放デイ架空減算", "加算", str(last + 2), "-12", ""),
        ("名称の決まりがない", "639999", "放デイ架空加算", "加算", str(last + 1), "12", ""),
    ]


def test_the_table_is_one_that_a_run_reads(home: Home) -> None:
    """Also with minus, rates and several keys."""
    add_ons = [*addon_codes(), MadeCode("639998", "放デイ身体拘束廃止未実施減算", -12, "減算", "reduction_restraint")]
    assert (
        codes(home, {"放デイ": header_above(combined(list(base_codes_63())[:1], "63")), "加算": header_below(add_ons)})
        == 0
    )
    data = home.beside_settings("service_codes.csv").read_bytes()
    part = read_ledger(ledgers()["service_codes"], data, Export(), "112992")
    assert (part.rows.height, part.rejected.height, part.unknown) == (168 + len(add_ons), 0, 0)


FAULTS = [
    ([63, "H575", "放デイ４１１・評減", 487, None], ("単位数が計算と合わない", "63H575", "放デイ４１１・評減", "表", "3", "487", "488")),
    ([63, "H575", "放デイ４１１・評減", None, None], ("単位数が計算と合わない", "63H575", "放デイ４１１・評減", "表", "3", "", "488")),
    ([63, "H683", "放デイ４２１・評減", 325, None], ("計算のもとになる基本のコードがない", "63H683", "放デイ４２１・評減", "表", "3", "325", "")),
    ([63, "H592", "放デイ４１２", "－", None], ("基本報酬に単位数がない", "63H592", "放デイ４１２", "表", "3", "", "")),
    ([63, "9999", "放デイ架空加算", 12, None], ("名称の決まりがない", "639999", "放デイ架空加算", "表", "3", "12", "")),
    ([63, "H592", "放デイ４１２", "別表", None], ("読めない行", "63H592", "放デイ４１２", "表", "3", "", "")),
    ([63, "H59", "放デイ４１２", 609, None], ("読めない行", "63H59", "放デイ４１２", "表", "3", "", "")),
]  # fmt: skip


@pytest.mark.parametrize(("row", "fault"), FAULTS)
def test_a_fault_is_listed_and_the_table_written(home: Home, row: list[object], fault: tuple[str, ...]) -> None:
    assert codes(home, {"表": [HEAD, FIRST, row]}) == 0
    assert listed(home) == [fault]
    assert "63H574" in table(home)


def test_a_fault_is_shown_with_both_numbers_and_its_place(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    unknown = [[63, f"999{n}", f"放デイ架空{n}・{suffix}", 12, None] for n in (1, 2) for suffix in ("定超", "評減")]
    for n, row in enumerate(unknown):
        row[1] = f"99{n:02}"
    rows = [[63, "H575", "放デイ４１１・評減", 487, None], *unknown, [63, "H592", "放デイ４１２", "別表", None]]
    assert codes(home, {"表": [HEAD, FIRST, *rows]}) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[out.index("読めない行: 1行") :] == [
        "読めない行: 1行",
        "  63H592 放デイ４１２ 合成単位数「別表」が数として読めません(シート「表」8行)",
        "単位数が計算と合わない: 1行",
        "  63H575 放デイ４１１・評減 表 487 / 計算 488(シート「表」3行)",
        "計算のもとになる基本のコードがない: 4行",
        *(f"  {row[0]}{row[1]} {row[2]}(シート「表」{line}行)" for line, row in enumerate(unknown, start=4)),
        "名称の決まりがない: 4行",
        "  639900 放デイ架空1・定超(シート「表」4行、ほか1コード)",
        "  639902 放デイ架空2・定超(シート「表」6行、ほか1コード)",
        f"合わないものの一覧: {home.out() / 'codes_2026-06-01.csv'}",
        f"サービスコード表: {home.beside_settings('service_codes.csv')}",
    ]


def test_twenty_lines_of_a_list_are_shown(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        [63, f"99{n:02}", f"放デイ架空加算{'あいうえおかきくけこさしすせそたちつてとな'[n]}", 12, None]
        for n in range(21)
    ]
    assert codes(home, {"表": [HEAD, FIRST, *rows]}) == 0
    out = capsys.readouterr().out
    assert out.count("放デイ架空加算") == 20 and "\n  ほか1\n" in out and len(listed(home)) == 21


def test_a_list_without_faults_goes(home: Home) -> None:
    assert codes(home, {"表": [HEAD, FIRST, [63, "9999", "放デイ架空加算", 12]]}) == 0
    assert len(listed(home)) == 1
    assert codes(home, {"表": [HEAD, FIRST]}) == 0
    assert listed(home) == []


def test_a_base_name_of_several_codes_needs_one_that_fits(home: Home) -> None:
    rows = [
        [61, "0001", "児発１１１１１", 500],
        [61, "0002", "児発１１１１１", 600],
        [61, "0003", "児発１１１１１・評減", 510],
    ]
    assert codes(home, {"表": [HEAD, *rows]}) == 0
    assert listed(home) == []
    assert codes(home, {"表": [HEAD, *rows, [61, "0004", "児発１１１１１・評減", 511]]}) == 0
    assert [row[-2:] for row in listed(home)] == [("511", "425・510")]


def test_a_code_on_two_sheets_must_agree(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    same = [63, "H574", "放デイ411", "574", "1日につき"]
    assert codes(home, {"一": [HEAD, FIRST], "二": [HEAD, same]}) == 0
    assert "※ ほかのシートにも同じ内容である行: 1行" in capsys.readouterr().out
    before = home.beside_settings("service_codes.csv").read_bytes()
    other = [63, "H574", "放デイ４１１", 575, "1日につき"]
    assert codes(home, {"一": [HEAD, FIRST], "二": [HEAD, [], other]}) == 2
    sentence = (
        "同じコードがシートや行によって違うため、何も書いていません: 63H574 は シート「一」2行(放デイ４１１ 574単位) と "
        "シート「二」3行(放デイ４１１ 575単位)。どちらが正しいか確かめ、ブックを直してください\n"
    )
    assert capsys.readouterr() == ("", sentence)
    assert home.beside_settings("service_codes.csv").read_bytes() == before


def test_sheets_of_several_workbooks_are_named_with_their_file(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert codes(home, {"表": [HEAD, FIRST]}, {"表": [HEAD, [63, "H574", "放デイ４１２", 574]]}) == 2
    assert (
        "63H574 は シート「コード表1.xlsx 表」2行(放デイ４１１ 574単位) と シート「コード表2.xlsx 表」2行"
        in capsys.readouterr().err
    )
    assert codes(home, {"表": [HEAD, FIRST]}, {"表": [HEAD, [61, "5370", "児発上限額管理加算", 150]]}) == 0
    assert list(table(home)) == ["615370", "63H574"]


@pytest.mark.parametrize(
    ("sheets", "why"),
    [
        ({"表紙": NO_CODES}, "「表紙」見出し「種類」がありません"),
        ({"表": [HEAD, [None, None, "欠番"]]}, "コードのある行がない"),
    ],
)
def test_a_workbook_without_codes(
    home: Home, capsys: pytest.CaptureFixture[str], sheets: dict[str, Rows], why: str
) -> None:
    assert codes(home, {"表": [HEAD, FIRST]}, sheets) == 3
    assert capsys.readouterr().err == (
        f"コード表2.xlsx にサービスコードがありません({why})。厚生労働省・こども家庭庁のサービスコード表(障害児)か確かめてください\n"
    )
    assert not home.beside_settings("service_codes.csv").exists()


def test_a_file_that_is_no_workbook(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    path = home.root / "コード.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    assert cli.main(["codes", str(path), "--from", "2026-06-01", "--home", str(home)]) == 3
    assert capsys.readouterr().err == (
        "コード.xls を Excel のブック(.xlsx)として開けません。壊れているか、パスワードがかかっています。"
        "Excel で開き、パスワードなしの .xlsx で保存し直してください\n"
    )
    assert cli.main(["codes", str(home.root / "ない.xlsx"), "--from", "2026-06-01", "--home", str(home)]) == 2
    assert "ない.xlsx を読めません(" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("since", "more", "message"),
    [
        ("2026-06", (), "--from「2026-06」が読めません。2026-06-01 のように YYYY-MM-DD で書いてください"),
        ("20260601", (), "--from「20260601」が読めません。2026-06-01 のように YYYY-MM-DD で書いてください"),
        ("2026-06-01", ("--until", "x"), "--until「x」が読めません。2026-06-01 のように YYYY-MM-DD で書いてください"),
        ("2026-06-01", ("--until", "2026-05-31"), "--until 2026-05-31 が --from 2026-06-01 より前です。期間を確かめてください"),
    ],
)  # fmt: skip
def test_wrong_dates(
    home: Home, capsys: pytest.CaptureFixture[str], since: str, more: Sequence[str], message: str
) -> None:
    assert codes(home, {"表": [HEAD, FIRST]}, since=since, more=more) == 2
    assert capsys.readouterr() == ("", f"{message}\n")


def test_the_next_revision_closes_the_one_before(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    gone, care = [63, "H575", "放デイ４１１・評減", 488], [64, "5370", "保訪上限額管理加算", 150]
    assert codes(home, {"表": [HEAD, FIRST, gone, care]}, since="2024-04-01") == 0
    capsys.readouterr()
    new = {"表": [HEAD, [63, "H574", "放デイ４１１", 580], [63, "H592", "放デイ４１２", 609]]}
    assert codes(home, new) == 0
    path = home.beside_settings("service_codes.csv")
    rows = [
        ",".join(line.split(",")[n] for n in (0, 2, 13, 14)) for line in path.read_text("utf-8-sig").splitlines()[1:]
    ]
    assert rows == [
        "63H574,574,2024-04-01,2026-05-31",
        "63H575,488,2024-04-01,2026-05-31",
        "645370,150,2024-04-01,",
        "63H574,580,2026-06-01,",
        "63H592,609,2026-06-01,",
    ]
    counts = (
        "新しいコード 1、名称か単位数が変わったコード 1、同じコード 0、前日で閉じた行 2(うち新しい表にないコード 1)"
    )
    assert counts in capsys.readouterr().out.splitlines()
    once = path.read_bytes()
    assert codes(home, new) == 0  # again: nothing changes
    assert path.read_bytes() == once
    assert (
        "、前日で閉じた行 0(うち新しい表にないコード 1)、同じ開始日の前の取り込みと置き換えた行 2\n"
        in capsys.readouterr().out
    )


def test_the_file_has_the_name_of_the_settings(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.settings.write_text(f'{SETTINGS}[ledgers]\nservice_codes = "コード台帳.csv"\n', encoding="utf-8")
    assert codes(home, {"表": [HEAD, FIRST]}) == 0
    assert home.beside_settings("コード台帳.csv").is_file()
    home.settings.write_text(f'{SETTINGS}[ledgers]\nservice_codes = "コード台帳.xlsx"\n', encoding="utf-8")
    capsys.readouterr()
    assert codes(home, {"表": [HEAD, FIRST]}) == 2
    assert capsys.readouterr().err == (
        "henrei.toml の [ledgers] service_codes が コード台帳.xlsx です。.csv の名前にしてください\n"
    )


def test_what_the_clerk_must_know_of_the_table(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """A ledger that hides it, rows that cannot be read, codes with a later row."""
    head = ",".join(ledgers()["service_codes"].labels)
    for month in ("2026-05", "2026-07"):
        (home.inbox() / month).mkdir(parents=True)
        (home.inbox() / month / "service_codes.csv").write_text(f"{head}\n", encoding="utf-8")
    home.ledgers.mkdir()
    (home.ledgers / "service_codes.csv").write_text(f"{head}\n", encoding="utf-8")
    later = "63H574,放デイ４１１,590,基本,,,,,,,,,,2027-04-01,"
    home.beside_settings("service_codes.csv").write_text(f"{head}\n{later}\n63H592,足りない\n", encoding="utf-8")
    assert codes(home, {"表": [HEAD, FIRST]}) == 0
    notes = [line for line in capsys.readouterr().out.splitlines() if line.startswith("※")]
    assert notes == [
        "※ 後から始まる行がある1コードは、その前日までにしました",
        "※ サービスコードか期間が読めない行が1行あり、そのまま残しました",
        "※ inbox/2026-07/service_codes.csv があるため、その審査月は書いた表を使いません",
    ]
    (home.ledgers / "service_codes.csv").write_text(f"{head}\n{later}\n", encoding="utf-8")
    assert codes(home, {"表": [HEAD, FIRST]}) == 0
    hidden = "※ ledgers/service_codes.csv があるため、書いた表は使われません。そのファイルを消すか移してください"
    assert hidden in capsys.readouterr().out.splitlines()


def test_a_day_without_rules_of_names(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert codes(home, {"表": [HEAD, FIRST]}, since="2021-04-01") == 0
    assert (
        "※ 2021-04-01 の名称の決まりがありません。加算キーと区分はすべて空です" in capsys.readouterr().out.splitlines()
    )
    assert [row[0] for row in listed(home, "2021-04-01")] == ["名称の決まりがない"]
