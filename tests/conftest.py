"""For all tests: no one but this machine is spoken to, by the tests' process and by every Python it starts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

GUARD = Path(__file__).parent / "guard"
sys.path.append(str(GUARD))

import network_guard  # noqa: E402

network_guard.install()


@pytest.fixture(scope="session", autouse=True)
def _guarded_children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    log = tmp_path_factory.mktemp("guard") / "attempts"
    log.touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(network_guard.LOG, str(log))
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(GUARD), os.environ.get("PYTHONPATH")))))
        yield


@pytest.fixture
def attempts() -> Iterator[Path]:
    """The record of attempts to reach others; a test that asks for it looks at them itself."""
    log = Path(os.environ[network_guard.LOG])
    log.write_text("", encoding="utf-8")
    yield log
    log.write_text("", encoding="utf-8")


@pytest.fixture(autouse=True)
def _nobody_was_asked(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "attempts" not in request.fixturenames:
        log = Path(os.environ[network_guard.LOG])
        said = log.read_text(encoding="utf-8")
        log.write_text("", encoding="utf-8")
        assert said == "", f"another machine was to be reached:\n{said}"
