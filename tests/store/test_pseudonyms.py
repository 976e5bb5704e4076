"""What is left of a purged month: a keyed hash in the place of a number, found again only by a record of the same key."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from henrei.errors import HenreiError
from henrei.files import csv_bytes, write_atomic
from henrei.home import Home
from henrei.store import pseudonyms, tables
from lib.store_tables import fill

MARCH, APRIL, MAY = (date(2026, month, 1) for month in (3, 4, 5))
SECRET = bytes(range(32))


def outcome(recipient: str, month: date = MARCH, facility: str = "A") -> tuple[object, ...]:
    return ("明", facility, recipient, month, "決定", 9000)


def outcomes(*rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=tables.OWN_OUTCOMES, orient="row")


def token(recipient: str, month: str = "2026-03", facility: str = "A") -> str:
    """The pseudonym as anyone can compute it who has the key."""
    key = f"明|{facility}|{recipient}|{month}".encode()
    return "h" + hmac.new(SECRET, key, hashlib.sha256).hexdigest()[:32]


def test_a_number_becomes_an_hmac_of_what_it_belongs_to(store: duckdb.DuckDBPyConnection) -> None:
    rows = outcomes(
        outcome("0000000001"), outcome("0000000001", APRIL), outcome("0000000002"), outcome("0000000001", facility="B")
    )
    hashed = pseudonyms.hashed(store, SECRET, rows)
    assert set(hashed["recipient_no"]) == {
        token("0000000001"),
        token("0000000001", "2026-04"),
        token("0000000002"),
        token("0000000001", facility="B"),
    }
    assert hashed.drop("recipient_no").sort(pl.all()).equals(rows.drop("recipient_no").sort(pl.all()))


def test_the_order_tells_nothing_of_the_numbers_and_to_hash_again_changes_nothing(
    store: duckdb.DuckDBPyConnection,
) -> None:
    rows = outcomes(*(outcome(f"{number:010}") for number in range(1, 9)))
    hashed = pseudonyms.hashed(store, SECRET, rows)
    assert hashed["recipient_no"].to_list() == sorted(token(f"{number:010}") for number in range(1, 9))
    assert pseudonyms.hashed(store, SECRET, hashed).equals(hashed)
    assert pseudonyms.hashed(store, SECRET, rows.reverse()).equals(hashed)


def test_the_key_is_made_once(tmp_path: Path) -> None:
    home = Home(tmp_path)
    made = pseudonyms.key(home, make=True)
    assert len(made) == 32
    assert pseudonyms.key(home) == pseudonyms.key(home, make=True) == made


@pytest.mark.parametrize("text", [None, "", "00", "z" * 64])
def test_without_its_key_no_state_is_read(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        write_atomic(tmp_path / "books" / "purge.key", text.encode("ascii"))
    with pytest.raises(HenreiError) as refused:
        pseudonyms.key(Home(tmp_path))
    assert str(refused.value) == (
        "books/purge.key がないか壊れています。消去した月の状態を読むのに要ります。控えから戻してください"
    )


def purged(home: Home, *recipients: str) -> None:
    """March is purged: only pseudonyms are left of its outcomes and of what the federation returned."""
    write_atomic(home.books() / pseudonyms.KEY_FILE, SECRET.hex().encode("ascii"))
    write_atomic(home.books(MARCH) / "purged.json", b'{"counts": [], "facts": {}}')
    notices = pl.DataFrame(
        [("明", "A", token(recipient), MARCH, APRIL) for recipient in recipients],
        schema=pseudonyms.OFFICIAL,
        orient="row",
    )
    write_atomic(home.books(MARCH) / "official.csv", csv_bytes(notices))


def known(con: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {row[0] for row in con.execute(f"SELECT recipient_no FROM {table}").fetchall()}


@pytest.mark.parametrize("table", ["claims", "sheets", "attendance", "petitions", "history"])
def test_a_record_of_the_same_key_puts_the_number_back(
    store: duckdb.DuckDBPyConnection, tmp_path: Path, table: str
) -> None:
    home = Home(tmp_path)
    purged(home, "0000000001", "0000000002")
    store.execute(
        "INSERT INTO own_outcomes SELECT DATE '2026-03-01', '明', 'A', unnest(?), DATE '2026-03-01', '決定', 9000",
        [[token("0000000001"), token("0000000002")]],
    )
    more = {"attendance": " form | days |", "history": " kind | outcome_month | outcome |"}.get(table, "")
    cells = {"attendance": " 0501 | 1 |", "history": " 明 | 2026-03 | 決定 |"}.get(table, "")
    fill(
        store,
        f"{table}\n| facility_no | recipient_no | service_month |{more}\n|---|---|---|{'---|' * more.count('|')}\n"
        f"| A | 0000000001 | 2026-03 |{cells}",
    )
    pseudonyms.recognise(store, home)
    assert known(store, "own_outcomes") == {"0000000001", token("0000000002")}
    assert known(store, "notices") == {"0000000001", token("0000000002")}


@pytest.mark.parametrize(
    ("record", "comes_back"),
    [
        ("| A | 0000000001 | 2026-04 |", False),  # of another month
        ("| A | 0000000002 | 2026-03 |", False),  # of another child
        ("| B | 0000000001 | 2026-03 |", True),  # of the same child and month at another facility
    ],
)
def test_which_records_put_it_back(
    store: duckdb.DuckDBPyConnection, tmp_path: Path, record: str, comes_back: bool
) -> None:
    home = Home(tmp_path)
    purged(home, "0000000001")
    fill(store, f"claims\n| facility_no | recipient_no | service_month |\n|---|---|---|\n{record}")
    pseudonyms.recognise(store, home)
    assert known(store, "notices") == {"0000000001" if comes_back else token("0000000001")}


def test_where_nothing_is_purged_no_key_is_asked_for(store: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    pseudonyms.recognise(store, Home(tmp_path))
    assert pseudonyms.read_official(Home(tmp_path), MAY).schema == pl.Schema(pseudonyms.OFFICIAL)
