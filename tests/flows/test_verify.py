"""The journal and verify: what was done can be shown, and a closed month comes out the same from what was received."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import polars as pl
import pytest

import henrei as henrei_package
from henrei import machine
from henrei.flows import differences, verify
from henrei.home import Home
from henrei.store import journal
from lib import inputs, letters_city
from lib.home_history import henrei, last_line

MAY = date(2026, 5, 1)
counted = verify.changes


@pytest.mark.slow
def test_a_closed_month_comes_out_the_same(may_returned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert henrei(may_returned, "verify", "2026-05") == 0
    message = capsys.readouterr().out
    assert "14ファイルすべてが同じでした" in message and journal.head(Home(may_returned)) in message
    assert not (may_returned / ".henrei" / "verify").exists()


@pytest.mark.slow
def test_the_date_of_a_letter_is_the_day_of_the_close_whenever_it_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class ClosingDay(datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def, override]
            return datetime(2026, 5, 15, 9, tzinfo=tz)

    home = letters_city.overlapping(tmp_path)
    with monkeypatch.context() as then:
        then.setattr(machine, "datetime", ClosingDay)
        folder = letters_city.closed(home)
    text = letters_city.pdf_text(folder / f"{inputs.A}.pdf")
    assert "2026-05-返-00012026年5月15日" in text
    assert "2026-05-返-00022026年5月15日" in letters_city.pdf_text(folder / f"{inputs.B}.pdf")
    capsys.readouterr()
    assert henrei(home, "verify", "2026-05") == 0
    assert "ファイルすべてが同じでした" in capsys.readouterr().out


@pytest.mark.slow
def test_a_month_closed_under_other_rules_is_computed_and_counted(
    may_returned: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verify, "ruleset", lambda: "0" * 64)
    (may_returned / "out" / "2026-05" / "findings.csv").write_bytes(b"of other rules")
    capsys.readouterr()
    assert henrei(may_returned, "verify", "2026-05") == 0
    message = capsys.readouterr().out
    assert "2026-05 は別の決まりで締めています" in message and "00000000)" in message
    assert "今の決まりで 2026-05 を計算し直しても、指摘は同じです" in message


@pytest.mark.slow
def test_changes_by_other_rules_are_counted_by_check(
    may_returned: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = dict.fromkeys(differences.COMPARED, "x")
    kept = pl.DataFrame([row | {"check_code": code} for code in ("CRT101", "CRT101", "CRT102")])
    kept = kept.with_columns(recipient_no=pl.Series(["1", "2", "1"]))
    now = kept.filter(recipient_no="1").with_columns(severity=pl.lit("review"))
    now = pl.concat([now, now.tail(1).with_columns(check_code=pl.lit("DAY201"))])
    monkeypatch.setattr(verify, "ruleset", lambda: "0" * 64)
    monkeypatch.setattr(verify, "kept_findings", lambda *_: kept)
    monkeypatch.setattr(verify, "changes", partial(lambda now, kept, _: counted(kept, now), now))
    capsys.readouterr()
    assert henrei(may_returned, "verify", "2026-05") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3:] == [
        "  CRT101: なくなる 1件、内容が変わる 1件",
        "  CRT102: 内容が変わる 1件",
        "  DAY201: 新しく 1件",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("out/2026-05/findings.csv", "計算し直すと out/2026-05/findings.csv が違います"),
        ("books/2026-05/outcomes.csv", "計算し直すと books/2026-05/outcomes.csv が違います"),
        ("out/2026-05/notices/1350000001.pdf", "計算し直すと out/2026-05/notices/1350000001.pdf が違います"),
        ("inbox/2026-05/K1100000.CSV", "inbox/2026-05/K1100000.CSV が 2026-05 の確認の後に変わっています"),
        ("inbox/2026-05/new.CSV", "inbox/2026-05/new.CSV が 2026-05 の確認の後に増えています"),
    ],
)
def test_what_was_changed_since_is_named(
    may_returned: Path, name: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with (may_returned / name).open("ab") as stream:
        stream.write(b"\r\n")
    assert henrei(may_returned, "verify", "2026-05") == 2
    assert message in last_line(capsys)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["findings", "remarks"])
def test_what_close_kept_and_is_gone_is_named(
    may_returned: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (may_returned / f"books/2026-05/{name}.parquet").unlink()
    assert henrei(may_returned, "verify", "2026-05") == 2
    assert f"books/2026-05/{name}.parquet" in last_line(capsys)


def test_an_open_month_cannot_be_verified(may_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert henrei(may_run, "verify", "2026-05") == 2
    assert "2026-05 は締まっていないため検算できません" in last_line(capsys)


@pytest.mark.slow
def test_a_clock_that_was_set_back_is_reported_and_stops_nothing(
    may_run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Yesterday(datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def, override]
            return datetime.now(tz) - timedelta(days=1)

    monkeypatch.setattr(machine, "datetime", Yesterday)
    assert henrei(may_run, "close", "2026-05") == 0
    assert henrei(may_run, "verify", "2026-05") == 0
    assert "PC の時計が戻されたことがあります" in capsys.readouterr().out


@pytest.mark.slow
def test_all_closed_months_are_a_line_each(
    four_months_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Path(shutil.copytree(four_months_home, tmp_path / "home"))
    (home / "out" / "2026-07" / "findings.csv").write_bytes(b"changed")
    capsys.readouterr()
    assert henrei(home, "verify", "--all") == 2
    printed = capsys.readouterr()
    rules = f"henrei {henrei_package.__version__} 決まり {verify.ruleset()[:8]}"
    lines = printed.out.splitlines()
    assert [line.partition(":")[0] for line in lines[:4]] == ["2026-05", "2026-06", "2026-07", "2026-08"]
    assert lines[0].endswith(f"ファイルすべて同じ({rules})")
    assert lines[2] == f"2026-07: out/2026-07/findings.csv が違います({rules})"
    assert lines[3].endswith(f"ファイルすべて同じ({rules})")
    assert printed.err.startswith("2026-07 が締めた時と同じになりません。henrei verify 2026-07 でくわしく見て")
    assert not (home / ".henrei" / "verify").exists()

    (home / "inbox" / "2026-06" / "K1100000.CSV").write_bytes(b"changed")
    monkeypatch.setattr(verify, "ruleset", lambda: "0" * 64)
    assert henrei(home, "verify", "--all") == 2
    may, june, july, *_ = capsys.readouterr().out.splitlines()
    assert may == f"2026-05: 別の決まりで締めた月({rules})。今の決まりでは指摘は同じです"
    assert june.startswith("2026-06: inbox/2026-06/K1100000.CSV が 2026-06 の確認の後に変わっています")
    assert july == "2026-07: 2026-06 を計算し直せないため検算できません"


def test_one_month_or_all_of_them(may_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for given in ((), ("2026-05", "--all")):
        assert henrei(may_run, "verify", *given) == 2
        assert last_line(capsys) == "審査月か --all のどちらか一つを指定してください"
    assert henrei(may_run, "verify", "--all") == 2
    assert last_line(capsys) == "締めた月がまだありません。henrei close の後に検算できます"
