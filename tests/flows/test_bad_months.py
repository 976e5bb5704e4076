"""A month that went wrong in its ledgers: screen, menu, workbook and board say what is wrong and what to do, before anything else;
of a clean month they say nothing of the kind."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from henrei import cli
from henrei.cli import terminal
from henrei.cli.menu import Menu
from henrei.flows.cities.run_city import run_city
from henrei.home import Home
from lib import bad_months, workbook
from lib.home_history import run

pytestmark = pytest.mark.slow
WRONG = {
    bad_months.WRONG_FOLDER: (
        "の確認のうち",
        "を判定していません(ない台帳: 受給者台帳(recipients.csv)、支給決定(grants.csv)、",
        "inbox/recipients.csv、inbox/grants.csv、inbox/cap_managers.csv ほか5 ",
        "は読みません。inbox/2026-05/ か ledgers/ に移し、henrei run 2026-05 をやり直してください",
    ),
    bad_months.NO_COLUMN: (
        "の確認のうち",
        "を判定していません。支給決定(grants.csv)を読めません: 支給決定に列「決定サービスコード」がありません。"
        "見出しを直すか henrei.toml の ledgers.columns で対応づけてください。"
        "直したら henrei run 2026-05 をやり直してください",
    ),
    bad_months.SPOILT: (
        "支給決定(grants.csv)の4行のうち1行(25%)が読めません(3行目など1行: 「支給決定終了日」は日付",
        '、今は「未定」)。台帳を出し直すか henrei.toml の [ledgers.values.grants."支給決定終了日"] に読みかえを書き、'
        "henrei run 2026-05 をやり直してください",
    ),
    bad_months.WORDS: (
        "の確認のうち",
        "を判定していません。受給者台帳(recipients.csv)の4行のうち4行(100%)が読めません"
        "(2行目など4行: 「無償化対象」はコードです、今は「対象」)。"
        'henrei.toml の [ledgers.values.recipients."無償化対象"] に "対象" = "2" のように読みかえを書き、'
        "henrei run 2026-05 をやり直してください",
    ),
}


@dataclass
class Month:
    """What people see of a month of each kind."""

    kind: str
    screen: str
    menu: list[str]
    today: list[dict[str, object]]
    city: dict[str, Any]
    board: str


@pytest.fixture(scope="module", params=bad_months.KINDS)
def month(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Month:
    folder = tmp_path_factory.mktemp("month")
    home = bad_months.make(folder / "home", request.param)
    other = Path(shutil.copytree(home, folder / "city"))
    screen = printed(lambda: run(home))
    menu: list[str] = []

    def leave(prompt: str) -> str:
        return "q" if prompt.startswith("番号") else bad_months.MAY

    Menu(Home(home), cli.main, leave, menu.append, date(2026, 5, 11)).run()
    today = workbook.rows(home / "out" / bad_months.MAY / "worklist.xlsx", "0 今日すること")
    city = run_city(str(other), "a", bad_months.MAY, str(folder / "parts"))
    city = {"home": "a", "municipality_no": "112992", **city}
    merged = {"findings": 0, "undetermined": 0, "notes": []}
    sums = {key: city[key] for key in ("claims", "findings", "files")}
    summary = {"review_month": bad_months.MAY, "cities": [city], "seconds": {"all": 1.0}, "merged_fac": merged, **sums}
    board = printed(lambda: terminal.cities_summary(summary))
    return Month(request.param, screen, menu, today, city, board)


def printed(do: Callable[[], object]) -> str:
    stream = io.StringIO()
    with redirect_stdout(stream):
        do()
    return stream.getvalue()


def test_the_first_line_says_what_is_wrong_and_what_to_do(month: Month) -> None:
    first = {
        "screen": month.screen.splitlines()[0].removeprefix("※ "),
        "menu": month.menu[1].removeprefix("※ "),
        "workbook": "{内容}。{すること}".format(**month.today[0]),
        "board": month.board.splitlines()[0].removeprefix("※ a: "),
    }
    if month.kind == bad_months.CLEAN:
        assert first["screen"].startswith("使った基準: ")
        assert first["menu"] == "審査月 2026-05: 確認しました。まだ決めていません"
        assert month.today[0]["項目"] == "次にすること"
        assert first["board"].startswith("2026-05 の確認結果(市町村別)")
        return
    assert len(set(first.values())) == 1, first
    for part in WRONG[month.kind]:
        assert part in first["screen"]
    assert not any("カクウ" in text for text in (month.screen, month.board, *month.menu))


def test_of_a_clean_month_nothing_of_the_kind_is_said(month: Month) -> None:
    spoken = [month.screen, month.board, *month.menu, *(str(row["内容"]) for row in month.today)]
    alarming = [
        text for text in spoken if any(word in text for word in ("ない台帳", "読めません", "読みません", "要対処"))
    ]
    assert bool(alarming) == (month.kind != bad_months.CLEAN)
    assert bool(month.city["causes"]) == (month.kind != bad_months.CLEAN)
    kinds = {row["項目"] for row in month.today}
    assert ("直すこと" in kinds) == (month.kind != bad_months.CLEAN)


def test_the_board_counts_what_was_not_judged_and_the_next_command(month: Month) -> None:
    unjudged = month.city["checks"]["unjudged"]
    expected = {bad_months.WRONG_FOLDER: 10, bad_months.NO_COLUMN: 1, bad_months.WORDS: 1}
    assert month.city["ledgers"]["absent"] == expected.get(month.kind, 0)
    assert month.city["ledgers"]["refused"] == (month.kind == bad_months.SPOILT)
    assert (3 * unjudged >= month.city["checks"]["enabled"]) == (month.kind == bad_months.WRONG_FOLDER)
    assert ("要対処" in month.board) == (month.kind != bad_months.CLEAN)
    assert f"{unjudged}/{month.city['checks']['enabled']}" in month.board
    again = month.kind == bad_months.WRONG_FOLDER
    assert month.screen.splitlines()[-1].startswith("次: henrei run" if again else "次: henrei close")
