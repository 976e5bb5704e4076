"""The monthly run from outside: exit statuses, the files it leaves, and that nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from filelock import FileLock

from henrei import cli
from henrei.checks import runner
from lib import inputs

KEY = ("check_code", "facility_no", "recipient_no", "service_month", "severity")


def run(home: Path, *more: str, month: str = inputs.REVIEW) -> int:
    return cli.main(["run", month, "--home", str(home), "--direct", *more])


def findings(home: Path) -> list[tuple[str, ...]]:
    return [
        tuple(row[name] for name in KEY) for row in inputs.read_table(home / "out" / inputs.REVIEW / "findings.csv")
    ]


def summary(home: Path) -> dict:
    return json.loads((home / "out" / inputs.REVIEW / "summary.json").read_text(encoding="utf-8"))


def check(home: Path, code: str) -> dict:
    return next(row for row in summary(home)["checks"] if row["code"] == code)


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


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
        "message": "放課後等デイサービスの請求日数は3日ですが、実績記録票の利用日は2日です。",
        "action": "実績記録票と明細書のどちらが正しいか確かめ、そろえて2026年6月1日から10日までに再請求してください。",
        "source_file": "sub/a.csv",
        "source_lines": "2-6",
    }
    parquet = pl.read_parquet(home / "out" / inputs.REVIEW / "findings.parquet")
    assert parquet.columns == ["finding_id", *row]
    assert parquet["amount_yen"].to_list() == [9000]


def test_the_same_input_gives_the_same_bytes_and_changes_say_so(tmp_path: Path) -> None:
    files = {
        "K1100000.CSV": inputs.exchange("K11", inputs.claim(days=3)),
        "K6100000.CSV": inputs.exchange("K61", inputs.attendance()),
    }
    home = inputs.make_home(tmp_path, files)
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


@pytest.mark.parametrize("rows_of_a_large_month", [1, 1_000_000])
def test_checks_one_by_one_find_what_they_find_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_of_a_large_month: int
) -> None:
    files = {
        "K1100000.CSV": inputs.exchange("K11", inputs.claim(days=3), inputs.claim(recipient="0000000002")),
        "K6100000.CSV": inputs.exchange("K61", inputs.attendance()),
    }
    home = inputs.make_home(tmp_path, files)
    monkeypatch.setenv("HENREI_THREADS", "3")
    monkeypatch.setattr(runner, "_LARGE", rows_of_a_large_month)
    hands = []

    def prepare(*given: object) -> list:
        hands.extend(prepared(*given))  # type: ignore[arg-type]
        return list(hands)

    prepared = runner.prepare
    monkeypatch.setattr(runner, "prepare", prepare)
    assert run(home) == 0
    assert len(hands) == (1 if rows_of_a_large_month == 1 else 3)
    assert [(row[0], row[2]) for row in findings(home)] == [("DAY203", "0000000001"), ("DAY204", "0000000002")]


def test_nothing_is_lost(tmp_path: Path) -> None:
    claims = inputs.exchange(
        "K11", inputs.claim(), inputs.claim(recipient="0000000002", days="x"), inputs.claim(city=inputs.OTHER_CITY)
    )
    files = {
        "K1100000.CSV": claims,
        "copy of it.csv": claims,
        "K6100000.CSV": inputs.exchange("K61", inputs.attendance())[:-5],
        "K7100000.CSV": inputs.exchange("K71", ["K711,02,202605"]),
        "notes.txt": b"memo\nmemo",
        "memo.csv": b"memo\n",
    }
    ledgers = {**inputs.LEDGERS, "grants": inputs.LEDGERS["grants"] + "3,631000,1.5,2026-04-01,2027-03-31\r\n"}
    home = inputs.make_home(tmp_path, files, ledgers)
    assert run(home) == 0
    rows = {row["file"]: row for row in summary(home)["files"]}
    seen = {name: tuple(rows[name][k] for k in ("kind", "lines", "loaded", "refused", "ignored")) for name in rows}
    assert seen == {
        "K1100000.CSV": ("K11", 17, 5, 5, 7),
        "K6100000.CSV": ("broken", 4, 0, 4, 0),
        "K7100000.CSV": ("unknown", 3, 0, 1, 2),
        "cap_managers.csv": ("cap_managers", 2, 1, 0, 1),
        "copy of it.csv": ("duplicate", 17, 0, 0, 17),
        "grants.csv": ("grants", 4, 2, 1, 1),
        "memo.csv": ("broken", 1, 0, 1, 0),
        "notes.txt": ("unknown", 2, 0, 0, 2),
        "petitions.csv": ("petitions", 1, 0, 0, 1),
        "recipients.csv": ("recipients", 3, 2, 0, 1),
        "service_codes.csv": ("service_codes", 2, 1, 0, 1),
    }
    rejects = inputs.read_table(home / "out" / inputs.REVIEW / "rejects.csv")
    assert len(rejects) == 5 + 4 + 1 + 1 + 1
    bad = next(row for row in rejects if row["reason_code"] == "FMT105")
    assert (bad["file"], bad["line"], bad["record"], bad["item_no"]) == ("K1100000.CSV", "8", "K122-02", "10")
    assert bad["raw"] == "2,8,K122,02,202604,112992,1350000001,0000000002,63,20250401,,x,,"
    ledger = next(row for row in rejects if row["file"] == "grants.csv")
    assert (ledger["line"], ledger["item_name"], ledger["reason_code"]) == ("4", "支給量", "FMT109")


def test_one_key_twice_refuses_both(tmp_path: Path) -> None:
    files = {
        "K1100000.CSV": inputs.exchange("K11", inputs.claim(), inputs.claim(recipient="0000000002")),
        "K1100001.CSV": inputs.exchange("K11", inputs.claim(days=1)),
        "K6100000.CSV": inputs.exchange(
            "K61", inputs.attendance(), inputs.attendance(form="0301"), inputs.attendance(days=(3,))
        ),
    }
    home = inputs.make_home(tmp_path, files)
    assert run(home) == 0
    rejects = inputs.read_table(home / "out" / inputs.REVIEW / "rejects.csv")
    assert {row["reason_code"] for row in rejects} == {"FMT107"}
    assert [(row["file"], int(row["line"])) for row in rejects] == (
        [("K1100000.CSV", n) for n in range(2, 7)]
        + [("K1100001.CSV", n) for n in range(2, 7)]
        + [("K6100000.CSV", n) for n in (2, 3, 4, 8, 9)]
    )
    assert "K1100001.CSV の2行目" in rejects[0]["reason"]
    assert summary(home)["claims"]["received"] == 1


@pytest.mark.parametrize(("strict", "status"), [((), 0), (("--strict",), 1)])
def test_refused_lines_and_the_exit_status(tmp_path: Path, strict: tuple[str, ...], status: int) -> None:
    home = inputs.make_home(tmp_path, {"K1100000.CSV": inputs.exchange("K11", inputs.claim(days="x"))})
    assert run(home, *strict) == status
    assert len(inputs.read_table(home / "out" / inputs.REVIEW / "rejects.csv")) == 5


def test_a_month_without_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = inputs.make_home(tmp_path, inputs.right_month())
    assert run(home, month="2026-06") == 3
    assert "2026-06 がありません" in last_line(capsys)


def test_an_empty_inbox(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = inputs.make_home(tmp_path, {}, {})
    assert run(home) == 3
    assert "交換ファイル(.CSV)がありません" in last_line(capsys)


def test_files_of_another_month(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = inputs.make_home(tmp_path, {"K1100000.CSV": inputs.exchange("K11", inputs.claim(), month="202604")})
    assert run(home) == 3
    line = last_line(capsys)
    assert line.startswith("K1100000.CSV:1 ") and "処理対象年月が 202604" in line


def test_a_failed_run_leaves_the_month_as_it_was(tmp_path: Path) -> None:
    home = inputs.make_home(tmp_path, inputs.right_month())
    assert run(home) == 0
    before = {path: path.read_bytes() for path in (home / "out" / inputs.REVIEW).iterdir()}
    for path in (home / "inbox" / inputs.REVIEW).glob("*.CSV"):
        path.write_bytes(path.read_bytes()[:60])
    assert run(home) == 3
    assert {path: path.read_bytes() for path in (home / "out" / inputs.REVIEW).iterdir()} == before
    assert not (home / ".henrei" / "work").exists()


def test_a_second_run_finds_the_home_locked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = inputs.make_home(tmp_path, inputs.right_month())
    (home / ".henrei").mkdir()
    with FileLock(home / ".henrei" / "lock"):
        assert run(home) == 4
    assert "実行中です" in last_line(capsys)
    assert run(home) == 0


def test_a_ledger_without_a_required_column_stops_its_checks_only(tmp_path: Path) -> None:
    files = {
        "K1100000.CSV": inputs.exchange("K11", inputs.claim(days=3)),
        "K6100000.CSV": inputs.exchange("K61", inputs.attendance()),
    }
    home = inputs.make_home(tmp_path, files, {**inputs.LEDGERS, "grants": "受給者証番号,支給量\r\n1,10\r\n"})
    earlier = home / "inbox" / "2026-04"
    earlier.mkdir()
    (earlier / "grants.csv").write_text(inputs.LEDGERS["grants"], encoding="utf-8")
    assert run(home) == 0
    assert [code for code, *_ in findings(home)] == ["DAY203"]
    assert check(home, "CRT102") == {
        "code": "CRT102",
        "findings": 0,
        "undetermined": None,
        "reason": "支給決定(grants.csv)がありません",
        "braked": False,
    }
    undetermined = inputs.read_table(home / "out" / inputs.REVIEW / "undetermined.csv")
    whole = [row["check_code"] for row in undetermined if not row["facility_no"]]
    assert "CRT102" in whole and "DAY203" not in whole


def test_a_ledger_of_an_earlier_month_is_used_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = inputs.make_home(
        tmp_path, inputs.right_month(), {name: t for name, t in inputs.LEDGERS.items() if name != "grants"}
    )
    for month, until in (("2026-03", "2026-04-01"), ("2026-04", "2027-03-31"), ("2026-06", "2026-04-01")):
        (home / "inbox" / month).mkdir()
        text = inputs.LEDGERS["grants"].replace("2027-03-31", until)
        (home / "inbox" / month / "grants.csv").write_text(text, encoding="utf-8")
    assert run(home) == 0
    assert findings(home) == []
    assert "2026-04 の grants.csv を使います" in capsys.readouterr().out.replace("\n", "")
    assert "grants.csv" not in [row["file"] for row in summary(home)["files"]]


def test_a_ledger_with_only_its_header_is_absent_and_no_older_one_takes_its_place(tmp_path: Path) -> None:
    header = inputs.LEDGERS["grants"].split("\r\n")[0] + "\r\n"
    home = inputs.make_home(tmp_path, inputs.right_month(), {**inputs.LEDGERS, "grants": header})
    (home / "inbox" / "2026-04").mkdir()
    (home / "inbox" / "2026-04" / "grants.csv").write_text(inputs.LEDGERS["grants"], encoding="utf-8")
    assert run(home) == 0
    assert check(home, "CRT102")["reason"] == "支給決定(grants.csv)がありません"
    # For petitions it says that there are none.
    assert check(home, "SUB405")["reason"] == "審査履歴がありません"


def test_service_codes_may_stand_beside_the_settings(tmp_path: Path) -> None:
    ledgers = {name: text for name, text in inputs.LEDGERS.items() if name != "service_codes"}
    home = inputs.make_home(tmp_path, inputs.right_month(), ledgers)
    assert run(home) == 0
    assert check(home, "CRT105")["undetermined"] is None
    (home / "service_codes.csv").write_text(inputs.LEDGERS["service_codes"], encoding="utf-8")
    assert run(home) == 0
    assert check(home, "CRT105")["undetermined"] == 0


def test_columns_and_file_names_are_mapped(tmp_path: Path) -> None:
    settings = '[ledgers]\ngrants = "支給決定.csv"\n[ledgers.columns.grants]\n"受給者証番号" = "番号"\n'
    home = inputs.make_home(tmp_path, inputs.right_month(), settings=settings)
    (home / "inbox" / inputs.REVIEW / "grants.csv").unlink()
    text = inputs.LEDGERS["grants"].replace("受給者証番号", "番号")
    (home / "inbox" / inputs.REVIEW / "支給決定.csv").write_text(text, encoding="cp932")
    assert run(home) == 0
    assert check(home, "CRT102")["undetermined"] == 0


def _many(count: int) -> dict[str, bytes]:
    numbers = [f"{n:010}" for n in range(1, count + 1)]
    claims = inputs.exchange("K11", *(inputs.claim(recipient=n) for n in numbers))
    return {
        "K1100000.CSV": claims,
        "K6100000.CSV": inputs.exchange("K61", *(inputs.attendance(recipient=n) for n in numbers)),
    }


@pytest.mark.parametrize(("children", "severity"), [(31, "return"), (32, "review")])
def test_the_brake_lowers_a_check_that_hits_too_many(tmp_path: Path, children: int, severity: str) -> None:
    """Two children are in the ledger; CRT101 hits the others: 29 are too few for the brake, 30 are enough."""
    home = inputs.make_home(tmp_path, _many(children))
    assert run(home) == 0
    hits = [row for row in findings(home) if row[0] == "CRT101"]
    assert len(hits) == children - 2
    assert {row[-1] for row in hits} == {severity}
    assert check(home, "CRT101")["braked"] is (severity == "review")


def test_the_brake_is_a_share_strictly_exceeded(tmp_path: Path) -> None:
    settings = "[checks]\nbrake = { share = 0.5, least = 1 }\n"
    home = inputs.make_home(tmp_path, _many(4), settings=settings)
    assert run(home) == 0
    assert check(home, "CRT101")["braked"] is False


def test_the_city_chooses_severities_and_checks(tmp_path: Path) -> None:
    files = {
        "K1100000.CSV": inputs.exchange("K11", inputs.claim(days=3)),
        "K6100000.CSV": inputs.exchange("K61", inputs.attendance()),
    }
    settings = '[checks]\ndisabled = ["DAY204"]\n[checks.severity]\nDAY203 = "notice"\n'
    home = inputs.make_home(tmp_path, files, settings=settings)
    assert run(home) == 0
    assert [(code, severity) for code, *_, severity in findings(home)] == [("DAY203", "notice")]
    assert "設定" in check(home, "DAY204")["reason"]
    assert not [
        row
        for row in inputs.read_table(home / "out" / inputs.REVIEW / "undetermined.csv")
        if row["check_code"] == "DAY204"
    ]


def test_a_refused_record_could_be_the_missing_one(tmp_path: Path) -> None:
    attendance = inputs.attendance()
    attendance[1] += ","
    files = {"K1100000.CSV": inputs.exchange("K11", inputs.claim()), "K6100000.CSV": inputs.exchange("K61", attendance)}
    home = inputs.make_home(tmp_path, files)
    assert run(home) == 0
    assert findings(home) == []
    assert check(home, "DAY204")["undetermined"] == 1


def test_a_truncated_file_hides_what_it_lost(tmp_path: Path) -> None:
    files = _many(2)
    files["K6100000.CSV"] = files["K6100000.CSV"][: len(files["K6100000.CSV"]) // 2]
    home = inputs.make_home(tmp_path, files)
    assert run(home) == 0
    assert findings(home) == []
    assert check(home, "DAY204")["undetermined"] == 2


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
    assert row["action"].endswith("相手方の請求はすでに決定しているため、直すには過誤申立が必要です。")
    assert inputs.A not in row["message"] + row["action"]
