"""Refuses and records every attempt of this process to reach another machine; only loopback is open.

By an audit hook, which sees all that Python's socket module does, whatever library asks for it, and cannot be taken
away. Attempts are written to the file that GUARD_LOG names, because most who try in vain say nothing. No import here
may cost time: every child process of the tests loads this.
"""

import os
import sys

LOG = "GUARD_LOG"
_NAMES = {"", "localhost", "localhost.localdomain", "ip6-localhost", "::1", "::", "0.0.0.0"}  # 0.0.0.0: this machine
_installed = False


def is_loopback(host: object) -> bool:
    if host is None:
        return True
    if isinstance(host, bytes | bytearray):
        host = bytes(host).decode("ascii", errors="replace")
    if not isinstance(host, str):
        return False
    bare = host.strip("[]").partition("%")[0].lower().removeprefix("::ffff:")
    parts = bare.split(".")
    return bare in _NAMES or (len(parts) == 4 and parts[0] == "127" and all(part.isdigit() for part in parts))


def _host(event: str, args: tuple[object, ...]) -> object:
    """Whom an event is about; None where it is about nobody, or not about the internet."""
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        return args[0]
    if event in ("socket.gethostbyaddr", "socket.getnameinfo"):
        address = args[0]
        return address[0] if isinstance(address, tuple) else address
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"):
        address = args[1]
        if isinstance(address, tuple) and address:
            # To listen on every address is to be open to other machines.
            return "every address" if event == "socket.bind" and address[0] in ("", "0.0.0.0", "::") else address[0]
    return None  # a Unix socket has a path


def _hook(event: str, args: tuple[object, ...]) -> None:
    if not event.startswith("socket.") or is_loopback(_host(event, args)):
        return
    if log := os.environ.get(LOG):
        fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(fd, f"{event} {_host(event, args)} {os.path.basename(sys.argv[0] or '-c')}\n".encode())  # noqa: PTH119
        os.close(fd)
    raise PermissionError(13, f"{event}: the tests may reach loopback only")


def install() -> None:
    global _installed
    if not _installed:
        _installed = True
        sys.addaudithook(_hook)
