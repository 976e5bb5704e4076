"""The survey of the coordination add-on, counted without the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib import home_history, inputs

C = "1350000003"
PLANS = "受給者証番号,計画区分,未算定理由,適用開始日,適用終了日\r\n"
CODES = (
    "サービスコード,名称,単位数,種別,加算キー,有効開始日\r\n"
    "631110,基本,500,基本,,2024-04-01\r\n636501,連携,500,加算,coordination_core,2024-04-01\r\n"
)


def child(number: int, *facilities: str, core: bool = False, **more: str) -> list[list[str]]:
    """A child's claims; with `core`, the first one has a line of 事業所間連携加算(Ⅰ)."""
    code = {"K122-03": {7: "636501", 8: 500, 9: 2, 10: 1000}}
    return [
        inputs.claim(facility, f"{number:010}", extra=code if core and facility == facilities[0] else None, **more)
        for facility in facilities
    ]


def counts(home: Path, month: str = "2026-04") -> list[list[str]]:
    return [list(row.values()) for row in inputs.read_table(home / "out" / f"survey_{month}.csv")]


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """Children 1 to 7; 8 has a grant alone."""
    claims = [
        *child(1, inputs.A, inputs.B, core=True),  # billed
        *child(2, inputs.A, inputs.B),  # the guardian does not wish
        *child(3, inputs.A, C),  # no core facility
        *child(4, inputs.B, C),  # no reason given
        *child(5, inputs.A, inputs.B),  # a plan by a consultant: no self plan
        *child(6, inputs.A),  # one facility only
        *child(7, inputs.A, month="202603"),  # another month's claim
    ]
    plans = PLANS + "".join(
        f"{row}\r\n"
        for row in (
            "1,2,,2026-04-30,", "2,2,1,2025-04-01,2026-04-01", "3,2,2,2025-04-01,", "4,2,,2025-04-01,",
            "5,1,,2025-04-01,", "6,2,9,2025-04-01,", "7,2,,2025-04-01,2026-03-31", "8,2,,2026-05-01,",
        )
    )  # fmt: skip
    grants = inputs.LEDGERS["grants"].splitlines()[0] + "\r\n"
    grants += "".join(f"{n},631000,10,2025-04-01,2027-03-31\r\n" for n in range(1, 9))
    grants += "9,630924,,2025-04-01,2027-03-31\r\n"  # an add-on grant is no base grant
    ledgers = {**inputs.LEDGERS, "plans": plans, "grants": grants, "service_codes": CODES}
    return inputs.make_home(tmp_path / "home", {"K1100000.CSV": inputs.exchange("K11", *claims)}, ledgers)


@pytest.mark.slow
def test_counts(city: Path) -> None:
    assert home_history.henrei(city, "run", inputs.REVIEW) == 0
    assert home_history.henrei(city, "survey", "2026-04") == 0
    assert [(number, value) for number, _, value in counts(city)] == [
        ("⓪", "8"), ("⓪", "5"), ("⓪", "0.6250"),
        ("①", "6"), ("②", "4"), ("③", "1"), ("④", "1"), ("④", "1"), ("④", "1"),
    ]  # fmt: skip


@pytest.mark.slow
def test_another_month_counts_its_own_claims(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert home_history.henrei(city, "run", inputs.REVIEW) == 0
    assert home_history.henrei(city, "survey", "2026-03") == 0
    assert [value for _, _, value in counts(city, "2026-03")][3:5] == ["1", "0"]
    capsys.readouterr()
    assert home_history.henrei(city, "survey", "2026-05") == 0
    assert "サービス提供年月を指定してください" in capsys.readouterr().err


@pytest.mark.slow
def test_what_was_decided_in_an_earlier_review_month_counts(city: Path) -> None:
    """One claim comes later: the child then has claims of two facilities."""
    assert home_history.henrei(city, "run", inputs.REVIEW) == 0
    assert home_history.henrei(city, "close", inputs.REVIEW, "--undecided", "accept") == 0
    late = city / "inbox" / "2026-06"
    late.mkdir()
    (late / "K1100000.CSV").write_bytes(inputs.exchange("K11", *child(6, inputs.B), month="202606"))
    assert home_history.henrei(city, "run", "2026-06") == 0
    assert home_history.henrei(city, "survey", "2026-04") == 0
    assert [value for _, _, value in counts(city)][3:] == ["6", "5", "1", "1", "1", "2"]


@pytest.mark.slow
def test_without_plans_it_says_what_to_do(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (city / "inbox" / inputs.REVIEW / "plans.csv").unlink()
    assert home_history.henrei(city, "run", inputs.REVIEW) == 0
    capsys.readouterr()
    assert home_history.henrei(city, "survey", "2026-04") == 2
    assert "利用計画(plans.csv)がありません" in capsys.readouterr().err


def test_before_any_run_it_says_so(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert home_history.henrei(city, "survey", "2026-04") == 2
    assert "henrei run を先に" in capsys.readouterr().err
