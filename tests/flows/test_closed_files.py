"""A home restored from its backup: what is in out/ of closed months comes again, byte for byte."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from lib import casebook_cases, crash
from lib.home_history import henrei

pytestmark = pytest.mark.slow

BACKUP = ("inbox", "books", "ledgers", "henrei.toml")  # as docs/導入.md says
# Comes from no book: the list that people work in, what changed against the run before, letters before the close.
NOT_KEPT = ("worklist.xlsx", "changes.csv", "inquiries", "reminders")
CASEBOOK = "casebook.html"  # names rows of that list, one sheet of which is such changes


def written(home: Path) -> dict[str, bytes]:
    """Every file of out/ that comes again; of summary.json all but the seconds, of the page to sign what lasts."""
    found = {}
    for path in sorted((home / "out").rglob("*")):
        name = path.relative_to(home).as_posix()
        if path.is_file() and not any(part in NOT_KEPT for part in path.parts):
            found[name] = shown(path) if path.name == CASEBOOK else crash.lasting_bytes(path)
    return found


def shown(casebook: Path) -> bytes:
    """What a casebook embeds, without the rows of the sheet of changes that it names."""
    facts = casebook_cases.embedded(casebook.read_bytes())
    places = facts["cases"]["places"]
    facts["cases"]["places"] = [[place for place in of_case if place[0] != "6 前回との差"] for of_case in places]
    return json.dumps(facts, ensure_ascii=False).encode("utf-8")


def restored(home: Path, place: Path) -> Path:
    """A new home from nothing but the backup of another one."""
    place.mkdir()
    for name in BACKUP:
        if (home / name).is_dir():
            shutil.copytree(home / name, place / name)
        elif (home / name).is_file():
            shutil.copy2(home / name, place / name)
    return place


def test_a_home_restored_from_its_backup_gives_the_same_bytes(
    four_months_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = restored(four_months_home, tmp_path / "home")
    assert henrei(home, "rebuild") == 0
    assert henrei(home, "dashboard") == 0
    assert written(home) == written(four_months_home)
    capsys.readouterr()
    assert henrei(home, "verify", "--all") == 0
    *months, head = capsys.readouterr().out.splitlines()
    assert len(months) == 4 and all("ファイルすべて同じ(henrei " in line for line in months)
    assert head.startswith("監査記録の末尾: ")


def test_what_is_there_stays_as_it_is(may_returned: Path) -> None:
    out = may_returned / "out" / "2026-05"
    (out / "findings.csv").write_bytes(b"as someone left it")
    before = (out / "returns.csv").read_bytes()
    shutil.rmtree(out / "notices")
    (out / "summary.json").unlink()
    assert henrei(may_returned, "rebuild") == 0
    assert (out / "findings.csv").read_bytes() == b"as someone left it"
    assert (out / "returns.csv").read_bytes() == before
    assert list((out / "notices").glob("*.pdf"))
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["review_month"] == "2026-05"


def test_protected_letters_without_passwords_are_named_and_not_made(
    may_returned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(may_returned / "out")
    kept = may_returned / "books" / "2026-05" / "henrei.toml"
    kept.write_text(kept.read_text(encoding="utf-8") + '\n[reports]\npasswords = "passwords.csv"\n', encoding="utf-8")
    capsys.readouterr()
    assert henrei(may_returned, "rebuild") == 0
    [note] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("※")]
    assert note.startswith("※ 2026-05 の事業所向けの書類は作り直せません: ") and "passwords.csv" in note
    assert not (may_returned / "out" / "2026-05" / "notices").exists()
    assert (may_returned / "out" / "2026-05" / "findings.csv").is_file()
