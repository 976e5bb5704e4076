"""One Prefect server for all tests of this folder."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from henrei.flows.prefect.connect import prepare_environment


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with a database of its own. Prefect must not have been imported before."""
    folder = tmp_path_factory.mktemp("prefect")
    with pytest.MonkeyPatch.context() as patch:
        before = dict(os.environ)
        patch.delenv("PREFECT_API_URL", raising=False)
        patch.delenv("PREFECT_HOME", raising=False)
        prepare_environment(folder / ".prefect")
        # the harness's server has the stall that henrei.flows.prefect.server avoids: the same cure, from outside
        (folder / "sitecustomize.py").write_text("import gc\ngc.disable()\n", encoding="ascii")
        guard = os.environ["PYTHONPATH"]  # of all tests; it runs the one that comes after it
        patch.setenv("PYTHONPATH", os.pathsep.join((guard, str(folder))))

        from prefect.settings import PREFECT_API_URL
        from prefect.testing.utilities import prefect_test_harness

        try:
            with prefect_test_harness(server_startup_timeout=120):
                patch.setenv("PYTHONPATH", guard)
                yield str(PREFECT_API_URL.value())
        finally:
            for name in os.environ.keys() - before.keys():
                del os.environ[name]
