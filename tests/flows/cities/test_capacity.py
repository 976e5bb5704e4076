"""flows/cities/capacity.py: the checks of capacity over the children of all cities of a run."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from henrei.flows.cities import capacity, discover
from henrei.flows.cities.run_city import run_city
from lib import federation, inputs

pytestmark = pytest.mark.slow

ONE, TWO = inputs.CITY, inputs.OTHER_CITY
MAY = date(2026, 5, 1)
JUDGED = {"FAC506", "FAC507", "FAC508"}
HEAD = "事業所番号,事業所名,サービス種類コード,定員,地域区分コード,指定開始日,指定終了日\r\n"
LEDGER = HEAD + f"{inputs.A},架空の森,63,2,05,2020-04-01,\r\n"
CODES = inputs.LEDGERS["service_codes"].replace(",種別,", ",種別,加算キー,").replace(",基本,2024", ",基本,,2024")


def month(number: str, facility: str, *recipients: str) -> dict[str, bytes]:
    """Children of a city who all come on 1 April; the last one of them also on the 2nd."""
    claims = [inputs.claim(facility, r, city=number, days=1) for r in recipients]
    came = [
        inputs.attendance(facility, r, city=number, days=(1, 2) if r == recipients[-1] else (1,)) for r in recipients
    ]
    return {"K11.CSV": inputs.exchange("K11", *claims), "K61.CSV": inputs.exchange("K61", *came)}


CHILDREN = ("0000000001", "0000000002")  # numbers are a city's own: two cities have the same


@pytest.fixture(scope="module")
def extracts(tmp_path_factory) -> tuple[Path, Path]:
    """Two cities that were run: the folder of the homes, and the one of their extracts."""
    folder = tmp_path_factory.mktemp("capacity")
    for number in (ONE, TWO):
        files = month(number, inputs.A, *CHILDREN)
        home = federation.make_home(folder / "homes" / number, number, files, facilities=LEDGER, service_codes=CODES)
        outcome = run_city(str(home), number, inputs.REVIEW, str(folder / "parts" / number))
        assert outcome["status"] == 0, outcome
    return folder / "homes", folder / "parts"


@pytest.fixture
def parts(extracts, tmp_path) -> Path:
    shutil.copytree(extracts[1], tmp_path / "parts")
    return tmp_path / "parts"


def cities_of(homes: Path, **settings: dict[str, object]) -> list[discover.City]:
    """The cities, with other settings than their henrei.toml says."""
    return [
        dataclasses.replace(city, settings=city.settings.model_copy(update=settings.get(f"city{city.name}", {})))
        for city in discover.find(homes)[0]
    ]


def test_over_capacity_only_when_two_cities_are_put_together(extracts, parts):
    homes = extracts[0]
    merged = capacity.judge(MAY, cities_of(homes), parts)
    for number in (ONE, TWO):
        alone = inputs.read_table(homes / number / "out" / inputs.REVIEW / "findings.csv")
        assert not {row["check_code"] for row in alone} & JUDGED
    columns = ("check_code", "municipality_no", "recipient_no", "use_dates", "observed", "expected")
    assert merged.findings.select(columns).rows() == [
        ("FAC506", None, None, "2026-04-01", "4", "2"),
        *(("FAC507", city, child, "2026-04-01", "4", "3") for child in CHILDREN for city in (TWO, ONE)),
    ]
    messages = merged.findings["message"].to_list()
    assert all(
        "この回の2市町村の児童を合わせて数えています" in text and "この市の児童だけ" not in text for text in messages
    )
    assert merged.findings["source_file"].to_list()[1:] == [f"{c}/K11.CSV" for _ in CHILDREN for c in (TWO, ONE)]
    assert merged.findings["amount_yen"].to_list()[1:] == [9000] * 4
    # No city has reviewed the three months before.
    undetermined = merged.undetermined.filter(pl.col("check_code") == "FAC508")
    assert sorted(undetermined["municipality_no"]) == sorted([ONE, TWO] * 2) and merged.notes == []
    assert set(undetermined["reason"]) == {
        "前3か月の明細書と実績記録票がそろっていません(審査履歴だけでは数えられません)"
    }


def test_facilities_whose_ledgers_contradict_each_other_are_undetermined(extracts, parts):
    units = parts / TWO / "units.parquet"
    pl.read_parquet(units).with_columns(capacity=pl.lit(9, pl.Int64)).write_parquet(units)
    merged = capacity.judge(MAY, cities_of(extracts[0]), parts)
    assert merged.findings.is_empty() and merged.notes == [f"台帳の行が市町村の間で違う事業所: {inputs.A}"]
    assert set(merged.undetermined["reason"]) == {capacity.LEDGERS_DIFFER}
    assert set(merged.undetermined["check_code"]) == JUDGED


def test_a_ledger_that_one_city_alone_has_is_used_for_both(extracts, parts):
    units = parts / TWO / "units.parquet"
    pl.read_parquet(units).clear().write_parquet(units)
    merged = capacity.judge(MAY, cities_of(extracts[0]), parts)
    assert merged.findings["check_code"].to_list() == ["FAC506", *["FAC507"] * 4]


def test_the_citys_own_settings_hold_for_its_claims(extracts, parts):
    settings = {f"city{TWO}": {"severities": {"FAC507": "notice"}}, f"city{ONE}": {"disabled": frozenset(["FAC507"])}}
    table = capacity.judge(MAY, cities_of(extracts[0], **settings), parts).findings
    table = table.filter(pl.col("check_code") == "FAC507")
    assert table.select("municipality_no", "severity").unique().rows() == [(TWO, "notice")]


def test_no_city(tmp_path):
    merged = capacity.judge(MAY, [], tmp_path)
    assert merged.findings.is_empty() and merged.undetermined.is_empty()
