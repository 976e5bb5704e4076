"""Reason codes (FMT, contract section 5) of rejected lines and the sentences a clerk reads in rejects.csv."""

from __future__ import annotations

from henrei.schemas.layouts import Item

ENVELOPE = "FMT101"
ENCODING = "FMT102"
ITEM_COUNT = "FMT103"
UNKNOWN = "FMT104"
ITEM_VALUE = "FMT105"
INCOMPLETE = "FMT106"
DUPLICATE = "FMT107"
LEDGER_COLUMN = "FMT108"
LEDGER_VALUE = "FMT109"

NOT_CP932 = "シフトJIS(CP932)にない文字があります。文字コードを確かめて作り直してください"
UNKNOWN_RECORD = "この識別番号・レコード種別は henrei の読む様式にありません"
NOT_A_DATA_RECORD = "レコード種別(先頭の項目)がデータレコードの「2」ではありません"
NO_LAYOUT = "このサービス提供年月の様式が登録されていません"
ITEM_COUNT_TEXT = "項目数が{}です(規定は{})。列の抜けや余分なカンマを直してください"
COMPANION_TEXT = "同じ{}の{}行目に誤りがあるため、まとめて取り込みません"
TOO_LONG = (
    "行が長すぎます(1MBを超えています)。改行が抜けていないか、CSVでないファイルが混ざっていないか確かめてください"
)
MISQUOTED = '引用符(")が項目の前後で対になっていません'
NO_BASE = "基本情報(01)のない行です"
OTHER_FORM = "基本情報(01)と様式種別番号が違います"

# What a record group is called.
UNIT = {
    "K112": "請求書",
    "K122": "明細書",
    "K411": "上限額管理結果票",
    "K421": "上限額管理結果票",
    "K611": "実績記録票",
    "K721": "返戻等一覧表",
}
_PARTS = {"02": "日数情報(02)", "03": "明細情報(03)", "04": "集計情報(04)"}


def missing_record(family: str, part: str) -> str:
    """The sentence for a group without one of its parts."""
    label = _PARTS[part] if family == "K122" else f"明細情報({part})"
    return f"この{UNIT[family]}に{label}がありません"


def duplicate(family: str, other: str) -> str:
    """The sentence for a group whose key is in another place, too."""
    if family == "K122":  # a program may write one claim a service: to take one of them out would be wrong
        return (
            f"同じ児童・同じ月の明細書が {other} にもあります。サービスごとに分かれているなら、一つの明細書にまとめて"
            "出し直してください。同じものを二度出しているなら、正しい方だけを残してください"
        )
    return f"同じ{UNIT[family]}が {other} にもあります。どちらが正しいか確かめ、片方を除いてください"


def _month(record_month: str) -> str:
    """202605 as 2026年5月; what is no month as it is."""
    plain = record_month.isascii() and record_month.isdigit() and len(record_month) == 6
    return f"{record_month[:4]}年{int(record_month[4:])}月" if plain else shown(record_month) or "空"


def other_month(written: str, folder: str) -> str:
    """The sentence for a file whose control record has another month than its folder; both as YYYYMM."""
    return (
        f"処理対象年月が{_month(written)}ですが、{_month(folder)}審査のフォルダーにあります。入れる月の誤りなら"
        f"正しい月のフォルダーに移し、{_month(folder)}に請求するもの(月遅れを含む)なら、処理対象年月を"
        f"{_month(folder)}にして作り直してください"
    )


_LEDGER_SHAPES = {
    "ledger-number10": "10桁の番号(Excelの指数表示 6.1E+09 などは読めません)",
    "ledger-number6": "6桁の市町村番号",
    "ledger-code6": "6桁のコード",
    "ledger-code2": "2桁のコード",
    "ledger-code": "コード",
    "ledger-integer": "整数",
    "ledger-days": "日数(23、23日/月 など)",
    "ledger-date": "日付(2026-04-01、2026/4/1、R8.4.1 など)",
    "ledger-month": "年月(2026-04、202604、R8.4 など)",
    "ledger-text": "文字",
    "ledger-name": "文字",
}


def shape(item: Item) -> str:
    """What an item must look like, as a clerk reads it."""
    if item.format in _LEDGER_SHAPES:
        return _LEDGER_SHAPES[item.format]
    match item.format:
        case "month":
            return "西暦年月6桁(YYYYMM)"
        case "date":
            return "西暦年月日8桁(YYYYMMDD)"
        case "day":
            return "その月にある日(1〜31)"
    match item.type:
        case "数値":
            return f"{item.width}桁以内の数字"
        case "コード値":
            return f"{item.width}桁の数字"
        case "英数":
            return f"{item.width}字以内の半角英大文字・数字・カナ"
        case _:
            return f"全角{item.width // 2}字以内"


_MOST_CODES = 12  # that a sentence lists
_MOST = 40  # characters of a value that are shown; rejects.csv has the line itself


def shown(value: str | None) -> str:
    """A value as a sentence shows it: all of it, or its beginning and how much more there is."""
    if value is None or len(value) <= _MOST:
        return str(value)
    return f"{value[:_MOST]}…(ほか{len(value) - _MOST:,}字)"


def item_rule(item: Item, variant: str, kind: str) -> str:
    """The sentence for one item that does not fit, without its value: kind is required, shape or codes."""
    if kind == "required":
        return f"「{item.label}」がありません({shape(item)}が必要です)"
    if kind == "codes" and len(item.allowed(variant)) > _MOST_CODES:
        return f"「{item.label}」が henrei の知る値ではありません"
    if kind == "codes":
        return f"「{item.label}」が {'・'.join(item.allowed(variant))} のどれでもありません"
    return f"「{item.label}」は{shape(item)}です"


def item_fault(item: Item, variant: str, kind: str, value: str | None) -> str:
    """The same with the value, where there is one."""
    sentence = item_rule(item, variant, kind)
    return sentence if kind == "required" else f"{sentence}(値: {shown(value)})"
