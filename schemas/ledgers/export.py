"""How a city's export of a ledger differs from ours: what henrei.toml says of it in, places of our columns in a header and
values of ours out. Called by `read`; made by the settings.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from henrei.schemas.ledgers import Ledger


@dataclass(frozen=True)
class Export:
    """All by our header names.

    columns: ours → theirs; values: column → their word → ours, "" for empty; constants: the value of a column that the
    export lacks; groups: ours → theirs of each group, where one row of the export holds several of ours.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    groups: Sequence[Mapping[str, str]] = ()

    def places(self, ledger: Ledger, header: Sequence[str]) -> list[dict[str, int]]:
        """Our column → its place in the file from 0, for the columns that are there; once a group, else once."""
        return [self._places(ledger, header, group) for group in self.groups or ({},)]

    def missing(self, ledger: Ledger, header: Sequence[str]) -> list[str]:
        """What the columns are called in the export that must be there and are not."""
        names: dict[str, None] = {}
        for group in self.groups or ({},):
            places = self._places(ledger, header, group)
            for item in ledger.layout.items:
                constant = item.label in self.constants and item.label not in group
                if item.needed() and item.column not in places and not constant:
                    names[group.get(item.label) or self.columns.get(item.label, item.label)] = None
        return list(names)

    def filled_by(self, ledger: Ledger, group: int) -> list[int]:
        """Numbers of the required columns that the group itself names: where all of them are empty, it is no row."""
        names = self.groups[group] if self.groups else {}
        return [item.no for item in ledger.layout.items if item.needed() and item.label in names]

    def constants_of(self, ledger: Ledger, places: Mapping[str, int]) -> dict[str, str]:
        """Our column → the constant that fills it: of those that the file lacks."""
        return {
            item.column: self.constants[item.label]
            for item in ledger.layout.items
            if item.label in self.constants and item.column not in places
        }

    def meanings(self, label: str) -> dict[str, str | None]:
        """Of a column: what the export says → what we say, the former as `normalize.plain` gives it."""
        named = self.values.get(label, {})
        return {unicodedata.normalize("NFKC", their).strip(" \u3000\t"): our or None for their, our in named.items()}

    def _places(self, ledger: Ledger, header: Sequence[str], group: Mapping[str, str]) -> dict[str, int]:
        places = {}
        for item in ledger.layout.items:
            # A column of the group is there or not: one for all groups in its place would be another value.
            labels = (group[item.label],) if item.label in group else (self.columns.get(item.label), item.label)
            for label in labels:
                if label in header:
                    places[item.column] = header.index(label)
                    break
        return places
