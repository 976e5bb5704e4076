"""A life with canaries in every field: who hears of them, who can read the files, where files are made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from lib import canary_city

LIB = Path(canary_city.__file__).parent


@dataclass(frozen=True)
class Life:
    home: Path
    records: Path
    temporary: Path
    watched: list[list[str]]  # pid, kind, umask, path
    statuses: dict[str, int]
    reached: str


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """Made once, in a process of its own with its own Prefect server; only looked at by the tests."""
    folder = tmp_path_factory.mktemp("life")
    home = canary_city.make_home(folder / "home")
    records, temporary, log, reached = (folder / name for name in ("records", "temporary", "watched", "reached"))
    records.mkdir()
    temporary.mkdir()
    log.touch()
    reached.touch()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "HENREI_"))}
    env |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    env |= {
        "PYTHONPATH": os.pathsep.join((env["PYTHONPATH"], str(LIB / "watch"))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "WATCH_LOG": str(log),
        "GUARD_LOG": str(reached),
    }
    command = [sys.executable, "-X", "utf8", str(LIB / "canary_life.py"), str(home), str(records)]
    done = subprocess.run(command, env=env, capture_output=True, timeout=600, encoding="utf-8", errors="replace")
    assert done.returncode == 0, done.stderr
    (records / "process.err").write_text(done.stderr, encoding="utf-8")
    return Life(
        home,
        records,
        temporary,
        [line.split("\t") for line in log.read_text(encoding="utf-8").splitlines()],
        json.loads((records / "status.json").read_text(encoding="utf-8")),
        reached.read_text(encoding="utf-8"),
    )


def test_it_went_as_planned(life: Life) -> None:
    """The failures failed and the rest did not: else nothing was tested."""
    nothing = {"run-nothing", "codes-odd", "columns-odd", "facilities-odd"}
    refused = {"close-refused", "purge-asks", "answers-spoilt", "answers-other", "answers-none"}
    refused |= {f"decide-{name}" for name in ("wrong.xlsx", "bad.csv", "strange.csv")}
    refused |= {name for name in life.statuses if "failing" in name}
    wrong = dict.fromkeys(nothing, 3) | dict.fromkeys(refused, 2)
    assert life.statuses == dict.fromkeys(life.statuses, 0) | wrong
    assert sum("failing" in name for name in wrong) == 10
    for name in ("findings.csv", "worklist.xlsx", "notices/9990800011.pdf"):  # the search finds what is there
        assert canary_city.leaks(canary_city.content(life.home / "out" / canary_city.MAY / name), [canary_city.ONE]), (
            name
        )
    assert list((life.home / ".prefect").glob("*.db"))
    debugged = (life.records / "dashboard-failing.err").read_text(encoding="utf-8")
    assert "ExceptionGroup" in debugged and "InvalidOperationError" in debugged and "canary_life.py" in debugged


def test_streams(life: Life) -> None:
    """Neither stream of any command, but for the list of a refused close, tells of anyone."""
    found = canary_city.leaks_below(
        life.records, [*canary_city.people(), *canary_city.HOUSES.values(), *canary_city.CORPORATIONS.values()]
    )
    listed = found.pop("close-refused.out", [])
    assert set(listed) == {canary_city.ONE, canary_city.OF_A, canary_city.OF_B}
    assert found == {}


def test_one_line_without_debug(life: Life) -> None:
    for name in ("run-failing-receive", "run-failing-check", "run-nothing"):
        lines = (life.records / f"{name}.err").read_text(encoding="utf-8").splitlines()
        assert "Traceback" not in "".join(lines)
        assert not [line for line in lines if line.startswith("  File")]


def test_prefect(life: Life) -> None:
    texts = [*canary_city.people(), *canary_city.HOUSES.values(), *canary_city.CORPORATIONS.values()]
    assert canary_city.leaks_below(life.home / ".prefect", texts) == {}
    assert canary_city.leaks((life.home / ".prefect" / "prefect.db").read_bytes(), ["henrei-run-2026-05"])


def test_what_henrei_keeps_for_itself(life: Life) -> None:
    """Temporary files are gone, and what tells of months for everyone names no child."""
    assert sorted(path.name for path in (life.home / ".henrei").iterdir()) == ["lock"]
    assert not [path for path in (life.home / ".prefect").iterdir() if path.name.startswith("tmp")]
    out = life.home / "out"
    names = [f"{canary_city.MAY}/{name}" for name in ("summary.json", "payments.csv")] + [
        "return_rates.csv",
        "dashboard.html",
    ]
    for name in names:
        assert canary_city.leaks((out / name).read_bytes(), canary_city.people()) == [], name


def test_what_all_cities_have_in_common_and_the_journal_name_nobody(life: Life) -> None:
    """The common findings hold numbers, as every city's own; summaries and the journal none, and a purged home nothing."""
    nobody = [*canary_city.people(), *canary_city.HOUSES.values()]
    cities = life.home.parent / "cities"
    common = cities / "out" / canary_city.MAY
    assert canary_city.leaks((common / "findings.csv").read_bytes(), [canary_city.ONE])
    assert canary_city.leaks((common / "summary.json").read_bytes(), nobody) == []
    for home in (life.home, cities / "a"):
        assert canary_city.leaks((home / "books" / "journal.jsonl").read_bytes(), nobody) == []
    assert canary_city.leaks_below(cities / "a" / "books", canary_city.people()) == {}


def test_files_are_made_in_the_home_alone(life: Life) -> None:
    assert list(life.temporary.iterdir()) == []
    inside = (
        str(life.home) + os.sep,
        str(life.records) + os.sep,
        str(life.home.parent / "cities"),
        str(life.home),
        str(life.records),
        os.devnull,
        "/dev/",
        "/proc/self/",
    )
    strange = {path for _, kind, _, path in life.watched if kind != "os.chmod" and not path.startswith(inside)}
    assert strange == set()
    assert any(".prefect" in path and kind == "sqlite3.connect" for _, kind, _, path in life.watched)


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX systems")
def test_files_are_their_owners_alone_from_the_first_byte(life: Life) -> None:
    """After every command no file is open to others, and when one was made the umask let none be."""
    assert json.loads((life.records / "modes.json").read_text(encoding="utf-8")) == {}
    made = [(kind, umask, path) for _, kind, umask, path in life.watched if path.startswith(str(life.home) + os.sep)]
    by_test = [path for _, _, path in made if Path(path).parent == life.home and path.endswith((".xlsx", ".csv"))]
    assert len(made) > 100
    assert [one for one in made if one[1] != "077" and one[2] not in by_test] == []
    assert [one for one in made if one[0] == "os.chmod"] == []


def test_nobody_was_asked_for_anything(life: Life) -> None:
    """Run with Prefect, close, dashboard and all else: not one attempt to reach another machine."""
    assert life.reached == ""


@pytest.mark.parametrize("kind", ["notices", "inquiries", "reminders"])
@pytest.mark.parametrize("facility", canary_city.HOUSES)
def test_letters_hold_a_facilitys_own_children_alone(life: Life, kind: str, facility: str) -> None:
    other = next(at for at in canary_city.HOUSES if at != facility)
    foreign = [
        other,
        canary_city.HOUSES[other],
        *canary_city.CORPORATIONS.values(),
        *canary_city.HOUSEHOLDS.values(),
        canary_city.STRAY,
    ]
    foreign += [canary_city.FREE["note"], canary_city.FREE["answer"]]
    for child in canary_city.FULL:
        if child not in canary_city.THEIRS[facility] and (facility, child) != (canary_city.A, canary_city.GONE):
            foreign += [
                child,
                *canary_city.FULL[child],
                *canary_city.HALF[child],
                *(n.split()[1] for n in canary_city.FULL[child]),
            ]
    for suffix in ("xlsx", "pdf"):
        month = canary_city.JUNE if kind == "reminders" else canary_city.MAY
        paper = canary_city.content(life.home / "out" / month / kind / f"{facility}.{suffix}")
        assert facility.encode() in paper
        assert canary_city.leaks(paper, foreign) == []
