"""flows/settings.py: small henrei.toml texts → the values that henrei works with, or the sentence the user reads."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from henrei.checks.catalogue import catalogue
from henrei.data.rules import rules
from henrei.flows.settings import Brake, Calendar, Group, Settings, load, name_variants, say_variants
from henrei.home import Home
from henrei.schemas.ledgers import ledgers
from lib.settings import CITY, settings_of


def variants(**changed: str) -> dict[str, str]:
    national = {"capacity_51_or_more": "national", "staff_shortage_months": "national"}
    return {"petition_month": "next", "shared_cap": "false", **national, **changed}


def values(settings: Settings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in DEFAULTS}


DEFAULTS: dict[str, object] = {
    "city_name": "",
    "municipality_no": "112992",
    "ledger_files": {name: f"{name}.csv" for name in ledgers()},
    "ledger_columns": {},
    "ledger_values": {},
    "ledger_constants": {},
    "ledger_groups": {},
    "disabled": frozenset(),
    "brake": Brake(share=0.10, least=30),
    "severities": {},
    "variants": variants(),
    "disclose_other_facility": False,
    "contact": "",
    "passwords": None,
    "reason_codes": {},
    "calendar": Calendar(answers=13, decide=14, close=15),
    "retention_months": 60,
    "unknown": (),
}


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, CITY)
    assert values(settings) == DEFAULTS
    assert type(settings.brake.share) is float and type(settings.brake.least) is int
    assert list(settings.ledger_files) == list(ledgers())


ACCEPTED = [
    ('[city]\nname = "架空市"\nmunicipality_no = "000001"', {"city_name": "架空市", "municipality_no": "000001"}),
    ('[city]\nname = 5\nmunicipality_no = "999999"', {"city_name": "5", "municipality_no": "999999"}),
    (CITY + "[ledgers]\n[checks]\n[rules]\n[reports]", {}),
    (
        CITY + '[ledgers]\nrecipients = "児童台帳.csv"',
        {"ledger_files": {name: f"{name}.csv" for name in ledgers()} | {"recipients": "児童台帳.csv"}},
    ),
    (
        CITY + '[ledgers.columns.recipients]\n"受給者証番号" = "受給者番号"',
        {"ledger_columns": {"recipients": {"受給者証番号": "受給者番号"}}},
    ),
    (CITY + "[ledgers]\ncolumns = {}", {}),
    (
        CITY + '[ledgers.values.recipients."無償化対象"]\n"対象" = "2"\n"非対象" = ""',
        {"ledger_values": {"recipients": {"無償化対象": {"対象": "2", "非対象": ""}}}},
    ),
    (
        CITY + '[ledgers.constants.recipients]\n"市町村番号" = "112992"',
        {"ledger_constants": {"recipients": {"市町村番号": "112992"}}},
    ),
    (
        CITY
        + '[[ledgers.split.grants]]\ncolumns = { "支給量" = "支給量1" }\n[[ledgers.split.grants]]\ncolumns = { "支給量" = "支給量2" }',
        {"ledger_groups": {"grants": [Group(columns={"支給量": "支給量1"}), Group(columns={"支給量": "支給量2"})]}},
    ),
    (CITY + "[checks]\ndisabled = []", {}),
    (CITY + '[checks]\ndisabled = ["CAP301", "DAY201", "CAP301"]', {"disabled": frozenset({"CAP301", "DAY201"})}),
    (
        CITY + '[checks.severity]\nCAP301 = "return"\nDAY201 = "review"\nCRT101 = "notice"',
        {"severities": {"CAP301": "return", "DAY201": "review", "CRT101": "notice"}},
    ),
    (CITY + "[checks]\nbrake = { share = 0.25, least = 5 }", {"brake": Brake(share=0.25, least=5)}),
    (CITY + "[checks]\nbrake = { share = 1 }", {"brake": Brake(share=1.0)}),
    (CITY + "[checks]\nbrake = { least = 0 }", {"brake": Brake(least=0)}),
    (CITY + "[checks]\nbrake = {}", {}),
    (CITY + "[checks]\nbrake = { share = inf, least = -1 }", {"brake": Brake(share=float("inf"), least=-1)}),
    (CITY + "[checks]\nbrake = { shaer = 0.5 }", {}),
    (
        CITY + '[rules]\ncapacity_51_or_more = "guidance-2024"',
        {"variants": variants(capacity_51_or_more="guidance-2024")},
    ),
    (
        CITY + '[rules]\nstaff_shortage_months = "guidance-2024"\ncapacity_51_or_more = "national"',
        {"variants": variants(staff_shortage_months="guidance-2024")},
    ),
    (CITY + '[rules]\npetition_month = "same"', {"variants": variants(petition_month="same")}),
    (CITY + "[checks]\nshared_cap = true", {"variants": variants(shared_cap="true")}),
    (CITY + "[checks]\nshared_cap = false", {}),
    (CITY + "[reports]\ndisclose_other_facility = true", {"disclose_other_facility": True}),
    (CITY + "[reports]\ndisclose_other_facility = false", {}),
    (CITY + '[reports]\ndisclose_other_facility = "true"', {}),
    (CITY + "[reports]\ndisclose_other_facility = 1", {}),
    (CITY + '[reports]\ncontact = "給付担当 049-000-0000"', {"contact": "給付担当 049-000-0000"}),
    (CITY + "[reports]\ncontact = 119", {"contact": "119"}),
    (
        CITY + '[reports.reason_codes]\nCRT102 = "S001"\nother = "ZZ99"',
        {"reason_codes": {"CRT102": "S001", "other": "ZZ99"}},
    ),
    (CITY + "[calendar]\nanswers = 1\nclose = 31", {"calendar": Calendar(answers=1, decide=14, close=31)}),
    (CITY + "[retention]\nmonths = 0", {"retention_months": 0}),
    ("\ufeff" + CITY, {}),
]


@pytest.mark.parametrize(("text", "changed"), ACCEPTED)
def test_settings_that_are_read(tmp_path: Path, text: str, changed: dict[str, object]) -> None:
    assert values(settings_of(tmp_path, text)) == DEFAULTS | changed


@pytest.mark.parametrize(
    ("contact", "known"),
    [
        ("療育支援課 給付担当 049-000-0000", True),
        ("電話 ０４９（０００）００００", True),
        ("0490000000", True),
        ("給付担当 049-000-000", True),  # nine digits
        ("給付担当 49-000-000", False),
        ("給付担当 内線 1234", False),
        ("", False),
    ],
)
def test_whether_the_contact_holds_a_telephone_number(tmp_path: Path, contact: str, known: bool) -> None:
    assert settings_of(tmp_path, f'{CITY}[reports]\ncontact = "{contact}"').has_telephone is known


def test_the_passwords_are_a_file_of_the_home(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, CITY + '[reports]\npasswords = "passwords.csv"')
    assert settings.passwords == tmp_path / "passwords.csv"


def test_settings_kept_elsewhere_speak_of_the_home(tmp_path: Path) -> None:
    """`verify` reads the henrei.toml that a closed month was reviewed by."""
    kept = tmp_path / "kept.toml"
    kept.write_text(CITY + '[reports]\npasswords = "passwords.csv"', encoding="utf-8")
    assert load(Home(tmp_path / "home"), kept).passwords == tmp_path / "home" / "passwords.csv"


def test_variants_keep_the_order_of_their_names(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path, CITY + '[rules]\nstaff_shortage_months = "guidance-2024"\ncapacity_51_or_more = "national"'
    )
    assert list(settings.variants) == sorted(variants())
    assert name_variants(settings.variants) == [
        ("定員超過減算(定員51人以上)の式", "国の基準"),
        ("欠如減算の50%になる月", "令和6年度集団指導資料"),
    ]
    assert say_variants(settings.variants) == (
        "使った基準: 定員超過減算(定員51人以上)の式は国の基準、欠如減算の50%になる月は令和6年度集団指導資料"
    )


def test_every_variant_of_the_law_has_a_name() -> None:
    used = {
        variant
        for name, table in rules().items()
        if name != "variant_names" and "variant" in table.columns
        for variant in table["variant"]
    }
    of_law = rules()["variants"].filter(pl.col("kind") == "law")["setting"]
    names = rules()["variant_names"]
    assert used == {
        *names.filter(pl.col("setting").is_in(of_law.implode()))["variant"],
        *rules()["variants"]["variant"],
    }
    assert set(rules()["variants"].select("setting", "variant").iter_rows()) <= set(
        names.select("setting", "variant").iter_rows()
    )


UNKNOWN = [
    ("color = 1\n" + CITY, ("[color]",)),
    (CITY + "[unknown]", ("[unknown]",)),
    (CITY + 'nmae = "架空市"', ("[city] nmae",)),
    (CITY + "[ledgers]\nrecipient = 1", ("[ledgers] recipient",)),
    (CITY + "[checks]\nbrakes = 1", ("[checks] brakes",)),
    (CITY + "[rules]\ncapacity = 1", ("[rules] capacity",)),
    (CITY + "[rules]\nshared_cap = true", ("[rules] shared_cap",)),
    (CITY + "[calendar]\nanswer = 1", ("[calendar] answer",)),
    (CITY + '[reports.reason_codes]\nZZZ999 = "S001"', ("[reports.reason_codes] ZZZ999",)),
    (CITY + '[reports]\nlogo = "x.png"', ("[reports] logo",)),
    (CITY + '[ledgers.columns.nowhere]\na = "b"', ("[ledgers.columns.nowhere]",)),
    (CITY + '[ledgers.columns.recipients]\n"番号" = "b"', ("[ledgers.columns.recipients] 番号",)),
    (CITY + '[ledgers.values.recipients."番号"]\na = "b"', ("[ledgers.values.recipients] 番号",)),
    (CITY + '[ledgers.constants.recipients]\n"番号" = "b"', ("[ledgers.constants.recipients] 番号",)),
    (CITY + '[[ledgers.split.grants]]\ncolumns = { "番号" = "b" }', ("[ledgers.split.grants] 番号",)),
    (CITY + '[[ledgers.split.nowhere]]\ncolumns = { "番号" = "b" }', ("[ledgers.split.nowhere]",)),
    (CITY + '[checks]\ndisabled = ["ZZZ999"]', ("[checks] ZZZ999",)),
    (
        CITY + '[checks]\ndisabled = ["ZZZ999", "ZZZ111"]\nseverity = { ZZZ999 = "return", ZZZ555 = "notice" }',
        ("[checks] ZZZ111", "[checks] ZZZ555", "[checks] ZZZ999"),
    ),
    (
        'zoo = 1\n[reports]\nb = 1\n[checks]\na = 1\ndisabled = ["ZZZ999"]\n' + CITY + "z = 1\ny = 1",
        ("[zoo]", "[city] z", "[city] y", "[checks] a", "[reports] b", "[checks] ZZZ999"),
    ),
]


@pytest.mark.parametrize(("text", "names"), UNKNOWN)
def test_names_that_henrei_does_not_know_are_kept_for_the_user(
    tmp_path: Path, text: str, names: tuple[str, ...]
) -> None:
    assert settings_of(tmp_path, text).unknown == names


def test_every_check_can_be_named(tmp_path: Path) -> None:
    codes = list(catalogue())
    settings = settings_of(tmp_path, CITY + f"[checks]\ndisabled = {codes}")
    assert settings.disabled == frozenset(codes) and settings.unknown == ()


def test_settings_do_not_change(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, CITY)
    with pytest.raises((AttributeError, ValueError)):
        settings.municipality_no = "112038"  # type: ignore[misc]
