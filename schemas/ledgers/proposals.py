"""An item list in, for every column of a ledger the likeliest items and what their codes mean in our values out. Called by
`henrei columns`.

By name first (`likeness`), in the words of item_names.toml; type and length, the group that most columns of the ledger are in,
and what the code list says are evidence beside it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from henrei.schemas.layouts import Item
from henrei.schemas.ledgers import Ledger, folder
from henrei.schemas.ledgers.item_list import CodeList, ItemList, ListItem
from henrei.schemas.ledgers.likeness import likeness, pairs, sound_likeness

SURE = 0.85  # of the name, and of all evidence together; below: a guess
LEAST = 0.45  # below: no proposal
_SHOWN = 3  # candidates of a column that are kept
_SOUND = 0.95  # what a name in romaji counts for against one in our letters
_BESIDE = 0.06  # what each piece of evidence beside the name counts for
_CHILDREN = ("障害児", "通所", "児童")
_ADULTS = ("障害福祉サービス", "障害者", "自立支援", "地域生活", "補装具", "手帳", "用具", "手当")
_AGAINST = 0.25  # a type that cannot hold the column

# Kind of our column → types of the standard that may hold it, and lengths that speak for it.
_TYPES: dict[str, tuple[str, frozenset[str]]] = {
    "number10": ("X N 9", frozenset({"10"})),
    "number6": ("X N 9", frozenset({"5", "6"})),
    "code6": ("X N 9", frozenset({"6"})),
    "code2": ("X N 9", frozenset({"2"})),
    "date": ("DATE X", frozenset({"8", "10"})),
    "month": ("DATE X YEAR 9", frozenset({"6", "7"})),
    "integer": ("9 S9 9V X", frozenset()),
    "days": ("9 9V X N", frozenset({"2", "3"})),
    "code": ("X N 9", frozenset({"1", "2"})),
    "text": ("X N 9", frozenset()),
    "name": ("N X", frozenset()),
}
_MOST = {"code": 4, "code2": 4, "days": 20, "number6": 12}  # a longer item holds something else


@dataclass(frozen=True)
class Candidate:
    """An item for a column. score: about 0 to 1, with evidence for it somewhat above; by_name: how much of it is the name's."""

    item: ListItem
    score: float
    by_name: float


@dataclass
class Proposal:
    """candidates: the likeliest first. values: their value → ours; unclear: their value → its text, where nobody can say."""

    label: str
    candidates: list[Candidate] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    unclear: dict[str, str] = field(default_factory=dict)

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None

    @property
    def is_guess(self) -> bool:
        return self.best is not None and min(self.best.score, self.best.by_name) < SURE


@cache
def _known() -> dict[str, Any]:
    return tomllib.loads(folder().joinpath("item_names.toml").read_text(encoding="utf-8"))


def propose(ledger: Ledger, items: ItemList) -> list[Proposal]:
    """A proposal a column, in the ledger's order."""
    named = {item.label: _by_name(ledger, item, items) for item in ledger.layout.items}
    main = _main_group(ledger, named)
    ranked: dict[str, list[Candidate]] = {}
    for column in ledger.layout.items:
        found = [
            Candidate(item, _score(ledger, column, item, name, main, items), name) for item, name in named[column.label]
        ]
        # Of two items alike the one that comes first in the list.
        ranked[column.label] = sorted(found, key=lambda one: -round(one.score, 6))
    assigned = _assigned(ranked)
    proposals = []
    for column in ledger.layout.items:
        proposal = Proposal(column.label, assigned[column.label])
        if proposal.best and (code := items.code_of(proposal.best.item)):
            _put_values(proposal, ledger, column, code)
        proposals.append(proposal)
    return proposals


def names_of(ledger: Ledger, label: str) -> list[str]:
    """What the column may be called, our name first."""
    known = _known()
    more = known["in"].get(ledger.name, {}).get(label, [])
    return list(dict.fromkeys([label, *known["columns"].get(label, {}).get("names", []), *more]))


def _by_name(ledger: Ledger, column: Item, items: ItemList) -> list[tuple[ListItem, float]]:
    """The items whose names are somewhat alike, with how much, in the list's order."""
    own = column.label
    alike: dict[int, float] = {}
    for name in names_of(ledger, own):
        worth = 1.0 if name == own else 0.97
        for place in {place for pair in pairs(name) for place in items.by_pair.get(pair, ())}:
            alike[place] = max(alike.get(place, 0.0), worth * likeness(items.items[place].name, name))
    if sound := _known()["columns"].get(own, {}).get("sound", ""):
        for place, texts in items.sounding:
            heard = _SOUND * max(sound_likeness(text, sound) for text in texts)
            alike[place] = max(alike.get(place, 0.0), heard)
    least = LEAST - 2 * _BESIDE
    return [(items.items[place], alike[place]) for place in sorted(alike) if alike[place] >= least]


def _main_group(ledger: Ledger, named: Mapping[str, list[tuple[ListItem, float]]]) -> str:
    """The group that holds most of the ledger's columns: one group is one file."""
    sums: dict[str, float] = {}
    for found in named.values():
        best: dict[str, float] = {}
        for item, alike in found:
            if alike > 0.6:
                best[item.group] = max(best.get(item.group, 0.0), alike)
        for group, alike in best.items():
            sums[group] = sums.get(group, 0.0) + alike
    for group in sums:
        sums[group] += 0.5 * _is_topic(ledger, group) + 0.5 * _is_childrens(group)
    return max(sums, key=lambda group: sums[group], default="")


def _is_topic(ledger: Ledger, *texts: str) -> bool:
    return any(topic in text for topic in _known()["topics"].get(ledger.name, []) for text in texts)


def _is_childrens(*texts: str) -> int:
    """1 for a group of children's services, -1 for one of adults': the list of 障害者福祉 has the same items for both."""
    if any(part in text for part in _CHILDREN for text in texts):
        return 1
    return -any(part in text for part in _ADULTS for text in texts)


def _score(ledger: Ledger, column: Item, item: ListItem, name: float, main: str, items: ItemList) -> float:
    kind = column.format.removeprefix("ledger-")
    types, lengths = _TYPES[kind]
    base = item.type.upper()
    score = name
    if base and base not in types.split():
        score -= _AGAINST
    if item.length.isdecimal() and kind in _MOST and int(item.length) > _MOST[kind]:
        score -= _AGAINST
    if base and base == types.split()[0] and (not lengths or item.length in lengths or kind == "date"):
        score += _BESIDE
    elif item.length and item.length in lengths:
        score += _BESIDE / 2
    if item.group and item.group == main:
        score += _BESIDE
    if _is_topic(ledger, item.group, *item.classes):
        score += _BESIDE / 2
    score += _BESIDE / 2 * _is_childrens(item.group, *item.classes)
    if (code := items.code_of(item)) and (meanings := _meanings(ledger, column.label)):
        clear = sum(_meaning(text, meanings) is not None for text in code.values.values())
        score += _BESIDE * (clear / len(code.values) - 0.5) * 2
    return score


def _assigned(ranked: Mapping[str, list[Candidate]]) -> dict[str, list[Candidate]]:
    """No item is two columns of a ledger: the likelier one has it, the other its next candidate."""
    owner: dict[ListItem, str] = {}
    pairs = sorted(
        ((one.score, label, one.item) for label, found in ranked.items() for one in found if one.score >= LEAST),
        key=lambda pair: -round(pair[0], 6),
    )
    has: set[str] = set()
    for _, label, item in pairs:
        if item not in owner and label not in has:
            owner[item] = label
            has.add(label)
    assigned = {}
    for label, found in ranked.items():
        likely = [one for one in found if one.score >= LEAST]
        first = [one for one in likely if owner.get(one.item) == label]
        assigned[label] = [*first, *(one for one in likely if one not in first)][:_SHOWN] if first else []
    return assigned


def _meanings(ledger: Ledger, label: str) -> dict[str, list[str]]:
    return _known()["meanings"].get(ledger.name, {}).get(label, {})


def _plain(text: str) -> str:
    return re.sub(r"[\s_・()「」、。]", "", unicodedata.normalize("NFKC", text))


def _meaning(text: str, meanings: Mapping[str, list[str]]) -> str | None:
    """Our value for a code list's text: the longest of the phrases that it holds; None where it holds none, or two alike."""
    plain = _plain(text)
    found = [
        (len(phrase), ours) for ours, phrases in meanings.items() for phrase in map(_plain, phrases) if phrase in plain
    ]
    if not found:
        return None
    longest = max(size for size, _ in found)
    ours = {value for size, value in found if size == longest}
    return ours.pop() if len(ours) == 1 else None


def _put_values(proposal: Proposal, ledger: Ledger, column: Item, code: CodeList) -> None:
    """The value table; nothing where the list's values are ours already."""
    meanings = _meanings(ledger, column.label)
    if not meanings:
        return
    for value, text in code.values.items():
        proposal.texts[value] = text
        ours = _meaning(text, meanings)
        if ours is None:
            proposal.unclear[value] = text
        else:
            proposal.values[value] = ours
    # A value that means nothing to us and is none of ours is refused or passed over by itself.
    proposal.unclear = {value: text for value, text in proposal.unclear.items() if proposal.values or value in meanings}
    if all(value == ours for value, ours in proposal.values.items()) and not proposal.unclear:
        proposal.values = {}
