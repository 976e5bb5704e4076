"""Measures the floor: what anybody who reads a month's files must do, and nothing else.

Reads every byte of a month's folder, decodes what is not ASCII (Python's cp932, or UTF-8 where a ledger says so) and
lets polars part every line into cells of text, once: 32 MB at a time, as many columns as the widest record has. Nothing
is looked at, typed, judged or kept; the rows are counted, so that none is lost unseen.

`python benchmarks/floor.py FOLDER` prints what it took as JSON.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl

CHUNK = 32 * 1024 * 1024
WIDEST = 174  # K611-01: record type, record number, 172 items
BOM = b"\xef\xbb\xbf"


def blobs(folder: Path) -> Iterator[tuple[bytes, bool]]:
    """Bytes of whole lines, about a chunk at a time, each with "it is UTF-8"; many small files go together."""
    kept: list[bytes] = []
    size = 0
    for path in sorted(p for p in folder.rglob("*") if p.suffix.casefold() == ".csv"):
        with path.open("rb") as stream:
            utf8 = stream.read(3) == BOM
            stream.seek(0)
            if utf8:
                yield from ((piece, True) for piece in pieces(stream))
                continue
            for piece in pieces(stream):
                kept.append(piece if piece.endswith(b"\n") else piece + b"\n")
                size += len(piece)
                if size >= CHUNK:
                    yield b"".join(kept), False
                    kept, size = [], 0
    if kept:
        yield b"".join(kept), False


def pieces(stream: io.BufferedReader) -> Iterator[bytes]:
    """A file in pieces that end with a line."""
    rest = b""
    while more := stream.read(CHUNK):
        cut = more.rfind(b"\n") + 1
        yield rest + more[:cut]
        rest = more[cut:]
    if rest:
        yield rest


def measure(folder: Path) -> dict[str, float | int]:
    """Seconds by step, bytes and rows. Raises AssertionError where the rows are not the lines."""
    seconds = dict.fromkeys(("read", "decode", "parse"), 0.0)
    read = lines = rows = 0
    schema = {f"c{n}": pl.String for n in range(WIDEST)}
    begun = time.perf_counter()
    processor = time.process_time()
    for data, utf8 in blobs(folder):
        at = time.perf_counter()
        seconds["read"] += at - begun
        read += len(data)
        lines += data.count(b"\n")
        if not data.isascii() and not utf8:
            data = data.decode("cp932").encode("utf-8")
        parsed = time.perf_counter()
        seconds["decode"] += parsed - at
        frame = pl.read_csv(
            io.BytesIO(data),
            has_header=False,
            schema=schema,
            quote_char='"' if b'"' in data else None,
            missing_columns="insert",
        )
        rows += frame.height
        del frame
        begun = time.perf_counter()
        seconds["parse"] += begun - parsed
    if rows != lines:
        raise AssertionError(f"{lines} lines gave {rows} rows")
    return {
        "wall": round(sum(seconds.values()), 3),
        "processor": round(time.process_time() - processor, 3),
        **{name: round(value, 3) for name, value in seconds.items()},
        "bytes": read,
        "rows": rows,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="the least that reading a month's files takes")
    parser.add_argument("folder", type=Path, help="inbox/<month>")
    print(json.dumps(measure(parser.parse_args().folder)))


if __name__ == "__main__":
    main()
