"""flows/cities/split.py: which lines of a shared inbox each city gets, and that every line is counted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from henrei.data.fictional.records import line as record
from henrei.errors import HenreiError
from henrei.flows.cities import discover, split
from henrei.flows.cities.discover import City
from henrei.schemas.exchange import read
from lib import inputs

MAY = date(2026, 5, 1)
ONE, TWO = inputs.CITY, inputs.OTHER_CITY
NO_HOME = "113000"
NAME = "ｶｸｳ ﾀﾛｳ".encode("cp932")


class SplitFiles:
    """Some files, split among the cities of a federation."""

    def __init__(self, folder: Path, cities: list[City], files: dict[str, bytes], withheld: dict[str, str]) -> None:
        for name, data in files.items():
            path = folder / "inbox" / inputs.REVIEW / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self.staging = {c.municipality_no: folder / "staged" / c.municipality_no for c in cities}
        for number in withheld:
            del self.staging[number]
        for place in self.staging.values():
            place.mkdir(parents=True)
        self.result = split.split(folder / "inbox", MAY, cities, withheld, self.staging)
        self.total = self.result.total()
        self.report = [tuple(row) for row in self.result.table().iter_rows()]

    def of(self, number: str) -> dict[str, bytes]:
        place = self.staging[number]
        return {p.relative_to(place).as_posix(): p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file()}


@pytest.fixture
def split_files(tmp_path, federation):
    """Splits the given files among the three cities of a federation."""
    homes = federation("homes", {})

    def split(files: dict[str, bytes], withheld: dict[str, str] | None = None) -> SplitFiles:
        return SplitFiles(tmp_path, discover.find(homes)[0], files, withheld or {})

    return split


def groups(*numbers: str) -> list[list[str]]:
    return [inputs.claim(recipient=f"{n:010}", city=number) for n, number in enumerate(numbers, start=1)]


def invoice(number: str) -> list[str]:
    return [record("K112-01", {3: "202604", 4: number, 5: inputs.A, 17: 1, 18: 1000, 19: 10000, 20: 9000}, False)]


def test_each_city_gets_the_file_it_would_have_got_alone(split_files):
    mine, theirs = [invoice(ONE), *groups(ONE)], [invoice(TWO), *groups(TWO, TWO)]
    both = [mine[0], theirs[0], theirs[1], mine[1], theirs[2]]
    attended = [inputs.attendance(city=ONE), inputs.attendance(city=TWO, recipient="0000000002")]
    sheets = [inputs.sheet(), [text.replace(ONE, TWO) for text in inputs.sheet(children=("0000000001", "0000000002"))]]
    result = split_files(
        {
            "a/K11.CSV": inputs.exchange("K11", *both),
            "K61.CSV": inputs.exchange("K61", *attended),
            "K41.CSV": inputs.exchange("K41", *sheets),
        }
    )
    assert result.of(ONE) == {
        "a/K11.CSV": inputs.exchange("K11", *mine),
        "K61.CSV": inputs.exchange("K61", attended[0]),
        "K41.CSV": inputs.exchange("K41", sheets[0]),
    }
    assert result.of(TWO) == {
        "a/K11.CSV": inputs.exchange("K11", *theirs),
        "K61.CSV": inputs.exchange("K61", attended[1]),
        "K41.CSV": inputs.exchange("K41", sheets[1]),
    }
    assert result.of("112011") == {} and result.report == []
    assert (result.total["ignored"], result.total["given"]) == (6, result.total["lines"] - 6)


def test_the_control_record_has_the_type_and_number_of_its_file(split_files):
    data = inputs.exchange("K12", *groups(ONE), invoice(TWO)).replace(b",K12,0,", b",K12,112992,")
    result = split_files({"K11.CSV": data})
    assert result.of(ONE)["K11.CSV"].startswith(b"1,1,0,5,K12,112992,")
    # The type of a file whose first record is a K112 is K11.
    assert result.of(TWO)["K11.CSV"].startswith(b"1,1,0,1,K11,112038,")


def test_a_file_of_one_city_stays_as_it_is(split_files):
    data = inputs.exchange("K11", *groups(ONE)).replace(b"\r\n", b"\n") + b"\x1a"
    broken = inputs.exchange("K61", inputs.attendance(city=TWO))[:-20]
    result = split_files({"K11.CSV": data, "K61.CSV": broken})
    assert result.of(ONE) == {"K11.CSV": data}
    assert result.of(TWO) == {"K61.CSV": broken}
    assert [row[:3] for row in result.report] == [("K61.CSV", 4, None)]


def test_what_is_no_cp932_arrives_as_it_was(split_files):
    data = inputs.exchange("K11", *groups(ONE, TWO)).replace(NAME, b"\x80\xfd\x81")
    result = split_files({"K11.CSV": data})
    for number in (ONE, TWO):
        alone = inputs.exchange(
            "K11", inputs.claim(recipient="0000000001" if number == ONE else "0000000002", city=number)
        )
        assert result.of(number)["K11.CSV"] == alone.replace(NAME, b"\x80\xfd\x81")


def test_quoted_records_and_a_citys_copies(split_files):
    records = [inputs.claim(city=city, full=True) for city in (ONE, TWO)]
    copies = [[f'"B731",{text}' for text in one] for one in records]
    result = split_files({"K11.CSV": inputs.exchange("K11", *records), "B73.CSV": inputs.exchange("B73", *copies)})
    for at, number in enumerate((ONE, TWO)):
        expected = {"B73.CSV": inputs.exchange("B73", copies[at]), "K11.CSV": inputs.exchange("K11", records[at])}
        assert result.of(number) == expected


def test_a_line_without_readable_number_goes_with_its_group(split_files):
    mine, theirs = groups(ONE, TWO)
    spoilt = [theirs[0], theirs[1].replace(TWO, "1120X8"), *theirs[2:]]
    result = split_files({"K11.CSV": inputs.exchange("K11", mine, spoilt)})
    assert result.of(ONE) == {"K11.CSV": inputs.exchange("K11", mine)}
    assert result.of(TWO) == {"K11.CSV": inputs.exchange("K11", spoilt)}
    assert result.report == [("K11.CSV", 8, None, split.PLACED)]


def test_lines_of_no_group_come_to_every_city_without_a_name(split_files):
    lost = [text.replace(ONE, "", 1) for text in inputs.claim()]
    result = split_files({"K11.CSV": inputs.exchange("K11", lost)})
    part = result.of("112011")["unclear/K11.CSV"]
    assert result.of(ONE) == result.of(TWO) == {"unclear/K11.CSV": part}
    assert NAME not in part and b"2,2,K122,01,202604,,1350000001,0000000001" in part
    assert part.startswith(b"1,1,0,5,K11,") and part.endswith(b"3,7\r\n")
    assert result.total["refused"] == 5
    assert result.report == [("K11.CSV", line, None, split.NO_CITY) for line in range(2, 7)]


def test_of_a_broken_file_each_city_gets_its_own_lines_without_an_end(split_files):
    mine, theirs = groups(ONE, TWO)
    data = inputs.exchange("K11", mine, theirs).replace(b"1,1,0,10,", b"1,1,0,11,")
    result = split_files({"K11.CSV": data})
    lines = data.splitlines(keepends=True)
    assert result.of(ONE) == {"K11.CSV": b"".join(lines[:6])}
    assert result.of(TWO) == {"K11.CSV": b"".join([lines[0], *lines[6:11]])}
    assert result.of("112011") == {"K11.CSV": lines[0]}  # what is missing may be of any city
    assert [(row[0], row[1]) for row in result.report] == [("K11.CSV", 1)]
    assert "11)" in result.report[0][3] and (result.total["given"], result.total["refused"]) == (10, 0)


def test_a_file_of_another_month_is_refused_by_each_city(split_files):
    result = split_files({"K11.CSV": inputs.exchange("K11", *groups(ONE, TWO), month="202604")})
    assert result.of(ONE) == {"K11.CSV": inputs.exchange("K11", *groups(ONE), month="202604")}
    assert "2026年4月" in result.report[0][3]


def test_who_gets_nothing_is_named_and_counted(split_files):
    files = {
        "K11.CSV": inputs.exchange("K11", *groups(ONE, TWO, NO_HOME, TWO)),
        "recipients.csv": inputs.LEDGERS["recipients"].encode(),
        "liesmich.txt": b"a\nb\n",
        "leer.CSV": b"",
    }
    result = split_files(files, withheld={TWO: "締め済み"})
    assert set(result.of(ONE)) == {"K11.CSV"}
    assert result.total == {"lines": 27, "given": 5, "ignored": 4, "no_home": 5, "refused": 13}
    assert sorted((row[0], row[2], row[3]) for row in result.report if row[2]) == [
        ("K11.CSV", TWO, split.WITHHELD.format("締め済み")),
        ("K11.CSV", NO_HOME, split.NO_HOME.format(5)),
    ]
    assert {row[0] for row in result.report if not row[2]} == {"leer.CSV", "recipients.csv"}


@pytest.mark.parametrize("fault", [False, True])
def test_pieces_of_a_large_file_give_the_same(split_files, federation, tmp_path, monkeypatch, fault):
    data = inputs.exchange("K11", *groups(ONE, TWO, NO_HOME, ONE, TWO, TWO, ONE))
    data = data.replace(b"2,20,", b"2,21,") if fault else data
    whole = split_files({"K11.CSV": data})
    monkeypatch.setattr(read, "PIECE", 700)
    monkeypatch.setattr("henrei.flows.inbox.PIECE", 700)
    pieces = SplitFiles(tmp_path / "again", discover.find(tmp_path / "homes")[0], {"K11.CSV": data}, {})
    assert whole.of(ONE) and [pieces.of(n) for n in (ONE, TWO)] == [whole.of(n) for n in (ONE, TWO)]
    assert (pieces.total, pieces.report) == (whole.total, whole.report)


def test_no_folder(split_files):
    with pytest.raises(HenreiError, match="届いたファイルがありません") as caught:
        split_files({})
    assert caught.value.status == 3
