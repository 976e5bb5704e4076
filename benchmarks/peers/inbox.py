"""What the peers share: the files of a month's folder as UTF-8 text, their cells, the command line. Standard library only."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

KINDS = ("K11", "K41", "K61")
LEDGERS = ("recipients", "grants", "cap_managers", "petitions", "history", "service_codes")
ADDONS = (
    21,
    22,
    32,
    70,
    74,
    78,
    99,
    101,
    102,
    103,
    104,
    105,
    106,
    107,
    111,
    113,
)  # items of K611-02 that record an add-on
WITHOUT_USE = ("cap_management", "transition_support")  # add-on keys that may be billed for a day without use
ITEMS = {  # kind: (cells of its longest record, {name: number of the item}); item n is cell n + 1
    "K11": (37, {"id": 1, "part": 2, "month": 3, "city": 4, "facility": 5, "recipient": 6, "i7": 7, "i8": 8, "i9": 9,
                 "i10": 10}),
    "K41": (16, {"id": 1, "part": 2, "month": 3, "i4": 4, "i5": 5, "i6": 6, "i7": 7, "i12": 12}),
    "K61": (174, {"id": 1, "part": 2, "month": 3, "city": 4, "facility": 5, "recipient": 6, "form": 7, "day": 9,
                  "i14": 14, "i15": 15, "i34": 34, "status": 36, "counted": 45,
                  **{f"addon{item}": item for item in ADDONS}}),
}  # fmt: skip
PARTS = {"K11": ["01", "02", "03", "05"], "K41": ["01", "02"], "K61": ["01", "02"]}
IDS = {"K11": ["K122"], "K41": ["K411", "K421"], "K61": ["K611"]}
FORMS = {"0301": "61", "0501": "63", "0601": "64", "0701": "65"}
BATCH = 64_000_000  # bytes of text given to a peer together


def utf8(data: bytes, encoding: str = "cp932") -> bytes:
    """The bytes as UTF-8; what is ASCII already is not touched, and most exchange files are nothing else."""
    return data if data.isascii() else data.decode(encoding).encode()


def exchange(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Kind (item 5 of the control record) and lines of many exchange files together, in batches of about BATCH bytes."""
    waiting: dict[str, list[bytes]] = {kind: [] for kind in KINDS}
    sizes = dict.fromkeys(KINDS, 0)
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() != ".csv" or path.stem in LEDGERS:
            continue
        data = path.read_bytes().rstrip(b"\x1a")
        head = data[:80].split(b",", 5)
        kind = head[4].strip(b'"').decode("ascii", "replace") if len(head) > 5 else ""
        if kind not in waiting:
            continue
        waiting[kind].append(data if data.endswith(b"\n") else data + b"\r\n")
        sizes[kind] += len(data)
        if sizes[kind] > BATCH:
            yield kind, b"".join(utf8(part) for part in waiting[kind])
            waiting[kind], sizes[kind] = [], 0
    for kind, parts in waiting.items():
        if parts:
            yield kind, b"".join(utf8(part) for part in parts)


def ledger(folder: Path, name: str) -> bytes:
    """A ledger as UTF-8 without a byte order mark. Raises FileNotFoundError where the folder has none."""
    data = next(path for path in [*folder.rglob(f"{name}.csv"), folder / f"{name}.csv"]).read_bytes()
    try:
        return data.decode("utf-8-sig").encode()
    except UnicodeDecodeError:
        return data.decode("cp932").encode()


def arguments(about: str | None) -> tuple[Path, str, date, Path]:
    """HOME MONTH OUT of the command line as (month's folder, the city's number, first of the month, OUT)."""
    options = argparse.ArgumentParser(description=about)
    options.add_argument("home", type=Path)
    options.add_argument("month", help="review month, YYYY-MM")
    options.add_argument("out", type=Path, help="CSV of the keys found: check_code, facility_no, recipient_no, month")
    given = options.parse_args()
    city = tomllib.loads((given.home / "henrei.toml").read_text(encoding="utf-8"))["city"]["municipality_no"]
    return given.home / "inbox" / given.month, city, date.fromisoformat(given.month + "-01"), given.out
