"""The casebook of a month: what its worklist shows, the store and books/ in, the pages of casebook.html out. Called by whoever
writes the worklist, and by close.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from henrei.files import refuse_if_open
from henrei.home import Home
from henrei.months import month_text, month_texts
from henrei.publication import CASEBOOK, CASEBOOK_FOLDER, CASEBOOK_NAME
from henrei.reports.casebook import CasebookData, build
from henrei.reports.cases import Case, Place
from henrei.reports.worklist import WorklistData
from henrei.store import books
from henrei.store.tables import SUBJECT_KEY

Pages = list[tuple[str, bytes]]  # paths below the month's folder, and their bytes
_EARLIER = ("review_month", *SUBJECT_KEY, "decision", "note", "answer", "message", "at", "who")


def casebook_data(home: Home, data: WorklistData, outcomes: pl.DataFrame | None = None) -> CasebookData:
    """Every case, before its evidence is looked up. `outcomes`: what close decides (tables.OWN_OUTCOMES), None while the
    month is open."""
    return CasebookData(
        review_month=data.review_month,
        municipality_no=data.municipality_no,
        city_name=data.city_name,
        cases=data.cases,
        findings=data.findings,
        decisions=data.decisions,
        earlier=_earlier(home, data.review_month, data.cases.all),
        given=data.given,
        outcomes=None if outcomes is None else outcomes.with_columns(month_texts(pl.col("service_month"))),
    )


def pages(casebook: CasebookData, places: Mapping[int, Sequence[Place]]) -> Pages:
    """All evidence of every case, looked up before. `places`: where a case's rows are in the worklist."""
    casebook.places = places
    return build(casebook)


def _earlier(home: Home, month: date, cases: Sequence[Case]) -> pl.DataFrame:
    """The decisions of months before on the claims and sheets of the cases; none is older than what it was made on."""
    empty = pl.DataFrame(schema=dict.fromkeys(_EARLIER, pl.String))
    keys = {key for case in cases for key in case.keys if key[2] and key[3]}
    if not keys:
        return empty
    wanted = pl.DataFrame(list(keys), schema=dict.fromkeys(SUBJECT_KEY, pl.String), orient="row")
    first = min(key[3] for key in keys)
    frames = [
        books.read_decisions(home, before)
        .with_columns(month_texts(pl.col("service_month")), review_month=pl.lit(month_text(before)))
        .join(wanted, on=list(SUBJECT_KEY), how="semi")
        .select(_EARLIER)
        for before in books.closed(home)
        if first <= month_text(before) and before < month and not books.is_purged(home, before)
    ]
    return pl.concat([empty, *frames]).sort(
        "review_month", *SUBJECT_KEY, descending=[True, *(False,) * len(SUBJECT_KEY)]
    )


def stage(home: Home, month: date, made: Pages) -> None:
    """Writes the pages beside their places; `commit.finish` puts them there (`publication.publish_casebook`)."""
    CASEBOOK.stage(home.out(month), made)


def require_place(home: Home, month: date) -> None:
    """Raises HenreiError where another program holds a page: before anything is done."""
    out = home.out(month)
    refuse_if_open([out / CASEBOOK_NAME, *sorted((out / CASEBOOK_FOLDER).glob("*"))])
