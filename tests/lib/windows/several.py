"""Runs commands one after another in one Windows process: starting Python there is dear. JSON in, marked statuses out.

`several.py [[command, …], …]`. Besides henrei's commands: `["opened", HOME, COPY]` does what every command does first and
copies the home then. After each command its status stands on a line of its own, behind `STATUS `.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from henrei import cli
from henrei.flows.recovery import locked
from henrei.home import Home


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    for command in json.loads(sys.argv[1]):
        if command[0] == "opened":
            with locked(Home(Path(command[1]))):
                pass
            shutil.copytree(command[1], command[2], copy_function=shutil.copyfile)  # Wine has no CopyFile2
            status = 0
        else:
            status = cli.main(command)
        print(f"STATUS {status}")


if __name__ == "__main__":
    main()
