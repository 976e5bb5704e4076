"""Whole fictional cities: the findings are exactly the mistakes that were planted, and as grave."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from henrei import cli
from henrei.data import fictional
from henrei.data.fictional import make_city
from lib import inputs

FINDING = ("check_code", "subject", "facility_no", "recipient_no", "service_month", "use_dates", "severity")


def henrei(home: Path, *given: str) -> None:
    direct = ["--direct"] if given[0] == "run" else []
    assert cli.main([*given, "--home", str(home), *direct]) == 0


def rows(path: Path, *columns: str) -> list[tuple[str, ...]]:
    table = inputs.read_table(path)
    return sorted(tuple(row[name] for name in columns or row) for row in table)


def assert_findings(home: Path, month: str, checks: set[str] | None = None) -> None:
    expected = rows(home / "truth" / f"{month}.csv", *FINDING)
    findings = [row for row in rows(home / "out" / month / "findings.csv", *FINDING) if not checks or row[0] in checks]
    assert findings == expected


def test_the_committed_sample(tmp_path: Path) -> None:
    home = tmp_path / "sample"
    shutil.copytree(Path(fictional.__file__).parent / "sample", home)
    henrei(home, "run", "2026-05")
    assert_findings(home, "2026-05", {row[0] for row in rows(home / "truth" / "2026-05.csv", *FINDING)})


# What a right city cannot have judged: no price of 居訪, a rate that is not known, months that henrei does not hold.
OPEN = {
    ("FAC503", "この種類と月の単価が登録されていません(data/rules/unit_prices.csv)"),
    ("AMT710", "この月のこの区分の処遇改善加算の率が登録されていません(data/rules/treatment_rates.csv)"),
    ("FAC508", "前3か月の明細書と実績記録票がそろっていません(審査履歴だけでは数えられません)"),
}
# Where there is such a number, or such a claim, in the month.
SEVERAL = "この番号には児童発達支援・放課後等デイサービスの行が同じ日に複数あり、人数を分けられません"
SOMETIMES = {
    *((code, SEVERAL) for code in ("FAC506", "FAC507", "FAC508", "FAC512")),
    ("AMT707", "月の初日に有効な受給者台帳の行がなく、無償化・多子軽減の区分がわかりません"),
    ("CRT105", "実績記録票がないため、加算の記載が有効な利用日を数えられません"),
}


@pytest.mark.parametrize("style", ["sparing", "full"])
def test_a_city_of_two_months(tmp_path: Path, style: str) -> None:
    months = ["2026-05", "2026-06"]
    make_city(tmp_path, children=150, months=months, seed=11, style=style)
    for month in months:
        henrei(tmp_path, "run", month)
        assert_findings(tmp_path, month, {row[0] for row in rows(tmp_path / "truth" / f"{month}.csv", *FINDING)})
        assert rows(tmp_path / "out" / month / "rejects.csv") == []
        undetermined = {row[:1] + row[-1:] for row in rows(tmp_path / "out" / month / "undetermined.csv")}
        assert undetermined - SOMETIMES == OPEN


def test_untidy_but_right_data_is_not_returned(tmp_path: Path) -> None:
    make_city(tmp_path, children=150, months=["2026-05"], seed=12, style="both", plant=False)
    henrei(tmp_path, "run", "2026-05")
    assert rows(tmp_path / "out" / "2026-05" / "findings.csv") == []


def test_six_months_that_are_closed(tmp_path: Path) -> None:
    """Findings, outcomes, payments and rates of six months that henrei itself closes."""
    months = [f"2026-{number:02}" for number in range(5, 11)]
    make_city(tmp_path, children=120, months=months, seed=13, style="both", with_closing=True)
    for month in months:
        henrei(tmp_path, "run", month)
        assert_findings(tmp_path, month)
        henrei(tmp_path, "decide", month, str(tmp_path / "decisions" / f"{month}.csv"))
        henrei(tmp_path, "close", month)
    for month in months:
        for name in ("outcomes", "payments"):
            assert rows(tmp_path / "out" / month / f"{name}.csv") == rows(tmp_path / "truth" / f"{month}-{name}.csv")
    assert rows(tmp_path / "out" / "return_rates.csv") == rows(tmp_path / "truth" / "return_rates.csv")
