"""henrei.toml: a home in, its settings out, or a Japanese error with the place and the mend. Called by every command."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from henrei.checks.catalogue import catalogue
from henrei.data.rules import rules
from henrei.errors import HenreiError
from henrei.home import SETTINGS, Home
from henrei.labels import SEVERITIES
from henrei.schemas.ledgers import ledgers

# The tables and keys of the contract; anything else is a slip of the pen and is said.
_KNOWN = {
    "city": {"name", "municipality_no"},
    "ledgers": {*ledgers(), "columns"},
    "checks": {"disabled", "brake", "severity"},
    "rules": set(rules()["variants"]["setting"]),
    "reports": {"disclose_other_facility", "contact", "passwords"},
}


@dataclass(frozen=True)
class Settings:
    """What henrei.toml says, with the contract's defaults."""

    city_name: str
    municipality_no: str
    ledger_files: dict[str, str]
    ledger_columns: dict[str, dict[str, str]]
    disabled: frozenset[str] = frozenset()
    brake_share: float = 0.10
    brake_least: int = 30
    severities: dict[str, str] = field(default_factory=dict)
    variants: dict[str, str] = field(default_factory=dict)
    disclose_other_facility: bool = False
    contact: str = ""
    passwords: Path | None = None  # the table of the facilities' passwords; None: papers are not protected
    unknown: tuple[str, ...] = ()


def name_variants(variants: Mapping[str, str]) -> list[tuple[str, str]]:
    """Rule and variant in use, in the words of every report."""
    rule_labels = dict(rules()["variants"].select("setting", "label").iter_rows())
    variant_labels = dict(rules()["variant_names"].select("variant", "label").iter_rows())
    return [(rule_labels[setting], variant_labels[variant]) for setting, variant in variants.items()]


def say_variants(variants: Mapping[str, str]) -> str:
    """The same in one line."""
    return "使った基準: " + "、".join(f"{rule}は{variant}" for rule, variant in name_variants(variants))


def _bad(where: str, mend: str) -> HenreiError:
    return HenreiError(f"{SETTINGS} の {where} が読めません。{mend}")


def load(home: Home, path: Path | None = None) -> Settings:
    """Reads the home's henrei.toml, or one kept elsewhere. Raises HenreiError (status 2) with the place and the mend."""
    path = path or home.settings
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise HenreiError(f"{path} がありません。henrei init で作るか、--home で場所を指定してください") from None
    except (OSError, UnicodeDecodeError) as found:
        raise HenreiError(f"{path} を読めません。UTF-8 で保存し直してください({type(found).__name__})") from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as found:
        place = re.search(r"at line (\d+)", str(found))
        line = f":{place[1]}" if place else ""
        raise HenreiError(f"{SETTINGS}{line} の書き方に誤りがあります。引用符・かっこ・= を確かめてください") from None
    return _settings(data, home)


def _table(data: dict[str, Any], name: str) -> dict[str, Any]:
    table = data.get(name, {})
    if not isinstance(table, dict):
        raise _bad(f"[{name}]", "表([…] の見出し)として書いてください")
    return table


def _settings(data: dict[str, Any], home: Home) -> Settings:
    city, ledger, checks = _table(data, "city"), _table(data, "ledgers"), _table(data, "checks")
    chosen, reports = _table(data, "rules"), _table(data, "reports")
    number = city.get("municipality_no")
    if not isinstance(number, str) or not re.fullmatch(r"\d{6}", number) or number == "000000":
        raise _bad("[city] municipality_no", '市町村番号を6桁の数字で "112992" のように書いてください')
    columns = ledger.get("columns", {})
    if not isinstance(columns, dict) or not all(
        isinstance(c, dict) and all(isinstance(v, str) for v in c.values()) for c in columns.values()
    ):
        raise _bad(
            "[ledgers.columns]",
            '[ledgers.columns.台帳名] の下に "henreiの列名" = "台帳の列名" と書いてください',
        )
    files = {name: ledger.get(name, f"{name}.csv") for name in ledgers()}
    if not all(isinstance(name, str) and name for name in files.values()):
        raise _bad("[ledgers]", 'ファイル名を "recipients.csv" のように書いてください')
    disabled = checks.get("disabled", [])
    severities = checks.get("severity", {})
    _check_codes("[checks] disabled", disabled if isinstance(disabled, list) else None)
    _check_codes("[checks.severity]", list(severities) if isinstance(severities, dict) else None)
    if wrong := [code for code, value in severities.items() if value not in tuple(SEVERITIES)]:
        raise _bad(f"[checks.severity] {wrong[0]}", f"{'・'.join(SEVERITIES)} のどれかを書いてください")
    brake = checks.get("brake", {})
    share, least = (brake.get("share", 0.10), brake.get("least", 30)) if isinstance(brake, dict) else (None, None)
    if not isinstance(share, int | float) or not isinstance(least, int) or bool in (type(share), type(least)):
        raise _bad("[checks] brake", "brake = { share = 0.10, least = 30 } のように書いてください")
    defaults = dict(rules()["variants"].select("setting", "variant").iter_rows())
    variants = {setting: chosen.get(setting, default) for setting, default in defaults.items()}
    # The usual variant first, as the sentence and the template name them.
    names = list(dict.fromkeys([*defaults.values(), *rules()["variant_names"]["variant"]]))
    if not all(variant in names for variant in variants.values()):
        raise _bad("[rules]", f"{'・'.join(names)} のどちらかを書いてください")
    table = reports.get("passwords")
    if table is not None and not (isinstance(table, str) and table and Path(table).name == table):
        raise _bad("[reports] passwords", 'henrei.toml と同じ場所のファイル名を "passwords.csv" のように書いてください')
    return Settings(
        city_name=str(city.get("name", "")),
        municipality_no=number,
        ledger_files=files,
        ledger_columns=columns,
        disabled=frozenset(disabled),
        brake_share=float(share),
        brake_least=least,
        severities=severities,
        variants=variants,
        disclose_other_facility=reports.get("disclose_other_facility") is True,
        contact=str(reports.get("contact", "")),
        passwords=home.beside_settings(table) if table else None,
        unknown=_unknown(data),
    )


def _check_codes(where: str, codes: list | None) -> None:
    if codes is None or not all(isinstance(code, str) for code in codes):
        raise _bad(where, '確認コードを "CAP301" のように書いてください')
    for code in codes:
        if not re.fullmatch(r"[A-Z]{3}\d{3}", code):
            raise _bad(f"{where} の「{code}」", "確認コードは henrei checks で見られます")


def _unknown(data: dict[str, Any]) -> tuple[str, ...]:
    """Names that henrei does not know: most likely misspelt."""
    found = [f"[{name}]" for name in data if name not in _KNOWN]
    for name, keys in _KNOWN.items():
        found += [f"[{name}] {key}" for key in _table(data, name) if key not in keys]
    mapped = _table(data, "ledgers").get("columns", {})
    for name, table in mapped.items():
        if name not in ledgers():
            found.append(f"[ledgers.columns.{name}]")
        else:
            found += [f"[ledgers.columns.{name}] {key}" for key in table if key not in ledgers()[name].labels]
    codes = {*_table(data, "checks").get("disabled", []), *_table(data, "checks").get("severity", {})}
    found += [f"[checks] {code}" for code in sorted(codes) if code not in catalogue()]
    return tuple(found)
