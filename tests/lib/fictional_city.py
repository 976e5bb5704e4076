"""Reading what the maker of fictional cities writes: files, records, ledgers, truth. For tests of data/fictional."""

from __future__ import annotations

import csv
from pathlib import Path


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def records(path: Path) -> list[list[str]]:
    """The lines of an exchange file, read strictly."""
    raw = path.read_bytes()
    assert raw.endswith(b"\r\n") and raw.count(b"\n") == raw.count(b"\r\n")
    return list(csv.reader(raw.decode("cp932").split("\r\n")[:-1], strict=True))


def ledger(folder: Path, name: str) -> list[dict[str, str]]:
    raw = (folder / f"{name}.csv").read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp932")
    return list(csv.DictReader(text.splitlines()))


def truth(folder: Path, month: str) -> list[list[str]]:
    with (folder / "truth" / f"{month}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def exchange_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.CSV"))


def number(text: str) -> int:
    return int(text or 0)


def claims_of(path: Path) -> list[dict[str, list[list[str]]]]:
    """Claims of a K11 file: record kind -> items, with item numbers as indexes."""
    found: list[dict[str, list[list[str]]]] = []
    for line in records(path)[1:-1]:
        if line[2] == "K122":
            if line[3] == "01":
                found.append({})
            found[-1].setdefault(line[3], []).append(["", *line[2:]])
    return found
