"""The commands by which a city makes and checks its ledgers, a function each: the home and the arguments in, lines on the screen and
the exit status out. Called by the parser, as `commands` is; everything heavy is imported within.
"""

from __future__ import annotations

from pathlib import Path

from henrei.home import Home
from henrei.months import parse_month


def check_ledgers(home: Home, month: str | None) -> int:
    from henrei.cli import ledgers_text
    from henrei.flows.check_ledgers import check_ledgers as check
    from henrei.flows.check_ledgers import require_usable
    from henrei.flows.ledgers_data import write_workbook
    from henrei.flows.settings import load
    from henrei.flows.status import newest_month

    settings = load(home)
    checked = check(home, parse_month(month) if month else newest_month(home), settings)
    for line in ledgers_text.lines(checked):
        print(line)
    print(f"結果: {write_workbook(home, checked, settings)}")
    require_usable(checked)
    return 0


def facilities(home: Home, file: str, month: str | None) -> int:
    from henrei.cli import ledger_lines
    from henrei.flows.facilities import complete, newest_month
    from henrei.flows.recovery import locked
    from henrei.flows.settings import load

    day, settings = parse_month(month) if month else None, load(home)
    with locked(home):
        done = complete(home, Path(file), day or newest_month(home), settings)
    for line in ledger_lines.completed_facilities(done):
        print(line)
    print(f"書きました: {done.path}" if done.path else "台帳に足すものはありません(何も書いていません)")
    return 0


def columns(home: Home, file: str) -> int:
    from henrei.cli import ledger_lines
    from henrei.flows.columns import write_proposals
    from henrei.flows.recovery import locked
    from henrei.flows.settings import load

    settings = load(home)
    with locked(home):
        proposed = write_proposals(home, Path(file), settings)
    for line in ledger_lines.proposed_columns(proposed):
        print(line)
    print(f"案: {proposed.path}")
    return 0


def codes(home: Home, files: list[str], since: str, until: str | None) -> int:
    from henrei.cli import terminal
    from henrei.flows.codes import import_codes, parse_day
    from henrei.flows.recovery import locked
    from henrei.flows.settings import load

    first, last = parse_day(since, "--from"), parse_day(until, "--until") if until else None
    settings = load(home)
    with locked(home):
        imported = import_codes(home, [Path(file) for file in files], first, last, settings)
    terminal.codes_summary(imported)
    print(f"サービスコード表: {imported.path}")
    return 0
