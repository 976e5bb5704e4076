"""`henrei reopen`: the month that was closed last in, the open month out; its decisions stay."""

from __future__ import annotations

from datetime import date

from henrei.errors import HenreiError
from henrei.files import sha256_of
from henrei.flows import commit
from henrei.flows.month_state import require_held
from henrei.home import Home
from henrei.months import month_text
from henrei.publication import APPROVAL, CASEBOOK, NOTICES
from henrei.store import books, journal, pending
from henrei.store.database import open_store


def reopen(home: Home, month: date) -> None:
    """Undoes close. Raises HenreiError if the month is open or purged, or a later one is closed."""
    name = month_text(month)
    if not books.is_closed(home, month):
        raise HenreiError(f"{name} は締まっていません")
    if books.is_purged(home, month):
        raise HenreiError(f"{name} の個人情報は消去済みのため、締めを取り消せません")
    newest = books.closed(home)[-1]
    if newest != month:
        raise HenreiError(f"後の月({month_text(newest)})が締め済みです。新しい月から順に reopen してください")
    with open_store(home) as con:
        require_held(con, home, month)
        for publication in (NOTICES, CASEBOOK, APPROVAL):
            publication.refuse_if_open(home.out(month))
        path = home.books(month) / "outcomes.csv"
        entry = journal.entry("reopen", month, sha256=sha256_of(path), outcome={})
        pending.begin(home, entry)
        path.unlink()  # the month is open from here on
        commit.finish(con, home, entry)
