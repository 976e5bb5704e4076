"""The journal and verify: what was done can be shown, and a closed month comes out the same from what was received."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from henrei.home import Home
from henrei.store import journal
from lib import inputs
from lib.home_history import APRIL, ONE, closed_may, henrei, last_line, two_children

MAY = date(2026, 5, 1)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return two_children(tmp_path)


@pytest.fixture(scope="module")
def once_closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = two_children(tmp_path_factory.mktemp("closed"))
    closed_may(made, f"claim,{inputs.A},1,{APRIL},return,日数")
    return made


@pytest.fixture
def closed(once_closed: Path, tmp_path: Path) -> Path:
    """A copy of a home whose May is closed, at another place."""
    return Path(shutil.copytree(once_closed, tmp_path / "copy"))


def test_the_journal_says_who_did_what_on_which_inputs(closed: Path) -> None:
    lines = journal.of_month(Home(closed), MAY)
    assert [line["command"] for line in lines] == ["run", "decide", "close"]
    run, decided, close = lines
    assert len(run["inputs"]) == len(run["ruleset"]) == len(run["settings"]) == 64
    assert run["outcome"]["DAY201"] == 0 and decided["outcome"] == {"return": 1}
    assert (close["inputs"], close["ruleset"]) == (run["inputs"], run["ruleset"])
    assert close["outcome"] == {"明決定": 1, "明返戻": 1}
    assert all(line["who"] and line["version"] and line["at"] for line in lines)
    assert ONE not in journal.path_of(Home(closed)).read_text(encoding="utf-8")


@pytest.mark.parametrize("spoil", ["changed", "taken out", "put in"])
def test_a_journal_that_was_tampered_with_is_seen(closed: Path, spoil: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = journal.path_of(Home(closed))
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    if spoil == "changed":
        lines[0] = lines[0].replace('"command": "run"', '"command": "ran"')
    elif spoil == "taken out":
        del lines[1]
    else:
        lines.insert(1, json.dumps({"command": "run", "month": "2026-05", "previous": ""}) + "\n")
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
    assert journal.broken_at(Home(closed)) == 2
    assert henrei(closed, "verify", "2026-05") == 2
    assert "journal.jsonl:2 監査記録のつながりが切れています" in last_line(capsys)


def test_half_a_line_that_a_crash_left_says_nothing(home: Path) -> None:
    journal.append(Home(home), journal.entry("run", MAY))
    with journal.path_of(Home(home)).open("ab") as stream:
        stream.write(b'{"command": "cl')
    journal.append(Home(home), journal.entry("close", MAY))
    assert [line["command"] for line in journal.read(Home(home))] == ["run", "close"]
    assert journal.broken_at(Home(home)) is None


def test_a_line_is_written_once(home: Path) -> None:
    line = journal.entry("run", MAY)
    journal.append(Home(home), line)
    journal.append(Home(home), line)
    assert len(journal.read(Home(home))) == 1


def test_a_closed_month_comes_out_the_same(closed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert henrei(closed, "verify", "2026-05") == 0
    said = capsys.readouterr().out
    assert "12ファイルすべてが同じでした" in said and journal.head(Home(closed)) in said
    assert not (closed / ".henrei" / "verify").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("out/2026-05/findings.csv", "計算し直すと out/2026-05/findings.csv が違います"),
        ("books/2026-05/outcomes.csv", "計算し直すと books/2026-05/outcomes.csv が違います"),
        ("out/2026-05/notices/1350000001.pdf", "計算し直すと out/2026-05/notices/1350000001.pdf が違います"),
        ("inbox/2026-05/K1100000.CSV", "inbox/2026-05/K1100000.CSV が 2026-05 の確認の後に変わっています"),
        ("inbox/2026-05/new.CSV", "inbox/2026-05/new.CSV が 2026-05 の確認の後に増えています"),
    ],
)
def test_what_was_changed_since_is_named(
    closed: Path, name: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with (closed / name).open("ab") as stream:
        stream.write(b"\r\n")
    assert henrei(closed, "verify", "2026-05") == 2
    assert said in last_line(capsys)


def test_an_open_month_cannot_be_verified(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert henrei(home, "run", "2026-05") == 0
    assert henrei(home, "verify", "2026-05") == 2
    assert "2026-05 は締まっていないため検算できません" in last_line(capsys)


def test_a_clock_that_was_set_back_is_said_and_stops_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Yesterday(datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def, override]
            return datetime.now(tz) - timedelta(days=1)

    assert henrei(home, "run", "2026-05") == 0
    monkeypatch.setattr(journal, "datetime", Yesterday)
    assert henrei(home, "close", "2026-05") == 0
    assert henrei(home, "verify", "2026-05") == 0
    assert "PC の時計が戻されたことがあります" in capsys.readouterr().out
