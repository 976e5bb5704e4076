"""flows/settings.py: small henrei.toml texts → the values that henrei works with, or the sentence the user reads."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from henrei.checks.catalogue import catalogue
from henrei.data.rules import rules
from henrei.errors import USAGE, HenreiError
from henrei.flows.settings import Brake, Calendar, Group, Settings, load, name_variants, say_variants
from henrei.home import Home
from henrei.schemas.ledgers import ledgers

CITY = '[city]\nmunicipality_no = "112992"\n'
TABLE = "表([…] の見出し)として書いてください"
NUMBER = 'henrei.toml の [city] municipality_no が読めません。市町村番号を6桁の数字で "112992" のように書いてください'
COLUMNS = (
    "henrei.toml の [ledgers.columns] が読めません。"
    '[ledgers.columns.台帳名] の下に "henreiの列名" = "台帳の列名" と書いてください'
)
VALUES = (
    "henrei.toml の [ledgers.values] が読めません。"
    '[ledgers.values.台帳名."henreiの列名"] の下に "台帳の書き方" = "henreiの書き方" と書いてください'
)
CONSTANTS = (
    "henrei.toml の [ledgers.constants] が読めません。"
    '[ledgers.constants.台帳名] の下に "henreiの列名" = "値" と書いてください'
)
SPLIT = (
    "henrei.toml の [[ledgers.split]] が読めません。"
    '[[ledgers.split.台帳名]] の下に columns = { "henreiの列名" = "台帳の列名" } と書いてください'
)
FILES = 'henrei.toml の [ledgers] が読めません。ファイル名を "recipients.csv" のように書いてください'
DISABLED = 'henrei.toml の [checks] disabled が読めません。確認コードを "CAP301" のように書いてください'
SEVERITY = 'henrei.toml の [checks.severity] が読めません。確認コードを "CAP301" のように書いてください'
BRAKE = "henrei.toml の [checks] brake が読めません。brake = { share = 0.10, least = 30 } のように書いてください"
SHARED_CAP = "henrei.toml の [checks] shared_cap が読めません。true か false を書いてください"
PASSWORDS = (
    "henrei.toml の [reports] passwords が読めません。"
    'henrei.toml と同じ場所のファイル名を "passwords.csv" のように書いてください'
)

CALENDAR = "henrei.toml の [calendar] が読めません。審査月の日を answers = 13 のように 1 から 31 の数で書いてください"
RETENTION = "henrei.toml の [retention] months が読めません。残す月数を months = 60 のように書いてください"
REASON_CODES = (
    "henrei.toml の [reports.reason_codes] が読めません。"
    '確認コード(その他の返戻は other)に、英数字4文字を CRT102 = "S001" のように書いてください'
)


def rule(setting: str, names: str = "national・guidance-2024") -> str:
    return f"henrei.toml の [rules] {setting} が読めません。{names} のどちらかを書いてください"


def disabled_code(code: str) -> str:
    return f"henrei.toml の [checks] disabled の「{code}」 が読めません。確認コードは henrei checks で見られます"


def severity_code(code: str) -> str:
    return f"henrei.toml の [checks.severity] の「{code}」 が読めません。確認コードは henrei checks で見られます"


def severity_value(code: str) -> str:
    return f"henrei.toml の [checks.severity] {code} が読めません。return・review・notice のどれかを書いてください"


def settings_of(folder: Path, text: str) -> Settings:
    (folder / "henrei.toml").write_text(text, encoding="utf-8")
    return load(Home(folder))


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


REFUSED = [
    # tables
    ("city = 1", f"henrei.toml の [city] が読めません。{TABLE}"),
    ('city = [{municipality_no = "112992"}]', f"henrei.toml の [city] が読めません。{TABLE}"),
    ('ledgers = "x"\n' + CITY, f"henrei.toml の [ledgers] が読めません。{TABLE}"),
    ("checks = true\n" + CITY, f"henrei.toml の [checks] が読めません。{TABLE}"),
    ("rules = []\n" + CITY, f"henrei.toml の [rules] が読めません。{TABLE}"),
    ("reports = 2026-05-01\n" + CITY, f"henrei.toml の [reports] が読めません。{TABLE}"),
    ("calendar = 13\n" + CITY, f"henrei.toml の [calendar] が読めません。{TABLE}"),
    # [calendar], [retention], [reports.reason_codes]
    (CITY + "[calendar]\nanswers = 0", CALENDAR),
    (CITY + "[calendar]\ndecide = 32", CALENDAR),
    (CITY + '[calendar]\nclose = "15"', CALENDAR),
    (CITY + "[retention]\nmonths = -1", RETENTION),
    (CITY + '[retention]\nmonths = "60"', RETENTION),
    (CITY + '[reports]\nreason_codes = "S001"', REASON_CODES),
    (CITY + '[reports.reason_codes]\nCRT102 = "S01"', REASON_CODES),
    (CITY + '[reports.reason_codes]\nother = "S0011"', REASON_CODES),
    (CITY + '[reports.reason_codes]\nothers = "S001"', REASON_CODES),
    # [city]
    ("", NUMBER),
    ("[city]", NUMBER),
    ('[city]\nname = "架空市"', NUMBER),
    ("[city]\nmunicipality_no = 112992", NUMBER),
    ('[city]\nmunicipality_no = ""', NUMBER),
    ('[city]\nmunicipality_no = "11299"', NUMBER),
    ('[city]\nmunicipality_no = "1129920"', NUMBER),
    ('[city]\nmunicipality_no = "11299a"', NUMBER),
    ('[city]\nmunicipality_no = " 112992"', NUMBER),
    ('[city]\nmunicipality_no = "112992\\n"', NUMBER),
    ('[city]\nmunicipality_no = "000000"', NUMBER),
    # [ledgers]
    (CITY + "[ledgers]\nrecipients = 1", FILES),
    (CITY + '[ledgers]\nrecipients = ""', FILES),
    (CITY + '[ledgers]\ngrants = ["a.csv"]', FILES),
    (CITY + "[ledgers]\ncolumns = 1", COLUMNS),
    (CITY + '[ledgers.columns]\nrecipients = "受給者番号"', COLUMNS),
    (CITY + '[ledgers.columns.recipients]\n"受給者証番号" = 1', COLUMNS),
    (CITY + '[ledgers.columns.nowhere]\n"受給者証番号" = 1', COLUMNS),
    (CITY + '[ledgers.values.recipients]\n"無償化対象" = "2"', VALUES),
    (CITY + '[ledgers.values.recipients."無償化対象"]\n"対象" = 2', VALUES),
    (CITY + "[ledgers]\nvalues = 1", VALUES),
    (CITY + '[ledgers.constants.recipients]\n"市町村番号" = 112992', CONSTANTS),
    (CITY + "[ledgers]\nconstants = []", CONSTANTS),
    (CITY + '[ledgers.split.grants]\ncolumns = { "支給量" = "支給量1" }', SPLIT),
    (CITY + '[[ledgers.split.grants]]\n"支給量" = "支給量1"', SPLIT),
    (CITY + "[[ledgers.split.grants]]\ncolumns = {}", SPLIT),
    (CITY + "[[ledgers.split]]\ncolumns = {}", SPLIT),
    # [checks]
    (CITY + '[checks]\ndisabled = "CAP301"', DISABLED),
    (CITY + "[checks]\ndisabled = { CAP301 = true }", DISABLED),
    (CITY + '[checks]\ndisabled = ["CAP301", 5]', DISABLED),
    (CITY + '[checks]\ndisabled = [["CAP301"]]', DISABLED),
    (CITY + '[checks]\ndisabled = ["CAP30"]', disabled_code("CAP30")),
    (CITY + '[checks]\ndisabled = ["CAP3011"]', disabled_code("CAP3011")),
    (CITY + '[checks]\ndisabled = ["CAP301", "cap302", "?"]', disabled_code("cap302")),
    (CITY + '[checks]\ndisabled = [""]', disabled_code("")),
    (CITY + '[checks]\nseverity = "return"', SEVERITY),
    (CITY + '[checks]\nseverity = ["CAP301"]', SEVERITY),
    (CITY + '[checks.severity]\nCAP301 = "strong"', severity_value("CAP301")),
    (CITY + '[checks.severity]\nCAP301 = "return"\nDAY201 = 1\nDAY202 = "?"', severity_value("DAY201")),
    (CITY + '[checks.severity]\nCAP301 = ["return"]', severity_value("CAP301")),
    (CITY + '[checks.severity]\nDAY = "return"', severity_code("DAY")),
    (CITY + "[checks]\nbrake = 0.1", BRAKE),
    (CITY + "[checks]\nbrake = [0.1, 30]", BRAKE),
    (CITY + '[checks]\nbrake = { share = "10%" }', BRAKE),
    (CITY + "[checks]\nbrake = { share = true }", BRAKE),
    (CITY + "[checks]\nbrake = { least = 30.0 }", BRAKE),
    (CITY + "[checks]\nbrake = { least = false }", BRAKE),
    # [rules]
    (CITY + '[rules]\ncapacity_51_or_more = "local"', rule("capacity_51_or_more")),
    (CITY + '[rules]\ncapacity_51_or_more = "next"', rule("capacity_51_or_more")),
    (CITY + "[rules]\nstaff_shortage_months = 2024", rule("staff_shortage_months")),
    (CITY + '[rules]\nstaff_shortage_months = ""', rule("staff_shortage_months")),
    (CITY + "[rules]\nstaff_shortage_months = []", rule("staff_shortage_months")),
    (CITY + '[rules]\npetition_month = "national"', rule("petition_month", "next・same")),
    (CITY + '[checks]\nshared_cap = "true"', SHARED_CAP),
    (CITY + "[checks]\nshared_cap = 1", SHARED_CAP),
    # [reports]
    (CITY + "[reports]\npasswords = true", PASSWORDS),
    (CITY + '[reports]\npasswords = ""', PASSWORDS),
    (CITY + '[reports]\npasswords = "."', PASSWORDS),
    (CITY + '[reports]\npasswords = "sub/passwords.csv"', PASSWORDS),
    (CITY + '[reports]\npasswords = "/passwords.csv"', PASSWORDS),
    (CITY + '[reports]\npasswords = "passwords.csv/"', PASSWORDS),
    # TOML itself
    ("[city\n", "henrei.toml:1 の書き方に誤りがあります。引用符・かっこ・= を確かめてください"),
    (CITY + "name = 架空市", "henrei.toml:3 の書き方に誤りがあります。引用符・かっこ・= を確かめてください"),
    ('[city]\nname = """', "henrei.toml の書き方に誤りがあります。引用符・かっこ・= を確かめてください"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_wrong_setting(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(HenreiError) as caught:
        settings_of(tmp_path, text)
    assert (str(caught.value), caught.value.status) == (message, USAGE)


SEVERAL_WRONG = [
    ("reports = 1\n[city]", f"henrei.toml の [reports] が読めません。{TABLE}"),
    ("[ledgers]\nrecipients = 1\n[city]", NUMBER),
    (CITY + '[reports]\npasswords = ""\n[rules]\ncapacity_51_or_more = "local"', rule("capacity_51_or_more")),
    (CITY + '[rules]\ncapacity_51_or_more = "local"\n[checks]\nbrake = 1', BRAKE),
    (CITY + '[checks]\nbrake = 1\nseverity = { CAP301 = "strong" }', severity_value("CAP301")),
    (CITY + '[checks]\nseverity = { CAP301 = "strong", DAY = "return" }', severity_code("DAY")),
    (CITY + '[checks]\nseverity = { DAY = "return" }\ndisabled = ["CAP"]', disabled_code("CAP")),
    (CITY + '[checks]\ndisabled = ["CAP", 1]', DISABLED),
    (CITY + "[checks]\ndisabled = 1\n[ledgers]\nrecipients = 1", FILES),
    (CITY + "[ledgers]\nrecipients = 1\ncolumns = 1", COLUMNS),
]


@pytest.mark.parametrize(("text", "message"), SEVERAL_WRONG)
def test_of_several_wrong_settings_the_first_by_the_order_of_the_template(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(HenreiError) as caught:
        settings_of(tmp_path, text)
    assert str(caught.value) == message


def test_a_home_without_settings(tmp_path: Path) -> None:
    with pytest.raises(HenreiError) as caught:
        load(Home(tmp_path))
    path = tmp_path / "henrei.toml"
    assert str(caught.value) == f"{path} がありません。henrei init で作るか、--home で場所を指定してください"


def test_settings_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "henrei.toml"
    path.write_bytes('[city]\nname = "架空市"\n'.encode("cp932"))
    with pytest.raises(HenreiError) as caught:
        load(Home(tmp_path))
    assert str(caught.value) == f"{path} を読めません。UTF-8 で保存し直してください(UnicodeDecodeError)"


def test_a_folder_in_the_place_of_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "henrei.toml"
    path.mkdir()
    with pytest.raises(HenreiError) as caught:
        load(Home(tmp_path))
    assert str(caught.value).startswith(f"{path} を読めません。UTF-8 で保存し直してください(")


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
