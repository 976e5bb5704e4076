"""Holds a file open on Windows as another program does, until its input ends: `hold_open.py FILE SHARING`.

SHARING as CreateFile has it: 1, as Excel opens a workbook, lets others read it; 0 lets nobody do anything.
"""

from __future__ import annotations

import ctypes
import sys

_READ_AND_WRITE, _OPEN_EXISTING = 0xC0000000, 3


def main() -> None:
    create = ctypes.windll.kernel32.CreateFileW  # type: ignore[attr-defined]
    create.restype = ctypes.c_void_p
    handle = create(sys.argv[1], _READ_AND_WRITE, int(sys.argv[2]), None, _OPEN_EXISTING, 0, None)
    print("not held" if handle == ctypes.c_void_p(-1).value else "held", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
