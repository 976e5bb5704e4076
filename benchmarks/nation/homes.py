"""Writes the homes block by block, a few at a time, so that memory does not grow with the nation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from henrei.data.fictional.names import municipality_number
from henrei.data.fictional.writing import write_settings

from . import days, exchange, ledgers, money, population
from .files import GrowingFile, with_irregular_middle, write_files
from .population import CITY, PER_BLOCK, Nation
from .records import latin

CHILDREN_PER_FACILITY = 45  # 600,000 children: 13,333 facilities and about 40,000 files
_PART = 24  # blocks made together: about 11,000 children


@dataclass(frozen=True)
class Written:
    """How the exchange files of a month are written; what is found in them is the same.

    one_file: one K11, one K61 and one K41 a home. shared_inbox: those of all cities in `folder/inbox/2026-05`, the ledgers
    in the homes. irregular: each file has something in it that is less tidy than most programs write, and right.
    busy_attendance: times to the minute and a remark on each day, hardly two alike.
    """

    one_file: bool = False
    shared_inbox: bool = False
    irregular: bool = False
    busy_attendance: bool = False


def make_nation(
    folder: Path,
    *,
    children: int,
    seed: int = 1,
    per_facility: int = CHILDREN_PER_FACILITY,
    cities: int = 1,
    plant: bool = True,
    written: Written = Written(),
) -> dict[str, int]:
    """Write homes with the review month 2026-05 and return how many files, lines and ledger rows there are.

    One city is the home `folder` itself; several are `folder/<municipality number>`, each with its own number. Every
    home has truth/2026-05.csv: all findings that are to come.

    Raises ValueError for numbers that cannot be met, FileExistsError where the folder is not empty.
    """
    blocks = max(1, round(children / (per_facility * PER_BLOCK)))
    if children < 1 or not 1 <= cities <= min(blocks, 400) or (written.one_file and written.shared_inbox):
        raise ValueError(f"1 to {min(blocks, 400)} cities for so many children; one file or a shared inbox, not both")
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    nation = Nation(children, blocks, seed, plant)
    made: dict[str, int] = {"facilities": blocks * PER_BLOCK}
    for city in range(cities):
        first, end = (at * blocks // cities for at in (city, city + 1))
        number = CITY if cities == 1 else municipality_number(f"11{600 + city}")
        home = folder if cities == 1 else folder / number
        inbox = (folder if written.shared_inbox else home) / "inbox" / days.REVIEW
        for name, count in _make_home(nation, first, end, home, inbox, number, written).items():
            made[name] = made.get(name, 0) + count
    return made


def _make_home(
    nation: Nation, first: int, end: int, home: Path, inbox: Path, number: str, written: Written
) -> dict[str, int]:
    own = home / "inbox" / days.REVIEW
    for path in (own, inbox):
        path.mkdir(parents=True, exist_ok=True)
    write_settings(home, number)
    tables = ledgers.open_tables(own, home / "truth" / f"{days.REVIEW}.csv")
    growing = {kind: GrowingFile(inbox, kind) for kind in ("K11", "K61", "K41")} if written.one_file else {}
    made = dict.fromkeys(("files", "claims", "lines", "days", "records"), 0)
    for block in range(first, end, _PART):
        where, who, claims, lines, visits = _part(nation, block, min(block + _PART, end))
        records = {
            "K11": exchange.invoices_and_claims(claims, lines, number),
            "K61": exchange.attendance(claims, visits, number, busy=written.busy_attendance),
            "K41": exchange.sheets(claims, number),
        }
        for kind, rows in records.items():
            made["records"] += rows.height
            if written.irregular:
                rows = with_irregular_middle(rows, number)
            if growing:
                growing[kind].add(rows)
            else:
                made["files"] += write_files(inbox, kind, rows, where)
        ledgers.add_rows(tables, who, where, claims, number)
        for name, frame in (("claims", claims), ("lines", lines), ("days", visits)):
            made[name] += frame.height
    for file in growing.values():
        file.close()
    for table in tables.values():
        table.close()
    made["files"] += len(growing)
    return (
        made
        | {"ledger rows": sum(t.rows for name, t in tables.items() if name != "truth")}
        | {"planted": tables["truth"].rows}
    )


def _part(nation: Nation, first: int, end: int) -> tuple[pl.DataFrame, ...]:
    """Facilities, children, claims, claim lines and days of some blocks."""
    where = population.facilities(nation, first, end)
    who = population.children(nation, first, end)
    stays = population.stays(nation, who, where)
    visits = days.visits(stays, nation.seed)
    where = where.join(days.capacities(visits), on="fac", how="left", maintain_order="left")
    where = where.with_columns(pl.col("capacity").fill_null(10))
    stays = stays.join(days.counts(visits), on="c", how="left", maintain_order="left")
    stays = stays.join(where.select("fac", "capacity"), on="fac", how="left", maintain_order="left")
    last = visits.group_by("c").agg(
        last_use=pl.col("day").filter(~pl.col("absent")).max(),
        last_absence=pl.col("day").filter("absent").max(),
    )
    stays = stays.join(last, on="c", how="left", maintain_order="left")
    lines = money.lines(stays)
    claims = money.claims(stays, lines)
    led = claims.filter("leads").select("i", manager_no="facility_no", manager_fac="fac", manager_full="full")
    claims = claims.join(led, on="i", how="left", maintain_order="left")
    return where, who, _with_bytes(claims), lines, visits


def _with_bytes(claims: pl.DataFrame) -> pl.DataFrame:
    """Names as they are written."""
    names = pl.concat([claims["kana"], claims["guardian"]]).unique()
    written = {name: latin(name) for name in names}
    return claims.with_columns(
        kana_bytes=pl.col("kana").replace_strict(written, return_dtype=pl.String),
        guardian_bytes=pl.col("guardian").replace_strict(written, return_dtype=pl.String),
    )
