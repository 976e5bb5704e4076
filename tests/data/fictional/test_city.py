"""The fictional city: same seed, same bytes; whole files; sums that add up; every mistake planted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from henrei.data.fictional import make_city
from henrei.data.fictional.months import shift
from henrei.data.fictional.schedule import CODES
from henrei.schemas.layouts import layouts
from lib.fictional_city import claims_of, contents, exchange_files, ledger, number, records, truth
from lib.paths import SAMPLE

# Made by `python -m henrei.data.fictional data/fictional/sample` with these.
SAMPLE_ARGUMENTS = ["--children", "12", "--months", "2026-05", "--seed", "9", "--style", "both"]

MONTHS = ["2026-05", "2026-06"]

_NUMBERS = {"CRT1": 10, "DAY2": 15, "CAP3": 11, "SUB4": 6, "FAC5": 12, "ADD6": 11, "AMT7": 11}

EXPECTED = {f"{group}{n + 1:02}" for group, count in _NUMBERS.items() for n in range(count)}

SUBJECTS = {
    **dict.fromkeys(
        ("CAP303", "CAP304", "CAP305", "CAP307", "CAP309", "SUB401", "SUB402", "SUB403", "SUB404"), "sheet"
    ),
    **dict.fromkeys(("AMT706", "FAC506", "FAC512", "SUB407"), "facility"),
    **dict.fromkeys(("DAY209", "DAY212"), "attendance"),
    "SUB406": "petition",
}

# What a city of twelve has children for.
IN_SAMPLE = {
    *(f"CRT10{n}" for n in range(1, 8)), *(f"DAY20{n}" for n in range(1, 9)), "DAY210", "DAY211", "DAY212", "DAY214",
    "DAY215", "CAP301", "CAP302", "CAP303", "CAP306", *(f"SUB40{n}" for n in range(1, 7)), "SUB408", "FAC503", "FAC504",
    "FAC505", "FAC509", "ADD602", "ADD607", "ADD609", "ADD610", "ADD611", "AMT701", "AMT702", "AMT704", "AMT705", "AMT706",
    "AMT708", "AMT709",
}  # fmt: skip


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    make_city(folder, children=160, months=MONTHS, seed=3, style="both")
    return folder


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    make_city(folder, children=160, months=MONTHS, seed=5, style="both", plant=False)
    return folder


def test_same_seed_same_bytes_and_another_seed_another_city(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        make_city(tmp_path / name, children=20, months=["2026-05"], seed=seed, style="both")
    assert contents(tmp_path / "one") == contents(tmp_path / "again")
    assert contents(tmp_path / "one") != contents(tmp_path / "other")


def test_committed_sample_is_what_the_command_makes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "henrei.data.fictional", str(tmp_path / "sample"), *SAMPLE_ARGUMENTS]
    # Another order of sets must not matter.
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "77"})
    assert contents(tmp_path / "sample") == contents(SAMPLE)
    assert sum(map(len, contents(SAMPLE).values())) < 150_000


def test_frames_and_item_counts(city: Path) -> None:
    kinds = Counter()
    for path in exchange_files(city):
        lines = records(path)
        head, data, end = lines[0], lines[1:-1], lines[-1]
        assert len(path.stem) == 8
        assert len(head) == 11 and head[:3] == ["1", "1", "0"] and head[10] == ""
        assert int(head[3]) == len(data)
        assert head[4] == path.name[:3] == data[0][2][:3]
        assert head[9] == path.parent.name.replace("-", "")
        assert [line[1] for line in lines] == [str(n) for n in range(1, len(lines) + 1)]
        assert end == ["3", str(len(lines))]
        for line in data:
            layout = layouts(f"{line[2]}-{line[3]}")[-1]
            assert line[0] == "2" and len(line) == 2 + len(layout.items)
            kinds[layout.record] += 1
    assert set(kinds) == {
        "K112-01", "K112-02", "K122-01", "K122-02", "K122-03", "K122-04", "K122-05",
        "K411-01", "K411-02", "K421-01", "K421-02", "K611-01", "K611-02",
    }  # fmt: skip


def test_every_item_fits_its_type_width_and_codes(city: Path) -> None:
    for path in exchange_files(city):
        for line in records(path)[1:-1]:
            layout = layouts(f"{line[2]}-{line[3]}")[-1]
            items = line[2:]
            variant = items[layout.variant_item - 1] if layout.variant_item else ""
            for item, raw in zip(layout.items, items, strict=True):
                text = raw.strip(" 　")
                if item.type != "数値" and not text.strip("0"):
                    text = ""
                where = (path.name, line[1], item.no)
                if not item.used(variant):
                    assert text in ("", "0"), where
                elif text:
                    assert len(raw.encode("cp932")) <= item.width, where
                    assert item.type != "数値" or text.lstrip("-").isdigit(), where
                    assert not item.allowed(variant) or text in item.allowed(variant), where
                else:
                    assert not item.needed(variant), where


def test_sums_add_up(clean: Path) -> None:
    several_rows = several_types = 0
    for path in (p for p in exchange_files(clean) if p.name.startswith("K11")):
        claims = claims_of(path)
        for claim in claims:
            head, sums, lines = claim["01"][0], claim["04"], claim["03"]
            for in_head, in_sum in ((20, 10), (21, 13), (22, 16), (27, 21), (28, 22)):
                assert number(head[in_head]) == sum(number(row[in_sum]) for row in sums)
            assert number(head[28]) == number(head[21]) - number(head[27])
            assert number(head[27]) <= number(head[12])
            adjusted = number(head[25]) > 0
            for row in sums:
                assert number(row[21]) == number(row[20] if number(head[16]) else row[19] if adjusted else row[16])
                assert number(row[16]) == min(number(row[15]), number(head[12]))
                assert number(row[13]) == number(row[10]) * number(row[11]) // 1000
                assert number(row[14]) == number(row[13]) // 10
                assert number(row[16]) <= number(row[15]) <= number(row[14])
            for line in lines:
                assert number(line[10]) == number(line[8]) * number(line[9])
            for kind in {row[7] for row in sums}:
                units = sum(number(line[10]) for line in lines if line[7].startswith(kind))
                assert units == sum(number(row[10]) for row in sums if row[7] == kind)
            if number(head[17]):
                assert head[15] and head[16] in ("1", "2", "3")
                assert number(head[17]) == number(head[26]) == number(head[27])
            several_rows += len({(row[7]) for row in sums}) < len(sums)
            several_types += len({row[7] for row in sums}) > 1
        for line in records(path)[1:-1]:
            if line[2:4] == ["K112", "01"] and line[5] == "112992":
                invoice = ["", *line[2:]]
                of_it = [c["01"][0] for c in claims if c["01"][0][3:5] == invoice[3:5]]
                services = [len({row[7] for row in c["04"]}) for c in claims if c["01"][0][3:5] == invoice[3:5]]
                assert number(invoice[17]) in (len(of_it), sum(services)) and invoice[7] == invoice[17]
                for at, item in ((18, 20), (19, 21), (20, 28)):
                    assert number(invoice[at]) == sum(number(head[item]) for head in of_it)
                assert number(invoice[22]) == sum(number(head[27]) - number(head[31]) for head in of_it)
    assert several_rows and several_types


def test_sheets_are_computed_right(clean: Path) -> None:
    results = Counter()
    for path in (p for p in exchange_files(clean) if p.name.startswith("K41")):
        sheets: list[tuple[list[str], list[list[str]]]] = []
        for line in records(path)[1:-1]:
            items = ["", *line[2:]]
            if line[3] == "01":
                sheets.append((items, []))
            else:
                sheets[-1][1].append(items)
        for head, rows in sheets:
            if head[4] == "3":
                assert not rows
                continue
            cap, burdens = number(head[10]), [number(row[10]) for row in rows]
            own = sum(number(row[10]) for row in rows if row[8] == head[6])
            result = 1 if own >= cap else 2 if sum(burdens) <= cap else 3
            assert head[11] == str(result)
            managed = [number(row[11]) for row in rows]
            assert sum(managed) == (cap if result != 2 else sum(burdens)) == number(head[14])
            assert [row[7] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
            if result == 3:
                left = cap
                for row in sorted(rows, key=lambda row: row[8] != head[6]):  # the manager may stand anywhere
                    assert number(row[11]) == min(number(row[10]), left)
                    left -= number(row[11])
            results[result] += 1
    assert set(results) == {1, 2, 3}


def test_both_styles_hold_the_same(tmp_path: Path) -> None:
    for style in ("sparing", "full"):
        make_city(tmp_path / style, children=30, months=["2026-05"], seed=4, style=style)
    paths = [exchange_files(tmp_path / style) for style in ("sparing", "full")]
    assert [p.name for p in paths[0]] == [p.name for p in paths[1]]

    def plain(line: list[str]) -> list[str]:
        cells = [cell.strip(" 　") for cell in line]
        return ["" if not cell.strip("0") else cell for cell in cells]

    for one, two in zip(*paths, strict=True):
        assert b'"K' not in one.read_bytes() and b'"K' in two.read_bytes()
        assert [plain(line) for line in records(one)] == [plain(line) for line in records(two)]
    for name in ("truth/2026-05.csv", "inbox/2026-05/grants.csv", "inbox/2026-05/history.csv"):
        assert (tmp_path / "sparing" / name).read_bytes() == (tmp_path / "full" / name).read_bytes()


def test_nothing_planted_nothing_true(clean: Path) -> None:
    assert [truth(clean, month) for month in MONTHS] == [[], []]


@pytest.mark.parametrize("month", MONTHS)
def test_every_check_is_planted_every_month(city: Path, month: str) -> None:
    rows = truth(city, month)
    assert set(CODES) == EXPECTED
    planted = {row[0] for row in rows}
    assert EXPECTED - planted == {"FAC508"}  # asks for three months before
    assert planted - EXPECTED <= {"SUB407", "SUB408"}
    assert rows == sorted(rows) and len({tuple(row) for row in rows}) == len(rows)
    dated = {
        *("CRT102", "CRT103", "CRT107", "CRT108", "CRT109", "DAY201", "DAY205", "DAY208", "DAY211", "DAY214", "FAC501"),
        *("FAC506", "FAC507", "FAC512", "ADD609"),
    }
    assert all(bool(row[5]) == (row[0] in dated) for row in rows)
    assert {row[6] for row in rows} == {"return", "review", "notice"}
    assert all(row[1] == SUBJECTS.get(row[0], "claim") for row in rows)
    assert all((row[3] == "") == (row[1] == "facility") for row in rows)


@pytest.mark.slow
def test_three_crowded_months_are_found_in_the_fourth(tmp_path: Path) -> None:
    months = ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09"]
    make_city(tmp_path, children=120, months=months, seed=4, style="sparing", plant={"FAC508"})
    crowded = [sum(row[0] == "FAC508" for row in truth(tmp_path, month)) for month in months]
    assert crowded == [0, 0, 0, 12, 0]  # without the one that is reduced; just as many as allowed in the month after


def test_only_what_is_asked_for_is_planted(tmp_path: Path) -> None:
    make_city(tmp_path / "one", children=30, months=["2026-05"], seed=1, style="sparing", plant=["AMT704"])
    assert {row[0] for row in truth(tmp_path / "one", "2026-05")} == {"AMT704"}
    make_city(tmp_path / "none", children=30, months=["2026-05"], seed=1, style="sparing", plant=())
    assert truth(tmp_path / "none", "2026-05") == []
    with pytest.raises(ValueError, match="XYZ123"):
        make_city(tmp_path / "wrong", children=30, months=["2026-05"], seed=1, style="sparing", plant=["XYZ123"])


def test_a_small_city_bears_what_it_can() -> None:
    assert {row[0] for row in truth(SAMPLE, "2026-05")} == IN_SAMPLE


@pytest.mark.parametrize("month", MONTHS)
def test_truth_speaks_of_what_is_there(city: Path, month: str) -> None:
    folder = city / "inbox" / month
    there: dict[str, set[tuple[str, ...]]] = {
        subject: set() for subject in ("claim", "sheet", "attendance", "facility")
    }
    for path in exchange_files(folder):
        for line in records(path)[1:-1]:
            if line[2:4] == ["K122", "01"]:
                there["claim"].add((line[6], line[7], line[4]))
                there["facility"].add((line[6], "", line[4]))
            elif line[2] in ("K411", "K421") and line[3] == "01":
                there["sheet"].add((line[7], line[8], line[4]))
            elif line[2:4] == ["K611", "01"]:
                there["attendance"].add((line[6], line[7], line[4]))
    known = {row["受給者証番号"].zfill(10) for row in ledger(folder, "recipients")}
    for code, subject, facility, recipient, service_month, *_ in truth(city, month):
        key = (facility, recipient, service_month.replace("-", ""))
        if subject == "petition":
            assert key not in there["claim"]
        elif code != "SUB407":
            assert key in there[subject], code
        assert recipient in known or code in ("CRT101", "AMT706", "FAC506", "FAC512", "SUB407")


def test_a_clean_city_takes_no_more_children_a_day_than_it_may(clean: Path) -> None:
    """Also where every place of a facility is filled every day."""
    capacities: dict[tuple[str, str], int] = {}
    for row in ledger(clean / "inbox" / MONTHS[0], "facilities"):
        key = row["事業所番号"], row["サービス種類コード"]
        capacities[key] = capacities.get(key, 0) + int(row["定員"]) * (row["指定終了日"] == "")
    came: dict[tuple[str, str, str, str], set[str]] = {}
    types = {"0301": "61", "0501": "63"}
    for path in (p for p in exchange_files(clean) if p.name.startswith("K61")):
        for line in records(path)[1:-1]:
            item = ["", *line[2:]]
            if item[2] == "02" and item[7] in types and number(item[14]) and item[4] == "112992":
                came.setdefault((item[5], types[item[7]], item[3], item[9]), set()).add(item[6])
    full = Counter(len(children) - capacities[key[:2]] for key, children in came.items())
    assert max(full) <= 0 < full[0]


def test_files_hold_other_municipalities_late_claims_and_claims_of_absence(city: Path) -> None:
    seen = Counter()
    for path in (p for p in exchange_files(city) if p.name.startswith("K11")):
        review = path.parent.name
        for claim in claims_of(path):
            head = claim["01"][0]
            seen["others"] += head[4] != "112992"
            seen["late"] += head[3] != shift(review, -1).replace("-", "")
            seen["absence"] += all(number(row[10]) == 0 for row in claim["02"])
            seen["free"] += number(head[12]) == 0
    assert all(seen[what] for what in ("others", "late", "absence", "free"))


def test_history_tells_every_earlier_month_and_no_later_one(city: Path) -> None:
    first, second = (ledger(city / "inbox" / month, "history") for month in MONTHS)
    assert len(second) > len(first) > 100
    keys = [tuple(list(row.values())[:5]) for row in second]
    assert len(set(keys)) == len(keys)
    assert {row["結果"] for row in second} == {"決定", "返戻", "取下げ"}


def test_too_few_children_for_the_mistakes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 12"):
        make_city(tmp_path, children=5, months=["2026-05"], seed=1, style="both")
    make_city(tmp_path, children=5, months=["2026-05"], seed=1, style="both", plant=False)
    assert exchange_files(tmp_path)


@pytest.mark.parametrize("wrong", [{"months": []}, {"months": ["2026-06", "2026-05"]}, {"style": "wide"}])
def test_arguments_that_cannot_be_met_are_refused(tmp_path: Path, wrong: dict) -> None:
    with pytest.raises(ValueError):
        make_city(tmp_path, **{"children": 20, "months": ["2026-05"], "seed": 1, "style": "both", **wrong})
