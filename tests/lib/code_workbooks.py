"""Workbooks in the shape of the ministry's service-code tables, from names and units made up here, and what they mean.

A code is `MadeCode`; `workbook` writes codes into sheets of several dresses. Units are made up; names follow the ministry's
forms: the 48 base names of 63 with every suffix that goes with them, base names of 61, and add-ons.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import xlsxwriter

# Suffix → what is left of the units, per mille, and the add-on key.
SUFFIXES = {
    "定超": (700, "reduction_over_capacity"),
    "人欠": (700, "reduction_staff_shortage"),
    "人欠２": (500, "reduction_staff_shortage_half"),
    "責欠": (700, "reduction_manager_shortage"),
    "責欠２": (500, "reduction_manager_shortage_half"),
    "未計画": (700, "reduction_plan_missing"),
    "未計画２": (500, "reduction_plan_missing_half"),
    "開減１": (700, "reduction_opening_hours"),
    "開減２": (850, "reduction_opening_hours"),
    "評減": (850, "reduction_self_evaluation"),
    "支減": (850, "reduction_program"),
}
_FULL = str.maketrans(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
)
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXY"


class MadeCode(NamedTuple):
    """A code as service_codes.csv must have it; units None: a rate. Bounds and classes are text, "" for none."""

    code: str
    name: str
    units: int | None
    kind: str
    keys: str = ""
    low: str = ""
    high: str = ""
    severe: str = ""
    hours: str = ""
    day: str = ""
    care: str = ""
    filing: str = ""


def full_width(text: str) -> str:
    return text.translate(_FULL)


def base_codes_63() -> Iterator[MadeCode]:
    """The 48 base names of 63."""
    classes = {1: ("1", "10"), 2: ("11", "20"), 3: ("21", "")}
    for n, (care, size, hours) in enumerate(product((1, 2, 3, 4), (1, 2, 3), (1, 2, 3))):
        low, high = classes[size]
        name = full_width(f"放デイ{care}{size}{hours}")
        yield MadeCode(
            "", name, 401 + 37 * n, "基本", "", low, high, "1", str(hours), "", {1: "3", 2: "2", 3: "1", 4: ""}[care]
        )
    sizes = {1: ("5", "7"), 2: ("8", "10"), 3: ("11", "")}
    for n, (day, size) in enumerate(product((1, 2), (1, 2, 3))):
        low, high = sizes[size]
        yield MadeCode("", full_width(f"放デイ{day}{size}"), 1777 + 29 * n, "基本", "", low, high, "2", "", str(day))
    for n, (name, day) in enumerate(product(("共生型放デイ", "基準該当放デイⅠ", "基準該当放デイⅡ"), (1, 2))):
        yield MadeCode("", name + full_width(str(day)), 433 + 31 * n, "基本", day=str(day))


def base_codes_61(count: int = 3) -> Iterator[MadeCode]:
    """Base names of 61 in form: of the five digits only the last is known, 時間区分."""
    digits = product((1, 2), (1, 2, 3, 4), (1, 2, 3, 4), (1, 2, 3, 4, 5, 6, 7), (1, 2, 3))
    for n, five in zip(range(count), digits, strict=False):
        name = full_width("児発" + "".join(map(str, five)))
        yield MadeCode("", name, 611 + 13 * n, "基本", hours=str(five[-1]))


def combinations() -> Iterator[tuple[str, ...]]:
    """Every row of suffixes that exists, the empty one first: 定超, 人欠 and 責欠 exclude one another, 責欠 excludes 未計画."""
    firsts = ("", "定超", "人欠", "人欠２", "責欠", "責欠２")
    others = (("", "未計画", "未計画２"), ("", "開減１", "開減２"), ("", "評減"), ("", "支減"))
    for first, *rest in product(firsts, *others):
        if not (first.startswith("責欠") and rest[0]):
            yield tuple(suffix for suffix in (first, *rest) if suffix)


def combined(bases: Iterable[MadeCode], service_type: str) -> Iterator[MadeCode]:
    """Every base with every row of suffixes; codes made up, two digits behind two letters."""
    numbers = (f"{service_type}{a}{b}{number:02d}" for a, b, number in product(_LETTERS, _LETTERS, range(100)))
    for base in bases:
        for suffixes in combinations():
            units = base.units
            assert units is not None
            for suffix in suffixes:
                units = (units * SUFFIXES[suffix][0] + 500) // 1000
            keys = ";".join(dict.fromkeys(SUFFIXES[suffix][1] for suffix in suffixes))
            yield base._replace(code=next(numbers), name="・".join((base.name, *suffixes)), units=units, keys=keys)


# (item, name without the type's, units, key, 届出要, types)
_ADDONS = (
    ("5370", "上限額管理加算", 150, "cap_management", "", "61 63 64"),
    ("5495", "欠席時対応加算", 94, "absence", "", "61 63"),
    ("5710", "事業所間連携加算Ⅰ", 500, "coordination_core", "", "61 63"),
    ("5711", "事業所間連携加算Ⅱ", 150, "coordination_other", "", "61 63"),
    ("6763", "個別サポート加算Ⅱ", 150, "individual_support_2", "", "61 63"),
    ("5706", "個別サポート加算Ⅲ", 70, "individual_support_3", "", "63"),
    ("6762", "個別サポート加算Ⅰ１", 90, "individual_support_1", "", "63"),
    ("6775", "個別サポート加算Ⅰ１（一定要件）", 120, "individual_support_1", "", "63"),
    ("6776", "個別サポート加算Ⅰ２", 120, "individual_support_1_severe", "", "63"),
    ("5603", "家族支援加算Ⅰ１", 300, "family_support_1", "", "61 63 64"),
    ("5607", "家族支援加算Ⅱ１", 80, "family_support_2", "", "61 63 64"),
    ("5702", "専門的支援実施加算", 150, "specialist_support", "", "61 63"),
    ("6760", "関係機関連携加算Ⅰ", 250, "agency_cooperation_1", "", "61 63"),
    ("6761", "関係機関連携加算Ⅱ", 200, "agency_cooperation_2", "", "61 63"),
    ("6767", "関係機関連携加算Ⅲ", 150, "agency_cooperation_3", "", "61 63"),
    ("6768", "関係機関連携加算Ⅳ", 200, "agency_cooperation_4", "", "61 63"),
    ("6769", "関係機関連携加算", 150, "agency_cooperation", "", "64"),
    ("5088", "入浴支援加算", 55, "bathing", "", "61 63"),
    ("6225", "強度行動障害児支援加算", 200, "severe_behavior", "", "61 63 64"),
    ("5612", "強度行動障害児支援加算（９０日以内）", 500, "severe_behavior_raise", "", "61 63"),
    ("5501", "人工内耳装用児支援加算", 150, "cochlear", "", "61 63"),
    ("5705", "視覚聴覚言語機能障害児支援加算", 100, "sensory", "", "61 63"),
    ("5610", "ケアニーズ対応加算", 120, "care_needs", "", "64"),
    ("6240", "送迎加算１", 54, "pickup", "", "61 63"),
    ("6243", "送迎加算１（同一敷地）", 38, "pickup", "", "61 63"),
    ("6248", "送迎加算１（一定条件１・同一敷地）", 28, "pickup_raise", "", "61 63"),
    ("6301", "延長支援加算１１１", 61, "extension", "", "61 63"),
    ("6230", "医療連携体制加算Ⅰ", 32, "medical_cooperation", "", "61 63"),
    ("0411", "児童指導員等加配加算１１１", 152, "staffing_plus", "1", "61 63"),
    ("0551", "専門的支援体制加算１１", 123, "specialist_system", "1", "61"),
    ("0552", "専門的な支援体制加算１１", 123, "specialist_system", "1", "63"),
    ("0435", "看護職員加配加算１１", 400, "nurse_plus", "1", "61 63"),
    ("5490", "福祉専門職員配置等加算Ⅱ", 10, "qualified_staff", "1", "61 63"),
    ("5621", "処遇改善加算Ⅰ", None, "treatment_improvement", "1", "61 63 64"),
    ("5639", "処遇改善加算Ⅰロ", None, "treatment_improvement", "1", "61 63"),
    ("5310", "食事提供加算Ⅰ", 30, "meal", "1", "61"),
    ("5701", "子育てサポート加算", 80, "parenting_support", "", "61 63"),
    ("5709", "通所自立支援加算", 60, "independence_commute", "", "63"),
    ("5708", "自立サポート加算", 100, "independence_support", "", "63"),
    ("5041", "集中的支援加算", 1000, "intensive_support", "", "61 63"),
    ("6801", "保育教育等移行支援加算（入所中）", 500, "transition_support", "", "61 63"),
    ("5601", "訪問支援員特別加算Ⅰ", 850, "visitor_special", "", "64"),
    ("6020", "初回加算", 200, "first_visit", "", "64"),
    ("5609", "多職種連携支援加算", 200, "multi_profession", "", "64"),
    ("5801", "中核機能強化事業所加算１１", 187, "", "1", "61 63"),
    ("5130", "栄養士配置加算Ⅰ１", 37, "", "", "61"),
    ("6770", "特別地域加算", None, "", "", "64"),
    ("Z031", "身体拘束廃止未実施減算", None, "reduction_restraint", "", "61 63 64"),
    ("Z051", "虐待防止措置未実施減算", None, "reduction_abuse_prevention", "", "61 63 64"),
    ("Z061", "業務継続計画未策定減算", None, "reduction_bcp", "", "61 63 64"),
    ("Z081", "情報公表未報告減算", None, "reduction_disclosure", "", "61 63 64"),
)  # fmt: skip
_TYPE_NAMES = {"61": "児発", "63": "放デイ", "64": "保訪"}


def addon_codes() -> Iterator[MadeCode]:
    """Add-ons of 61, 63 and 64."""
    for item, name, units, key, filing, types in _ADDONS:
        for kind in types.split():
            yield MadeCode(kind + item, _TYPE_NAMES[kind] + name, units, "加算" if units else "率", key, filing=filing)
    for kind in ("61", "63"):
        yield MadeCode(f"{kind}5496", f"{_TYPE_NAMES[kind]}欠席時対応加算（重心）", 94, "加算", "absence", severe="2")


Rows = Sequence[Sequence[Any]]


def header_above(codes: Iterable[MadeCode]) -> Rows:
    """Titles, then two header lines with 種類 in the second, as the ministry writes them; 算定単位 only in the first row."""
    rows: list[Sequence[Any]] = [
        ["令和８年６月 障害児通所支援 サービスコード表"],
        [],
        ["", "", "", "", "", "", "(単位)"],
        [],
        ["サービスコード", None, "サービス内容略称", "算定項目", None, "合成\n単位数", "算定\n単位"],
        ["種類", "項目"],
    ]
    for n, code in enumerate(codes):
        per = "1日につき" if n == 0 else None
        rows.append([int(code.code[:2]), _item(code.code[2:], n), code.name, "定員等", None, code.units, per])
        if n == 1:
            rows += [[None] * 7, ["", "", "", "(欠番)", None, None, None]]
    return [*rows, ["注 算定項目は告示による。"]]


def _item(item: str, n: int) -> object:
    """項目 as a number, where it is one, as text or in full-width letters."""
    if item.isdigit() and n % 2:
        return int(item)
    return full_width(item) if n % 3 == 0 else item


def header_below(codes: Iterable[MadeCode]) -> Rows:
    """種類 in the first of two header lines, its columns in another order, units as text."""
    rows: list[Sequence[Any]] = [
        ["種類", "項目", "算定項目", None, "サービスコードの内容", None, None],
        [None, None, None, "合成単位数", None, "算定単位", "サービス内容略称"],
    ]
    for code in codes:
        units = "" if code.units is None else f"{code.units:,}".replace("-", "▲")
        rows.append([full_width(code.code[:2]), code.code[2:], "所定単位数", units, None, "1回につき", code.name])
    return rows


NO_CODES: Rows = [["サービスコード表"], ["このブックの見方"], ["", "種類と項目をつなぐとコードになります"]]


def workbook(sheets: dict[str, Rows], merged: dict[str, Sequence[str]] | None = None) -> bytes:
    """A workbook of sheets: title → rows of cells; `merged`: title → ranges that are merged."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    for title, rows in sheets.items():
        sheet = book.add_worksheet(title)
        for n, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if cell is not None and cell != "":
                    sheet.write(n, place, cell)
        for area in (merged or {}).get(title, ()):
            first = area.partition(":")[0]
            row, place = xlsxwriter.utility.xl_cell_to_rowcol(first)
            sheet.merge_range(area, rows[row][place])
    book.close()
    return stream.getvalue()
