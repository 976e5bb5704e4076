"""Spoilt workbooks, one of each way at least, for every command that reads some (`make test-long-workbooks`: 4,000)."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.bad_input import workbook_ways
from lib.bad_input.workbooks import Spoiler

ONCE = len(workbook_ways.WAYS)


@pytest.mark.parametrize(("command", "files"), [("decide", ONCE), ("ledgers", 30), ("codes", ONCE)])
def test_spoilt_workbooks_do_no_harm(tmp_path: Path, command: str, files: int) -> None:
    spoiler = Spoiler(tmp_path)
    getattr(spoiler, command)(range(files))
    [tally] = spoiler.tallies.values()
    assert tally.failures == []
    assert tally.files == files and set(tally.ways) == set(workbook_ways.WAYS)
    assert 0 < tally.accepted < tally.files or command == "ledgers"


def test_the_same_number_spoils_the_same(tmp_path: Path) -> None:
    from lib.workbook import workbook

    right = workbook({"台帳": [["a", "b"], [1, 2]], "二": [["c"]]})
    same = [name for name in workbook_ways.WAYS if name not in ("with_a_password", "typed", "rows_changed")]
    for number, name in enumerate(workbook_ways.WAYS):
        data, way = workbook_ways.spoilt(number, right)
        assert way == name
        if name in same and not name.endswith(("changed", "removed", "renamed")):  # openpyxl writes the time
            assert workbook_ways.spoilt(number, right)[0] == data
