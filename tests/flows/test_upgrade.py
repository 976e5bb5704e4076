"""henrei upgrade: the home that 0.1.0 left is tried on a copy, then taken over; its closed months stand, nobody's work is lost."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from henrei.flows import rebuild, rehearsal, upgrade
from henrei.flows.recovery import locked
from henrei.flows.ruleset import ruleset
from henrei.home import Home
from henrei.months import month_of
from henrei.store import books, journal, pending
from lib import inputs, workbook
from lib.home_history import henrei, last_line

pytestmark = pytest.mark.slow

PACKED = Path(__file__).parents[1] / "homes" / "three-months-0.1.0.zip"
MAY, JUNE, JULY = "2026-05", "2026-06", "2026-07"
RULES_BEFORE = "henrei 0.1.0 決まり e1788e66"
CARRIED, OTHERWISE = 8, 3  # notes on rows of July's list: of what the rules of now find alike, and otherwise


def unpacked(folder: Path) -> Path:
    with zipfile.ZipFile(PACKED) as packed:
        packed.extractall(folder)
    return folder / "home"


def everything(home: Path) -> dict[str, bytes]:
    """Every file of the home but for what is there only while a command runs."""
    paths = (path for path in home.rglob("*") if path.is_file() and ".henrei" not in path.parts)
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in paths}


def of_people(home: Path) -> dict[str, bytes]:
    """What people and 国保連 gave, what was decided, and what came of it."""
    names = ("decisions.csv", "outcomes.csv", "inputs.csv", "henrei.toml", "payments.csv", "returns.csv")
    return {
        name: data
        for name, data in everything(home).items()
        if name.startswith("inbox/") or Path(name).name in names or name.endswith("worklist.xlsx")
    }


@dataclass(frozen=True)
class Upgraded:
    before: dict[str, bytes]
    rehearsed: dict[str, bytes]
    lines: list[str]  # of the rehearsal
    printed: list[str]  # of the upgrade
    home: Path


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Upgraded:
    """Notes were typed into July's list and not read yet; then rehearsed, and upgraded. To be read only."""
    home = unpacked(tmp_path_factory.mktemp("upgraded"))
    worklist = home / "out" / JULY / "worklist.xlsx"
    workbook.fill(worklist, worklist, {row: {"備考": f"電話で確認 {row}"} for row in range(2, 2 + CARRIED + OTHERWISE)})
    before = everything(home)
    with pytest.MonkeyPatch.context() as patch:
        printed: list[str] = []
        patch.setattr("builtins.print", lambda *text, **_: printed.append(" ".join(map(str, text))))
        assert henrei(home, "upgrade", "--rehearse") == 0
        lines, rehearsed = list(printed), everything(home)
        printed.clear()
        assert henrei(home, "upgrade") == 0
    return Upgraded(before, rehearsed, lines, printed, home)


def test_a_rehearsal_changes_nothing(upgraded: Upgraded) -> None:
    assert upgraded.rehearsed == upgraded.before
    assert [path.name for path in (upgraded.home / ".henrei").iterdir()] == ["lock"]


def test_a_rehearsal_says_what_would_differ(upgraded: Upgraded) -> None:
    lines = upgraded.lines
    assert lines[0].endswith(f"決まり {ruleset()[:8]}。作業フォルダーを最後に使った版: henrei 0.1.0")
    assert lines[1] == "henrei.toml: すべての設定を読めます"
    closed = [line for line in lines if line.startswith("締めた月 ")]
    assert [line[5:12] for line in closed] == [MAY, JUNE]
    assert all(f"別の決まりで締めた月({RULES_BEFORE})。今の決まりでは指摘は 新しく " in line for line in closed)
    assert "  DAY210: 新しく 1件" in lines  # a check that 0.1.0 did not have
    assert next(line for line in lines if line.startswith(f"開いている月 {JULY}: 指摘 "))
    assert "  決定 そのまま使えるもの 11件" in lines
    assert f"  一覧に書いて取り込んでいないもの {CARRIED}件は、henrei run {JULY} で新しい一覧に移ります" in lines
    assert any(f"取り込んでいない{OTHERWISE}件は、請求か指摘が変わったため移せません" in line for line in lines)
    assert f"台帳({JULY}): 取り込めないものはありません" in lines
    assert any(line.startswith("ディスク: 試すのに ") for line in lines)
    assert lines[-1] == "作業フォルダーは何も変えていません。控えを取ってから henrei upgrade を実行してください"


def test_an_upgrade_says_what_it_does_and_what_comes_next(upgraded: Upgraded) -> None:
    assert upgraded.printed == [
        f"締めた時の指摘を out から books に控えます({MAY} 〜 {JUNE} の2か月)。決定と結果には手を付けません",
        "henrei.duckdb を inbox と books から作り直します。終わるまで今のものを残します",
        f"{upgraded.home} をこの版で使えるようにしました",
        f"次: {JULY} は別の決まりで確認しています。henrei run {JULY} をもう一度実行してください(決定と書き込みは残ります)",
    ]


def test_closed_months_stand(upgraded: Upgraded, capsys: pytest.CaptureFixture[str]) -> None:
    after = everything(upgraded.home)
    people = {name: data for name, data in upgraded.before.items() if name in of_people(upgraded.home)}
    assert people == of_people(upgraded.home)
    assert after["out/return_rates.csv"] == upgraded.before["out/return_rates.csv"]
    for month in (MAY, JUNE):  # what it was closed on, not what the rules of now would find
        kept = books.read_results(Home(upgraded.home), month_of(month))["findings"]
        written = inputs.read_table(upgraded.home / "out" / month / "findings.csv")
        assert kept["finding_id"].to_list() == [row["finding_id"] for row in written]
        assert kept["message"].to_list() == [row["message"] for row in written]
    assert journal.broken_at(Home(upgraded.home)) is None
    capsys.readouterr()
    assert henrei(upgraded.home, "verify", "--all") == 0
    may, june, *_ = capsys.readouterr().out.splitlines()
    assert may.startswith(f"{MAY}: 別の決まりで締めた月({RULES_BEFORE})") and june.startswith(f"{JUNE}: 別の決まりで")


def test_a_second_upgrade_has_nothing_to_do(upgraded: Upgraded, capsys: pytest.CaptureFixture[str]) -> None:
    before = everything(upgraded.home)
    assert henrei(upgraded.home, "upgrade") == 0
    assert capsys.readouterr().out.splitlines()[0] == "この版のままで使えます。することはありません"
    assert everything(upgraded.home) == before


def test_the_open_month_goes_on_with_what_was_typed(upgraded: Upgraded, tmp_path: Path) -> None:
    home = Path(shutil.copytree(upgraded.home, tmp_path / "home"))
    assert henrei(home, "run", JULY) == 0
    worklist = home / "out" / JULY / "worklist.xlsx"
    assert sum(str(note).startswith("電話で確認") for note in workbook.column(worklist, "備考")) == CARRIED
    assert henrei(home, "decide", JULY, str(worklist)) == 0
    assert henrei(home, "close", JULY, "--undecided", "return") == 0
    assert [row["review_month"] for row in inputs.read_table(home / "out" / "return_rates.csv")] == [MAY, JUNE, JULY]


def test_an_upgrade_that_was_cut_off_left_the_old_database_and_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = unpacked(tmp_path)
    before = everything(home)

    def fail(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(rebuild, "update_derived", fail)
        assert henrei(home, "upgrade") == 2
    cut_off = everything(home)
    assert cut_off["henrei.duckdb"] == before["henrei.duckdb"]
    assert of_people(home).items() <= before.items()
    assert henrei(home, "upgrade") == 0
    assert everything(home)["henrei.duckdb"] != before["henrei.duckdb"]
    lines = journal.read(Home(home))
    assert [one["month"] for one in lines if one["command"] == "upgrade"] == [MAY, JUNE]  # once, not twice


def test_findings_that_are_not_those_of_the_close_are_not_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = unpacked(tmp_path)
    path = home / "out" / MAY / "findings.csv"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    (home / "out" / JUNE / "summary.json").unlink()
    state = upgrade.state_of(Home(home))
    notes = [upgrade.keep_findings(Home(home), month) for month in state.unkept]
    assert notes == [
        f"out/{MAY} の指摘は控えられません: 監査記録の件数と違います。{MAY} の指摘の内訳は今の決まりで計算します(締めた結果は変わりません)",
        f"out/{JUNE} の指摘は控えられません: 読めません(FileNotFoundError)。{JUNE} の指摘の内訳は今の決まりで計算します(締めた結果は変わりません)",
    ]
    assert not (home / "books" / MAY / "findings.parquet").exists()
    assert upgrade.state_of(Home(home)).unkept == []  # asked once


def add_line(home: Path, **more: str) -> None:
    """A line of another version in the journal."""
    entry = journal.entry("decide", month_of(JULY)) | more
    journal.append(Home(home), entry)


def test_what_stops_an_upgrade(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = unpacked(tmp_path)
    left = {"entry": {"command": "run", "month": JULY, "version": "0.1.0"}, "proof": ""}
    (home / "books" / "pending.json").write_text(json.dumps(left), encoding="utf-8")
    for given in (("upgrade",), ("upgrade", "--rehearse")):
        assert henrei(home, *given) == 2
        assert last_line(capsys) == (
            f"前回の run {JULY} が途中で止まっています。先に、その時の版(henrei 0.1.0)で henrei run {JULY} をもう一度実行して仕上げてください"
        )
    (home / "books" / "pending.json").unlink()
    add_line(home, version="99.0.0")
    assert henrei(home, "upgrade", "--rehearse") == 2
    assert last_line(capsys) == (
        "この作業フォルダーは新しい版(henrei 99.0.0)で使われています。その版の henrei を使ってください"
    )
    text = (home / "books" / journal.FILE_NAME).read_bytes()
    (home / "books" / journal.FILE_NAME).write_bytes(text.replace(b'"undecided": null', b'"undecided": "x"', 1))
    assert henrei(home, "upgrade") == 2
    assert "監査記録のつながりが切れています" in last_line(capsys)


def test_a_disk_without_room_and_settings_that_are_unknown_are_named(
    may_run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with (may_run / "henrei.toml").open("a", encoding="utf-8") as stream:
        stream.write("\n[colours]\npaper = 1\n")
    monkeypatch.setattr(rehearsal, "_free", lambda _: 1_000_000)
    before = everything(may_run)
    capsys.readouterr()
    assert henrei(may_run, "upgrade", "--rehearse") == 2
    printed = capsys.readouterr()
    assert "henrei.toml: この版の知らない設定があります(読みません): [colours]" in printed.out
    assert printed.err.startswith("試すのに ") and "1 MB しかありません" in printed.err
    assert everything(may_run) == before


def test_a_home_of_this_version_needs_nothing(may_returned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert henrei(may_returned, "upgrade", "--rehearse") == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith(f"締めた月 {MAY}: ") and "ファイルすべて同じ(henrei " in line for line in lines)
    assert lines[-2:] == [
        "本番で: することはありません。この版でそのまま使えます",
        "作業フォルダーは何も変えていません",
    ]


def test_ledgers_that_are_not_taken_are_named(may_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inbox = may_run / "inbox" / MAY
    (inbox / "plans.csv").write_text("受給者証番号\r\n1\r\n", encoding="utf-8", newline="")
    with (inbox / "grants.csv").open("ab") as stream:
        stream.write(b"6.1E+09\r\n")
    capsys.readouterr()
    assert henrei(may_run, "upgrade", "--rehearse") == 0
    lines = capsys.readouterr().out.splitlines()
    first = lines.index(f"台帳({MAY}): 次のものを取り込めません") + 1
    assert lines[first] == f"  inbox/{MAY}/grants.csv: 1行"
    assert lines[first + 1].startswith(f"  inbox/{MAY}/plans.csv: ") and "計画区分" in lines[first + 1]


def test_what_a_rehearsal_that_was_killed_left_goes_with_the_next_command(may_run: Path) -> None:
    left = may_run / ".henrei" / "rehearsal" / "inbox"
    left.mkdir(parents=True)
    with locked(Home(may_run)):
        assert not left.exists()


def test_an_intent_of_this_version_is_for_the_next_command(may_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = journal.entry("close", month_of(MAY))
    pending.begin(Home(may_run), entry)
    assert henrei(may_run, "upgrade", "--rehearse") == 2
    assert last_line(capsys) == (
        "前回の処理が途中で止まっています。同じ処理をもう一度実行して、仕上げてから試してください"
    )
    assert henrei(may_run, "upgrade") == 0
    printed = capsys.readouterr()
    assert "前回の close 2026-05 は途中で止まり、何も変えていません" in printed.err
    assert printed.out.splitlines()[0] == "この版のままで使えます。することはありません"
