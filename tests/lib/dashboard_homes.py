"""Homes with closed months, and the facts in their dashboard.html. For tests of the dashboard."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from henrei import cli
from henrei.data.fictional import make_city
from lib import inputs
from lib.home_history import HISTORY, ONE, PETITIONS, TWO, decide, henrei, month

MONTHS = ("2026-05", "2026-06", "2026-07", "2026-08")
EVIL = "</script><img src=x onerror=alert(1)>&amp;"
FACILITIES = (
    "事業所番号,事業所名,サービス種類コード,地域区分コード,指定開始日,指定終了日\r\n"
    f"{inputs.A},{EVIL},63,23,2020-04-01,\r\n{inputs.B},ひかり園,63,23,2020-04-01,\r\n"
)


def both_types(facility: str, recipient: str) -> list[str]:
    """One claim that holds 児童発達支援 and 放課後等デイサービス."""
    groups = [inputs.claim(facility, recipient, service=service) for service in ("61", "63")]
    days, lines, totals, contracts = ([group[i] for group in groups] for i in (1, 2, 3, 4))
    return [groups[0][0], *days, *lines, *totals, *contracts]


def four_months(home: Path) -> Path:
    """Four months of five claims whose fate is known.

    A/1 is returned in May and June, and decided in July; A/2 is returned in May and does not come again. B/1 is
    withdrawn in June, comes in July and is returned by the federation then, as is told in August; B/2 is withdrawn in
    June as planned without a re-claim. B/1 holds two service types.
    """
    inputs.make_home(home, {}, {})
    evil = home / "henrei.toml"
    evil.write_text(evil.read_text(encoding="utf-8").replace("試験市", EVIL), encoding="utf-8")
    records = [g for n in (ONE, TWO) for g in (inputs.claim(recipient=n), inputs.attendance(recipient=n))]
    ledgers = {"facilities": FACILITIES}
    month(home, "2026-05", *records, both_types(inputs.B, ONE), inputs.claim(inputs.B, TWO), **ledgers)
    close(home, "2026-05", f"claim,{inputs.A},1,2026-04,return,", f"claim,{inputs.A},2,2026-04,return,")
    ledgers["petitions"] = (
        PETITIONS + f"2026-05,{inputs.B},1,2026-04,4102,,\r\n2026-05,{inputs.B},2,2026-04,4102,,無\r\n"
    )
    month(home, "2026-06", inputs.claim(), inputs.attendance(), **ledgers)
    close(home, "2026-06", f"claim,{inputs.A},1,2026-04,return,")
    month(home, "2026-07", inputs.claim(), inputs.attendance(), both_types(inputs.B, ONE), **ledgers)
    close(home, "2026-07")
    ledgers["history"] = HISTORY + f"明,2026-07,{inputs.B},{ONE},2026-04,返戻,\r\n"
    month(home, "2026-08", inputs.claim(inputs.B, ONE, month="202607"), **ledgers)
    close(home, "2026-08")
    return home


def close(home: Path, name: str, *decisions: str) -> None:
    assert henrei(home, "run", name) == 0
    if decisions:
        assert decide(home, name, *decisions) == 0
    assert henrei(home, "close", name, "--undecided", "accept") == 0


# What the charts are about: mistakes that a facility repeats, and claims taken back and never sent again.
PLANTED = ("CRT102", "DAY201", "DAY202", "CAP302", "SUB401", "SUB402", "SUB405", "SUB406", "FAC505", "FAC511")


def city(home: Path) -> Path:
    """A fictional city of three closed months."""
    months = ("2026-05", "2026-06", "2026-07")
    make_city(home, children=80, months=months, seed=7, style="sparing", plant=PLANTED, with_closing=True)
    for name in months:
        assert cli.main(["run", name, "--home", str(home), "--direct"]) == 0
        assert cli.main(["decide", name, str(home / "decisions" / f"{name}.csv"), "--home", str(home)]) == 0
        assert cli.main(["close", name, "--undecided", "accept", "--home", str(home)]) == 0
    return home


def page_of(home: Path) -> str:
    return (home / "out" / "dashboard.html").read_text(encoding="utf-8")


def facts_of(home: Path) -> dict[str, Any]:
    """What is embedded in the page."""
    found = re.search(r'id="facts">([^<]*)</script>', page_of(home))
    assert found
    return json.loads(gzip.decompress(base64.b64decode(html.unescape(found[1]))))


def rows_of(facts: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A table of the facts as rows, with facility_no, types and YYYY-MM in the place of indexes."""
    table = facts[name]
    rows = [dict(zip(table, values, strict=True)) for values in zip(*table.values(), strict=True)]
    for row in rows:
        unit = row.pop("unit")
        row["facility_no"] = facts["facilities"]["facility_no"][facts["units"]["facility"][unit]]
        row["types"] = facts["units"]["types"][unit]
        row["month"] = facts["months"][row["month"]]
    return rows


def sums(facts: dict[str, Any], name: str, by: tuple[str, ...], *columns: str) -> dict[tuple, tuple[int, ...]]:
    """Sums of columns of a table of the facts; what comes to nothing is left out."""
    counters = {column: Counter() for column in columns}
    for row in rows_of(facts, name):
        key = tuple(row[part] for part in by)
        for column in columns:
            counters[column][key] += row[column]
    keys = {key for counter in counters.values() for key in counter}
    found = {key: tuple(counters[column][key] for column in columns) for key in sorted(keys)}
    return {key: values for key, values in found.items() if any(values)}
