"""Every month is reviewed by its own law: runs that span two, and a row of the law that is changed."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from henrei.data import rules as tables
from henrei.flows.ruleset import ruleset
from lib import home_history, inputs

pytestmark = pytest.mark.slow

FACILITIES = "事業所番号,事業所名,サービス種類コード,定員,重心区分,地域区分コード,指定開始日\r\n1350000001,甲,63,10,1,23,2020-04-01\r\n"
NO_PROGRAM = (
    "事業所番号,サービス種類コード,区分,加算キー,有効開始日\r\n1350000001,63,減算,reduction_program,2025-01-01\r\n"
)


def home_with(folder: Path, *months: str, **ledgers: str) -> Path:
    """A child's claims of several service months, all in one review month."""
    groups = [inputs.claim(month=month.replace("-", "")) for month in months]
    records = [[line.replace("202604", month.replace("-", "")) for line in inputs.attendance()] for month in months]
    files = {"K1100000.CSV": inputs.exchange("K11", *groups), "K6100000.CSV": inputs.exchange("K61", *records)}
    return inputs.make_home(folder, files, {**inputs.LEDGERS, "facilities": FACILITIES, **ledgers})


def found(home: Path) -> set[tuple[str, str]]:
    assert home_history.henrei(home, "run", inputs.REVIEW) == 0
    return {
        (row["check_code"], row["service_month"])
        for row in inputs.read_table(home / "out" / inputs.REVIEW / "findings.csv")
    }


def months(rows: set[tuple[str, str]], code: str) -> list[str]:
    return sorted(month for check, month in rows if check == code)


@pytest.fixture
def own_law(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of data/rules/ that the run goes by."""
    folder = tmp_path / "rules"
    shutil.copytree(Path(str(tables.folder())), folder)
    monkeypatch.setattr(tables, "folder", lambda: folder)
    yield folder
    monkeypatch.undo()
    forget()


def forget() -> None:
    tables.rules.cache_clear()
    ruleset.cache_clear()


def change(path: Path, wanted: dict[str, str], *rows: dict[str, str]) -> None:
    """Puts `rows`, each over the one row that is `wanted`, in its place."""
    with path.open(encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream))
    at = next(n for n, row in enumerate(table) if all(row[name] == value for name, value in wanted.items()))
    table[at : at + 1] = [{**table[at], **row} for row in rows]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    forget()


def test_a_run_spans_two_laws(tmp_path: Path) -> None:
    """支援プログラム未公表減算 begins in April 2025: a registered one is missing from then on, and no month before is judged."""
    home = home_with(tmp_path / "home", "2025-03", "2025-04", "2025-05", facility_addons=NO_PROGRAM)
    assert months(found(home), "FAC505") == ["2025-04", "2025-05"]
    open_ = inputs.read_table(home / "out" / inputs.REVIEW / "undetermined.csv")
    assert [row["service_month"] for row in open_ if row["check_code"] == "FAC505"] == ["2025-03"]


def test_a_month_before_any_price_is_not_judged(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", "2024-03", "2024-04")
    assert months(found(home), "FAC503") == []
    open_ = inputs.read_table(home / "out" / inputs.REVIEW / "undetermined.csv")
    assert [row["service_month"] for row in open_ if row["check_code"] == "FAC503"] == ["2024-03"]


def test_a_changed_row_moves_its_months_and_no_others(tmp_path: Path, own_law: Path) -> None:
    forget()
    home = home_with(tmp_path / "home", "2025-11", "2025-12", "2026-01", "2026-04")
    before, law = found(home), ruleset()
    change(
        own_law / "unit_prices.csv",
        {"service_type": "63", "region_code": "23", "severe_class": "1"},
        {"valid_to": "2025-12-31"},
        {"valid_from": "2026-01-01", "unit_price": "10010"},
    )
    after = found(home)
    assert after - before == {("FAC503", "2026-01"), ("FAC503", "2026-04")}
    assert before - after == set()
    assert home_history.summary(home)["ruleset"] == ruleset() != law


SHORT = "事業所番号,サービス種類コード,区分,加算キー,有効開始日\r\n1350000001,63,減算,reduction_staff_shortage,2026-02-10\r\n"
CODES = (
    "サービスコード,名称,単位数,種別,加算キー,有効開始日\r\n"
    "631110,基本,500,基本,reduction_staff_shortage,2024-04-01\r\n"
)


@pytest.mark.parametrize(("variant", "expected"), [("national", ["2026-04"]), ("guidance-2024", [])])
def test_the_variant_of_the_settings_counts_and_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], variant: str, expected: list[str]
) -> None:
    """April is the third month of a shortage from February: 50 % by the national rule, still 30 % by the guidance."""
    ledgers = {**inputs.LEDGERS, "facilities": FACILITIES, "facility_addons": SHORT, "service_codes": CODES}
    settings = f'[rules]\nstaff_shortage_months = "{variant}"\n'
    home = inputs.make_home(tmp_path / "home", inputs.right_month(), ledgers, settings)
    assert months(found(home), "FAC510") == expected
    name = {"national": "国の基準", "guidance-2024": "令和6年度集団指導資料"}[variant]
    assert f"欠如減算の50%になる月は{name}" in "".join(capsys.readouterr().out.split())
    assert home_history.summary(home)["variants"] == {
        "capacity_51_or_more": "national",
        "petition_month": "next",
        "shared_cap": "false",
        "staff_shortage_months": variant,
    }
