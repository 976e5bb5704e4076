"""A finding's values and its check's sentences in, texts for people out. Called by `findings`, and by the letters for the state
that a finding's subject is in.
"""

from __future__ import annotations

import re

import polars as pl

from henrei.checks.catalogue import Check

# A sheet's 作成区分 where it is not known whether one was decided before.
EITHER_KIND = "「1 新規」(前に決定した結果票があるときは「2 修正」)"
DECIDED_PART = "この児童の請求で、すでに決定しているものを直すには、過誤申立が必要です。"
_IF_WRONG = "誤りのときは、"

# 2026-04-01, as the checks' SQL writes days.
_DAY = r"(\d{4})-0?(\d{1,2})-0?(\d{1,2})"
# A number before its unit, where it still lacks a comma: the last group, the one before it, …
_THOUSANDS = tuple(rf"(\d)(\d{{3}}(?:,\d{{3}}){{{groups}}}(?:円|単位))" for groups in range(4))


def for_people(text: pl.Expr) -> pl.Expr:
    """Days and numbers with their units as people write them: 2026年4月1日, 157,135円."""
    text = text.str.replace_all(_DAY, "${1}年${2}月${3}日")
    for pattern in _THOUSANDS:
        text = text.str.replace_all(pattern, "${1},${2}")
    return text


def filled(template: str) -> pl.Expr:
    """A sentence with its placeholders ({dates}, {observed} …) filled from the columns value_<placeholder>."""
    parts = re.split(r"\{(\w+)\}", template)
    values = [pl.col(f"value_{part}").fill_null("") if at % 2 else pl.lit(part) for at, part in enumerate(parts)]
    return for_people(pl.concat_str(values))


def message(check: Check) -> pl.Expr:
    """What is wrong, by the column `reason`."""
    return _by_reason(check.message)


def action(check: Check) -> pl.Expr:
    """The column `action`, what to do where nothing is decided. Of a return finding what a return asks for; of one to be
    reviewed what is asked, and what to do where it is wrong; else what there is to be known."""
    to_know, asked, returned = (
        {reason: check.sentence(state, reason) for reason in check.message} for state in ("known", "asked", "returned")
    )
    if "returned" not in check.states:
        return pl.when(pl.col("severity") == "notice").then(_by_reason(to_know)).otherwise(_by_reason(asked))
    both = {reason: asked[reason] + _IF_WRONG + returned[reason] for reason in asked}
    by_severity = (
        pl.when(pl.col("severity") == "notice")
        .then(_by_reason(to_know))
        .when(pl.col("severity") == "return")
        .then(_by_reason(returned))
        .otherwise(_by_reason(both))
    )
    return pl.when("decided_part").then(by_severity + pl.lit(DECIDED_PART)).otherwise(by_severity)


def _by_reason(texts: dict[str, str]) -> pl.Expr:
    chosen = pl.lit(None, dtype=pl.String)
    for name, template in texts.items():
        chosen = pl.when(pl.col("reason") == name).then(filled(template)).otherwise(chosen)
    return chosen
