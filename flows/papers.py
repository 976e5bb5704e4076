"""The papers for the facilities, as close makes them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from henrei.flows.settings import Settings, say_variants
from henrei.reports.papers.shelf import NOTICES

if TYPE_CHECKING:
    from henrei.reports.papers.sources import Issuer


def stage_notices(
    con: duckdb.DuckDBPyConnection, home: Path, month: date, own: pl.DataFrame, settings: Settings
) -> None:
    """Makes the notices and returns.csv beside their place, from what close is about to decide (`own`).

    All that can fail comes before the month is closed; the database is as it was afterwards.
    """
    from henrei.reports.papers.making import stage_notices

    NOTICES.refuse_if_open(out_folder(home, month))
    con.execute("BEGIN")
    try:
        con.register("own_now", own)
        con.execute("INSERT INTO own_outcomes BY NAME SELECT ? AS review_month, * FROM own_now", [month])
        con.unregister("own_now")
        stage_notices(con, out_folder(home, month), issuer(settings))
    finally:
        con.execute("ROLLBACK")


def out_folder(home: Path, month: date) -> Path:
    return home / "out" / month.strftime("%Y-%m")


def issuer(settings: Settings) -> Issuer:
    from henrei.reports.papers.sources import Issuer

    return Issuer(
        city_name=settings.city_name,
        municipality_no=settings.municipality_no,
        contact=settings.contact,
        disclose=settings.disclose_other_facility,
        rules=say_variants(settings.variants),
    )
