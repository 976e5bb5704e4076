"""The returned claims and sheets of a month in, returns.csv in the columns of K721-02, the federation's own list, out.

One row a claim or sheet, in the order of outcomes.csv. How the items are filled:
- 交換情報識別番号 K721 and 帳票レコード種別 02; 受付年月 the review month; 証記載都道府県等番号 and 都道府県等名 the city;
- 種別 明 or 利; サービス種類 the claim's first one and 単位数 the claim's total, both empty for a sheet, as in K721;
- 受給者氏名（カナ） from recipients.csv, else from the claim, in half width, empty where neither has one;
- 返戻事由コード the city's four characters (henrei.toml, [reports.reason_codes]) for the strongest reason that has them;
  `other` there names what a person returned without a finding (その他の返戻). Where no reason has them, all reasons with
  `;` between: henrei's check codes (longer than K721's four characters, so that findings.csv and `henrei explain` can be
  asked), the federation's code where the federation returned it, empty where a person returned it without a finding;
- 返戻事由内容 the checks' titles with the federation's published codes, of all reasons.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

import polars as pl

from henrei.months import record_month
from henrei.reports.letters.content import Reason
from henrei.reports.letters.inputs import LetterInputs, Outcome
from henrei.reports.letters.returned import BY_A_PERSON, Returned, key_of_outcome
from henrei.schemas.layouts import Record, layout_of, layouts
from henrei.store.books import csv_bytes

_RECORD = "K721-02"
_OTHER = "other"  # in [reports.reason_codes]: a return without a finding
# The half-width kana, and what each is in full width; the sound marks are characters of their own.
_HALF = {ord(unicodedata.normalize("NFKC", chr(code))): chr(code) for code in range(0xFF61, 0xFFA0)} | {0x3000: " "}


def layout(month: str) -> Record:
    """The edition of K721-02 that holds for a month (YYYYMM); the newest one where none does."""
    return layout_of(_RECORD, month) or layouts(_RECORD)[-1]


def returns_csv(inputs: LetterInputs, returned: Iterable[Returned]) -> bytes:
    """The file's bytes: UTF-8 with BOM, with the layout's labels as its header, also where nothing was returned."""
    month = record_month(inputs.month)
    record = layout(month)
    entries = {entry.key: entry for entry in returned}
    rows = []
    for outcome in (one for one in inputs.outcomes if one["outcome"] == "返戻"):
        values = _values(inputs, outcome, entries[key_of_outcome(outcome)], month, record)
        rows.append({item.label: _plain(values.get(item.label)) for item in record.items})
    return csv_bytes(pl.DataFrame(rows, schema={item.label: pl.String for item in record.items}))


def _values(inputs: LetterInputs, outcome: Outcome, entry: Returned, month: str, record: Record) -> dict[str, str]:
    """Label of an item → value. Items that henrei reads are known by the name it keeps them under."""
    facts = inputs.claims.get(entry.key)
    named = {
        "accepted_month": month,
        "facility_no": outcome["facility_no"],
        "municipality_no": inputs.issuer.municipality_no,
        "recipient_no": outcome["recipient_no"],
        "kind": outcome["kind"],
        "service_month": outcome["service_month"].replace("-", ""),
        "service_type": facts.service_types[0] if facts and facts.service_types else "",
        "units": str(facts.units) if facts and facts.units is not None else "",
        "reason_code": _reason_code(entry.reasons, inputs.issuer.reason_codes),
        "reason_text": "／".join(dict.fromkeys(_title(one) for one in entry.reasons)),
    }
    others = {
        record.items[0].label: _RECORD[:4],
        record.items[1].label: _RECORD[5:],
        "都道府県等名": inputs.issuer.city_name,
        "受給者氏名（カナ）": _half_width(entry.subject.name),
    }
    return others | {item.label: named[name] for name, item in record.kept.items()}


def _reason_code(reasons: Iterable[Reason], known: Mapping[str, str]) -> str:
    """`reasons`: the strongest first; `known`: the city's codes."""
    given = [(one.code or (_OTHER if one.title == BY_A_PERSON else ""), one.code) for one in reasons]
    mapped = (known.get(name) for name, _ in given)
    return next(filter(None, mapped), "") or ";".join(dict.fromkeys(code for _, code in given if code))


def _half_width(text: str) -> str:
    """Katakana as K721 has them."""
    return unicodedata.normalize("NFD", text).translate(_HALF)


def _title(reason: Reason) -> str:
    return f"{reason.title}({reason.published})" if reason.published else reason.title


def _plain(text: str | None) -> str | None:
    """A spreadsheet must not take a name for a formula; what is not set stays empty."""
    if not text:
        return None
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
