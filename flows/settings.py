"""A home's henrei.toml in, its Settings out, or a HenreiError that names the wrong setting. Called by every command."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import (
    AfterValidator,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
)

from henrei.checks.catalogue import catalogue
from henrei.data.rules import rules
from henrei.errors import HenreiError
from henrei.home import SETTINGS, Home
from henrei.labels import SEVERITIES
from henrei.months import day_in
from henrei.schemas.ledgers import ledgers
from henrei.schemas.ledgers.export import Export

_BASIS = ("city", "ledgers", "checks", "rules")  # the tables that a run rests on
_EXPORT_KEYS = ("columns", "values", "constants", "split")  # tables of [ledgers] that say how an export differs
_SHARED_CAP = "shared_cap"  # written in [checks], as true or false; checks read it beside the settings of [rules]


@cache
def _known_keys() -> dict[str, frozenset[str]]:
    """The tables of henrei.toml and their keys. Any other name is most likely misspelt."""
    return {
        "city": frozenset({"name", "municipality_no"}),
        "ledgers": frozenset({*ledgers(), *_EXPORT_KEYS}),
        "checks": frozenset({"disabled", "brake", "severity", _SHARED_CAP}),
        "rules": frozenset(_default_variants()) - {_SHARED_CAP},
        "reports": frozenset({"disclose_other_facility", "contact", "passwords", "reason_codes"}),
        "calendar": frozenset({"answers", "decide", "close"}),
        "retention": frozenset({"months"}),
    }


@cache
def _default_variants() -> dict[str, str]:
    """Setting of [rules] → the variant that counts where henrei.toml says nothing."""
    return dict(rules()["variants"].select("setting", "variant").iter_rows())


@cache
def _variant_names(setting: str) -> tuple[str, ...]:
    """What a setting may be, the default first."""
    of_setting = rules()["variant_names"].filter(pl.col("setting") == setting)["variant"]
    return tuple(dict.fromkeys([_default_variants()[setting], *of_setting]))


def _only(holds: Callable[[str], object]) -> AfterValidator:
    """Refuses a text that `holds` is false for; the sentence for it is in _SENTENCES."""

    def validate(text: str) -> str:
        if not holds(text):
            raise ValueError
        return text

    return AfterValidator(validate)


def _every_ledger(table: dict[str, Any]) -> dict[str, Any]:
    return {name: table.get(name, f"{name}.csv") for name in ledgers()}


def _every_variant(table: dict[str, Any]) -> dict[str, Any]:
    """Setting of [rules] → the setting and what is written, or its default."""
    defaults = {setting: default for setting, default in _default_variants().items() if setting != _SHARED_CAP}
    return {setting: (setting, table.get(setting, default)) for setting, default in defaults.items()}


def _one_variant(setting_and_value: tuple[str, Any]) -> Any:
    setting, value = setting_and_value
    if value not in _variant_names(setting):
        raise ValueError
    return value


def _file_of_home(name: Any, info: ValidationInfo[Home]) -> Path:
    if not (isinstance(name, str) and name and Path(name).name == name):
        raise ValueError
    return info.context.beside_settings(name)


MunicipalityNo = Annotated[str, _only(lambda text: re.fullmatch(r"\d{6}", text) and text != "000000")]
CheckCode = Annotated[str, Field(pattern=r"^[A-Z]{3}\d{3}$")]
ReasonCode = Annotated[str, Field(pattern=r"^[0-9A-Z]{4}$")]
OTHER_RETURN = "other"  # in [reports.reason_codes]: what a person returned without a finding
DayOfMonth = Annotated[int, Field(ge=1, le=31)]
Severity = Annotated[str, _only(lambda name: name in SEVERITIES)]
LedgerFiles = Annotated[dict[str, Annotated[str, _only(bool)]], BeforeValidator(_every_ledger)]
Variants = Annotated[dict[str, Annotated[str, BeforeValidator(_one_variant)]], BeforeValidator(_every_variant)]
# A free text may be written as a number, and anything but `true` means no: neither is an error.
FreeText = Annotated[str, BeforeValidator(str)]
YesOrNo = Annotated[bool, BeforeValidator(lambda value: value is True)]


# Digits that may be a telephone number: at least nine, with what people write between them.
_TELEPHONE = re.compile(r"(?:\d[-‐−ー－()().\s]{0,2}){9,}")


def _from(table: str, key: str, default: Any = ...) -> Any:
    return Field(default, validation_alias=AliasPath(table, key))


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class Brake(_Model):
    """A check that finds more than this share of the claims wrong, and at least so many, is downgraded."""

    share: float = 0.10
    least: int = 30


class Calendar(_Model):
    """Days of the review month by which things are to be done."""

    answers: DayOfMonth = 13
    decide: DayOfMonth = 14
    close: DayOfMonth = 15


class Group(_Model):
    """One of several rows of ours in a row of an export: our header names → theirs."""

    columns: Annotated[dict[str, str], Field(min_length=1)]


class Settings(_Model):
    """What henrei.toml says, with the contract's defaults."""

    city_name: FreeText = _from("city", "name", "")
    municipality_no: MunicipalityNo = _from("city", "municipality_no")
    ledger_files: LedgerFiles = Field(validation_alias="ledgers")
    ledger_columns: dict[str, dict[str, str]] = _from("ledgers", "columns", {})
    ledger_values: dict[str, dict[str, dict[str, str]]] = _from("ledgers", "values", {})
    ledger_constants: dict[str, dict[str, str]] = _from("ledgers", "constants", {})
    ledger_groups: dict[str, list[Group]] = _from("ledgers", "split", {})
    disabled: Annotated[frozenset[CheckCode], Field(strict=False)] = _from("checks", "disabled", frozenset())
    severities: dict[CheckCode, Severity] = _from("checks", "severity", {})
    brake: Brake = _from("checks", "brake", Brake())
    # True where ① of a claim may hold a share of the household's cap.
    shared_cap: bool = _from("checks", _SHARED_CAP, False)
    rules: Variants = Field(validation_alias="rules")
    disclose_other_facility: YesOrNo = _from("reports", "disclose_other_facility", False)
    contact: FreeText = _from("reports", "contact", "")
    # The table of the facilities' passwords; None: letters are not protected.
    passwords: Annotated[Path, BeforeValidator(_file_of_home)] | None = _from("reports", "passwords", None)
    # Check code, or OTHER_RETURN → the four characters of K721's 返戻事由コード.
    reason_codes: dict[CheckCode | Literal["other"], ReasonCode] = _from("reports", "reason_codes", {})
    calendar: Calendar = Calendar()
    retention_months: Annotated[int, Field(ge=0)] = _from("retention", "months", 60)
    unknown: tuple[str, ...] = ()  # names in henrei.toml that mean nothing here

    def export(self, ledger: str) -> Export:
        """How the city's export of a ledger differs from ours."""
        return Export(
            columns=self.ledger_columns.get(ledger, {}),
            values=self.ledger_values.get(ledger, {}),
            constants=self.ledger_constants.get(ledger, {}),
            groups=[group.columns for group in self.ledger_groups.get(ledger, [])],
        )

    @property
    def has_telephone(self) -> bool:
        """True where [reports] contact holds what may be a telephone number: letters must not go out without one."""
        return _TELEPHONE.search(unicodedata.normalize("NFKC", self.contact)) is not None

    @property
    def variants(self) -> dict[str, str]:
        """What differs from city to city, setting → the variant in use: [rules], and shared_cap as "true" or "false"."""
        return dict(sorted({**self.rules, _SHARED_CAP: str(self.shared_cap).lower()}.items()))


# Place of an error in henrei.toml (with pydantic's type of the error where that matters) and below → what the user reads.
# Of several errors the first in this order is shown.
_SENTENCES = {
    "city": '[city] municipality_no が読めません。市町村番号を6桁の数字で "112992" のように書いてください',
    "ledgers.columns": '[ledgers.columns] が読めません。[ledgers.columns.台帳名] の下に "henreiの列名" = "台帳の列名" と書いてください',
    "ledgers.values": '[ledgers.values] が読めません。[ledgers.values.台帳名."henreiの列名"] の下に "台帳の書き方" = "henreiの書き方" と書いてください',
    "ledgers.constants": '[ledgers.constants] が読めません。[ledgers.constants.台帳名] の下に "henreiの列名" = "値" と書いてください',
    "ledgers.split": '[[ledgers.split]] が読めません。[[ledgers.split.台帳名]] の下に columns = {{ "henreiの列名" = "台帳の列名" }} と書いてください',
    "ledgers": '[ledgers] が読めません。ファイル名を "recipients.csv" のように書いてください',
    "checks.disabled:frozen_set_type": '[checks] disabled が読めません。確認コードを "CAP301" のように書いてください',
    "checks.disabled:string_type": '[checks] disabled が読めません。確認コードを "CAP301" のように書いてください',
    "checks.disabled": "[checks] disabled の「{input}」 が読めません。確認コードは henrei checks で見られます",
    "checks.severity:dict_type": '[checks.severity] が読めません。確認コードを "CAP301" のように書いてください',
    "checks.severity:string_pattern_mismatch": "[checks.severity] の「{input}」 が読めません。確認コードは henrei checks で見られます",
    "checks.severity": "[checks.severity] {name} が読めません。{severities} のどれかを書いてください",
    "checks.brake": "[checks] brake が読めません。brake = {{ share = 0.10, least = 30 }} のように書いてください",
    "checks.shared_cap": "[checks] shared_cap が読めません。true か false を書いてください",
    "rules": "[rules] {name} が読めません。{variants} のどちらかを書いてください",
    "reports.reason_codes": '[reports.reason_codes] が読めません。確認コード(その他の返戻は other)に、英数字4文字を CRT102 = "S001" のように書いてください',
    "calendar": "[calendar] が読めません。審査月の日を answers = 13 のように 1 から 31 の数で書いてください",
    "retention": "[retention] months が読めません。残す月数を months = 60 のように書いてください",
    "reports": '[reports] passwords が読めません。henrei.toml と同じ場所のファイル名を "passwords.csv" のように書いてください',
}


def _message(error: ValidationError) -> str:
    details = error.errors(include_url=False, include_context=False)
    for key, sentence in _SENTENCES.items():
        place, _, kind = key.partition(":")
        for detail in details:
            path = [str(part) for part in detail["loc"]]
            if f"{'.'.join(path)}.".startswith(f"{place}.") and kind in ("", detail["type"]):
                variants = _variant_names(path[-1]) if path[0] == "rules" else ()
                names = {"severities": "・".join(SEVERITIES), "variants": "・".join(variants)}
                return f"{SETTINGS} の " + sentence.format(input=detail["input"], name=path[-1], **names)
    raise AssertionError(details)


def name_variants(variants: Mapping[str, str]) -> list[tuple[str, str]]:
    """Labels of the rules of the law that come in variants, each with the label of the variant in use."""
    of_law = rules()["variants"].filter(pl.col("kind") == "law")
    rule_labels = dict(of_law.select("setting", "label").iter_rows())
    names = rules()["variant_names"].select("setting", "variant", "label")
    variant_labels = {(setting, variant): label for setting, variant, label in names.iter_rows()}
    return [(label, variant_labels[setting, variants[setting]]) for setting, label in rule_labels.items()]


def say_variants(variants: Mapping[str, str]) -> str:
    """The same in one line."""
    return "使った基準: " + "、".join(f"{rule}は{variant}" for rule, variant in name_variants(variants))


def days_of(month: date, settings: Settings) -> dict[str, date]:
    """What is to be done → by which day of the review month; a day that the month does not have is its last."""
    return {name: day_in(month, day) for name, day in settings.calendar.model_dump().items()}


def basis(home: Home) -> bytes:
    """What of henrei.toml a run rests on, in one spelling: a telephone number that changes makes no run anew."""
    tables = _tables(home.settings)
    return json.dumps({name: tables.get(name, {}) for name in _BASIS}, sort_keys=True, default=str).encode("utf-8")


def load(home: Home, path: Path | None = None) -> Settings:
    """Reads the home's henrei.toml, or one kept elsewhere. Raises HenreiError (status 2): what is wrong where, and what to do."""
    return _settings(_tables(path or home.settings), home)


def _tables(path: Path) -> dict[str, Any]:
    """The tables of a henrei.toml. Raises HenreiError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise HenreiError(f"{path} がありません。henrei init で作るか、--home で場所を指定してください") from None
    except (OSError, UnicodeDecodeError) as error:
        raise HenreiError(f"{path} を読めません。UTF-8 で保存し直してください({type(error).__name__})") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"at line (\d+)", str(error))
        line = f":{match[1]}" if match else ""
        raise HenreiError(f"{SETTINGS}{line} の書き方に誤りがあります。引用符・かっこ・= を確かめてください") from None


def _settings(tables: dict[str, Any], home: Home) -> Settings:
    known = {name: tables.get(name, {}) for name in _known_keys()}
    for name, table in known.items():
        if not isinstance(table, dict):
            raise HenreiError(f"{SETTINGS} の [{name}] が読めません。表([…] の見出し)として書いてください")
    try:
        settings = Settings.model_validate(known, context=home)
    except ValidationError as error:
        raise HenreiError(_message(error)) from None
    return settings.model_copy(update={"unknown": tuple(_unknown_names(tables, settings))})


def _unknown_names(tables: dict[str, Any], settings: Settings) -> Iterator[str]:
    known = _known_keys()
    yield from (f"[{name}]" for name in tables if name not in known)
    for name, keys in known.items():
        yield from (f"[{name}] {key}" for key in tables.get(name, {}) if key not in keys)
    groups = {
        name: [column for group in split for column in group.columns] for name, split in settings.ledger_groups.items()
    }
    written: tuple[Mapping[str, Iterable[str]], ...] = (
        settings.ledger_columns,
        settings.ledger_values,
        settings.ledger_constants,
        groups,
    )
    for key, of_ledgers in zip(_EXPORT_KEYS, written, strict=True):
        for name, columns in of_ledgers.items():
            if name not in ledgers():
                yield f"[ledgers.{key}.{name}]"
            else:
                yield from (
                    f"[ledgers.{key}.{name}] {column}" for column in columns if column not in ledgers()[name].labels
                )
    for code in sorted(settings.disabled | set(settings.severities)):
        if code not in catalogue():
            yield f"[checks] {code}"
    yield from (f"[reports.reason_codes] {c}" for c in settings.reason_codes if c not in {*catalogue(), OTHER_RETURN})
