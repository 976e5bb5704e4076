"""Item lists in the form of the municipal standard's 基本データリスト, as workbooks: for `henrei columns`.

The names of the items are ours in other spellings, among many that are none of ours. No real list is known for 障害者福祉.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import openpyxl

from henrei.schemas.ledgers import ledgers

# Our ledgers as groups of a city's system, and the words by which it calls them.
GROUPS = {
    "recipients": "通所受給者証情報",
    "grants": "支給決定サービス情報",
    "cap_managers": "上限額管理事務依頼届情報",
    "plans": "障害児支援利用計画情報",
    "facilities": "障害児施設情報",
    "facility_addons": "体制等加算届情報",
    "petitions": "過誤申立情報",
    "history": "審査決定実績情報",
    "first_review": "一次審査点検情報",
    "service_codes": "サービスコード単位数情報",
}
TYPES = {
    "number10": ("X", "10"), "number6": ("X", "6"), "code6": ("X", "6"), "code2": ("X", "2"), "date": ("DATE", "10"),
    "month": ("X", "6"), "integer": ("9", "7"), "days": ("9", "2"), "code": ("X", "1"), "text": ("N", "60"), "name": ("N", "80"),
}  # fmt: skip
# What else a system of 障害者福祉 holds: other groups, with items whose names come near ours.
OTHERS = {
    "身体障害者手帳情報": "手帳番号 手帳交付年月日 手帳再交付年月日 障害名 障害等級 障害部位コード 交付事由コード 返還年月日 再認定年月 旅客運賃種別",
    "療育手帳情報": "療育手帳番号 療育手帳交付年月日 次回判定年月 判定機関名 障害程度区分 返還理由コード 再判定要否",
    "精神障害者手帳情報": "精神手帳番号 精神手帳有効開始年月日 精神手帳有効終了年月日 精神手帳等級 精神更新年月日",
    "自立支援医療情報": "自立支援医療受給者番号 医療有効期間開始年月日 医療有効期間終了年月日 自己負担上限月額 重度かつ継続区分 指定医療機関番号 指定医療機関名 医療保険者番号 医療所得区分",
    "障害者支給決定情報": "障害支援区分 障害支援区分認定年月日 障害支援区分有効期間開始 障害支援区分有効期間終了 障害者受給者証番号 標準利用期間 審査会開催年月日 暫定支給決定期間 居宅介護支給時間数 重度訪問支給時間数",
    "補装具情報": "補装具種目コード 補装具決定年月日 補装具業者番号 補装具業者名 基準額 補装具利用者負担額 修理区分 見積金額",
    "日常生活用具情報": "用具種目コード 用具決定年月日 用具業者名 用具基準額 用具公費負担額 耐用年数",
    "手当情報": "特別児童扶養手当証書番号 手当認定年月日 手当支給停止年月 手当額 手当資格喪失年月日 所得制限区分 手当支払金融機関コード 口座番号 口座名義人カナ",
    "宛名情報": "個人番号 氏名 氏名_外国人漢字 通称 性別 住所_郵便番号 住所_町字 住所_方書 住所_番地号表記 電話番号 異動事由コード 異動年月日 住民区分 続柄コード 世帯主氏名",
    "所得情報": "課税年度 合計所得金額 市町村民税所得割額 扶養親族数 生活保護区分 非課税区分 所得階層区分 特定扶養人数 申告区分",
    "地域生活支援情報": "移動支援支給量 日中一時支援支給量 地域活動開始年月日 地域活動終了年月日 訪問入浴回数 コミュニケーション支援区分 委託事業所名",
    "操作履歴情報": "操作者ID 操作年月日 操作時刻 端末番号 処理区分 更新回数 削除フラグ 論理削除年月日 登録年月日 更新年月日",
}  # fmt: skip
# The list has the same items once for adults: the same names, in groups of their own.
TWINS = {"recipients": "障害福祉サービス受給者証情報", "grants": "障害福祉サービス支給決定情報"}
_STAFF = ["管理者", "担当者", "代理人", "紹介者", "立会人", "通知先", "医師", "調査員", "審査員", "相談員"]
_ABOUT = [
    "氏名",
    "所属名",
    "電話番号",
    "連絡先区分",
    "登録年月日",
    "備考",
    "郵便番号",
    "住所",
    "メールアドレス",
    "委嘱年月日",
]


@dataclass(frozen=True)
class Made:
    """A workbook, and for every column of every ledger the id of the item that is it."""

    data: bytes
    right: dict[tuple[str, str], str]
    items: int


def make_list(
    spell: Callable[[str, str], str],
    *,
    romaji: Callable[[str, str], str] = lambda ledger, label: "",
    items: int = 300,
    seed: int = 1,
    codes: Mapping[tuple[str, str], Sequence[tuple[str, str]]] = {},
    one_header: bool = False,
) -> Made:
    """`spell` and `romaji` give a column's name in the list, of ledger and header; `codes` the values and texts of one."""
    rng = random.Random(seed)
    rows: list[list[str]] = []
    right: dict[tuple[str, str], str] = {}
    code_ids = {column: str(number) for number, column in enumerate(codes, start=1)}

    def put(group: str, name: str, sound: str, kind: tuple[str, str], code: str = "") -> str:
        number = len(rows) + 1
        rows.append(["022", str(number), name, sound, group, "", "", "", "", "", *kind, code])
        return f"022{number:05}"

    groups: list[Callable[[], None]] = []

    def ours(name: str) -> Callable[[], None]:
        def make() -> None:
            for item in ledgers()[name].layout.items:
                kind = TYPES[item.format.removeprefix("ledger-")]
                code = code_ids.get((name, item.label), "")
                right[name, item.label] = put(
                    GROUPS[name], spell(name, item.label), romaji(name, item.label), kind, code
                )
            put(GROUPS[name], "更新年月日", "koshinnengappi", ("DATE", "10"))

        return make

    def others(group: str, names: Iterable[str]) -> Callable[[], None]:
        return lambda: [put(group, name, "", _kind(name)) for name in names] and None

    def twin(name: str) -> Callable[[], None]:
        labels = [item.label for item in ledgers()[name].layout.items if "児童" not in item.label]
        return others(TWINS[name], [spell(name, label) for label in labels])

    groups += [ours(name) for name in GROUPS]
    groups += [twin(name) for name in TWINS]
    groups += [others(group, names.split()) for group, names in OTHERS.items()]
    rng.shuffle(groups)
    for group in groups:
        group()
    filler = (f"{who}_{what}" for what in _ABOUT for who in _STAFF)
    while len(rows) < items:
        name = next(filler)
        put("関係者情報", name, "", _kind(name))
    return Made(_workbook(rows, code_ids, codes, one_header), right, len(rows))


def _kind(name: str) -> tuple[str, str]:
    if name.endswith("年月日"):
        return "DATE", "10"
    if name.endswith(("コード", "区分", "フラグ")):
        return "X", "2"
    if name.endswith(("額", "量", "数")):
        return "9", "7"
    return ("X", "10") if name.endswith("番号") else ("N", "100")


def _workbook(
    rows: Sequence[Sequence[str]],
    code_ids: Mapping[tuple[str, str], str],
    codes: Mapping[tuple[str, str], Sequence[tuple[str, str]]],
    one_header: bool,
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "基本データリスト（障害者福祉）"
    if one_header:
        sheet.append(["データ項目ID", "データ項目", "データ項目（ローマ字）", "グループ", "データ型", "桁数", "コード"])
        for row in rows:
            sheet.append([row[0] + row[1].zfill(5), row[2], row[3], row[4], *row[10:]])
    else:
        head = ["データ項目ID", "", "データ項目", "データ項目（ローマ字）", "グループ", "", "", "クラス分類", "", ""]
        sheet.append(["", "■地方公共団体情報システム－基本データリスト"])
        sheet.append([])
        sheet.append(["", *head, "データ型", "桁数", "コード", "繰り返し", "データ出力条件", "項目定義"])
        sheet.append(["", "", "", "", "", "名称", "主キー", "外部キー", "LV1", "LV2", "LV3"])
        sheet.merge_cells("B3:C4")
        sheet.merge_cells("F3:H3")
        for row in rows:
            sheet.append(["", *row])
        sheet.append(["", "", "", "e", "", "e"])
    lists = book.create_sheet("コード一覧（個別）")
    lists.append(["コード一覧表"])
    lists.append([])
    lists.append(["コードID", "コード名", "コード値", "コード値の内容", "備考"])
    for column, code in code_ids.items():
        for number, (value, text) in enumerate(codes[column]):
            lists.append([code if number == 0 else "", column[1] if number == 0 else "", value, text])
    lists.append(["999", "自治体固有コード", "任意", "任意", "市が決める"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
