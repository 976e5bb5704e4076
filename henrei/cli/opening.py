"""A file or folder in, its program opened on the screen. Called by the menu."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


def open_on_screen(path: Path) -> bool:
    """Opens it as a double click would; False where this machine has no way to, or refuses."""
    starter = getattr(os, "startfile", None)  # Windows
    try:
        if starter is not None:
            starter(str(path))
            return True
        program = shutil.which("xdg-open")
        if program is None or not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            return False
        quiet = subprocess.DEVNULL
        subprocess.Popen([program, str(path)], stdin=quiet, stdout=quiet, stderr=quiet)
    except OSError:
        return False
    return True
