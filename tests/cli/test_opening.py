"""A file is opened by the machine's own program, where there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from henrei.cli.opening import open_on_screen


def test_on_windows_as_a_double_click(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(os, "startfile", opened.append, raising=False)
    assert open_on_screen(tmp_path) and opened == [str(tmp_path)]

    def refuse(path: str) -> None:
        raise OSError(1155, "no application is associated")

    monkeypatch.setattr(os, "startfile", refuse, raising=False)
    assert not open_on_screen(tmp_path)


def test_elsewhere_by_the_desktops_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "startfile", raising=False)
    opened: list[list[str]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **more: opened.append(command))
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setenv("DISPLAY", ":0")
    assert open_on_screen(tmp_path) and opened == [["/usr/bin/xdg-open", str(tmp_path)]]
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert not open_on_screen(tmp_path)


def test_without_a_screen_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "startfile", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert not open_on_screen(tmp_path)
