"""The guard of the tests blocks, in this process and in children, and lets this machine through."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import network_guard
import pytest

ELSEWHERE = "192.0.2.1"  # set aside for examples: nobody is there


def test_this_process(attempts: Path) -> None:
    with socket.socket() as one, pytest.raises(PermissionError):
        one.connect((ELSEWHERE, 80))
    with socket.socket(type=socket.SOCK_DGRAM) as one, pytest.raises(PermissionError):
        one.sendto(b"x", (ELSEWHERE, 53))
    with pytest.raises(PermissionError):
        socket.getaddrinfo("example.invalid", 443)
    with socket.socket() as one, pytest.raises(PermissionError):
        one.bind(("0.0.0.0", 0))
    lines = attempts.read_text(encoding="utf-8").splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["socket.connect", ELSEWHERE],
        ["socket.sendto", ELSEWHERE],
        ["socket.getaddrinfo", "example.invalid"],
        ["socket.bind", "every"],
    ]


def test_loopback_is_open(attempts: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()
    assert attempts.read_text(encoding="utf-8") == ""


CALL = "import urllib.request\ntry: urllib.request.urlopen('http://{}/')\nexcept OSError as found: print(type(found.reason))"


def test_a_child_that_keeps_silent(attempts: Path, tmp_path: Path) -> None:
    """Another sitecustomize runs as well."""
    (tmp_path / "sitecustomize.py").write_text("print('mine')", encoding="utf-8")
    env = os.environ | {"PYTHONPATH": os.pathsep.join((os.environ["PYTHONPATH"], str(tmp_path)))}
    command = [sys.executable, "-c", CALL.format(ELSEWHERE)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["mine", "<class", "'PermissionError'>"]
    assert attempts.read_text(encoding="utf-8").startswith(f"socket.getaddrinfo {ELSEWHERE}")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "::1", b"::1", "::ffff:127.0.0.1", None, ""])
def test_this_machine(host: object) -> None:
    assert network_guard.is_loopback(host)


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "127.0.0.1.example.com", "fe80::1%lo", "localhost.example.com", 2130706433]
)
def test_another_machine(host: object) -> None:
    assert not network_guard.is_loopback(host)
