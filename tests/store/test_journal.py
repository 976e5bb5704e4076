"""The audit log: who did what on which inputs, in a chain that shows every change."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from henrei.home import Home
from henrei.store import journal
from lib.home_history import ONE, henrei, last_line

MAY = date(2026, 5, 1)


@pytest.mark.slow
def test_the_journal_says_who_did_what_on_which_inputs(may_returned: Path) -> None:
    lines = journal.of_month(Home(may_returned), MAY)
    assert [line["command"] for line in lines] == ["run", "decide", "close"]
    run, decided, close = lines
    assert len(run["inputs"]) == len(run["ruleset"]) == len(run["settings"]) == 64
    assert run["outcome"]["DAY201"] == 0 and decided["outcome"] == {"return": 1}
    assert (close["inputs"], close["ruleset"]) == (run["inputs"], run["ruleset"])
    assert close["outcome"] == {"明決定": 1, "明返戻": 1}
    assert all(line["who"] and line["version"] and line["at"] for line in lines)
    assert ONE not in journal.path_of(Home(may_returned)).read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("spoil", ["changed", "taken out", "put in"])
def test_a_journal_that_was_tampered_with_is_seen(
    may_returned: Path, spoil: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = journal.path_of(Home(may_returned))
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    if spoil == "changed":
        lines[0] = lines[0].replace('"command": "run"', '"command": "ran"')
    elif spoil == "taken out":
        del lines[1]
    else:
        lines.insert(1, json.dumps({"command": "run", "month": "2026-05", "previous": ""}) + "\n")
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
    assert journal.broken_at(Home(may_returned)) == 2
    assert henrei(may_returned, "verify", "2026-05") == 2
    assert "journal.jsonl:2 監査記録のつながりが切れています" in last_line(capsys)


def test_half_a_line_that_a_crash_left_says_nothing(tmp_path: Path) -> None:
    journal.append(Home(tmp_path), journal.entry("run", MAY))
    with journal.path_of(Home(tmp_path)).open("ab") as stream:
        stream.write(b'{"command": "cl')
    journal.append(Home(tmp_path), journal.entry("close", MAY))
    assert [line["command"] for line in journal.read(Home(tmp_path))] == ["run", "close"]
    assert journal.broken_at(Home(tmp_path)) is None


def test_a_line_is_written_once(tmp_path: Path) -> None:
    line = journal.entry("run", MAY)
    journal.append(Home(tmp_path), line)
    journal.append(Home(tmp_path), line)
    assert len(journal.read(Home(tmp_path))) == 1
