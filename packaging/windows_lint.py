"""Finds calls that break on Windows, or read a file there in another encoding, in Python sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_MODULES = {"fcntl", "pwd", "grp", "resource", "termios", "pty", "tty", "crypt", "syslog", "readline"}
_OS = {
    *("fork", "forkpty", "symlink", "link", "mkfifo", "chmod", "fchmod", "lchmod", "chown", "fchown", "lchown"),
    *("getuid", "geteuid", "getgid", "getegid", "getpgid", "setsid", "setuid", "setgid", "killpg", "getloadavg"),
    *("nice", "uname", "sysconf", "sched_getaffinity", "statvfs", "wait", "waitpid", "system", "popen", "rename"),
}
_SIGNALS = {"SIGKILL", "SIGALRM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGPIPE", "alarm", "setitimer"}
# Methods of any object: a Path is not told from another by reading, and few others have these names.
_METHODS = {"symlink_to", "hardlink_to", "chmod", "lchmod", "rename", "owner", "group"}
_STRFTIME = re.compile(r"%[-_][A-Za-z]")
_MODE = re.compile(r"[rwaxbtU+]{1,4}")


def faults(source: str) -> list[tuple[int, str]]:
    """(line, what is wrong) of one source. A name asked for with hasattr or getattr in the same file is let be."""
    tree = ast.parse(source)
    messages: set[tuple[int, str]] = set()
    for node in ast.walk(tree):
        messages |= {(node.lineno, message) for message in _messages(node)} if hasattr(node, "lineno") else set()
    asked = _asked(tree)
    return sorted((line, message) for line, message in messages if (message.split()[0].rpartition(".")[2]) not in asked)


def faults_below(folder: Path) -> Iterator[tuple[str, int, str]]:
    """(file below the folder, line, what is wrong) of every Python file there."""
    for path in sorted(folder.rglob("*.py")):
        for line, message in faults(path.read_text(encoding="utf-8")):
            yield path.relative_to(folder).as_posix(), line, message


def _asked(tree: ast.Module) -> set[str]:
    return {
        node.args[1].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("hasattr", "getattr")
        and len(node.args) > 1
        and isinstance(node.args[1], ast.Constant)
        and isinstance(node.args[1].value, str)
    }


def _messages(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (f"{one.name} is not on Windows" for one in names if one.name.split(".")[0] in _MODULES)
        case ast.ImportFrom(module=str(module), names=names, level=0):
            if module.split(".")[0] in _MODULES:
                yield f"{module} is not on Windows"
            bad = {"os": _OS, "signal": _SIGNALS}.get(module, set())
            yield from (
                f"{module}.{one.name} is not on Windows, or otherwise there" for one in names if one.name in bad
            )
        case ast.Attribute(value=ast.Name(id="os"), attr=name) if name in _OS:
            yield f"os.{name} is not on Windows, or otherwise there"
        case ast.Attribute(value=ast.Name(id="signal"), attr=name) if name in _SIGNALS:
            yield f"signal.{name} is not on Windows"
        case ast.Call():
            yield from _called(node)
        case ast.FormattedValue(format_spec=ast.JoinedStr(values=parts)):
            yield from _formats(parts)


def _formats(parts: list[ast.expr]) -> Iterator[str]:
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    if any(_STRFTIME.search(text) for text in texts):
        yield "strftime with %- is not on Windows"


def _called(call: ast.Call) -> Iterator[str]:
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    shell = keywords.get("shell")
    if shell is not None and not (isinstance(shell, ast.Constant) and not shell.value):
        yield "shell=True asks another shell there"
    if name == "strftime" and not (isinstance(call.func, ast.Attribute) and _is_polars(call.func.value)):
        yield from _formats(call.args)
    if isinstance(call.func, ast.Attribute) and name in _METHODS and _on_a_path(call, name):
        advice = ": use replace (a frame's: say mapping=)" if name == "rename" else ""
        yield f"Path.{name} is not on Windows, or otherwise there{advice}"
    if not _opens_no_text(call) and "encoding" not in keywords and None not in keywords:
        yield from _without_encoding(call, name)


def _on_a_path(call: ast.Call, name: str) -> bool:
    """DataFrame.rename takes a mapping and `strict`, Path.rename one target: a name, a text, a path."""
    assert isinstance(call.func, ast.Attribute)
    if isinstance(call.func.value, ast.Name) and call.func.value.id == "os":
        return False  # said already
    if name != "rename":
        return name not in ("owner", "group") or not call.args
    one = call.args[0] if len(call.args) == 1 and not call.keywords else None
    return one is not None and not isinstance(one, ast.Dict | ast.DictComp | ast.Lambda) and not _is_mapping(one)


def _is_mapping(one: ast.expr) -> bool:
    return isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in ("dict", "zip")


def _is_polars(value: ast.expr) -> bool:
    """polars' expr.dt.strftime formats in Rust, the same on every system."""
    return isinstance(value, ast.Attribute) and value.attr == "dt"


def _opens_no_text(call: ast.Call) -> bool:
    value = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(value, ast.Name) and value.id in ("zipfile", "tarfile", "gzip", "webbrowser", "Image")


def _without_encoding(call: ast.Call, name: str) -> Iterator[str]:
    if name == "read_text" and not call.args:
        yield "read_text without encoding"
    elif name == "write_text" and len(call.args) < 2:
        yield "write_text without encoding"
    elif name in ("open", "fdopen", "NamedTemporaryFile", "TemporaryFile") and (message := _text_mode(call, name)):
        yield f"{name} {message}"


def _text_mode(call: ast.Call, name: str) -> str:
    method = isinstance(call.func, ast.Attribute) and not (
        isinstance(call.func.value, ast.Name) and call.func.value.id in ("io", "codecs", "tempfile")
    )
    place = 0 if method or "Temporary" in name else 1
    if method and call.args and not _mode_of(call.args[0]):
        return ""  # some other object's open
    mode: ast.expr | None = next((keyword.value for keyword in call.keywords if keyword.arg == "mode"), None)
    if mode is None and len(call.args) > place:
        mode = call.args[place]
    usual = "w+b" if "Temporary" in name else "r"
    text = usual if mode is None else _mode_of(mode) or "r"
    return "" if "b" in text else "without encoding"


def _mode_of(value: ast.expr) -> str:
    text = value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
    return text if _MODE.fullmatch(text) else ""
