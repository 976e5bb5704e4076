"""Letters as commands need them: settings and the open month in, staged or written letters out. Called by inquire,
close and verify.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from henrei.flows.settings import Settings, say_variants
from henrei.publication import NOTICES

if TYPE_CHECKING:
    from henrei.reports.letters.inputs import Issuer


def stage_notices(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    own: pl.DataFrame,
    settings: Settings,
    messages: Mapping[tuple[str, str, str, str], str],
    issued: date,
) -> None:
    """Makes the notices and returns.csv of the current review month beside their place in `folder` (out/<month>), from
    what close is about to decide (`own`); `messages`: 事業所への一言 (`month_state.messages`); `issued`: the day on them.

    All that can fail comes before the month is closed; the database is as it was afterwards.
    """
    from henrei.reports.letters import build, notice

    NOTICES.refuse_if_open(folder)
    con.execute("BEGIN")
    try:
        con.register("own_now", own)
        con.execute("INSERT INTO own_outcomes BY NAME SELECT review_month() AS review_month, * FROM own_now")
        con.unregister("own_now")
        build.stage(notice.LETTER, con, folder, issuer(settings), messages, issued)
    finally:
        con.execute("ROLLBACK")


def day_of(entry: Mapping[str, Any]) -> date:
    """The day on the letters of a command: that of its line in the journal, so that the same letters can be made again."""
    return date.fromisoformat(entry["at"][:10])


def issuer(settings: Settings) -> Issuer:
    """Who sends the letters. Raises HenreiError where they are to be protected and the passwords cannot be read."""
    from henrei.reports.letters.encryption import Passwords
    from henrei.reports.letters.inputs import Issuer

    return Issuer(
        city_name=settings.city_name,
        municipality_no=settings.municipality_no,
        contact=settings.contact,
        disclose=settings.disclose_other_facility,
        rules=say_variants(settings.variants),
        reason_codes=settings.reason_codes,
        passwords=Passwords.read(settings.passwords) if settings.passwords else None,
    )
