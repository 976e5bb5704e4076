"""A text in, the text without numbers and names of other facilities and their children out. Called for every letter.

The checks' sentences name none, but they quote claims and the federation, which may.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping

SOMEONE, SOME_NUMBER, SOME_NAME = "(他の事業所)", "(番号)", "(氏名)"
Redact = Callable[[str], str]

# A number as facilities and recipients have them, also in full width; an amount of ten digits is followed by its unit.
_NUMBER = re.compile(r"(?<![0-9A-Z０-９Ａ-Ｚ])[0-9A-Z０-９Ａ-Ｚ]{10}(?![0-9A-Z０-９Ａ-Ｚ円日回件人])")
_DIGITS = 6  # ten letters without digits are no number
# Names of people are known in kana; a text may have them in half width, and with or without the blank.
_KANA = re.compile(r"[ァ-ヺー・ｦ-ﾟ]+(?:[ \u3000]?[ァ-ヺー・ｦ-ﾟ]+)*")
_SHORTEST = 4  # letters of a name that is looked for; shorter ones occur in every sentence


class Redactor:
    """Knows all facilities; gives each its own redaction."""

    def __init__(
        self,
        numbers: Collection[str],
        names: Mapping[str, str],
        vocabulary: str,
        people: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        """`names`: facility number → name; `people`: recipient → names in kana. A name that also occurs in
        `vocabulary`, the sentences that henrei itself writes, cannot be told apart from it and is left."""
        self._numbers = frozenset(numbers)
        self._names = names
        known = {name for name in names.values() if len(name) > 1 and name not in vocabulary}
        longest_first = sorted(known, key=lambda name: (-len(name), name))
        self._name = re.compile("|".join(map(re.escape, longest_first))) if known else None
        ours = bare(vocabulary)
        self._people: dict[str, set[str]] = {}  # name → recipients
        for recipient, given in (people or {}).items():
            for plain in map(bare, given):
                if len(plain) >= _SHORTEST and plain not in ours:
                    self._people.setdefault(plain, set()).add(recipient)
        self._lengths = sorted({len(name) for name in self._people})

    def for_facility(self, facility_no: str, children: Collection[str]) -> Redact:
        """What a text looks like to this facility; its own number, name and children stay."""
        own_name, own = self._names.get(facility_no), {facility_no, *children}

        def number(match: re.Match[str]) -> str:
            plain = unicodedata.normalize("NFKC", match[0])
            if plain in own or sum(c.isdigit() for c in plain) < _DIGITS:
                return match[0]
            return SOMEONE if plain in self._numbers else SOME_NUMBER

        def name(match: re.Match[str]) -> str:
            return match[0] if match[0] == own_name else SOMEONE

        def person(match: re.Match[str]) -> str:
            plain = bare(match[0])
            for length in self._lengths:
                for start in range(len(plain) - length + 1):
                    if (whose := self._people.get(plain[start : start + length])) and whose.isdisjoint(own):
                        return SOME_NAME
            return match[0]

        def redact(text: str) -> str:
            text = _NUMBER.sub(number, text)
            text = self._name.sub(name, text) if self._name else text
            return _KANA.sub(person, text) if self._people else text

        return redact


def bare(text: str) -> str:
    """Full width and without blanks, so that a name is one in every spelling."""
    return "".join(unicodedata.normalize("NFKC", text).split())
