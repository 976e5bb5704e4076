"""A service month in, the counts of the survey on the coordination add-on (事業所間連携加算) out. Called by the command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib import resources

import duckdb
import polars as pl

from henrei.checks import runner
from henrei.errors import HenreiError
from henrei.months import month_text
from henrei.store.database import query, set_current_month

_NEEDS = ("grants", "plans", "service_codes")
# Number of the notice, label, column of the answer.
_LINES = (
    ("⓪", "支給決定(基本)のある受給者", "granted"),
    ("⓪", "うちセルフプランの受給者", "granted_self_plan"),
    ("①", "請求のある受給者", "claimed"),
    ("②", "セルフプランで、児童発達支援・放課後等デイサービスの2事業所以上に請求のある児童", "several"),
    ("③", "②のうち、事業所間連携加算を算定している児童", "billed"),
    ("④", "②のうち算定していない児童: 保護者が希望しない", "not_wished"),
    ("④", "②のうち算定していない児童: コア連携事業所を担う事業所がない", "no_core"),
    ("④", "②のうち算定していない児童: その他", "other"),
)


@dataclass(frozen=True)
class Survey:
    """`table`: number, item, count (children; the rate as a fraction); `review_month`: whose books were read."""

    table: pl.DataFrame
    review_month: date
    claims: int


def survey(con: duckdb.DuckDBPyConnection, service_month: date) -> Survey:
    """Counts for a service month by the newest review month in the store.

    Raises HenreiError if no month was run yet or a ledger that the counts need is absent there.
    """
    newest = con.execute("SELECT max(review_month) FROM ledgers_used").fetchall()[0][0]
    if newest is None:
        raise HenreiError("まだ確認した審査月がありません。henrei run を先に実行してください")
    set_current_month(con, newest)
    missing = runner.absent(con)
    if lacking := [missing[name] for name in _NEEDS if name in missing]:
        raise HenreiError(f"{'。'.join(lacking)}。inbox/{month_text(newest)} に入れて、henrei run をやり直してください")
    con.execute("CREATE OR REPLACE TEMP TABLE survey_month AS SELECT ?::DATE AS service_month", [service_month])
    con.execute(resources.files(__name__.rpartition(".")[0]).joinpath("survey.sql").read_text(encoding="utf-8"))
    counts = query(con, "FROM survey").row(0, named=True)
    if counts["several"] != counts["billed"] + counts["not_wished"] + counts["no_core"] + counts["other"]:
        raise AssertionError(f"the parts of the survey do not add up: {counts}")
    rows = [(number, label, str(counts[name])) for number, label, name in _LINES]
    rate = f"{counts['granted_self_plan'] / counts['granted']:.4f}" if counts["granted"] else ""
    rows.insert(2, ("⓪", "セルフプランの割合", rate))
    return Survey(
        pl.DataFrame(rows, schema=["番号", "項目", "値"], orient="row"),
        newest,
        counts["claimed"],
    )
