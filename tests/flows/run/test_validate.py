"""What becomes of every line of a review month: loaded, rejected or ignored, and what a rejected one could have been."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from henrei.data.fictional.records import line
from lib import inputs
from lib.home_history import check_summary, findings, run, summary


@pytest.mark.slow
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
        "K7100000.CSV": ("other", 3, 0, 0, 3),
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
    assert len(rejects) == 5 + 4 + 1 + 1
    bad = next(row for row in rejects if row["reason_code"] == "FMT105")
    assert (bad["file"], bad["line"], bad["record"], bad["item_no"]) == ("K1100000.CSV", "8", "K122-02", "10")
    assert bad["raw"] == "2,8,K122,02,202604,112992,1350000001,0000000002,63,20250401,,x,,"
    ledger = next(row for row in rejects if row["file"] == "grants.csv")
    assert (ledger["line"], ledger["item_name"], ledger["reason_code"]) == ("4", "支給量", "FMT109")


@pytest.mark.slow
def test_one_key_twice_refuses_both(tmp_path: Path) -> None:
    files = {
        "K1100000.CSV": inputs.exchange("K11", inputs.claim(), inputs.claim(recipient="0000000002")),
        "K1100001.CSV": inputs.exchange("K11", inputs.claim(days=1)),
        "K6100000.CSV": inputs.exchange(
            "K61", inputs.attendance(), inputs.attendance(form="0301"), inputs.attendance(days=(3,))
        ),
    }
    files["K1100000.CSV"] = files["K1100000.CSV"].replace(b"\xb6\xb8\xb3 ", b"x ")  # a remark on each claim
    home = inputs.make_home(tmp_path, files)
    assert run(home) == 0
    remarks = inputs.read_table(home / "out" / inputs.REVIEW / "remarks.csv")
    assert [(row["file"], row["line"], row["record"], row["item_no"]) for row in remarks] == [
        ("K1100000.CSV", "7", "K122-01", "9")
    ]
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
@pytest.mark.slow
def test_refused_lines_and_the_exit_status(tmp_path: Path, strict: tuple[str, ...], status: int) -> None:
    home = inputs.make_home(tmp_path, {"K1100000.CSV": inputs.exchange("K11", inputs.claim(days="x"))})
    assert run(home, *strict) == status
    assert len(inputs.read_table(home / "out" / inputs.REVIEW / "rejects.csv")) == 5


@pytest.mark.slow
def test_a_refused_record_could_be_the_missing_one(tmp_path: Path) -> None:
    attendance = inputs.attendance()
    attendance[1] += ","
    files = {"K1100000.CSV": inputs.exchange("K11", inputs.claim()), "K6100000.CSV": inputs.exchange("K61", attendance)}
    home = inputs.make_home(tmp_path, files)
    assert run(home) == 0
    assert findings(home) == []
    assert check_summary(home, "DAY204")["undetermined"] == 1


@pytest.mark.slow
def test_a_truncated_file_hides_what_it_lost(tmp_path: Path) -> None:
    files = inputs.right_month(2)
    files["K6100000.CSV"] = files["K6100000.CSV"][: len(files["K6100000.CSV"]) // 2]
    home = inputs.make_home(tmp_path, files)
    assert run(home) == 0
    assert findings(home) == []
    assert check_summary(home, "DAY204")["undetermined"] == 2


def groups_of(home: Path) -> list[tuple]:
    """What was refused, as the store keeps it: unit, facility, recipient, month, facility of the control record."""
    columns = "unit, facility_no, recipient_no, strftime(g.service_month, '%Y-%m'), control_facility_no"
    with duckdb.connect(str(home / "henrei.duckdb"), read_only=True) as con:
        return con.execute(f"SELECT {columns} FROM refused_groups g JOIN files USING (file) ORDER BY ALL").fetchall()


ONE = ("0000000001", "2026-04")


@pytest.mark.parametrize(
    ("old", "new", "groups"),
    [
        # Whatever breaks the frame, a group of the facility may be lost beside those that its lines name.
        (b"3,5\r\n", b"", {(inputs.A, *ONE, inputs.B), (None, None, None, inputs.B), (inputs.A, None, None, inputs.B)}),
        (b"202605", b"202606", {(inputs.A, *ONE, inputs.B), (None, None, None, inputs.B), (inputs.A, None, None, inputs.B)}),
        # The control record names a municipality, nobody, or is not there: a group of any facility.
        (inputs.B.encode(), b"112992", {(inputs.A, *ONE, None), (None, None, None, None), (inputs.A, None, None, None)}),
        (b"1,1,0", b"9,1,0", {(inputs.A, *ONE, None), (None, None, None, None), (inputs.A, None, None, None)}),
    ],
)  # fmt: skip
@pytest.mark.slow
def test_a_file_refused_whole_counts_for_all_that_it_may_hold(
    tmp_path: Path, old: bytes, new: bytes, groups: set[tuple]
) -> None:
    broken = inputs.exchange("K61", inputs.attendance(), facility=inputs.B).replace(old, new, 1)
    broken = broken.replace(b"1,1,0,3", b"1,1,0,4")  # and the count is wrong
    home = inputs.make_home(tmp_path, {"K1100000.CSV": inputs.exchange("K11", inputs.claim()), "K6100000.CSV": broken})
    assert run(home) == 0
    assert set(groups_of(home)) == {("attendance", *group) for group in groups}
    assert check_summary(home, "DAY204")["undetermined"] == 1


@pytest.mark.parametrize(
    ("data", "groups"),
    [
        (b"memo,\r\n", []),  # no exchange file
        (inputs.exchange("K31", ["K311,01,202604"])[:-5], []),  # another business's
        (inputs.exchange("K61", inputs.attendance()).decode("cp932").encode("utf-16"), [(None,) * 5]),
    ],
)
@pytest.mark.slow
def test_a_file_that_cannot_be_read_may_hold_anything(tmp_path: Path, data: bytes, groups: list[tuple]) -> None:
    home = inputs.make_home(tmp_path, {"K1100000.CSV": inputs.exchange("K11", inputs.claim()), "other.csv": data})
    assert run(home) == 0
    assert groups_of(home) == groups


@pytest.mark.slow
def test_files_of_another_business_are_ignored_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {
        **inputs.right_month(),
        "J11.CSV": inputs.exchange("J11", ["J111,01,202604", "K122,01"]),
        "K31.CSV": inputs.exchange("K31"),
        "K41.CSV": inputs.exchange("K41"),
        "mixed.CSV": inputs.exchange("K11", ["K999,01"]),
    }
    home = inputs.make_home(tmp_path, files)
    assert run(home) == 0
    rows = {row["file"]: row for row in summary(home)["files"]}
    assert {name: tuple(rows[name][k] for k in ("kind", "loaded", "refused", "ignored")) for name in files} == {
        "K1100000.CSV": ("K11", 5, 0, 2),
        "K6100000.CSV": ("K61", 3, 0, 2),
        "J11.CSV": ("other", 0, 0, 4),
        "K31.CSV": ("other", 0, 0, 2),
        "K41.CSV": ("K41", 0, 0, 2),
        "mixed.CSV": ("K11", 0, 1, 2),  # its control record says K11: a bad line, no other business
    }
    assert "別の業務のファイルのため読んでいません: J11.CSV (J11)、K31.CSV (K31)" in capsys.readouterr().out


@pytest.mark.slow
def test_a_refused_return_is_a_notice_of_its_key(tmp_path: Path) -> None:
    detail = {3: "202605", 4: inputs.A, 5: inputs.CITY, 7: "0000000001", 9: "明", 10: "202603"}
    returns = [
        line("K721-02", {**detail, 4: "x"}, False),
        line("K721-02", {**detail, 9: "他"}, False),
        line("K721-02", {**detail, 10: "2026"}, False),
        line("K721-02", {**detail, 7: "", 9: "請", 10: "x"}, False),
    ]
    files = {"K1100000.CSV": inputs.exchange("K11", inputs.claim()), "K7200000.CSV": inputs.exchange("K72", returns)}
    home = inputs.make_home(tmp_path, files)
    assert run(home) == 0
    one = "0000000001"
    assert set(groups_of(home)) == {
        ("notice", None, one, "2026-03", inputs.A),
        ("notice", inputs.A, one, "2026-03", inputs.A),
        ("notice", inputs.A, one, None, inputs.A),
        ("other_notice", inputs.A, None, None, inputs.A),
    }
