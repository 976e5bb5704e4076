"""The papers of a month, from the store to out/<month>/."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb

from henrei.publication import INQUIRIES, NOTICES, file_name
from henrei.reports.letters import inquiry, notice, workbooks
from henrei.reports.letters.encryption import Locks
from henrei.reports.letters.inputs import Issuer, gather
from henrei.reports.letters.pdf import Press
from henrei.reports.letters.return_list import returns_csv


def stage_notices(con: duckdb.DuckDBPyConnection, out: Path, issuer: Issuer) -> int:
    """Makes the notices and returns.csv of the current review month beside their place; NOTICES publishes them.

    `con` knows the month's outcomes; `out` is out/<month>. Returns how many facilities get one.
    """
    sources = gather(con, issuer)
    made = notice.notices(sources)
    files = _papers("notices", Press("notice"), workbooks.notice_book, made, sources.month, issuer.locks)
    NOTICES.stage(out, chain(files, [("returns.csv", returns_csv(sources, made))]))
    return len(made)


def write_inquiries(con: duckdb.DuckDBPyConnection, out: Path, issuer: Issuer) -> int:
    """Writes the 確認依頼 of the current review month in place of those that are there. Returns how many."""
    sources = gather(con, issuer)
    made = inquiry.inquiries(sources)
    INQUIRIES.refuse_if_open(out)
    files = _papers("inquiries", Press("inquiry"), workbooks.inquiry_book, made, sources.month, issuer.locks)
    INQUIRIES.stage(out, files)
    INQUIRIES.publish(out)
    return len(made)


def _papers(
    folder: str,
    press: Press,
    book: Callable[[Any, date], bytes],
    made: Mapping[str, Any],
    month: date,
    locks: Locks | None,
) -> Iterator[tuple[str, bytes]]:
    """The workbook and the PDF of every facility, one after the other: name below out/<month>/ and bytes.

    Raises HenreiError before the first where a facility has no password.
    """
    if locks:
        locks.require(made)
    for facility, paper in made.items():
        path = f"{folder}/{file_name(facility)}"
        workbook, pdf = book(paper, month), press.pdf(paper, month)
        yield f"{path}.xlsx", locks.workbook(facility, workbook) if locks else workbook
        yield f"{path}.pdf", locks.pdf(facility, pdf) if locks else pdf
