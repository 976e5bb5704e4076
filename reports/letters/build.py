"""The letters of a month: the store in, their files in out/<month>/ out. Called by close, verify and inquire."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb

from henrei.publication import INQUIRIES, NOTICES, file_name
from henrei.reports.letters import inquiry, notice, workbooks
from henrei.reports.letters.encryption import Passwords
from henrei.reports.letters.inputs import Issuer, gather
from henrei.reports.letters.pdf import Typesetter
from henrei.reports.letters.return_list import returns_csv


def stage_notices(con: duckdb.DuckDBPyConnection, out: Path, issuer: Issuer) -> int:
    """Makes the notices and returns.csv of the current review month beside their place; NOTICES publishes them.

    `con` knows the month's outcomes; `out` is out/<month>. Returns how many facilities get one.
    """
    inputs = gather(con, issuer)
    letters = notice.notices(inputs)
    files = _files("notices", Typesetter("notice"), workbooks.notice_book, letters, inputs.month, issuer.passwords)
    NOTICES.stage(out, chain(files, [("returns.csv", returns_csv(inputs, letters))]))
    return len(letters)


def write_inquiries(con: duckdb.DuckDBPyConnection, out: Path, issuer: Issuer) -> int:
    """Writes the 確認依頼 of the current review month in place of those that are there. Returns how many."""
    inputs = gather(con, issuer)
    letters = inquiry.inquiries(inputs)
    INQUIRIES.refuse_if_open(out)
    files = _files("inquiries", Typesetter("inquiry"), workbooks.inquiry_book, letters, inputs.month, issuer.passwords)
    INQUIRIES.stage(out, files)
    INQUIRIES.publish(out)
    return len(letters)


def _files(
    folder: str,
    typesetter: Typesetter,
    book: Callable[[Any, date], bytes],
    letters: Mapping[str, Any],
    month: date,
    passwords: Passwords | None,
) -> Iterator[tuple[str, bytes]]:
    """The workbook and the PDF of every facility, one after the other: name below out/<month>/ and bytes.

    Raises HenreiError before the first where a facility has no password.
    """
    if passwords:
        passwords.require(letters)
    for facility, letter in letters.items():
        path = f"{folder}/{file_name(facility)}"
        workbook, pdf = book(letter, month), typesetter.pdf(letter, month)
        yield f"{path}.xlsx", passwords.workbook(facility, workbook) if passwords else workbook
        yield f"{path}.pdf", passwords.pdf(facility, pdf) if passwords else pdf
