"""Which tests share a test process."""

from __future__ import annotations

import pytest

from lib.by_file import group_of


@pytest.mark.parametrize(
    ("nodeid", "group"),
    [
        ("tests/flows/test_close.py::test_a", "tests/flows/test_close.py"),
        ("tests/flows/test_close.py::test_b[x::y]", "tests/flows/test_close.py"),
        ("tests/system/reliability/test_faults.py::test_a[run-2]", "tests/system/reliability/"),
        ("tests/checks/test_examples.py::test_example[CAP301-a]", "tests/checks/test_examples.py::test_example[CAP"),
        ("tests/checks/test_examples.py::test_every_check_has[CAP301]", "tests/checks/test_examples.py"),
    ],
)
def test_group(nodeid: str, group: str) -> None:
    assert group_of(nodeid) == group
