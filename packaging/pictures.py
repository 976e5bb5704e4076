"""A demo's home in, the pictures of README and guide that are of its list, its cases and its dashboard out. `make pictures`.

The list is drawn from the workbook's own cells, widths, heights and colours, as Excel shows them at the top left.
"""

from __future__ import annotations

import base64
import html
import shutil
import sys
from pathlib import Path

import openpyxl
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from playwright.sync_api import Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
_QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
_SIZE: ViewportSize = {"width": 1200, "height": 840}
_ROWS, _COLUMNS = 12, 14
_PIXELS, _POINTS = 7.2, 1.1  # of a character of a column's width, of a point of a row's height
# The font of the letters, whatever this machine has.
_FONT = ROOT / "reports" / "fonts" / "ipaexg.ttf"
_STYLE = """
  body { margin: 0; font: 12.5px Pictured; color: #222; }
  table { border-collapse: collapse; table-layout: fixed; }
  td { border: 1px solid #bbb; padding: 2px 4px; vertical-align: top; overflow: hidden; white-space: pre-wrap; }
  td.number { text-align: right; }
"""


def sheet_page(workbook: Path, title: str) -> str:
    """The upper left of a sheet as a page."""
    sheet = openpyxl.load_workbook(workbook)[title]
    letters = [get_column_letter(at) for at in range(1, _COLUMNS + 1)]
    widths = [sheet.column_dimensions[letter].width * _PIXELS for letter in letters]
    columns = "".join(f'<col style="width:{width:.0f}px">' for width in widths)
    rows = []
    for row in sheet.iter_rows(max_row=_ROWS, max_col=_COLUMNS):
        height = (sheet.row_dimensions[row[0].row].height or 15) * _POINTS
        rows.append(f'<tr style="height:{height:.0f}px">{"".join(map(_cell, row))}</tr>')
    head = f'<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><style>{_STYLE}</style>'
    return f'{head}<table style="width:{sum(widths):.0f}px">{columns}{"".join(rows)}</table></html>'


def _cell(cell: Cell) -> str:
    number = isinstance(cell.value, int)
    text = f"{cell.value:,}" if number else str(cell.value or "")
    paint = f"background:#{cell.fill.fgColor.rgb[2:]};" if cell.fill.fill_type == "solid" else ""
    if cell.font.color is not None and isinstance(cell.font.color.rgb, str):
        paint += f"color:#{cell.font.color.rgb[2:]};"
    return f'<td class="{"number" if number else ""}" style="{paint}">{html.escape(text)}</td>'


def _picture(page: Page, name: str) -> None:
    data = base64.b64encode(_FONT.read_bytes()).decode("ascii")
    face = f"@font-face {{ font-family: Pictured; src: url(data:font/ttf;base64,{data}) }}"
    page.add_style_tag(content=face + "* { font-family: Pictured !important }")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(1000)  # charts are drawn after the page is there
    shown = page.locator("table").bounding_box() if name == "worklist" else None
    page.screenshot(path=IMAGES / f"{name}.png", clip=shown)  # type: ignore[arg-type]


def main(home: Path) -> int:
    month = max(path for path in (home / "out").iterdir() if path.is_dir())
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=list(_QUIET))
        page = browser.new_context(bypass_csp=True, viewport=_SIZE).new_page()
        page.set_viewport_size({"width": 1500, "height": 1000})
        page.set_content(sheet_page(month / "worklist.xlsx", "1 決定"))
        _picture(page, "worklist")
        page.set_viewport_size(_SIZE)
        page.goto((month / "casebook.html").as_uri())
        page.fill("#words", "DAY201")
        page.get_by_role("heading", name="利用日").first.scroll_into_view_if_needed()
        _picture(page, "casebook")
        page.goto((home / "out" / "dashboard.html").as_uri())
        _picture(page, "dashboard")
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
