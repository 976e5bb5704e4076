"""henrei/cli/__init__.py: a command line → the command that is called with it, or one sentence and status 2."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import henrei
from henrei import cli
from henrei.cli import commands, ledger_commands, letter_commands, menu, upkeep_commands
from henrei.errors import LOCKED, NOTHING, HenreiError
from henrei.home import Home

COMMANDS = [
    "init",
    "menu",
    "run",
    "status",
    "check-ledgers",
    "run-all",
    "inquire",
    "remind",
    "answers",
    "decide",
    "close",
    "reopen",
    "dashboard",
    "rebuild",
    "verify",
    "history",
    "upgrade",
    "purge",
    "survey",
    "facilities",
    "columns",
    "codes",
    "checks",
    "explain",
    "demo",
    "serve",
]

Calls = list[tuple[str, tuple[object, ...], dict[str, object]]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Calls:
    """The calls of commands; each command does nothing and returns status 7."""
    calls: Calls = []

    def recorder(name: str) -> Any:
        def call(*values: object, **named: object) -> int:
            calls.append((name, values, named))
            return 7

        return call

    for name in COMMANDS:
        function = name.replace("-", "_")
        rooms = [menu] if name == "menu" else [commands, ledger_commands, letter_commands, upkeep_commands]
        [room] = [room for room in rooms if hasattr(room, function)]  # a command is in one of them
        monkeypatch.setattr(room, function, recorder(function))
    monkeypatch.delenv("HENREI_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    return calls


NOT_SAID: dict[str, object] = {"name": None, "number": None, "contact": None}
PARSED: list[tuple[str, str, tuple[object, ...], dict[str, object]]] = [
    ("init", "init", ("",), NOT_SAID),
    ("init new", "init", ("new",), NOT_SAID),
    ("init --home other", "init", ("other",), NOT_SAID),
    ("init new --home other", "init", ("new",), NOT_SAID),
    (
        "init --name N --number 112992 --contact C",
        "init",
        ("",),
        {"name": "N", "number": "112992", "contact": "C"},
    ),
    ("run 2026-05", "run", ("", "2026-05"), {"direct": False, "strict": False, "debug": False}),
    (
        "run 2026-05 --direct --strict --debug --home h",
        "run",
        ("h", "2026-05"),
        {"direct": True, "strict": True, "debug": True},
    ),
    ("--debug --home h run 2026-05", "run", ("h", "2026-05"), {"direct": False, "strict": False, "debug": True}),
    ("--home g run 2026-05 --home h", "run", ("h", "2026-05"), {"direct": False, "strict": False, "debug": False}),
    ("run --home=h --dir 2026-05", "run", ("h", "2026-05"), {"direct": True, "strict": False, "debug": False}),
    ("status", "status", ("", None, False), {}),
    ("status 2026-05 --json --home h", "status", ("h", "2026-05", True), {}),
    ("check-ledgers", "check_ledgers", ("", None), {}),
    ("check-ledgers 2026-05 --home h", "check_ledgers", ("h", "2026-05"), {}),
    ("inquire 2026-05", "inquire", ("", "2026-05"), {}),
    ("remind 2026-06", "remind", ("", "2026-06"), {}),
    ("answers 2026-05 a.xlsx b.xlsx", "answers", ("", "2026-05", ["a.xlsx", "b.xlsx"], None), {}),
    ("answers 2026-05 --remove 1350000001", "answers", ("", "2026-05", [], "1350000001"), {}),
    ("decide 2026-05 a.csv", "decide", ("", "2026-05", ["a.csv"]), {}),
    ("decide 2026-05 a.csv b.xlsx --home h", "decide", ("h", "2026-05", ["a.csv", "b.xlsx"]), {}),
    ("close 2026-05", "close", ("", "2026-05", None), {"yes": False}),
    ("close 2026-05 --undecided return", "close", ("", "2026-05", "return"), {"yes": False}),
    ("close 2026-05 --undecided accept --yes", "close", ("", "2026-05", "accept"), {"yes": True}),
    ("reopen 2026-05", "reopen", ("", "2026-05"), {}),
    ("dashboard", "dashboard", ("",), {}),
    ("rebuild", "rebuild", ("",), {}),
    ("verify 2026-05", "verify", ("", "2026-05"), {"all_months": False}),
    ("verify --all", "verify", ("", None), {"all_months": True}),
    ("history 2026-05", "history", ("", "2026-05"), {}),
    ("upgrade", "upgrade", ("",), {"rehearse": False}),
    ("upgrade --rehearse", "upgrade", ("",), {"rehearse": True}),
    ("purge --before 2021-04", "purge", ("", "2021-04"), {"yes": False, "force": False}),
    ("purge --before 2021-04 --yes --force", "purge", ("", "2021-04"), {"yes": True, "force": True}),
    ("survey 2026-04", "survey", ("", "2026-04"), {}),
    ("facilities x.csv", "facilities", ("", "x.csv", None), {}),
    ("facilities x.csv --month 2026-05", "facilities", ("", "x.csv", "2026-05"), {}),
    ("columns x.xlsx", "columns", ("", "x.xlsx"), {}),
    ("codes a.xlsx --from 2026-06-01", "codes", ("", ["a.xlsx"], "2026-06-01", None), {}),
    (
        "codes a.xlsx b.xlsx --from 2026-06-01 --until 2027-03-31 --home h",
        "codes",
        ("h", ["a.xlsx", "b.xlsx"], "2026-06-01", "2027-03-31"),
        {},
    ),
    ("checks", "checks", (False,), {}),
    ("checks --json", "checks", (True,), {}),
    ("explain DAY201", "explain", ("DAY201",), {}),
    ("demo", "demo", ("henrei-demo",), {"direct": False, "debug": False}),
    ("demo place --direct --debug", "demo", ("place",), {"direct": True, "debug": True}),
    ("demo --home h", "demo", ("h",), {"direct": False, "debug": False}),
    ("serve", "serve", ("", None), {"debug": False}),
    ("serve --cron daily --debug", "serve", ("", "daily"), {"debug": True}),
]


@pytest.mark.parametrize(("line", "name", "values", "named"), PARSED)
def test_a_command_line_calls_its_command(
    calls: Calls, tmp_path: Path, line: str, name: str, values: tuple[object, ...], named: dict[str, object]
) -> None:
    """In `values` the home is written as below the current folder, "" for the folder itself."""
    assert cli.main(line.split()) == 7
    with_home = name not in ("checks", "explain")
    expected = (Home(tmp_path / str(values[0])), *values[1:]) if with_home else values
    assert calls == [(name, expected, named)]


def test_the_menu_gets_the_home_and_the_command_line_itself(calls: Calls, tmp_path: Path) -> None:
    assert cli.main(["menu", "--home", "h"]) == 7
    assert calls == [("menu", (Home(tmp_path / "h"), cli.main), {})]


def test_run_all_gets_all_of_its_arguments(calls: Calls) -> None:
    line = "run-all homes 2026-05 --inbox in --out o --runner dask --scheduler tcp://s:1 --workers 3 --debug --only a,b --only c"
    assert cli.main(line.split()) == 7
    assert cli.main(["run-all", "homes", "2026-05"]) == 7
    usual = {"runner": "local", "inbox": None, "out": None, "scheduler": None, "workers": None, "only": None}
    given = {"runner": "dask", "inbox": "in", "out": "o", "scheduler": "tcp://s:1", "workers": 3, "debug": True}
    given["only"] = ["a,b", "c"]
    for (name, (arguments,), named), expected in zip(calls, (given, usual), strict=True):
        assert (name, named) == ("run_all", {})
        assert isinstance(arguments, argparse.Namespace)
        whole = expected | {"homes": "homes", "month": "2026-05"}
        assert {key: getattr(arguments, key) for key in whole} == whole


def test_the_home_of_the_environment_comes_last_but_before_the_folder(
    calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HENREI_HOME", str(tmp_path / "usual"))
    for line in ("dashboard", "dashboard --home h", "init", "demo"):
        cli.main(line.split())
    assert [values[0] for _, values, _ in calls] == [
        Home(tmp_path / name) for name in ("usual", "h", "usual", "henrei-demo")
    ]


def test_every_command_is_tried_above() -> None:
    subparsers = next(a for a in cli.parser()._actions if isinstance(a, argparse._SubParsersAction))
    assert list(subparsers.choices) == COMMANDS
    assert {name for _, name, _, _ in PARSED} | {"menu", "run_all"} == {c.replace("-", "_") for c in COMMANDS}


WRONG = [
    ("", "COMMAND を指定してください。henrei --help"),
    ("--home h", "COMMAND を指定してください。henrei --help"),
    ("rnu 2026-05", "「rnu」というコマンドはありません。henrei --help"),
    ("run", "MONTH を指定してください。henrei run --help"),
    ("run-all", "HOMES, MONTH を指定してください。henrei run-all --help"),
    ("decide 2026-05", "FILE を指定してください。henrei decide --help"),
    ("codes --from 2026-06-01", "FILE を指定してください。henrei codes --help"),
    ("codes a.xlsx", "--from を指定してください。henrei codes --help"),
    ("purge", "--before を指定してください。henrei purge --help"),
    ("purge --before", "--before の値がありません。henrei purge --help"),
    ("run 2026-05 --home", "--home の値がありません。henrei run --help"),
    ("--home", "--home の値がありません。henrei --help"),
    ("run-all h 2026-05 --workers", "--workers の値がありません。henrei run-all --help"),
    ("run-all h 2026-05 --workers many", "使い方が違います。henrei run-all --help"),
    ("run-all h 2026-05 --runner cloud", "「cloud」というコマンドはありません。henrei run-all --help"),
    ("close 2026-05 --undecided perhaps", "「perhaps」というコマンドはありません。henrei close --help"),
    ("run 2026-05 --strict=yes", "使い方が違います。henrei run --help"),
    ("run 2026-05 --d", "使い方が違います。henrei run --help"),
    ("run 2026-05 --fast", "「--fast」という指定はありません。henrei --help"),
    ("run 2026-05 2026-06 --fast", "「2026-06 --fast」という指定はありません。henrei --help"),
    ("dashboard 2026-05", "「2026-05」という指定はありません。henrei --help"),
]


@pytest.mark.parametrize(("line", "message"), WRONG)
def test_wrong_usage(calls: Calls, capsys: pytest.CaptureFixture[str], line: str, message: str) -> None:
    assert cli.main(line.split()) == 2
    assert capsys.readouterr() == ("", f"{message} で使い方を見られます\n")
    assert calls == []


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_japanese(capsys: pytest.CaptureFixture[str], name: str) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([*name.split(), "--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith(f"使い方: henrei {name}".rstrip())
    for english in ("usage", "positional", "options", "optional", "show this help"):
        assert english not in text
    assert ("コマンド:" if not name else "指定:") in text and "使い方を表示する" in text


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("    ")]
    assert [name for name in listed if name in COMMANDS] == COMMANDS


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"henrei {henrei.__version__}\n"


HEAVY = (
    "polars",
    "duckdb",
    "pandera",
    "pydantic",
    "pyarrow",
    "numpy",
    "prefect",
    "rich",
    "openpyxl",
    "xlsxwriter",
    "altair",
)
LOADED = """
import sys
from henrei import cli
try:
    cli.main(["--help"])
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules} & set(sys.argv[1:])), file=sys.stderr)
"""


def test_help_loads_no_heavy_library() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED, *HEAVY], capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "\n")


def test_a_run_loads_nothing_that_reads_workbooks_or_makes_pdfs_and_charts() -> None:
    run = "import sys, henrei.cli.commands, henrei.flows.run.monthly_run; print(*({*sys.argv[1:]} & {*sys.modules}))"
    others = ("openpyxl", "typst", "pypdf", "altair", "msoffcrypto", "prefect")
    done = subprocess.run([sys.executable, "-c", run, *others], capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stdout) == (0, "\n")


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (HenreiError("一行", NOTHING), NOTHING, "一行"),
        (HenreiError("実行中", LOCKED), LOCKED, "実行中"),
        (KeyboardInterrupt(), 2, "中断しました。もう一度実行すれば初めから処理します"),
        (KeyError("カナリア"), 2, "予期しない誤りです(KeyError)。--debug を付けて実行し、保守担当へ知らせてください"),
    ],
)
def test_an_error_of_a_command_is_one_line_and_a_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, status: int, message: str
) -> None:
    def fail(*values: object) -> int:
        raise error

    monkeypatch.setattr(commands, "dashboard", fail)
    assert cli.main(["dashboard"]) == status
    assert capsys.readouterr() == ("", f"{message}\n")
    assert cli.main(["dashboard", "--debug"]) == status
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1] == message and any(" in fail" in line for line in lines) and "カナリア" not in "".join(lines)
