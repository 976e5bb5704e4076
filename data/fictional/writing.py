"""Writes the exchange files of a facility and month, and CSV tables in the many ways cities write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from .model import Claim, Sheet
from .records import attendance_records, claim_records, invoice_records, month6, sheet_records


@dataclass(slots=True)
class Box:
    """What one facility sends in one review month."""

    number: str
    claims: list[Claim] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    records: list[Claim] = field(default_factory=list)  # of which only the attendance is sent
    invoices: dict[tuple[str, str], dict[int, int]] = field(
        default_factory=dict
    )  # (municipality, month) -> wrong items


def write_box(folder: Path, index: int, box: Box, review: str, full: bool) -> None:
    """K11, K41 and K61 of the facility, as far as it has any."""
    claims = sorted(box.claims, key=_order)
    parts = {
        "K11": _invoices(claims, box, full),
        "K41": _sheets(box.sheets, full),
        "K61": _attendances(sorted(claims + box.records, key=_order), full),
    }
    for name, lines in parts.items():
        write_file(folder, name, index, box.number, lines, review, full)


def write_file(folder: Path, name: str, index: int, number: str, lines: list[str], review: str, full: bool) -> None:
    """An exchange file with its frame, if it holds anything."""
    if lines:
        q = '"' if full else ""
        head = f"1,1,0,{len(lines)},{q}{name}{q},0,{q}{number}{q},0,{q}1{q},{month6(review)},"
        body = [f"2,{n},{text}" for n, text in enumerate(lines, 2)]
        text = "\r\n".join([head, *body, f"3,{len(lines) + 2}", ""])
        (folder / f"{name}{index:05d}.CSV").write_bytes(text.encode("cp932"))


def _place(claim: Claim) -> tuple[str, str]:
    return claim.plan.child.municipality_no, claim.plan.month


def _order(claim: Claim) -> tuple[tuple[str, str], str]:
    return _place(claim), claim.plan.number


def _invoices(claims: list[Claim], box: Box, full: bool) -> list[str]:
    lines: list[str] = []
    for place in sorted({_place(c) for c in claims}):
        here = [c for c in claims if _place(c) == place]
        lines += invoice_records(here, full, box.invoices.get(place, {}))
        for claim in here:
            lines += claim_records(claim, full)
    return lines


def _sheets(sheets: list[Sheet], full: bool) -> list[str]:
    lines: list[str] = []
    for sheet in sorted(sheets, key=lambda s: (s.joint, s.main.child.municipality_no)):
        lines += sheet_records(sheet, full)
    return lines


def _attendances(claims: list[Claim], full: bool) -> list[str]:
    lines: list[str] = []
    for claim in claims:
        for stay in claim.stays:
            if stay.record != "none":
                plan = claim.plan
                place = plan.child.municipality_no
                lines += attendance_records(claim.facility, plan.number, place, plan.month, stay, full)
    return lines


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one export of the city looks."""

    encoding: str = "utf-8-sig"
    dates: str = "iso"
    newline: str = "\r\n"
    bare_numbers: bool = False  # Excel took the leading zeros
    more: str = ""  # a column that henrei does not know

    def date(self, day: date | None) -> str:
        if day is None:
            return ""
        era = day.year - 2018
        return {
            "iso": f"{day:%Y-%m-%d}",
            "slash": f"{day.year}/{day.month}/{day.day}",
            "plain": f"{day:%Y%m%d}",
            "short": f"R{era}.{day.month}.{day.day}" if era > 1 else f"{day:%Y/%m/%d}",
            "era": f"令和{era}年{day.month}月{day.day}日" if era > 1 else f"{day:%Y-%m-%d}",
        }[self.dates]

    def month(self, month: str) -> str:
        day = date(int(month[:4]), int(month[5:]), 1)
        return {
            "slash": f"{day.year}/{day.month}",
            "plain": f"{day:%Y%m}",
            "era": f"令和{day.year - 2018}年{day.month}月" if day.year > 2019 else month,
        }.get(self.dates, month)

    def number(self, number: str) -> str:
        return number.lstrip("0") if self.bare_numbers else number


def write_settings(home: Path, municipality_no: str) -> None:
    """henrei.toml of a fictional home; the nation of the benchmarks has the same."""
    toml = f'[city]\nname = "架空市"\nmunicipality_no = "{municipality_no}"\n'
    (home / "henrei.toml").write_bytes(toml.encode("utf-8"))


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], how: Dialect) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=how.newline)
    extra = [how.more] if how.more else []
    writer.writerow([*header, *extra])
    writer.writerows([*row, *["" for _ in extra]] for row in rows)
    path.write_bytes(out.getvalue().encode(how.encoding))
