"""`henrei survey`: a service month in, the counts of the notice and their CSV below out/ out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from henrei.files import csv_bytes, write_for_user
from henrei.home import Home
from henrei.months import month_text
from henrei.reports.survey import Survey, survey
from henrei.store.database import open_store


def write_survey(home: Home, service_month: date) -> tuple[Survey, Path]:
    """Counts, and writes out/survey_<month>.csv. Raises HenreiError where a ledger is missing or the file is open."""
    with open_store(home) as con:
        counted = survey(con, service_month)
    path = home.out() / f"survey_{month_text(service_month)}.csv"
    write_for_user(path, csv_bytes(counted.table))
    return counted, path
