"""The maker of a nation: right where nothing is planted, and found where something is; a city is a part of it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from henrei import cli
from lib.paths import ROOT

MONTH = "2026-05"
KEY = ("check_code", "subject", "facility_no", "recipient_no", "service_month")
SEED = ("--seed", "6")  # of its 900 children each mistake has one at least
PLANTED = {"CRT102", "CRT103", "DAY201", "DAY202", "DAY203", "DAY206", "CAP301", "CAP302", "SUB401", "SUB405"}


def make(folder: Path, *options: str) -> Path:
    subprocess.run([sys.executable, "-m", "benchmarks.nation", str(folder), *options], cwd=ROOT, check=True)
    return folder


def run(home: Path) -> dict:
    assert cli.main(["run", MONTH, "--direct", "--home", str(home)]) == 0
    return json.loads((home / "out" / MONTH / "summary.json").read_text(encoding="utf-8"))


def keys(path: Path) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return sorted(tuple(row[name] for name in KEY) for row in csv.DictReader(stream))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*.CSV")}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("nation") / "planted", "--children", "900", *SEED)


def test_what_is_planted_is_found_and_nothing_else(planted: Path) -> None:
    summary = run(planted)
    truth = keys(planted / "truth" / f"{MONTH}.csv")
    assert {row[0] for row in truth} == PLANTED | {"CRT106", "CRT108", "DAY207"}
    assert keys(planted / "out" / MONTH / "findings.csv") == truth
    assert sum(file["refused"] for file in summary["files"]) == 0
    assert not any(check["braked"] or check["reason"] for check in summary["checks"])


def test_nothing_planted_nothing_found(tmp_path: Path) -> None:
    home = make(tmp_path / "right", "--children", "400", "--no-plant", "--seed", "3")
    summary = run(home)
    assert [check["code"] for check in summary["checks"] if check["findings"]] == []
    assert sum(file["refused"] for file in summary["files"]) == 0
    assert summary["claims"]["received"] > 700


def test_the_sizes_are_those_of_a_nation(planted: Path) -> None:
    """15 days a child, 2 claims a child, 5 lines a claim; half of the files in each style, a part of it not ASCII."""
    records = [line.split(b",") for data in files(planted / "inbox").values() for line in data.splitlines()]
    ids = [(cells[2].strip(b'"'), cells[3]) for cells in records if cells[0] == b"2"]
    claims = ids.count((b"K122", b"01"))
    assert 1.9 < claims / 900 < 2.1
    assert 14 < ids.count((b"K611", b"02")) / 900 < 16
    assert 4.5 < ids.count((b"K122", b"03")) / claims < 5.5
    quoted = [b'"' in data.split(b"\r\n")[0] for data in files(planted / "inbox").values()]
    assert sum(quoted) * 2 == len(quoted)
    lean = [data for data, full in zip(files(planted / "inbox").values(), quoted, strict=True) if not full]
    lines = [line for data in lean for line in data.splitlines()]
    assert 0.05 < sum(not line.isascii() for line in lines) / len(lines) < 0.15


def test_cities_have_the_nations_files_but_for_their_number(planted: Path, tmp_path: Path) -> None:
    folder = make(tmp_path / "cities", "--children", "900", "--cities", "2", *SEED)
    homes = sorted(folder.iterdir())
    assert len(homes) == 2
    whole = files(planted / "inbox")
    seen = {}
    for home in homes:
        for name, data in files(home / "inbox").items():
            seen[name] = data.replace(home.name.encode(), b"112992")
    assert seen == whole
    truth = [row for home in homes for row in keys(home / "truth" / f"{MONTH}.csv")]
    assert sorted(truth) == keys(planted / "truth" / f"{MONTH}.csv")


def test_a_shared_inbox_has_all_files_and_the_homes_their_ledgers(tmp_path: Path) -> None:
    folder = make(tmp_path / "shared", "--children", "900", "--cities", "2", "--shared-inbox")
    apart = make(tmp_path / "apart", "--children", "900", "--cities", "2")
    assert files(folder / "inbox") == files(apart)
    for home in (path for path in apart.iterdir() if path.is_dir()):
        for ledger in (home / "inbox" / MONTH).glob("*.csv"):
            assert (folder / home.name / "inbox" / MONTH / ledger.name).read_bytes() == ledger.read_bytes()


def test_one_file_has_the_same_records(planted: Path, tmp_path: Path) -> None:
    home = make(tmp_path / "one", "--children", "900", "--one-file", *SEED)
    assert sorted(files(home)) == ["K1100000.CSV", "K4100000.CSV", "K6100000.CSV"]

    def records(folder: Path) -> list[bytes]:
        lines = (line for data in files(folder).values() for line in data.splitlines())
        return sorted(line.split(b",", 2)[2] for line in lines if line.startswith(b"2,"))

    assert records(home) == records(planted / "inbox")
    assert sum(file["refused"] for file in run(home)["files"]) == 0


@pytest.mark.parametrize("option", ["--irregular", "--busy-attendance"])
def test_written_otherwise_the_same_is_found_and_nothing_refused(planted: Path, tmp_path: Path, option: str) -> None:
    home = make(tmp_path / "otherwise", "--children", "900", *SEED, option)
    summary = run(home)
    assert keys(home / "out" / MONTH / "findings.csv") == keys(planted / "truth" / f"{MONTH}.csv")
    assert sum(file["refused"] for file in summary["files"]) == 0
    assert (home / "out" / MONTH / "remarks.csv").read_text(encoding="utf-8-sig").count("\n") == 1


def test_each_irregular_file_has_an_empty_line_and_a_blank_in_its_middle(planted: Path, tmp_path: Path) -> None:
    irregular = files(make(tmp_path / "irregular", "--children", "900", *SEED, "--irregular") / "inbox")
    tidy = files(planted / "inbox")
    assert list(irregular) == list(tidy)
    for name, data in irregular.items():
        assert data.count(b"112992 ,") == 1 and data.count(b"\r\n\r\n") == 1
        assert data.replace(b"112992 ,", b"112992,").replace(b"\r\n\r\n", b"\r\n") == tidy[name]


def test_busy_attendance_has_a_remark_on_each_day_and_hardly_two_alike(planted: Path, tmp_path: Path) -> None:
    busy = files(make(tmp_path / "busy", "--children", "900", *SEED, "--busy-attendance") / "inbox")
    tidy = files(planted / "inbox")
    assert [name for name in tidy if busy[name] != tidy[name]] == [name for name in tidy if name.startswith("K61")]
    days = [line.split(b",") for data in busy.values() for line in data.splitlines() if b"K611" in line]
    days = [cells[8:] for cells in days if cells[3] == b"02"]
    assert all(cells[28].strip(b'"').strip("　".encode("cp932")) for cells in days)
    ends = [b",".join(cells) for cells in days]
    assert len(set(ends)) > 0.95 * len(ends)


def test_the_seed_fixes_every_byte(planted: Path, tmp_path: Path) -> None:
    again = make(tmp_path / "again", "--children", "900", *SEED)
    other = make(tmp_path / "other", "--children", "900", "--seed", "2")
    assert files(again) == files(planted / "inbox") != files(other)


def test_the_floor_parts_every_line(planted: Path) -> None:
    inbox = planted / "inbox" / MONTH
    command = [sys.executable, str(ROOT / "benchmarks" / "floor.py"), str(inbox)]
    counted = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    data = [path.read_bytes() for path in inbox.iterdir()]
    assert counted["bytes"] == sum(map(len, data))
    assert counted["rows"] == sum(one.count(b"\n") for one in data)


def test_a_folder_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("kept", encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.nation", str(tmp_path), "--children", "100"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
