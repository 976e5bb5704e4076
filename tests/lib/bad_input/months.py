"""Months with spoilt files beside good ones, run whole; what must hold of each, and which file breaks it."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from henrei import cli
from lib import both_ways, inputs
from lib.bad_input import mutations, valid_files

KINDS = {*valid_files.KINDS, "broken", "unknown", "duplicate"}
# No brake and an outcome from long ago: what the good files are told hangs on nothing that a spoilt one may change.
_SETTINGS = "[checks]\nbrake = { share = 1.0, least = 1000000 }\n"
_HISTORY = (
    f"種別,審査月,事業所番号,受給者証番号,サービス提供年月,結果\r\n明,1900-02,{valid_files.facility(valid_files.GOOD, 9)},"
    f"{valid_files.recipient(valid_files.GOOD, 9)},1900-01,決定\r\n"
)


@dataclass
class Spoilt:
    """One spoilt file; its number says all: the same number gives the same bytes."""

    number: int
    name: str
    data: bytes
    how: list[str]


@dataclass
class Tally:
    files: int = 0
    runs: int = 0
    deep: int = 0  # spoilt exchange files whose frame was right all the same
    mutations: Counter = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, files: list[Spoilt]) -> None:
        self.files += len(files)
        for file in files:
            self.mutations.update(name for name in file.how if name != "reframed")


def exchange_file(number: int) -> Spoilt:
    dice = random.Random(number)
    kind = dice.choice(valid_files.KINDS)
    data, how = mutations.spoilt(dice, valid_files.exchange(number, kind, dice.random() < 0.5), True)
    return Spoilt(number, f"bad/{kind}{number:06}.CSV", data, how)


def ledger_files(number: int) -> list[Spoilt]:
    """All ten ledgers, each spoilt; they have the numbers from `number` on."""
    found = []
    for at, (name, data) in enumerate(sorted(valid_files.ledgers().items())):
        spoilt, how = mutations.spoilt(random.Random(number + at), data, False)
        found.append(Spoilt(number + at, name, spoilt, how))
    return found


def good_files() -> dict[str, bytes]:
    """A month with findings: too many days billed, a sheet whose sums differ, a child that nobody knows."""
    a, b = valid_files.facility(valid_files.GOOD), valid_files.facility(valid_files.GOOD, 1)
    one, two, three = (valid_files.recipient(valid_files.GOOD, n) for n in (1, 2, 3))
    claims = [
        inputs.claim(a, one, days=3),
        inputs.claim(b, one),
        inputs.claim(a, two),
        inputs.claim(a, three, cap=9300),
    ]
    days = [inputs.attendance(a, one), inputs.attendance(b, one, days=(2, 3)), inputs.attendance(a, two, days=(4, 4))]
    return {
        "good/K11.CSV": inputs.exchange("K11", *claims, facility=a),
        "good/K41.CSV": inputs.exchange("K41", inputs.sheet(a, one, others=(b,)), facility=a),
        "good/K61.CSV": inputs.exchange("K61", *days, facility=a),
    }


def good_ledgers() -> dict[str, str]:
    one, two = (valid_files.recipient(valid_files.GOOD, n) for n in (1, 2))
    head = {name: text.split("\r\n")[0] for name, text in inputs.LEDGERS.items()}
    rows = {
        "recipients": [f"{n},{inputs.CITY},4600,2025-04-01" for n in (one, two)],
        "grants": [f"{n},631000,2,2025-04-01,2027-03-31" for n in (one, two)],
        "cap_managers": [f"{one},{valid_files.facility(valid_files.GOOD)},2025-04-01"],
    }
    found = {name: "\r\n".join([head[name], *lines, ""]) for name, lines in rows.items()}
    return found | {name: inputs.LEDGERS[name] for name in ("petitions", "service_codes")} | {"history": _HISTORY}


@contextlib.contextmanager
def all_output() -> Iterator[io.BytesIO]:
    """Standard output and error, also what is written past Python (a panic of a library writes to the descriptor)."""
    output = io.BytesIO()
    kept = os.dup(1), os.dup(2)
    with tempfile.TemporaryFile() as target:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(target.fileno(), 1)
        os.dup2(target.fileno(), 2)
        out = io.TextIOWrapper(io.FileIO(os.dup(1), "w"), encoding="utf-8", write_through=True)
        err = io.TextIOWrapper(io.FileIO(os.dup(2), "w"), encoding="utf-8", write_through=True)
        try:
            with out, err, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                yield output
        finally:
            for number, fd in enumerate(kept, start=1):
                os.dup2(fd, number)
                os.close(fd)
            target.seek(0)
            output.write(target.read())


def _line_count(data: bytes) -> int:
    return data.count(b"\n") + (data[-1:] not in (b"", b"\n"))


def run(folder: Path, files: dict[str, bytes], ledgers: dict[str, str]) -> tuple[int, str, Path]:
    """The month in a new home: exit status, all output, the folder of what came out."""
    shutil.rmtree(folder, ignore_errors=True)
    home = inputs.make_home(folder, files, ledgers, _SETTINGS)
    with all_output() as output:
        status = cli.main(["run", inputs.REVIEW, "--home", str(home), "--direct"])
    return status, output.getvalue().decode("utf-8", errors="replace"), home / "out" / inputs.REVIEW


def _table(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(10_000_000)
    return inputs.read_table(path)


def faults(files: dict[str, bytes], bad: set[str], outcome: tuple[int, str, Path], status: int = 0) -> list[str]:
    """What does not hold of a run: status, silence, and that every line of every file is somewhere."""
    given, output, out = outcome
    found = [f"{text} was said" for text in ("予期しない", "Traceback", "panicked", "Error") if text in output]
    if given != status:
        return [*found, f"exit status {given} for {status}"]
    if status:
        return found
    summary = {row["file"]: row for row in json.loads((out / "summary.json").read_text(encoding="utf-8"))["files"]}
    rejects = _table(out / "rejects.csv")
    places = Counter((row["file"], int(row["line"])) for row in rejects)
    refused = Counter(row["file"] for row in rejects)
    if places and max(places.values()) > 1:
        found.append("a line is refused twice")
    for name, data in files.items():
        row = summary.get(name)
        if row is None:
            found.append(f"{name} is not in summary.json")
            continue
        if row["lines"] != _line_count(data) or row["lines"] != row["loaded"] + row["refused"] + row["ignored"]:
            found.append(f"{name}: {_line_count(data)} lines, but {row}")
        if row["refused"] != refused[name] or min(row["loaded"], row["refused"], row["ignored"]) < 0:
            found.append(f"{name}: {refused[name]} lines in rejects.csv, but {row}")
        if name.startswith("bad/") and row["kind"] not in KINDS:
            found.append(f"{name}: kind {row['kind']}")
    for row in rejects:
        if row["file"] not in bad:
            found.append(f"{row['file']} has a refused line, and nothing was done to it")
        if not (row["reason_code"].startswith("FMT") and row["reason"]) or len(row["reason"]) > 32_000:
            found.append(f"{row['file']}:{row['line']} has no reason, or one too long to show")
        if int(row["line"]) > summary[row["file"]]["lines"] or len(row["raw"]) > 32_000:
            found.append(f"{row['file']}:{row['line']} is not a line, or too long to show")
    return found


def _of_good(path: Path) -> dict[tuple[str, ...], dict[str, str]]:
    """Findings or undetermined rows about the good files, by check and subject."""
    key = ("check_code", "subject", "facility_no", "recipient_no", "service_month")
    ours = ("28888888", "77777777")
    rows = [row for row in _table(path) if row["facility_no"].startswith(ours) or row["recipient_no"].startswith(ours)]
    return {tuple(row[name] for name in key): row for row in rows}


def harm(before: Path, after: Path) -> list[str]:
    """What was found of the good files alone and not beside the spoilt ones, or the other way round."""
    was, now = _of_good(before / "findings.csv"), _of_good(after / "findings.csv")
    unsure = _of_good(after / "undetermined.csv")
    found = [f"{key[0]} is new" for key in now.keys() - was.keys()]
    for key, row in was.items():
        if key not in now and key not in unsure:  # what was refused may have removed it: then it is said
            found.append(f"{key[0]} is gone")
        if key in now and now[key] != row:
            found.append(f"{key[0]} is another")
    return found


class Fire:
    """Runs months full of spoilt files in `folder` and keeps the tally; a fault is brought down to one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tally = Tally()
        self.good = good_files()
        status, _, out = run(folder / "alone", self.good, good_ledgers())
        assert status == 0, "the good files alone do not run"
        self.alone = out
        assert len(_of_good(out / "findings.csv")) >= 4, "the good files have too little to be told"

    def exchange(self, numbers: range) -> None:
        files = [exchange_file(number) for number in numbers]
        self.tally.add(files)
        self._narrow(files, self._of_exchange)

    def ledgers(self, number: int) -> None:
        files = ledger_files(number)
        self.tally.add(files)
        self._narrow(files, self._of_ledgers)

    def _of_exchange(self, files: list[Spoilt]) -> list[str]:
        self.tally.runs += 1
        bad = {file.name: file.data for file in files}
        outcome = run(self.folder / "beside", self.good | bad, good_ledgers())
        found = faults(self.good | bad, set(bad), outcome)
        read = sorted((self.folder / "beside" / "inbox" / inputs.REVIEW).rglob("*.CSV"))
        found += [f"{name} differ from what is read line by line" for name in both_ways.differences(read)]
        if not found:
            found = harm(self.alone, outcome[2])
            summary = json.loads((outcome[2] / "summary.json").read_text(encoding="utf-8"))
            self.tally.deep += sum(row["kind"] in valid_files.KINDS for row in summary["files"] if row["file"] in bad)
        return found

    def _of_ledgers(self, files: list[Spoilt]) -> list[str]:
        self.tally.runs += 1
        bad = {file.name: file.data for file in files}
        whole = {name: data for name, data in valid_files.ledgers().items() if name not in bad}
        return faults(self.good | whole | bad, set(bad), run(self.folder / "ledgers", self.good | whole | bad, {}))

    def _narrow(self, files: list[Spoilt], check: Callable[[list[Spoilt]], list[str]]) -> None:
        found = check(files)
        if not found:
            return
        while len(files) > 1:
            half = len(files) // 2
            parts = [part for part in (files[:half], files[half:]) if check(part)]
            if not parts:
                break  # only together
            files = parts[0]
            found = check(files)
        which = ", ".join(f"{file.number} {file.name} ({'+'.join(file.how)})" for file in files[:5])
        self.tally.failures.append(f"{which}: {'; '.join(found[:4])}")
