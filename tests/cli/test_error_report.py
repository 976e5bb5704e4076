"""henrei/error_report.py: an exception → the user's line, and with --debug its types and places without a value."""

from __future__ import annotations

import errno
import io
import logging
import os
import subprocess
import sys
import textwrap
import threading
import warnings
from pathlib import Path

import pytest

from henrei import error_report
from henrei.errors import NOTHING, USAGE, HenreiError

NAME = "カナリア ジドウイチ"


def shown(error: BaseException) -> str:
    stream = io.StringIO()
    error_report.show(error, stream)
    return stream.getvalue()


def test_an_exception_is_shown_with_all_that_led_to_it_and_no_value() -> None:
    try:
        try:
            {}[NAME]
        except KeyError:
            raise HenreiError("一行", NOTHING) from None
    except HenreiError as error:
        lines = shown(error).splitlines()
        assert error_report.line(error) == ("一行", NOTHING)
    assert [line for line in lines if not line.startswith("  File")] == [
        "KeyError",
        "henrei.errors.HenreiError: 一行",
    ]
    assert sum("in test_an_exception_is_shown_with_all_that_led_to_it_and_no_value" in line for line in lines) == 2
    assert NAME not in "".join(lines)


def test_exceptions_that_caused_each_other_are_shown_once() -> None:
    one, two = ValueError(NAME), KeyError(NAME)
    one.__context__, two.__cause__ = two, one
    assert shown(one).split() == ["KeyError", "ValueError"]


def test_an_os_error_is_shown_as_its_file_and_the_systems_text(tmp_path: Path) -> None:
    path = tmp_path / "nowhere"
    with pytest.raises(OSError) as caught:
        path.read_bytes()
    assert error_report.line(caught.value)[0] == (
        f"{path} を読み書きできません(No such file or directory)。空き容量と権限を確かめてください"
    )
    odd = OSError(5, NAME)
    assert NAME not in error_report.line(odd)[0] + shown(odd)


def test_a_line_is_one_line() -> None:
    assert error_report.line(HenreiError("一つ目\n  二つ目 ")) == ("一つ目 二つ目", USAGE)


def test_a_file_that_is_replaced_is_shown_with_both_names() -> None:
    error = OSError(errno.EACCES, "x", "from", None, "to")
    message = f"from → to を読み書きできません({os.strerror(errno.EACCES)})。空き容量と権限を確かめてください"
    assert error_report.line(error) == (message, USAGE)


class IOException(Exception):
    """As DuckDB calls its own."""


class OutOfMemoryException(Exception):
    """As DuckDB calls its own."""


FULL = os.strerror(errno.ENOSPC)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        # polars gives the system's number, with a value before it
        (
            ValueError(f"{NAME} (os error {errno.ENOSPC})"),
            f"読み書きできません({FULL})。空き容量と権限を確かめてください",
        ),
        (IOException(NAME), "読み書きできません(henrei.duckdb: IOException)。空き容量と権限を確かめてください"),
        *(
            (
                error,
                "メモリーか一時ファイルの空き容量が足りません。他のプログラムを閉じ、空き容量を確かめてください",
            )
            for error in (MemoryError(NAME), OutOfMemoryException(NAME))
        ),
        (KeyboardInterrupt(), "中断しました。もう一度実行すれば初めから処理します"),
        (ValueError(NAME), "予期しない誤りです(ValueError)。--debug を付けて実行し、保守担当へ知らせてください"),
    ],
)
def test_the_line_of_an_exception_that_is_not_ours(error: BaseException, message: str) -> None:
    assert error_report.line(error) == (message, USAGE)


def test_the_parts_of_a_group_are_shown_below_it() -> None:
    parts = ExceptionGroup(NAME, [KeyError(NAME), HenreiError("一行")])
    assert shown(parts).splitlines() == ["ExceptionGroup", "  | KeyError", "  | henrei.errors.HenreiError: 一行"]


def fail() -> None:
    raise ValueError(NAME)


@pytest.mark.parametrize("debug", [False, True])
def test_an_exception_in_a_thread_is_shown_without_its_value(debug: bool, capsys: pytest.CaptureFixture[str]) -> None:
    before = threading.excepthook
    with error_report.hide_exception_details(debug):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "裏の処理で予期しない誤りがありました(ValueError)"
    assert lines[-1] == ("ValueError" if debug else lines[0])
    assert any("in fail" in line for line in lines) is debug and NAME not in "".join(lines)
    assert threading.excepthook is before


@pytest.mark.parametrize("debug", [False, True])
def test_a_warning_is_shown_by_type_to_a_developer_only(debug: bool, capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("without-a-handler")
    logger.propagate = False  # pytest's own handler is at the root
    with error_report.hide_exception_details(debug):
        warnings.simplefilter("always")
        warnings.warn(NAME, stacklevel=1)
        logger.error(NAME)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == debug
    assert all(line.endswith(": UserWarning") and NAME not in line for line in lines)


NATIVE = """
    import os, sys
    from henrei import cli
    from henrei.cli import commands
    def init(place, **_):
        os.write(2, b"thread panicked at NAME")
        print("printed", file=sys.stderr)
        raise ValueError("NAME")
    commands.init = init
    sys.argv = ["henrei", "init", sys.argv[1]]
    status = cli.main()
    os.write(2, b"after")
    print("after", file=sys.stderr)
    sys.exit(status)
"""


def test_the_message_of_a_panic_in_rust_is_discarded(tmp_path: Path) -> None:
    """It is written to descriptor 2 before Python knows of it."""
    command = [sys.executable, "-X", "utf8", "-c", textwrap.dedent(NATIVE), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["printed", error_report.line(ValueError())[0], "afterafter"]
