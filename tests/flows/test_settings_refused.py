"""flows/settings.py: wrong henrei.toml texts → the sentence that the user reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from henrei.errors import USAGE, HenreiError
from henrei.flows.settings import load
from henrei.home import Home
from lib.settings import CITY, settings_of

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
