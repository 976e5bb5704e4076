"""The monthly run from outside: exit statuses, the files it leaves, and that nothing is lost."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from filelock import FileLock

from lib import inputs
from lib.home_history import findings, only_line, run, summary


def test_a_right_month_has_no_finding(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, inputs.right_month())
    assert run(home) == 0
    assert findings(home) == []
    assert summary(home)["claims"] == {
        "received": 1,
        "benefit_yen": 9000,
        "with_return_finding": 0,
        "with_return_finding_yen": 0,
    }


def test_a_finding_says_everything_a_team_needs(tmp_path: Path) -> None:
    files = {
        "sub/a.csv": inputs.exchange("K11", inputs.claim(days=3)),
        "K6100000.CSV": inputs.exchange("K61", inputs.attendance()),
    }
    home = inputs.make_home(tmp_path, files)
    assert run(home) == 0
    (row,) = inputs.read_table(home / "out" / inputs.REVIEW / "findings.csv")
    assert len(row.pop("finding_id")) == 16
    assert row == {
        "review_month": "2026-05",
        "check_code": "DAY203",
        "check_name": "days-differ-from-record",
        "severity": "return",
        "subject": "claim",
        "municipality_no": "112992",
        "facility_no": inputs.A,
        "recipient_no": "0000000001",
        "service_month": "2026-04",
        "service_type": "63",
        "use_dates": "",
        "observed": "3",
        "expected": "2",
        "other_facilities": "",
        "group_id": "",
        "amount_yen": "9000",
        "message": "放課後等デイサービスの請求日数は3日ですが、実績記録票の利用日と加算の記録は合わせて2日です。",
        "action": "実績記録票と明細書の日数をそろえて2026年6月1日から10日までに再請求してください。",
        "source_file": "sub/a.csv",
        "source_lines": "2-6",
    }
    parquet = pl.read_parquet(home / "out" / inputs.REVIEW / "findings.parquet")
    assert parquet.columns == ["finding_id", *row]
    assert parquet["amount_yen"].to_list() == [9000]


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes_and_changes_say_so(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, inputs.a_day_too_many())
    out = home / "out" / inputs.REVIEW
    assert run(home) == 0
    before = (out / "findings.csv").read_bytes()
    assert [row["change"] for row in inputs.read_table(out / "changes.csv")] == ["new"]
    assert run(home) == 0
    assert (out / "findings.csv").read_bytes() == before
    assert [row["change"] for row in inputs.read_table(out / "changes.csv")] == ["same"]
    (home / "inbox" / inputs.REVIEW / "K1100000.CSV").write_bytes(inputs.exchange("K11", inputs.claim(days=2)))
    assert run(home) == 0
    assert [row["change"] for row in inputs.read_table(out / "changes.csv")] == ["gone"]
    assert findings(home) == []


@pytest.mark.slow
def test_a_failed_run_leaves_the_month_as_it_was(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, inputs.right_month())
    assert run(home) == 0
    before = {path: path.read_bytes() for path in (home / "out" / inputs.REVIEW).iterdir()}
    for path in (home / "inbox" / inputs.REVIEW).glob("*.CSV"):
        path.write_bytes(path.read_bytes()[:60])
    assert run(home) == 3
    assert {path: path.read_bytes() for path in (home / "out" / inputs.REVIEW).iterdir()} == before
    assert not (home / ".henrei" / "work").exists()


@pytest.mark.slow
def test_a_second_run_finds_the_home_locked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = inputs.make_home(tmp_path, inputs.right_month())
    (home / ".henrei").mkdir()
    with FileLock(home / ".henrei" / "lock"):
        assert run(home) == 4
    assert "実行中です" in only_line(capsys)
    assert run(home) == 0


@pytest.mark.slow
def test_records_decided_in_an_earlier_month_count(tmp_path: Path) -> None:
    """Facility A's claim was decided in 2026-04's review; facility B's comes a month late with the same day."""
    home = inputs.make_home(
        tmp_path,
        {
            "K1100000.CSV": inputs.exchange("K11", inputs.claim(inputs.B)),
            "K6.csv": inputs.exchange("K61", inputs.attendance(inputs.B)),
        },
    )
    april = home / "inbox" / "2026-04"
    april.mkdir()
    files = {
        "K11.csv": inputs.exchange("K11", inputs.claim(), month="202604"),
        "K61.csv": inputs.exchange("K61", inputs.attendance(), month="202604"),
    }
    for name, data in files.items():
        (april / name).write_bytes(data)
    for name, text in inputs.LEDGERS.items():
        (april / f"{name}.csv").write_text(text, encoding="utf-8")
    assert run(home, month="2026-04") == 0
    assert run(home) == 0
    assert "DAY201" not in [code for code, *_ in findings(home)]
    history = f"種別,審査月,事業所番号,受給者証番号,サービス提供年月,結果\r\n明,2026-04,{inputs.A},1,2026-04,決定\r\n"
    (home / "inbox" / inputs.REVIEW / "history.csv").write_text(history, encoding="utf-8")
    assert run(home) == 0
    (row,) = [
        r for r in inputs.read_table(home / "out" / inputs.REVIEW / "findings.csv") if r["check_code"] == "DAY201"
    ]
    assert (row["facility_no"], row["other_facilities"], row["use_dates"]) == (
        inputs.B,
        inputs.A,
        "2026-04-01;2026-04-02",
    )
    assert row["action"].endswith("この児童の請求で、すでに決定しているものを直すには、過誤申立が必要です。")
    assert inputs.A not in row["message"] + row["action"]
