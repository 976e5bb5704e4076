"""What a purge shows before it does anything, and when a month is old enough."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from henrei.flows import purge_plan
from henrei.flows.purge_plan import MonthFiles, Plan, too_young
from henrei.flows.traces import Found, Trace
from henrei.home import Home

MAY, JUNE, JULY = date(2021, 5, 1), date(2021, 6, 1), date(2021, 7, 1)
NEWEST = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("months", "newest", "least", "young"),
    [
        ([MAY, JUNE], NEWEST, 60, None),  # June lies 60 months before
        ([MAY, JUNE, JULY], NEWEST, 60, JULY),  # July 59
        ([NEWEST], NEWEST, 0, None),
        ([NEWEST], NEWEST, 1, NEWEST),
        ([JULY, date(2026, 1, 1)], NEWEST, 60, JULY),  # the first of them
        ([MAY], None, 0, MAY),  # no month is closed
        ([date(2025, 12, 1)], date(2026, 1, 1), 1, None),
        ([date(2025, 12, 1)], date(2026, 1, 1), 2, date(2025, 12, 1)),
    ],
)
def test_a_month_may_go_when_it_lies_so_many_months_before_the_newest_closed_one(
    months: list[date], newest: date | None, least: int, young: date | None
) -> None:
    assert too_young(months, newest, least) == young


def test_everything_is_said_before_anything_goes() -> None:
    many = [Trace(f"控え/{number}.pdf", "この種類のファイルは、中を見ていません") for number in range(6)]
    plan = Plan(
        before=JULY,
        months=[MonthFiles(MAY, 1_234, 12_345_678), MonthFiles(JUNE, 2, 1)],
        elsewhere=["out/ledgers_2021-05.xlsx"],
        kept=["inbox/2021-05/grants.csv"],
        found=Found([Trace("メモ.txt", "2021-05 の氏名があります")], [*many, Trace("a.pdf", "中を見ていません")]),
        never_run=[JUNE],
        staying=True,
    )
    assert plan.lines() == [
        "2021-07 より前の2か月を消します(まだ何も消していません)",
        "  2021-05   1,234ファイル    12.3 MB",
        "  2021-06       2ファイル       1 KB",
        "henrei の作った次のファイルも消します",
        "  out/ledgers_2021-05.xlsx",
        "※ inbox/2021-05/grants.csv は残る月がまだ使うため、消しません",
        "※ 次のファイルは消しません。要らなければ、確かめてから手で消してください",
        "  メモ.txt: 2021-05 の氏名があります",
        "※ 次のファイルは中を確かめていません。消した月の番号や氏名が残っていないか見てください",
        "  控え/ の 6ファイル: この種類のファイルは、中を見ていません",
        "  a.pdf: 中を見ていません",
        "※ 2021-06 は一度も確認(run)していないため、この月だけの番号は探せません",
        "※ 残る審査月のフォルダーと henrei.duckdb には、その月の児童の番号と氏名が残ります",
        "※ 作業フォルダーの外の写し(控え、渡したファイル、印刷物)は henrei からは消せません",
    ]


def test_files_of_henreis_own_are_known_by_name_and_title(tmp_path: Path) -> None:
    for name in ("ledgers_2021-05.xlsx", "survey_2021-05.csv", "return_rates.csv", "2021-050.txt"):
        (tmp_path / "out" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "out" / name).write_bytes(b"")
    for name in ("worklist-kept-abc123.xlsx", "worklist-kept-私の.xlsx", "2021-06 worklist-kept-abc123.xlsx"):
        (tmp_path / name).write_bytes(b"no workbook")
    assert purge_plan.elsewhere(Home(tmp_path)) == {tmp_path / "out" / "ledgers_2021-05.xlsx": MAY}
