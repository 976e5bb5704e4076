"""Test ids in, which of them go to one test process together out; called by pytest-xdist through tests/conftest.py.

Together are the tests of a file, which share what it makes once. The groups of pytest-xdist itself (--dist loadgroup) change
the id of a test, which pytest from 9.1 on does not let them: they part nothing, and every process made everything.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

ONE_GROUP = ("tests/system/reliability/",)  # folders whose files share homes
EXAMPLE = "tests/checks/test_examples.py::test_example["


def group_of(nodeid: str) -> str:
    """The name of the group that a test belongs to: of its file; of an example, of the checks whose codes begin alike."""
    if nodeid.startswith(EXAMPLE):
        return nodeid[: len(EXAMPLE) + 3]
    return next((folder for folder in ONE_GROUP if nodeid.startswith(folder)), nodeid.partition("::")[0])


class ByFile(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
