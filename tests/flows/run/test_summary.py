"""The overviews of a run and of a close, as Prefect and the terminal show them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from henrei.flows.run.summary import closing_overview, links, overview
from henrei.store import tables
from lib.summaries import a_summary


def test_an_overview_has_numbers_and_the_files_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "worklist.xlsx").touch()
    (tmp_path / "notices").mkdir()
    assert overview(a_summary(), tmp_path).splitlines() == [
        "# 2026-05 の確認結果",
        "",
        "- 請求 1,234件 9,876,543円",
        "- 返戻相当の指摘がある請求 2件 18,000円",
        "- 使った基準: 定員超過減算(定員51人以上)の式は国の基準、欠如減算の50%になる月は国の基準",
        "",
        "| 確認 | 内容 | 指摘 | 判定できず |",
        "|---|---|---:|---:|",
        "| DAY201 | 同じ日の重複利用 | 2 | 1,000 |",
        "| SUB405 | 決定済みの請求の再請求 | 0 | 全体 |",
        "",
        f"- [決めるもの]({(tmp_path / 'worklist.xlsx').resolve().as_uri()})",
        f"- [事業所へのお知らせ]({(tmp_path / 'notices').resolve().as_uri()})",
    ]


def test_of_a_close_the_outcomes_are_counted_and_claims_have_their_money(tmp_path: Path) -> None:
    rows = [("明", "決定", 9000), ("明", "決定", 1000), ("明", "返戻", 9000), ("利", "取下げ", None)]
    outcomes = pl.DataFrame(
        [(kind, "A", "1", None, outcome, yen) for kind, outcome, yen in rows], schema=tables.OWN_OUTCOMES, orient="row"
    )
    assert closing_overview("2026-05", outcomes, tmp_path).splitlines() == [
        "# 2026-05 を締めた結果",
        "",
        "| 種別 | 結果 | 件数 | 給付費 |",
        "|---|---|---:|---:|",
        "| 結果票 | 取下げ | 1 |  |",
        "| 明細書 | 決定 | 2 | 10,000円 |",
        "| 明細書 | 返戻 | 1 | 9,000円 |",
    ]


def test_the_dashboard_is_linked_from_the_month(tmp_path: Path) -> None:
    folder = tmp_path / "2026-05"
    folder.mkdir()
    assert links(folder) == []
    (tmp_path / "dashboard.html").touch()
    assert links(folder) == [f"- [返戻率の推移]({(tmp_path / 'dashboard.html').resolve().as_uri()})"]
