"""Spoilt workbooks, one of each way at least, for every command that reads some (`make test-long-workbooks`: 4,000)."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.bad_input import workbook_ways
from lib.bad_input.workbooks import Spoiler
from lib.workbook import workbook

ONCE = len(workbook_ways.WAYS)


@pytest.mark.parametrize(("command", "files"), [("decide", ONCE), ("ledgers", 30), ("codes", ONCE)])
def test_spoilt_workbooks_do_no_harm(tmp_path: Path, command: str, files: int) -> None:
    spoiler = Spoiler(tmp_path)
    getattr(spoiler, command)(range(files))
    [tally] = spoiler.tallies.values()
    assert tally.failures == []
    assert tally.files == files and set(tally.ways) == set(workbook_ways.WAYS)
    assert 0 < tally.accepted < tally.files or command == "ledgers"


# openpyxl writes the time into a workbook, and a password's salt is drawn.
NEVER_THE_SAME = {"with_a_password", "typed", "rows_changed", "columns_changed", "renamed", "sheet_removed"}


@pytest.mark.parametrize("number", range(ONCE), ids=list(workbook_ways.WAYS))
def test_a_number_is_a_way_and_spoils_the_same_each_time(number: int) -> None:
    right = workbook({"台帳": [["a", "b"], [1, 2]], "二": [["c"]]})
    data, way = workbook_ways.spoilt(number, right)
    assert way == list(workbook_ways.WAYS)[number]
    if way not in NEVER_THE_SAME:
        assert workbook_ways.spoilt(number, right)[0] == data
