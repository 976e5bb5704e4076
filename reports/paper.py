"""The columns of a sheet in, how it is put on paper out: A4, nothing smaller than 8 points. Called by the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

FONT = 10  # points of what is in a cell
SMALLEST = 8
SCALE = 100 * SMALLEST // FONT  # per cent; below it nobody reads
A4 = 9  # Excel's number of the paper
MARGIN, MARGIN_OF_HEAD = 0.4, 0.3  # inches: left and right; of header and footer from the edge
_INCH = 72.0
_LONG, _SHORT = 11.69, 8.27  # inches of A4


@dataclass(frozen=True)
class Sides:
    """How a sheet wants to be laid out. Where its columns do not fit on one side: `repeated`, the first ones, which are on every
    side; `begin`, columns with which a side begins."""

    landscape: bool = True
    repeated: int = 1
    begin: Sequence[int] = ()


@dataclass(frozen=True)
class Pages:
    """`breaks`: columns before which another side begins, as Excel counts them from 0; none where all fit on one."""

    scale: int
    breaks: tuple[int, ...]


def points(width: float) -> float:
    """How wide a column of so many characters is."""
    return (7 * width + 5) * 0.75 if width else 0.0


def room(landscape: bool) -> float:
    """Points between the margins."""
    return ((_LONG if landscape else _SHORT) - 2 * MARGIN) * _INCH


def pages(widths: Sequence[float], sides: Sides) -> Pages:
    """Puts columns on sides, whole, in their order. `widths` in characters, 0 where hidden."""
    across = room(sides.landscape)
    whole = sum(map(points, widths))
    fitting = int(100 * across / whole) if whole else 100
    if fitting >= SCALE:
        return Pages(min(fitting, 100), ())
    head = sum(map(points, widths[: sides.repeated]))
    breaks, used, widest = [], 0.0, 0.0
    for place, width in enumerate(widths):
        wide = points(width)
        if used and width and (place in sides.begin or used + wide > across * 100 / SCALE):
            breaks.append(place)
            used = head
        used += wide
        widest = max(widest, used)
    return Pages(max(SCALE, min(int(100 * across / widest), 100)), tuple(breaks))


def set_page(sheet: Worksheet, top: int, widths: Sequence[float], sides: Sides, header: str) -> None:
    """Row `top` is on every page, and above it `header` and the sheet's name."""
    on = pages(widths, sides)
    if sides.landscape:
        sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(MARGIN, MARGIN)
    sheet.repeat_rows(top)
    if on.breaks:
        sheet.set_print_scale(on.scale)
        sheet.set_v_pagebreaks(list(on.breaks))
        sheet.repeat_columns(0, sides.repeated - 1)
    else:
        sheet.fit_to_pages(1, 0)
    whose, which = (text.replace("&", "&&") for text in (header, sheet.get_name()))
    sheet.set_header(f"&L{whose}&R{which}", {"margin": MARGIN_OF_HEAD})
    sheet.set_footer("&C&P / &N", {"margin": MARGIN_OF_HEAD})
