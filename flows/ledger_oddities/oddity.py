"""An oddity of a ledger: what is odd, what to do about it, and the SQL that finds its rows. Made by the modules beside this one,
run by `find` over the loaded ledgers.

The SQL reads the month's ledgers by their names, each with its columns, `file` and `line`; of a ledger with periods
valid_from and valid_to are always set (open: 0001-01-01, 9999-12-31). `asked` has one row: month_from and month_to, the service
month that the review month is mostly about. `refused_rows`: ledger and REFUSED_KEYS of what was refused. The law's tables are
`rule_<name>`. It returns file, line and, where they are known, recipient_no, facility_no, valid_from, valid_to and detail, a
Japanese text for the team.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Oddity:
    """ledger: whose rows they are; title: what is odd, Japanese, as a noun; remedy: what to do; sql: see above; also: other
    ledgers that must be there, and law: the tables of the law, without which nothing can be found."""

    ledger: str
    title: str
    remedy: str
    sql: str
    also: tuple[str, ...] = ()
    law: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.ledger, *self.also)
