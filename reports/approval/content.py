"""The store and what is decided in, everything that approval.pdf says out: numbers, yen and reasons, no child's name or number.

Called by `henrei decide` and `henrei close` (flows/approval.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

import duckdb
import polars as pl

from henrei import labels
from henrei.checks.catalogue import catalogue
from henrei.months import month_label
from henrei.store.database import query

MOST_LETTERS = 60  # of a reason; what is longer says so
_BY_FEDERATION, _BY_TEAM = "国保連の返戻", "担当者の判断"
_NO_REASON, _BY_REST = "理由の記載なし", "一件ずつの決定なし(締めのときにまとめて決定)"
HELD, OPEN = "hold", "open"  # what is not decided, beside the outcomes of labels


@dataclass(frozen=True)
class Given:
    """What a command knows. `final`: the month is closed with it.

    judged: a row a claim and sheet: subject, facility_no, recipient_no, service_month, outcome (labels.OUTCOMES, or HELD
    or OPEN), benefit_yen, by_federation, by_rest (nobody decided it by itself), note, message. summary: that of the run.
    last: month of the close before, and its return_counts; None: there is none. sha256 is of `of_file`. made: when, for
    people. hidden: a free text in, without names and numbers of children out.
    """

    city_name: str
    month: date
    final: bool
    judged: pl.DataFrame
    summary: Mapping[str, Any]
    refused_claims: int
    last: tuple[date, Mapping[str, int]] | None
    sha256: str
    of_file: str
    made: str
    hidden: Callable[[str], str]


@dataclass(frozen=True)
class Line:
    """A row of the numbers; None: there is no such number."""

    label: str
    claims: int | None
    yen: int | None
    sheets: int | None = None


@dataclass(frozen=True)
class Change:
    """A number against the last closed month."""

    label: str
    now: str
    before: str
    difference: str


@dataclass(frozen=True)
class Reason:
    checks: str
    reason: str
    claims: int
    sheets: int
    yen: int


@dataclass(frozen=True)
class Exceptions:
    """What was decided otherwise than the checks say: all in all, and by check and reason, those of most yen first."""

    title: str
    claims: int
    sheets: int
    yen: int
    without_reason: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Content:
    city_name: str
    month: str
    state: str
    final: bool
    made: str
    lines: tuple[Line, ...]
    last_month: str
    changes: tuple[Change, ...]
    exceptions: tuple[Exceptions, ...]
    facts: tuple[tuple[str, str], ...]
    sha256: str
    of_file: str


def content(con: duckdb.DuckDBPyConnection, given: Given) -> Content:
    """`con` has the month as its current one, with its last run's findings."""
    con.register("judged", given.judged)
    try:
        con.execute(resources.files(__package__).joinpath("exceptions.sql").read_text(encoding="utf-8"))
        against = query(con, "FROM paid_against_finding")
        without = query(con, "FROM returned_without_finding")
    finally:
        con.unregister("judged")
    return Content(
        city_name=given.city_name,
        month=f"{month_label(given.month)}審査分",
        state="締めた結果" if given.final else "未確定(取り込んだ決定の途中の集計)",
        final=given.final,
        made=given.made,
        lines=_lines(given),
        last_month=month_label(given.last[0]) if given.last else "",
        changes=_changes(given),
        exceptions=(
            _exceptions("返戻相当の指摘があるが支払うもの", against, given.hidden),
            _exceptions("返戻相当の指摘がないが返戻するもの", without, given.hidden),
        ),
        facts=tuple(_facts(given)),
        sha256=given.sha256,
        of_file=given.of_file,
    )


def _lines(given: Given) -> tuple[Line, ...]:
    claims = given.summary["claims"]
    judged = given.judged

    def line(label: str, rows: pl.DataFrame) -> Line:
        of_claims = rows.filter(pl.col("subject") == "claim")
        return Line(label, of_claims.height, int(of_claims["benefit_yen"].sum()), rows.height - of_claims.height)

    def of(outcome: str, label: str) -> Line:
        return line(label, judged.filter(pl.col("outcome") == outcome))

    lines = [
        Line("受け付けた請求", claims["received"], claims["benefit_yen"]),
        Line("返戻相当の指摘がある請求", claims["with_return_finding"], claims["with_return_finding_yen"]),
    ]
    if given.final:
        by_federation = judged.filter((pl.col("outcome") == labels.RETURNED) & pl.col("by_federation"))
        lines += [
            of(labels.RETURNED, "返戻するもの"),
            line(f"　うち{_BY_FEDERATION}", by_federation),
            of(labels.DECIDED, "支払を決定するもの"),
            of(labels.WITHDRAWN, "取り下げるもの(過誤申立など)"),
        ]
    else:
        lines += [
            of(labels.RETURNED, "返戻と決めたもの"),
            of(labels.DECIDED, "支払と決めたもの"),
            of(HELD, "保留にしたもの"),
            of(OPEN, "まだ決めていないもの(決定が必要)"),
        ]
    return tuple(lines)


def _changes(given: Given) -> tuple[Change, ...]:
    """Numbers alone: whether a difference is more than chance, the dashboard says over all months."""
    if given.last is None:
        return ()
    before, claims = given.last[1], given.summary["claims"]
    returned = given.judged.filter((pl.col("subject") == "claim") & (pl.col("outcome") == labels.RETURNED))
    now = {
        "claims_received": claims["received"],
        "yen_received": claims["benefit_yen"],
        "claims_returned": returned.height,
        "yen_returned": int(returned["benefit_yen"].sum()),
    }
    named = (
        ("受け付けた請求", "claims_received", "件"),
        ("受け付けた給付費", "yen_received", "円"),
        ("返戻する請求", "claims_returned", "件"),
        ("返戻する給付費", "yen_returned", "円"),
    )
    changes = [
        Change(label, f"{now[key]:,}{unit}", f"{before[key]:,}{unit}", _signed(f"{now[key] - before[key]:+,}{unit}"))
        for label, key, unit in named
    ]
    if now["claims_received"] and before["claims_received"]:
        rates = [100 * one["claims_returned"] / one["claims_received"] for one in (now, before)]
        points = _signed(f"{round(rates[0], 2) - round(rates[1], 2):+.2f}ポイント")
        changes.append(Change("返戻率(件数)", f"{rates[0]:.2f}%", f"{rates[1]:.2f}%", points))
    return tuple(changes)


def _signed(text: str) -> str:
    """A difference with the signs of a printed page."""
    number = text[1:]
    return f"±{number}" if not any(digit in number for digit in "123456789") else text.replace("-", "−")


def _exceptions(title: str, rows: pl.DataFrame, hidden: Callable[[str], str]) -> Exceptions:
    """`rows`: codes, by_federation, by_rest, note, message, claims, sheets, yen."""
    made: dict[tuple[str, str], list[int]] = {}
    for row in rows.iter_rows(named=True):
        counts = made.setdefault((_checks(row), _reason(row, hidden)), [0, 0, 0])
        for at, name in enumerate(("claims", "sheets", "yen")):
            counts[at] += row[name]
    reasons = [Reason(checks, reason, *counts) for (checks, reason), counts in made.items()]
    reasons.sort(key=lambda one: (-one.yen, -one.claims - one.sheets, one.checks, one.reason))
    return Exceptions(
        title,
        claims=sum(one.claims for one in reasons),
        sheets=sum(one.sheets for one in reasons),
        yen=sum(one.yen for one in reasons),
        without_reason=sum(one.claims + one.sheets for one in reasons if one.reason in (_NO_REASON, _BY_REST)),
        reasons=tuple(reasons),
    )


def _checks(row: Mapping[str, Any]) -> str:
    if row["by_federation"]:
        return _BY_FEDERATION
    codes = row["codes"] or []
    if not codes:
        return _BY_TEAM
    named = [f"{code} {catalogue()[code].title}" if code in catalogue() else code for code in codes[:2]]
    return "、".join([*named, *([f"ほか{len(codes) - 2}"] if len(codes) > 2 else [])])


def _reason(row: Mapping[str, Any], hidden: Callable[[str], str]) -> str:
    if row["by_federation"]:
        return "国保連の通知による"
    written = [" ".join(hidden(row[name]).split()) for name in ("note", "message") if row[name]]
    text = " / ".join(dict.fromkeys(one for one in written if one))
    if not text:
        return _BY_REST if row["by_rest"] else _NO_REASON
    if len(text) <= MOST_LETTERS:
        return text
    return f"{text[:MOST_LETTERS]}…(全{len(text)}字。続きは books の decisions.csv)"


def _facts(given: Given) -> list[tuple[str, str]]:
    """What limits the numbers above: a heading and a text each."""
    checks, files = given.summary["checks"], given.summary["files"]
    braked = [check for check in checks if check["braked"]]
    unjudged = [check for check in checks if check["undetermined"] is None]
    single = sum(check["undetermined"] or 0 for check in checks)
    lines = sum(file["refused"] for file in files)
    whole = sum(file["kind"] == "broken" for file in files)
    return [
        (
            "返戻相当から要確認に下げた確認",
            f"{len(braked)} {_listed([_named(c['code']) for c in braked], 3)}".strip() if braked else "なし",
        ),
        (
            "全体を判定できなかった確認",
            f"{len(unjudged)}({len(checks)}のうち) {_listed([c['code'] for c in unjudged], 12)}"
            if unjudged
            else "なし",
        ),
        ("一件ずつ判定できなかったもの", f"{single:,}件(確認ごとに数えます)" if single else "なし"),
        (
            "取り込めなかった行",
            f"{lines:,}行(うち明細書 {given.refused_claims:,}件、丸ごと取り込めなかったファイル {whole:,})"
            if lines
            else "なし",
        ),
    ]


def _named(code: str) -> str:
    return f"{code} {catalogue()[code].title}" if code in catalogue() else code


def _listed(names: list[str], most: int) -> str:
    more = f" ほか{len(names) - most}" if len(names) > most else ""
    return "、".join(names[:most]) + more
