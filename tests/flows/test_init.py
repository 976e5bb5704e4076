"""A new home: where its empty ledgers are, what its settings say, and that no empty ledger hides a filled one."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from henrei.flows.inbox import source_of
from henrei.flows.init import check_digit_fits, make_home, number_of
from henrei.flows.settings import load
from henrei.home import Home
from henrei.schemas.ledgers import ledgers

JUNE = date(2026, 6, 1)
NONE_THERE = ("petitions", "history", "first_review")


def test_every_ledger_is_a_file_with_only_its_header(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    make_home(home)
    for ledger in ledgers().values():
        folder = home.inbox() if ledger.name in NONE_THERE else home.ledgers
        text = (folder / f"{ledger.name}.csv").read_text(encoding="utf-8-sig")
        assert text == ",".join(ledger.labels) + "\n"
    assert make_home(home) == []


def test_an_empty_ledger_hides_no_filled_one(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    make_home(home, "架空市", "112992")
    settings = load(home)
    assert source_of(home, JUNE, settings, "grants") is None
    header = (home.ledgers / "grants.csv").read_text(encoding="utf-8-sig")
    (home.inbox() / "2026-05").mkdir()
    (home.inbox() / "2026-05" / "grants.csv").write_text(header + "1,631000,10,,2025-04-01,2027-03-31\r\n", "utf-8")
    found = source_of(home, JUNE, settings, "grants")
    assert found is not None and found.names == ["inbox/2026-05/grants.csv"]
    (home.ledgers / "grants.csv").write_text(header + "1,631000,10,,2025-04-01,2027-03-31\r\n", "utf-8")
    found = source_of(home, JUNE, settings, "grants")
    assert found is not None and found.names == ["ledgers/grants.csv"]


def test_a_workbook_beside_the_empty_ledger_is_the_ledger(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    make_home(home, "架空市", "112992")
    (home.ledgers / "grants.xlsx").write_bytes(b"PK")
    found = source_of(home, JUNE, load(home), "grants")
    assert found is not None and found.names == ["ledgers/grants.xlsx"]


@pytest.mark.parametrize(
    "text",
    ["架空市", '"架空"市', "架空\\市", "架空市 # 給付", "{架空}市", "''架空''", "tab\there", "", "\x7f", "two\nlines"],
)
def test_the_settings_hold_the_answers_whatever_they_are(tmp_path: Path, text: str) -> None:
    home = Home(tmp_path / "home")
    make_home(home, text, "112992", text)
    settings = load(home)
    assert (settings.city_name, settings.municipality_no, settings.contact) == (text, "112992", text)
    assert settings.unknown == ()


def test_a_byte_that_is_no_character_is_marked(tmp_path: Path) -> None:
    make_home(Home(tmp_path), "架空\udc81市", "112992")
    assert load(Home(tmp_path)).city_name.startswith("架空\ufffd")


def test_every_commented_setting_is_one_that_henrei_knows(tmp_path: Path) -> None:
    """What a clerk gets by taking the # away."""
    home = Home(tmp_path / "home")
    make_home(home, "架空市", "112992", "電話 049-000-0000")
    lines = home.settings.read_text(encoding="utf-8").splitlines()
    settings = [line.removeprefix("# ") for line in lines if line.startswith(('# "', "# [", "[")) or " = " in line]
    text = "\n".join(line for line in settings if "henrei の列名 =" not in line)
    assert set(tomllib.loads(text)) == {"city", "ledgers", "checks", "rules", "reports", "calendar", "retention"}
    home.settings.write_text(text, encoding="utf-8")
    loaded = load(home)
    assert loaded.unknown == ()
    assert (loaded.retention_months, loaded.calendar.close, loaded.reason_codes) == (60, 15, {"CRT102": "S001"})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("112992", "112992"),
        (" １１２９９２ ", "112992"),
        ("011002", "011002"),
        ("11299", None),
        ("1129920", None),
        ("000000", None),
        ("11299x", None),
        ("", None),
        ("１１２ ９９２", None),
    ],
)
def test_a_municipality_number_has_six_figures(text: str, number: str | None) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("092015", True),  # modulus 10, of a federation's list
        ("092011", True),  # the same city's code of local governments: modulus 11
        ("131016", True),  # modulus 11
        ("112992", True),
        ("112991", False),
        ("092010", False),
    ],
)
def test_a_check_digit_fits_by_one_of_two_rules(number: str, fits: bool) -> None:
    assert check_digit_fits(number) is fits
