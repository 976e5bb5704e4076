"""Pseudonyms: outcomes of a purged month with recipients' numbers in, the same with keyed hashes out; and the numbers again
of those whom the store knows. Called by purge, and by the run once its records are loaded.

In books/<month>/outcomes.csv (what close decided) and official.csv (what 国保連 returned) a keyed hash (HMAC-SHA256) over
kind, facility, recipient and service month stands in the place of the recipient's number. Two rows of one child share
nothing, except where they are of one claim or sheet. When a claim, sheet or petition of a later month comes with the same
key, its number is put back in the database's copy, so that every check sees the state as before; all others stay hashed.

The key is books/purge.key. Whoever holds it together with the books can try out numbers: it belongs to the home and is as
secret as the home; without it the states cannot be found again.
"""

from __future__ import annotations

import secrets
from datetime import date

import duckdb
import polars as pl

from henrei.errors import HenreiError
from henrei.files import write_atomic
from henrei.home import Home
from henrei.months import month_dates
from henrei.schemas.ledgers import ledgers
from henrei.store import books, tables
from henrei.store.database import query

KEY_FILE = "purge.key"
_MARK = "h"  # no number begins with a small letter
_BLOCK = 64  # bytes in a block of SHA-256
OFFICIAL = {name: tables.OWN_OUTCOMES[name] for name in ("kind", *tables.CLAIM_KEY)} | {"accepted_month": pl.Date()}


def key(home: Home, *, make: bool = False) -> bytes:
    """The home's key, made if it is not there and `make` says so. Raises HenreiError where it is gone or not one."""
    path = home.books() / KEY_FILE
    if make and not path.is_file():
        write_atomic(path, secrets.token_hex(32).encode("ascii"))
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        secret = b""
    if len(secret) != 32:
        raise HenreiError(
            f"books/{KEY_FILE} がないか壊れています。消去した月の状態を読むのに要ります。控えから戻してください"
        )
    return secret


def token_sql(secret: bytes, kind: str, facility: str, recipient: str, month: str) -> str:
    """SQL for the hash in the place of a recipient; the arguments are SQL expressions, `month` a DATE."""
    inner, outer = (bytes(b ^ pad for b in secret.ljust(_BLOCK, b"\0")).hex() for pad in (0x36, 0x5C))
    text = f"concat_ws('|', {kind}, {facility}, {recipient}, strftime({month}, '%Y-%m'))"
    digest = f"sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || encode({text}))))"
    return f"'{_MARK}' || left({digest}, 32)"


def hashed(con: duckdb.DuckDBPyConnection, secret: bytes, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with kind, facility_no, recipient_no, service_month: hashed, sorted; those that are hashed already stay."""
    con.register("rows_to_hash", rows)
    token = token_sql(secret, "kind", "facility_no", "recipient_no", "service_month")
    try:
        return query(
            con,
            f"SELECT * REPLACE (CASE WHEN starts_with(recipient_no, '{_MARK}') THEN recipient_no ELSE {token} END "
            "AS recipient_no) FROM rows_to_hash ORDER BY ALL",
        )
    finally:
        con.unregister("rows_to_hash")


def read_official(home: Home, month: date) -> pl.DataFrame:
    """国保連's returns of a purged month, with the columns of OFFICIAL; empty where it had none."""
    path = home.books(month) / "official.csv"
    if not path.is_file():
        return pl.DataFrame(schema=OFFICIAL)
    months = [month_dates(pl.col(name)) for name in ("service_month", "accepted_month")]
    return pl.read_csv(path.read_bytes(), infer_schema=False).with_columns(months).select(list(OFFICIAL))


def recognise(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Puts the numbers back of whom the store knows by a record of the same key; call once the records are in."""
    gone = books.purged(home)
    if not gone:
        return
    official = [
        read_official(home, month).select(pl.lit(month, dtype=pl.Date).alias("review_month"), pl.all())
        for month in gone
    ]
    con.register("official_rows", pl.concat(official))
    con.execute("DELETE FROM notices WHERE list_contains(?, review_month)", [gone])
    con.execute("INSERT INTO notices BY NAME SELECT * FROM official_rows")
    con.unregister("official_rows")
    token = token_sql(key(home), "h.kind", "h.facility_no", "k.recipient_no", "h.service_month")
    known = " UNION ".join(f"SELECT recipient_no, service_month FROM {table}" for table in _with_keys())
    for table in ("own_outcomes", "notices"):
        con.execute(
            f"""
            UPDATE {table} SET recipient_no = matches.recipient_no FROM (
                WITH known AS ({known})
                SELECT DISTINCT h.recipient_no AS token, k.recipient_no
                FROM {table} h JOIN known k USING (service_month)
                WHERE starts_with(h.recipient_no, '{_MARK}') AND h.recipient_no = {token}
            ) matches WHERE {table}.recipient_no = matches.token
            """
        )


def _with_keys() -> list[str]:
    """The tables whose rows are about a recipient's service month: records, and the ledgers that have both."""
    of_ledgers = [name for name, one in ledgers().items() if {"recipient_no", "service_month"} <= one.schema.keys()]
    return ["claims", "sheets", "attendance", *of_ledgers]
