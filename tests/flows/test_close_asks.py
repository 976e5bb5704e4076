"""close shows at a terminal what it will return, and closes only when that count comes back."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from henrei.flows.close_preview import preview
from henrei.home import Home
from henrei.store import books, tables
from lib import inputs
from lib.home_history import APRIL, ONE, decide, henrei, last_line, month
from lib.terminal import typist

NO_TELEPHONE = "※ henrei.toml の [reports] contact に電話番号がありません。"
A, B = "1350000001", "1350000002"


def outcomes(*rows: tuple[str, str, str, int | None]) -> pl.DataFrame:
    """kind, facility, outcome, yen → rows of outcomes.csv; every row is about another child."""
    full = [
        (kind, facility, f"{number:010}", date(2026, 4, 1), outcome, yen)
        for number, (kind, facility, outcome, yen) in enumerate(rows)
    ]
    return pl.DataFrame(full, schema=tables.OWN_OUTCOMES, orient="row")


def test_the_preview_sums_what_is_returned_by_facility() -> None:
    rows = outcomes(
        ("明", B, "返戻", 1_200_000),
        ("明", A, "返戻", 9_000),
        ("明", A, "返戻", 8_000),
        ("利", A, "返戻", None),
        ("明", A, "決定", 70_000),
        ("利", B, "決定", None),
        ("明", "1350000003", "取下げ", 5_000),
        ("利", A, "取下げ", None),
    )
    assert preview(rows, "return", 3).lines("2026-05") == [
        "2026-05 を締めると、次のようになります(まだ何も変えていません)",
        "  1350000001  返戻 明細書    2件  結果票    1件  給付費       17,000円",
        "  1350000002  返戻 明細書    1件  結果票    0件  給付費    1,200,000円",
        "返戻 4件 1,217,000円、支払 2件 70,000円、取下げ 2件 5,000円",
        "決まっていない 3件を返戻にします",
    ]


def test_the_preview_of_a_month_without_returns_has_no_facility() -> None:
    rows = outcomes(("明", A, "決定", 9_000))
    assert preview(rows, None, 0).lines("2026-05")[1:] == ["返戻 0件 0円、支払 1件 9,000円、取下げ 0件 0円"]
    assert preview(rows, "accept", 1).lines("2026-05")[-1] == "決まっていない 1件を支払にします"
    assert preview(outcomes(), "accept", 0).lines("2026-05")[1:] == ["返戻 0件 0円、支払 0件 0円、取下げ 0件 0円"]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A person at a terminal, who types what is put here and then ends the input."""
    return typist(monkeypatch)


PROMPT = "締めるときは、返戻の件数(明細書と結果票の合計)を入れてください: "


@pytest.mark.slow
def test_another_count_closes_nothing_and_the_count_closes(
    may_run: Path, typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert decide(may_run, "2026-05", f"claim,{inputs.A},1,{APRIL},return,日数") == 0
    before = {path: path.read_bytes() for path in (may_run / "books").rglob("*") if path.is_file()}
    for answer in ("2", "", "y", "0"):
        typed[:] = [answer]
        capsys.readouterr()
        assert henrei(may_run, "close", "2026-05") == 2
        output = capsys.readouterr()
        assert output.err == "返戻の件数(1件)が入らなかったため、締めていません。何も変えていません\n"
    assert output.out.splitlines() == [
        NO_TELEPHONE + "事業所が書類を見て電話できるように、"
        'contact = "療育支援課 給付担当 049-000-0000" のように書いてください',
        "※ 理由の書かれていない返戻 1件 (1 決定の「事業所への一言」に書けます)",
        "2026-05 を締めると、次のようになります(まだ何も変えていません)",
        f"  {inputs.A}  返戻 明細書    1件  結果票    0件  給付費        9,000円",
        "返戻 1件 9,000円、支払 1件 9,000円、取下げ 0件 0円",
        PROMPT,
    ]
    assert henrei(may_run, "close", "2026-05") == 2  # the input has ended
    assert {path: path.read_bytes() for path in (may_run / "books").rglob("*") if path.is_file()} == before
    typed[:] = ["１"]  # full-width, as an input method leaves it
    assert henrei(may_run, "close", "2026-05") == 0
    assert books.read_outcomes(Home(may_run), date(2026, 5, 1))["outcome"].to_list() == ["返戻", "決定"]


@pytest.mark.slow
def test_with_yes_it_shows_and_asks_nothing(
    may_run: Path, typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with (may_run / "henrei.toml").open("a", encoding="utf-8") as stream:
        stream.write('[reports]\ncontact = "電話 049-000-0000"\n')
    assert henrei(may_run, "run", "2026-05") == 0
    capsys.readouterr()
    assert henrei(may_run, "close", "2026-05", "--yes") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("2026-05 を締めると、次のようになります") and PROMPT not in shown


@pytest.mark.slow
def test_what_nobody_decided_is_named_apart_and_refusals_come_before_the_question(
    home: Path, typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    month(home, "2026-05", inputs.claim(days=3), inputs.attendance())
    assert henrei(home, "run", "2026-05") == 0
    typed[:] = ["1"]
    assert henrei(home, "close", "2026-05") == 2
    assert "1件が決まっていません" in last_line(capsys)
    assert typed == ["1"], "asked before it refused"
    assert henrei(home, "close", "2026-05", "--undecided", "return") == 0
    shown = capsys.readouterr().out
    assert "決まっていない 1件を返戻にします" in shown
    # The very numbers that close then wrote.
    written = books.read_outcomes(Home(home), date(2026, 5, 1)).filter(pl.col("outcome") == "返戻")
    assert written.select("recipient_no", "benefit_yen").rows() == [(ONE, 9000)]
    assert f"返戻 {written.height}件 9,000円" in shown


@pytest.mark.slow
def test_without_a_terminal_nobody_is_asked(may_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert henrei(may_run, "close", "2026-05") == 0
    shown = capsys.readouterr().out
    assert "締めると" not in shown and "2026-05 を締めました" in shown


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a terminal is played by a pty, which Windows has not")
@pytest.mark.parametrize(("answer", "status"), [("1", 2), ("0", 0)])
def test_at_a_real_terminal_the_count_is_asked(may_run: Path, answer: str, status: int) -> None:
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "henrei", "close", "2026-05", "--home", str(may_run)]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, text=True) as process:
        os.close(theirs)
        os.write(ours, f"{answer}\n".encode())  # a terminal keeps what is typed ahead
        with contextlib.suppress(OSError):  # the other end is closed
            shown = b""
            while data := os.read(ours, 4096):
                shown += data
        _, errors = process.communicate(timeout=120)
    os.close(ours)
    assert PROMPT in shown.decode()
    assert process.returncode == status, errors
    assert books.is_closed(Home(may_run), date(2026, 5, 1)) == (status == 0)
