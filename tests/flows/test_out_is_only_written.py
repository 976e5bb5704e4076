"""out/ is only written: what a command makes of a month does not depend on what is there, typed decisions aside."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import pytest

from henrei import machine
from lib import answered, inputs, workbook
from lib.home_history import henrei
from lib.letters_city import MAY, overlapping

pytestmark = pytest.mark.slow

COMMANDS = {
    "remind": ("remind", "2026-06"),
    "inquire": ("inquire", MAY),
    "answers": ("answers", MAY, "{typed}"),
    "decide": ("decide", MAY, "{typed}"),
    "close": ("close", MAY, "--undecided", "return"),
    "dashboard": ("dashboard",),
}


def written(home: Path) -> dict[str, bytes]:
    """Every file of out/ and books/, but for the journal, whose lines hold the time."""
    paths = [path for root in ("out", "books") for path in (home / root).rglob("*") if path.is_file()]
    return {p.relative_to(home).as_posix(): p.read_bytes() for p in paths if p.name != "journal.jsonl"}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = overlapping(tmp_path_factory.mktemp("ran"))
    assert henrei(home, "run", MAY) == 0
    workbook.fill(
        home / "out" / MAY / "worklist.xlsx", home.parent / "typed.xlsx", {2: {"決定": "支払", "備考": "電話で確認"}}
    )
    return home


class _OneMoment(datetime):
    """A clock that stands still: what is kept says when it was done."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime(2026, 5, 11, 9, tzinfo=tz or UTC)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_makes_the_same_without_what_is_in_out(
    ran: Path, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "datetime", _OneMoment)
    typed = ran.parent / "typed.xlsx"
    with_out, without = (Path(shutil.copytree(ran, tmp_path / name)) for name in ("with", "without"))
    if command == "dashboard":
        for home in (with_out, without):
            assert henrei(home, *COMMANDS["close"]) == 0
    if command == "answers":
        for home in (with_out, without):
            assert henrei(home, *COMMANDS["inquire"]) == 0
        letter = with_out / "out" / MAY / "inquiries" / f"{inputs.A}.xlsx"
        typed = answered.fill(letter, tmp_path / "answered.xlsx", answered.as_sent(1))
    before = set(written(with_out))
    shutil.rmtree(without / "out")
    given = [part.format(typed=typed) for part in COMMANDS[command]]
    assert henrei(with_out, *given) == henrei(without, *given) == 0
    here, there = written(with_out), written(without)
    assert set(there) >= set(here) - before
    assert {name: data for name, data in here.items() if name in there} == there
