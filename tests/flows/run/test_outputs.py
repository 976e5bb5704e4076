"""The files of a run: rejected lines with what they hold, and all files beside their places until the run counts."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from henrei.errors import HenreiError
from henrei.files import sha256
from henrei.flows.inbox import InboxFile
from henrei.flows.run import outputs
from henrei.flows.run.judged import Judged
from henrei.publication import RUN
from henrei.schemas.exchange import read
from henrei.store import tables


def file(folder: Path, number: int, kind: str, data: bytes) -> InboxFile:
    path = folder / f"{number}.CSV"
    path.write_bytes(data)
    return InboxFile(number, path, path.name, kind, len(data), sha256(data), 0)


def rejected(*places: tuple[int, int]) -> pl.DataFrame:
    rows = [(number, line, None, None, None, "FMT105", "誤り") for number, line in places]
    return pl.DataFrame(rows, schema=REJECTED_LINE, orient="row")


REJECTED_LINE = read.REJECTED_LINE


def test_every_rejected_line_is_shown_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    files = [
        file(tmp_path, 0, "exchange", "1,1\r\n2,ｶｸｳ\r\n3,3\r\n".encode("cp932")),
        file(tmp_path, 1, "grants", "番号\r\n架空\r\n".encode("utf-8-sig")),
    ]
    table = outputs.rejects(files, [rejected((1, 2)), rejected((0, 2), (0, 1))])
    assert table.select("file", "line", "raw").rows() == [
        ("0.CSV", 1, "1,1"),
        ("0.CSV", 2, "2,ｶｸｳ"),
        ("1.CSV", 2, "架空"),
    ]
    assert table.columns == list(tables.REJECTS)
    assert outputs.rejects(files, []).schema == pl.Schema(tables.REJECTS)


def test_of_many_lines_those_that_were_rejected_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "_TOGETHER", 3)
    files = [file(tmp_path, 0, "exchange", b"".join(b"%d\r\n" % number for number in range(1, 31)))]
    wanted = [*range(2, 30, 3), 30]
    table = outputs.rejects(files, [rejected(*((0, line) for line in reversed(wanted)))])
    assert table.select("line", "raw").rows() == [(line, str(line)) for line in wanted]


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("exchange", "ｶｸｳ".encode("cp932"), "ｶｸｳ"),
        ("exchange", b"a\x82\x01b", "a\\x82\x01b"),  # no character of CP932: nothing is lost
        ("grants", "架空".encode(), "架空"),
        ("grants", "架空".encode("cp932"), "架空"),
        ("grants", "\ufeff架空".encode(), "架空"),
    ],
)
def test_a_line_is_read_in_the_encoding_of_its_kind(tmp_path: Path, kind: str, data: bytes, text: str) -> None:
    files = [file(tmp_path, 0, kind, data + b"\r\n")]
    assert outputs.rejects(files, [rejected((0, 1))])["raw"].to_list() == [text]


def test_of_a_very_long_line_its_beginning_is_shown(tmp_path: Path) -> None:
    data = "あ".encode("cp932") * 3000  # cut in the middle of no character
    files = [file(tmp_path, 0, "exchange", data + b"\r\n")]
    [raw] = outputs.rejects(files, [rejected((0, 1))])["raw"].to_list()
    assert raw == "あ" * 2000 + "…(ほか2,002バイト)"


NOTHING = Judged(
    results=[],
    table=pl.DataFrame(schema={"review_month": pl.String, **tables.FINDINGS}),
    undetermined=pl.DataFrame(schema=tables.UNDETERMINED),
    rejects=pl.DataFrame(schema=tables.REJECTS),
    remarks=pl.DataFrame(schema=tables.REMARKS),
    claims={"received": 0, "benefit_yen": 0},
)


def test_all_files_of_a_run_are_beside_their_places_until_it_counts(tmp_path: Path) -> None:
    folder = tmp_path / "out" / "2026-05"
    changes = pl.DataFrame({"change": ["new"]})
    outputs.stage(folder, NOTHING, changes, b"the worklist", {"city": "試験市"})
    assert [path.name for path in folder.iterdir() if path.name in RUN.entries] == []
    RUN.publish(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(RUN.entries)
    assert (folder / "worklist.xlsx").read_bytes() == b"the worklist"
    assert (folder / "changes.csv").read_bytes() == b"\xef\xbb\xbfchange\r\nnew\r\n"
    text = (folder / "summary.json").read_text(encoding="utf-8")
    assert "試験市" in text and json.loads(text) == {"city": "試験市"}


def test_a_file_that_someone_holds_is_named_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "findings.csv").touch()
    monkeypatch.setattr("henrei.files.is_open_elsewhere", lambda path: path.name == "findings.csv")
    with pytest.raises(HenreiError, match=r"findings\.csv に書けません"):
        outputs.stage(tmp_path, NOTHING, pl.DataFrame({"change": []}), b"", {})
    assert [path.name for path in tmp_path.iterdir()] == ["findings.csv"]
