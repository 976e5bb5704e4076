"""A home over several months: commands given to it, and what it holds afterwards. For tests of run, decide, close and later ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from henrei import cli
from lib import inputs

HEAD = "subject,facility_no,recipient_no,service_month,decision,note\r\n"
PETITIONS = "申立年月,事業所番号,受給者証番号,サービス提供年月,申立事由コード,処理年月,再請求予定\r\n"
HISTORY = "種別,審査月,事業所番号,受給者証番号,サービス提供年月,結果,給付費\r\n"
ONE, TWO = "0000000001", "0000000002"
APRIL = "2026-04"


def henrei(home: Path, *given: str) -> int:
    """The command, in this process and without Prefect; returns its exit status."""
    return cli.main([*given, "--home", str(home), *(["--direct"] if given[0] == "run" else [])])


def run(home: Path, *more: str, month: str = inputs.REVIEW) -> int:
    return henrei(home, "run", month, *more)


def leave_sums_aside(home: Path) -> None:
    """The checks of what a sheet says are switched off: a test is about what becomes of it."""
    codes = ", ".join(f'"CAP{number}"' for number in range(303, 311))
    with (home / "henrei.toml").open("a", encoding="utf-8") as stream:
        stream.write(f"\n[checks]\ndisabled = [{codes}]\n")


def month(home: Path, name: str, *groups: list[str], **ledgers: str) -> None:
    """Puts a review month's records, and ledgers that differ from the usual, into the inbox."""
    folder = home / "inbox" / name
    folder.mkdir(parents=True, exist_ok=True)
    record_month = name.replace("-", "")
    for kind, ids in (("K11", ("K112", "K122")), ("K41", ("K411", "K421")), ("K61", ("K611",)), ("K72", ("K721",))):
        records = [record for group in groups for record in group if record.startswith(ids)]
        if records:
            (folder / f"{kind}00000.CSV").write_bytes(inputs.exchange(kind, records, month=record_month))
    for ledger, text in {**inputs.LEDGERS, **ledgers}.items():
        (folder / f"{ledger}.csv").write_text(text, encoding="utf-8", newline="")


def decide(home: Path, name: str, *rows: str) -> int:
    path = home.parent / "decisions.csv"
    path.write_text(HEAD + "".join(f"{row}\r\n" for row in rows), encoding="utf-8", newline="")
    return henrei(home, "decide", name, str(path))


def outcomes(home: Path, name: str) -> list[tuple[str, ...]]:
    return [tuple(row.values()) for row in inputs.read_table(home / "out" / name / "outcomes.csv")]


def findings(home: Path, name: str = inputs.REVIEW) -> list[tuple[str, str, str]]:
    rows = inputs.read_table(home / "out" / name / "findings.csv")
    return [(row["check_code"], row["recipient_no"], row["severity"]) for row in rows]


def summary(home: Path, name: str = inputs.REVIEW) -> dict[str, Any]:
    return json.loads((home / "out" / name / "summary.json").read_text(encoding="utf-8"))


def check_summary(home: Path, code: str) -> dict[str, Any]:
    """What summary.json says of a check."""
    return next(row for row in summary(home)["checks"] if row["code"] == code)


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    """The last line on standard error."""
    return capsys.readouterr().err.strip().splitlines()[-1]


def only_line(capsys: pytest.CaptureFixture[str]) -> str:
    """The line on standard error; there must be no other."""
    [line] = capsys.readouterr().err.strip().splitlines()
    return line


def closed_may(home: Path, *decisions: str) -> None:
    """Runs, decides and closes May; what nobody decided is accepted."""
    assert henrei(home, "run", "2026-05") == 0
    if decisions:
        assert decide(home, "2026-05", *decisions) == 0
    assert henrei(home, "close", "2026-05", "--undecided", "accept") == 0


def two_children(home: Path) -> Path:
    """Makes the home of a city of two children; in 2026-05 both claims are right."""
    inputs.make_home(home, {}, {})
    month(
        home,
        "2026-05",
        *(g for n in "12" for g in (inputs.claim(recipient=f"{n:0>10}"), inputs.attendance(recipient=f"{n:0>10}"))),
    )
    return home
