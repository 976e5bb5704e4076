"""Right files in the national format and right ledgers, to be spoiled: each number has facilities and children of its own.

So files of different numbers never share a key, and none has a key of the good files (`GOOD`), however many digits
a mutation turns: whatever happens to the good ones is the bad ones' doing.
"""

from __future__ import annotations

from henrei.data.fictional.records import line
from lib import inputs
from lib.paths import SAMPLE

KINDS = ("K11", "K41", "K61", "K72", "B73")
GOOD = -1  # the number that the good files have; no spoilt one has it


def facility(number: int, which: int = 0) -> str:
    return f"135{number % 10000:04}{number // 10000 % 10}{which:02}" if number != GOOD else f"28888888{which:02}"


def recipient(number: int, which: int) -> str:
    return f"{number % 10000:04}{number // 10000 % 10}{which:05}" if number != GOOD else f"77777777{which:02}"


def exchange(number: int, kind: str, full: bool) -> bytes:
    """A right exchange file of a few groups, in one of the two styles of real programs (`full`: padded and quoted)."""
    a, b = facility(number), facility(number, 1)
    children = [recipient(number, n) for n in range(1, 4)]
    groups: list[list[str]]
    match kind:
        case "K11":
            key = {3: "202604", 4: inputs.CITY, 5: a}
            totals = dict.fromkeys((6, *range(7, 11), 12, 22), 0) | {17: 3, 18: 3000, 19: 30000, 20: 27000}
            groups = [[line("K112-01", {**key, **totals}, full)]]
            groups += [inputs.claim(a, child, full=full) for child in children]
            groups.append(inputs.claim(b, recipient(number, 4), city=inputs.OTHER_CITY, full=full))
        case "K41":
            groups = [inputs.sheet(a, child, others=(b,), full=full) for child in children]
            groups.append(inputs.sheet(a, recipient(number, 4), kind="3", full=full))
            groups.append(
                inputs.sheet(a, recipient(number, 5), others=(b,), children=(children[0], children[1]), full=full)
            )
        case "K61":
            groups = [inputs.attendance(a, child, days=(1, 2, 3), full=full) for child in children]
            groups.append(inputs.attendance(b, children[0], form="0301", days=(5, 6), full=full))
            groups.append(inputs.attendance(b, children[1], form="0701", days=(7,), full=full))
        case "K72":
            groups = [_returns(number, children, full)]
        case _:
            originals = [*inputs.claim(a, children[0], full=full), *inputs.attendance(a, children[1], full=full)]
            originals += inputs.sheet(a, children[2], others=(b,), full=full)
            groups = [[f"B731,{record}" for record in originals]]
    return inputs.exchange(kind, *groups, facility=a)


def _returns(number: int, children: list[str], full: bool) -> list[str]:
    rows = []
    for child in children:
        of = {4: facility(number), 5: inputs.CITY, 7: child, 8: "ｶｸｳ ﾊﾅｺ", 10: "202603", 11: "63", 12: 1000}
        reason = {6: "架空県", 9: "明", 13: "EG01", 14: "受給者台帳に該当なし"}
        rows.append(line("K721-02", {3: "202604", **of, **reason}, full))
    return [line("K721-01", {3: "202604", 4: facility(number)}, full), *rows]


def ledgers() -> dict[str, bytes]:
    """The ten ledgers of the small fictional city, each with a row at least."""
    found = {path.name: path.read_bytes() for path in (SAMPLE / "inbox" / inputs.REVIEW).glob("*.csv")}
    found["first_review.csv"] += "明,1151750021,0001000004,202604,警告,EG01,架空の文言\r\n".encode("cp932")
    return found
