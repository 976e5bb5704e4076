"""What runs of several programs on one month cost in; a Markdown table out, with the part of the work that each does.
Called by compare.py.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence

from benchmarks.measuring import Cost

FLOOR, EVERYTHING, TEN = "floor", "henrei, everything", "henrei, only the ten checks"
BEFORE = ", checks of before"  # behind a peer's name: as it was before its checks were brought to today's
_A_PEER = (
    "reads the items that ten checks need and writes the keys they find; judges no item, refuses and stores nothing"
)
DOES = {
    FLOOR: "reads every byte and parts every line into cells of text; looks at none (without the start of Python)",
    "polars": _A_PEER,
    "pandas": _A_PEER,
    "dbt-duckdb": f"{_A_PEER}; before that every file is written as UTF-8",
    TEN: "judges every item, accounts for every line, stores the month, runs ten checks, writes all files of a run",
    EVERYTHING: "the same with all checks: worklist, casebook, findings, what was refused and what could not be judged",
}
_RATIO_TO = (FLOOR, "polars")
_NUMBERS: dict[str, tuple[Callable[[Cost], float], int]] = {
    "clock s": (lambda cost: cost.wall, 1),
    "processor s": (lambda cost: cost.processor, 1),
    "peak MiB": (lambda cost: cost.peak_mib, 0),
}


def table(costs: Mapping[str, Sequence[Cost]]) -> str:
    """The medians of the rounds; a ratio is the median of each round's, so that a busy hour weighs on both sides.

    `costs`: by program, a cost a round; FLOOR and polars are among them.
    """
    ratios = [(name, against) for name in ("clock s", "processor s") for against in _RATIO_TO]
    head = ["", *_NUMBERS, *(f"{name.removesuffix(' s')} ÷ {against}" for name, against in ratios), "what it does"]
    rows = [head, ["---", *["---:"] * (len(head) - 2), "---"]]
    for who, runs in costs.items():
        cells = [
            f"{statistics.median(number(run) for run in runs):,.{places}f}" for number, places in _NUMBERS.values()
        ]
        cells += [f"{_ratio(_NUMBERS[name][0], runs, costs[against]):.2f}" for name, against in ratios]
        rows.append([who, *cells, DOES[who.removesuffix(BEFORE)]])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def cost_of_change(costs: Mapping[str, Sequence[Cost]]) -> str:
    """What today's checks cost each peer, beside those of before; empty where none of before ran."""
    number = _NUMBERS["processor s"][0]
    pairs = [(who, who.removesuffix(BEFORE)) for who in costs if who.endswith(BEFORE)]
    ratios = [f"{peer} {_ratio(number, costs[peer], costs[old]):.2f}" for old, peer in pairs]
    return f"Processor seconds with today's checks ÷ with those of before: {', '.join(ratios)}." if ratios else ""


def _ratio(number: Callable[[Cost], float], runs: Sequence[Cost], others: Sequence[Cost]) -> float:
    return statistics.median(number(one) / number(other) for one, other in zip(runs, others, strict=True))
