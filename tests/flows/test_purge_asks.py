"""purge says what it will do and asks; nothing goes without the number of months, or --yes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lib.home_history import henrei, last_line
from lib.purge_home import GONE
from lib.terminal import typist

pytestmark = pytest.mark.slow


def files(home: Path) -> dict[str, bytes]:
    """Every file but the database and the lock: opening the store touches it."""
    paths = (path for path in home.rglob("*") if path.is_file() and path.parent.name != ".henrei")
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in paths if path.name != "henrei.duckdb"}


@pytest.fixture
def home(_before_purge: Path, tmp_path: Path) -> Path:
    """May may go; a decision file, a note, a kept copy that was moved and the ledgers' report lie elsewhere."""
    made = Path(shutil.copytree(_before_purge, tmp_path / "home"))
    (made / "decisions").mkdir()
    (made / "decisions" / "2026-05.csv").write_text(f"claim,1350000001,{GONE},2026-04,return\n", encoding="utf-8")
    (made / "メモ.txt").write_text("ｷｴﾙ ﾅﾅ さん 電話済み", encoding="cp932")
    (made / "受領書.pdf").write_bytes(b"%PDF")
    shutil.copy(made / "out" / "2026-05" / "worklist.xlsx", made / "worklist-kept-012abc.xlsx")
    (made / "out" / "ledgers_2026-05.xlsx").write_bytes(b"")
    return made


def typed(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """A person at a terminal, who types these and then ends the input."""
    typist(monkeypatch)[:] = answers


def test_without_a_terminal_it_shows_and_refuses(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(home)
    assert henrei(home, "purge", "--before", "2026-06", "--force") == 2
    output = capsys.readouterr()
    assert output.err == "上のとおり消すときは --yes を付けて実行してください(何も消していません)\n"
    shown = output.out.splitlines()
    assert shown[0] == "2026-06 より前の1か月を消します(まだ何も消していません)"
    assert shown[1].startswith("  2026-05  ")
    assert shown[2:] == [
        "henrei の作った次のファイルも消します",
        "  out/ledgers_2026-05.xlsx",
        "  worklist-kept-012abc.xlsx",
        "※ 次のファイルは消しません。要らなければ、確かめてから手で消してください",
        "  decisions/2026-05.csv: 名前に 2026-05 があります。2026-05 の受給者証番号があります",
        "  メモ.txt: 2026-05 の氏名があります",
        "※ 次のファイルは中を確かめていません。消した月の番号や氏名が残っていないか見てください",
        "  受領書.pdf: この種類のファイルは、中を見ていません",
        "※ 残る審査月のフォルダーと henrei.duckdb には、その月の児童の番号と氏名が残ります",
        "※ 作業フォルダーの外の写し(控え、渡したファイル、印刷物)は henrei からは消せません",
    ]
    assert files(home) == before


@pytest.mark.parametrize("answers", [("2",), ("",), ("はい",), ()])
def test_another_number_removes_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answers: tuple[str, ...]
) -> None:
    before = files(home)
    typed(monkeypatch, *answers)
    assert henrei(home, "purge", "--before", "2026-06", "--force") == 2
    assert last_line(capsys) == "消す月の数(1か月)が入らなかったため、何も消していません"
    assert files(home) == before


def test_the_number_removes_what_was_shown(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "１")  # full-width, as an input method leaves it
    assert henrei(home, "purge", "--before", "2026-06", "--force") == 0
    output = capsys.readouterr().out
    assert "2026-06 より前の1か月の氏名と番号を消しました" in output
    assert "※ 初めに挙げた3ファイルは消していません" in output
    left = files(home)
    assert not {"out/ledgers_2026-05.xlsx", "worklist-kept-012abc.xlsx", "inbox/2026-05/K1100000.CSV"} & left.keys()
    assert {"decisions/2026-05.csv", "メモ.txt", "受領書.pdf"} <= left.keys()
    assert henrei(home, "purge", "--before", "2026-06", "--force") == 0  # nothing is left to ask about
    assert "消すものはありません" in capsys.readouterr().out


def test_a_young_month_is_refused_and_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(home)
    assert henrei(home, "purge", "--before", "2026-06", "--yes") == 2
    assert last_line(capsys) == (
        "2026-05 は保存年限に達していません(いちばん新しい締めた月 2026-05 より60か月以上前の月だけを消せます。"
        "年限は henrei.toml の [retention] months)。それでも消すときは --force を付けてください(何も消していません)"
    )
    assert files(home) == before
    with (home / "henrei.toml").open("a", encoding="utf-8") as stream:
        stream.write("[retention]\nmonths = 0\n")
    assert henrei(home, "purge", "--before", "2026-06", "--yes") == 0


def test_a_month_that_was_never_run_goes_with_a_remark(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "inbox" / "2026-01").mkdir()
    (home / "inbox" / "2026-01" / "K1100000.CSV").write_bytes(b"1\r\n")
    assert henrei(home, "purge", "--before", "2026-02", "--yes", "--force") == 0
    shown = capsys.readouterr().out
    assert "  2026-01       1ファイル       1 KB" in shown.splitlines()
    assert "※ 2026-01 は一度も確認(run)していないため、この月だけの番号は探せません" in shown.splitlines()
    assert not (home / "inbox" / "2026-01").exists() and (home / "inbox" / "2026-05").exists()


def test_the_journal_counts_what_stays(home: Path) -> None:
    from henrei.home import Home
    from henrei.store import journal

    assert henrei(home, "purge", "--before", "2026-06", "--yes", "--force") == 0
    last = journal.read(Home(home))[-1]
    assert (last["command"], last["months"], last["kept"], last["left"]) == ("purge", ["2026-05"], 0, 3)
