"""The papers of a month, from the store to out/<month>/."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from henrei.reports.papers import inquiries, notices, sheets
from henrei.reports.papers.press import Press
from henrei.reports.papers.returns import returns_csv
from henrei.reports.papers.shelf import INQUIRIES, NOTICES, file_name
from henrei.reports.papers.sources import Issuer, gather


def stage_notices(con: duckdb.DuckDBPyConnection, out: Path, issuer: Issuer) -> int:
    """Makes the notices and returns.csv of the current review month beside their place; NOTICES publishes them.

    `con` knows the month's outcomes; `out` is out/<month>. Returns how many facilities get one.
    """
    sources = gather(con, out, issuer)
    made = notices.notices(sources)

    def files() -> Iterator[tuple[str, bytes]]:
        press = Press("notice")
        for facility, notice in made.items():
            path = f"notices/{file_name(facility)}"
            yield f"{path}.xlsx", sheets.notice_book(notice, sources.month)
            yield f"{path}.pdf", press.pdf(notice, sources.month)
        yield "returns.csv", returns_csv(sources, made)

    NOTICES.stage(out, files())
    return len(made)


def write_inquiries(con: duckdb.DuckDBPyConnection, out: Path, issuer: Issuer) -> int:
    """Writes the 確認依頼 of the current review month in place of those that are there. Returns how many."""
    sources = gather(con, out, issuer)
    made = inquiries.inquiries(sources)

    def files() -> Iterator[tuple[str, bytes]]:
        press = Press("inquiry")
        for facility, inquiry in made.items():
            path = f"inquiries/{file_name(facility)}"
            yield f"{path}.xlsx", sheets.inquiry_book(inquiry, sources.month)
            yield f"{path}.pdf", press.pdf(inquiry, sources.month)

    INQUIRIES.refuse_if_open(out)
    INQUIRIES.stage(out, files())
    INQUIRIES.publish(out)
    return len(made)
