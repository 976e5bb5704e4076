"""Ledgers from outside the month's folder are copied into books/ and count from there."""

from __future__ import annotations

from pathlib import Path

import pytest

from henrei import cli
from lib import inputs
from lib.home_history import run
from lib.month_ledgers import GRANTS, HEADER, MAY, ledgers_of, put


@pytest.mark.slow
def test_a_ledger_from_elsewhere_is_copied_and_the_copy_counts_from_then_on(tmp_path: Path) -> None:
    home = inputs.make_home(
        tmp_path, inputs.a_day_too_many(), {n: t for n, t in inputs.LEDGERS.items() if n != "grants"}
    )
    (home / "ledgers").mkdir()
    path = home / "ledgers" / "grants.csv"
    path.write_text(GRANTS, encoding="utf-8", newline="")
    assert run(home) == 0
    copy = home / "books" / "2026-05" / "ledgers" / "grants.csv"
    assert copy.read_bytes() == path.read_bytes()
    assert "books/2026-05/ledgers/grants.csv" in (home / "books" / "2026-05" / "inputs.csv").read_text(encoding="utf-8")
    path.write_text(HEADER, encoding="utf-8", newline="")  # the month does not change any more
    assert ledgers_of(home, kept=True).load("grants").rows.height == 2
    assert cli.main(["close", "2026-05", "--undecided", "return", "--home", str(home)]) == 0
    path.unlink()
    assert cli.main(["verify", "2026-05", "--home", str(home)]) == 0
    assert cli.main(["rebuild", "--home", str(home)]) == 0
    copy.write_text(HEADER, encoding="utf-8", newline="")
    assert cli.main(["verify", "2026-05", "--home", str(home)]) == 2


@pytest.mark.slow
def test_a_run_again_keeps_the_copies_of_what_it_read(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, inputs.right_month(), {n: t for n, t in inputs.LEDGERS.items() if n != "grants"})
    put(home, "2026-04", GRANTS)
    assert run(home) == 0
    copy = home / "books" / "2026-05" / "ledgers" / "grants.csv"
    assert copy.is_file()
    put(home, "2026-04", GRANTS.replace(",10,", ",12,"))
    assert run(home) == 0
    assert ",12," in copy.read_text(encoding="utf-8")
    put(home, "2026-05", GRANTS)
    assert run(home) == 0
    assert not copy.parent.exists()
    assert ledgers_of(home, kept=True).load("grants").source_month == MAY


def test_copies_of_files_with_one_name(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, {}, {})
    for place, text in (("west", GRANTS), ("east", HEADER + "3,631000,10,2025-04-01,2027-03-31\r\n")):
        (home / "inbox" / "2026-04" / place).mkdir(parents=True)
        (home / "inbox" / "2026-04" / place / "grants.csv").write_text(text, encoding="utf-8", newline="")
    month = ledgers_of(home)
    assert month.load("grants").rows.height == 3
    assert [one.listed.name for one in month.files_elsewhere] == ["grants.csv", "grants-2.csv"]
