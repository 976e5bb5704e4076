"""What a facility must not read: the numbers of other facilities and children, the names of other facilities.

The checks' sentences name none, but what was written on a claim or came from the federation may stand in them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping

SOMEONE, SOME_NUMBER = "(他の事業所)", "(番号)"
Redact = Callable[[str], str]

# A number as facilities and recipients have them, also in full width; an amount of ten digits is followed by its unit.
_NUMBER = re.compile(r"(?<![0-9A-Z０-９Ａ-Ｚ])[0-9A-Z０-９Ａ-Ｚ]{10}(?![0-9A-Z０-９Ａ-Ｚ円日回件人])")
_DIGITS = 6  # a word of ten letters is no number


class Redactor:
    """Knows all facilities; gives each its own redaction."""

    def __init__(self, numbers: Collection[str], names: Mapping[str, str], vocabulary: str) -> None:
        """`names`: facility number → name. A name that also stands in `vocabulary`, the sentences that henrei itself
        writes, cannot be told from it and is left."""
        self._numbers = frozenset(numbers)
        self._names = names
        told = {name for name in names.values() if len(name) > 1 and name not in vocabulary}
        longest_first = sorted(told, key=lambda name: (-len(name), name))
        self._name = re.compile("|".join(map(re.escape, longest_first))) if told else None

    def for_facility(self, facility_no: str, children: Collection[str]) -> Redact:
        """What a text looks like to this facility; its own number, name and children stay."""
        own_name, own = self._names.get(facility_no), {facility_no, *children}

        def number(found: re.Match[str]) -> str:
            plain = unicodedata.normalize("NFKC", found[0])
            if plain in own or sum(c.isdigit() for c in plain) < _DIGITS:
                return found[0]
            return SOMEONE if plain in self._numbers else SOME_NUMBER

        def name(found: re.Match[str]) -> str:
            return found[0] if found[0] == own_name else SOMEONE

        def redact(text: str) -> str:
            text = _NUMBER.sub(number, text)
            return self._name.sub(name, text) if self._name else text

        return redact
