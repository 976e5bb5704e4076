"""Lines of a month spoilt so that they are refused, and the return findings before and after. For tests/system/refused.

A seed draws what is spoilt: a kind of exchange file or a ledger, how many of its lines, which of their cells; or a file is
cut off, or a ledger taken away.
"""

from __future__ import annotations

import random
import shutil
from datetime import date
from pathlib import Path

from henrei.flows.run.computation import Computation
from henrei.flows.run.pipeline import run_directly
from henrei.flows.settings import load
from henrei.home import Home
from henrei.store.database import open_store
from henrei.store.tables import SUBJECT_KEY

SHARES = (0, 0.01, 0.05, 0.20)  # 0: one line
BAD = "あ?x"  # no item that is read and no column of a ledger but a name takes it
# Settings under which nothing but the lines decides: no brake, no severities of the city.
SETTINGS = '[city]\nname = "試験市"\nmunicipality_no = "{city}"\n[checks]\nbrake = {{ share = 1.0, least = 1000000 }}\n'


def return_findings(home: Path, month: date, store: Path) -> set[tuple[str, ...]]:
    """Check and subject of every return finding of the month, computed into a new database."""
    place, empty = Home(home), store.with_name("empty.duckdb")
    if not empty.exists():  # tables, rules and views are made once for all draws
        with open_store(place, empty):
            pass
    shutil.copyfile(empty, store)
    with Computation(place, month, load(place), store).opened() as computation:
        run_directly([*computation.loading, computation.checking])
        rows = computation.judge().findings.filter(severity="return")
    return set(rows.select("check_code", *SUBJECT_KEY).fill_null("").iter_rows())


def spoil(inbox: Path, seed: int) -> str:
    """Changes the files of a month's folder; says what was done."""
    draw = random.Random(seed)
    files = sorted(path for path in inbox.rglob("*") if path.is_file())
    kinds: dict[str, list[Path]] = {}
    for path in files:
        kinds.setdefault(path.stem if path.suffix == ".csv" else path.name[:3], []).append(path)
    kind = draw.choice(sorted(kinds))
    paths = kinds[kind]
    way = draw.choice(("cells", "cells", "cells", "cells", "cut", "gone"))
    if way == "gone" and kind.islower():
        for path in paths:
            path.unlink()
        return f"{kind} taken away"
    if way == "cut" and kind.isupper():  # of a ledger nobody can see it
        path = draw.choice(paths)
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[: max(1, draw.randrange(len(lines)))]))
        return f"{path.name} cut off"
    return _spoil_cells(draw, kind, paths)


def _spoil_cells(draw: random.Random, kind: str, paths: list[Path]) -> str:
    lines = [(path, at) for path in paths for at in _data_lines(path)]
    if not lines:
        return f"{kind} has no line"
    share = draw.choice(SHARES)
    chosen = draw.sample(lines, max(1, round(share * len(lines))))
    column = draw.randrange(40)  # the same cell of all, as a fault of a program would; any cell where it is too far
    for path in paths:
        content = path.read_bytes().split(b"\r\n")
        for at in (at for of, at in chosen if of == path):
            cells = content[at].split(b",")
            first = 0 if kind.islower() else 2  # the record's kind and number are another fault
            cells[first + column % (len(cells) - first)] = BAD.encode("cp932")
            content[at] = b",".join(cells)
        path.write_bytes(b"\r\n".join(content))
    return f"{kind}: {len(chosen)} of {len(lines)} lines, cell {column}"


def _data_lines(path: Path) -> list[int]:
    content = path.read_bytes().split(b"\r\n")
    if path.suffix == ".csv":
        return [at for at, line in enumerate(content) if line and at]
    return [at for at, line in enumerate(content) if line.lstrip(b'"')[:1] == b"2"]


def accused(source: Path, month: date, before: set[tuple[str, ...]], seed: int, work: Path) -> tuple[str, list[tuple]]:
    """What the seed did, and the return findings that came up by it."""
    home = work / f"home-{seed}"
    shutil.copytree(source, home)
    try:
        done = spoil(home / "inbox" / f"{month:%Y-%m}", seed)
        return done, sorted(return_findings(home, month, work / f"{seed}.duckdb") - before)
    finally:
        shutil.rmtree(home)
        (work / f"{seed}.duckdb").unlink(missing_ok=True)
