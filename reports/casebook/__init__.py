"""casebook.html: of every case of a month all that its decision needs, on one page that needs nothing from outside. Written
with the worklist; read only.

The room: `data` asks the store for everything that the cards show (`evidence` and the SQL beside it, `columns` with its
labels), `pack` makes of it what a page embeds, `page` the pages; in `page/` are their HTML, style and scripts.
"""

from __future__ import annotations

from henrei.reports.casebook.data import CasebookData
from henrei.reports.casebook.page import build

__all__ = ["CasebookData", "build"]
