"""What of inbox/<month> a run takes in, and when there is nothing to run."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib import inputs
from lib.home_history import only_line, run


def test_a_month_without_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = inputs.make_home(tmp_path, inputs.right_month())
    assert run(home, month="2026-06") == 3
    assert "2026-06 がありません" in only_line(capsys)


def test_an_empty_inbox(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = inputs.make_home(tmp_path, {}, {})
    assert run(home) == 3
    assert "交換ファイル(.CSV)がありません" in only_line(capsys)


def test_files_of_another_month(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = inputs.make_home(tmp_path, {"K1100000.CSV": inputs.exchange("K11", inputs.claim(), month="202604")})
    assert run(home) == 3
    line = only_line(capsys)
    assert line.startswith("K1100000.CSV:1 ") and "処理対象年月が2026年4月" in line
