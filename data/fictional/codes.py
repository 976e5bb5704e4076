"""A small service code table and the prices of a unit, for claims and service_codes.csv: not the official ones."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

FORMS = {"61": "0301", "63": "0501", "64": "0601", "65": "0701"}
BASE_GRANT = {"61": "611000", "63": "631000", "64": "641000", "65": "651000"}
HEAVY_GRANT = {"61": "613000", "63": "632000"}
EXCLUSIVE = ("61", "63", "65")  # at most one of these on a day

# Price of a unit in 1/1000 yen by region; the second for 重心. Regions as in the national code list.
_PRICES = {
    "11": (11200, 11520),
    "12": (10960, 11220),
    "13": (10900, 11140),
    "14": (10720, 10910),
    "15": (10600, 10760),
    "16": (10360, 10460),
    "17": (10180, 10230),
    "23": (10000, 10000),
}
_VISIT_PRICES = {
    "11": 11240, "12": 10990, "13": 10930, "14": 10740, "15": 10620, "16": 10370, "17": 10190, "23": 10000,
}  # fmt: skip
_RATES = {"61": 131, "63": 134, "64": 129, "65": 129}  # 処遇改善, per mille
_NAMES = {"61": "児発", "63": "放デイ", "64": "保訪", "65": "居訪"}
_CLASSES = ((1, 10), (11, 20), (21, 999))

# (end of code, name, units, key, 届出要, 月上限) for every type given; 減算 where the units are below 0
_LINES = (
    ("5495", "欠席時対応加算", 94, "absence", "", "", "61 63"),
    ("5370", "上限額管理加算", 150, "cap_management", "", "1", "61 63 64 65"),
    ("6240", "送迎加算(片道)", 54, "pickup", "", "", "61 63"),
    ("4044", "児童指導員等加配加算", 152, "staffing_plus", "1", "", "61 63"),
    ("4051", "専門的支援体制加算", 82, "specialist_system", "1", "", "61 63"),
    ("4061", "看護職員加配加算", 133, "nurse_plus", "1", "", "61 63"),
    ("4071", "福祉専門職員配置等加算", 15, "qualified_staff", "1", "", "61 63"),
    ("4081", "ケアニーズ対応加算", 120, "care_needs", "1", "", "61 63"),
    ("6501", "事業所間連携加算１", 500, "coordination_core", "", "1", "61 63"),
    ("6502", "事業所間連携加算２", 150, "coordination_other", "", "1", "61 63"),
    ("6401", "家族支援加算１", 200, "family_support_1", "", "4", "61 63"),
    ("6402", "家族支援加算２", 80, "family_support_2", "", "", "61 63"),
    ("6411", "専門的支援実施加算", 150, "specialist_support", "", "6", "61 63"),
    ("6421", "関係機関連携加算", 200, "agency_cooperation", "", "2", "61 63"),
    ("6431", "延長支援加算", 92, "extension", "", "", "61 63"),
    ("6441", "医療連携体制加算", 125, "medical_cooperation", "", "", "61 63"),
    ("6451", "入浴支援加算", 70, "bathing", "", "8", "61 63"),
    ("6901", "強度行動障害児支援加算", 200, "severe_behavior", "", "", "61 63"),
    ("6301", "個別サポート加算１", 90, "individual_support_1", "", "", "63"),
    ("6302", "個別サポート加算１(重度)", 120, "individual_support_1_severe", "", "", "63"),
    ("9001", "業務継続計画未策定減算", -9, "reduction_bcp", "", "", "61 63"),
    ("9002", "定員超過利用減算", -200, "reduction_over_capacity", "", "", "61 63"),
    ("9011", "児発管欠如減算１", -90, "reduction_manager_shortage", "", "", "61 63"),
    ("9012", "児発管欠如減算２", -150, "reduction_manager_shortage_half", "", "", "61 63"),
    ("9021", "従業者欠如減算１", -90, "reduction_staff_shortage", "", "", "61 63"),
    ("9022", "従業者欠如減算２", -150, "reduction_staff_shortage_half", "", "", "61 63"),
    ("9031", "個別支援計画未作成減算１", -91, "reduction_plan_missing", "", "", "61 63"),
    ("9032", "個別支援計画未作成減算２", -152, "reduction_plan_missing_half", "", "", "61 63"),
    ("9041", "自己評価結果等未公表減算", -130, "reduction_self_evaluation", "", "", "61 63"),
    ("9051", "情報公表未報告減算", -45, "reduction_disclosure", "", "", "61 63"),
    ("9061", "虐待防止措置未実施減算", -8, "reduction_abuse_prevention", "", "", "61 63"),
    ("9071", "身体拘束廃止未実施減算", -7, "reduction_restraint", "", "", "61 63"),
    ("9081", "支援プログラム未公表減算", -125, "reduction_program", "", "", "61 63"),
)
# (end of code, name, units, from, to): codes without a key, long ended or not yet begun
_ELSEWHEN = (
    ("6190", "旧特別支援加算", 54, "2024-04-01", "2025-03-31", "61 63"),
    ("6990", "新支援加算", 60, "2039-04-01", "", "61 63"),
)
# Units of a code from a day on.
_REVISED = {"4044": (date(2026, 6, 1), 158), "6401": (date(2026, 9, 1), 205)}
# 基本 codes that hold reductions already: second digits of the code, per cent, keys
_REDUCED = (
    ("21", 70, "reduction_staff_shortage"),
    ("22", 84, "reduction_self_evaluation;reduction_bcp"),
    ("23", 50, "reduction_plan_missing_half"),
)
# (end of code, name, units by capacity class, 重心区分)
_BASES = {
    "61": (("11{}0", "基本", (901, 657, 514), "1"),),
    "63": (("11{}0", "基本(放課後)", (609, 406, 305), "1"), ("11{}5", "基本(休業日)", (666, 443, 343), "1")),
}
_HEAVY = {
    "61": (("1210", "重心基本", 1801),),
    "63": (("1210", "重心基本(放課後)", 1509), ("1215", "重心基本(休業日)", 1771)),
}
_VISITS = {"64": ("1110", "基本", 1071), "65": ("1110", "基本", 1066)}


def price(region: str, heavy: bool, service_type: str = "") -> int:
    """Thousandths of a yen a unit. Visits to schools (64) have prices of their own."""
    if service_type == "64":
        return _VISIT_PRICES[region]
    return _PRICES[region][heavy]


def improvement(service_type: str, units: int) -> int:
    """処遇改善: half a unit is rounded up."""
    return (units * _RATES[service_type] * 2 + 1000) // 2000


@cache
def table() -> tuple[tuple[str, ...], ...]:
    """The rows of service_codes.csv."""
    rows: list[tuple[object, ...]] = []
    always = ("2024-04-01", "")
    for kind, title in _NAMES.items():
        for end, name, by_class, heavy in _BASES.get(kind, ()):
            for n, (low, high) in enumerate(_CLASSES):
                code = kind + end.format(n + 1)
                rows.append((code, title + name, by_class[n], "基本", "", low, high, heavy, "", "", *always))
                for digits, share, keys in _REDUCED:
                    units, reduced = (by_class[n] * share + 50) // 100, kind + digits + code[4:]
                    rows.append(
                        (reduced, f"{title}{name}・減算", units, "基本", keys, low, high, heavy, "", "", *always)
                    )
        for end, name, each in _HEAVY.get(kind, ()):
            rows.append((kind + end, title + name, each, "基本", "", 5, 10, "2", "", "", *always))
        if kind in _VISITS:
            end, name, each = _VISITS[kind]
            rows.append((kind + end, title + name, each, "基本", "", "", "", "", "", "", *always))
        for end, name, amount, key, filed, limit, kinds in _LINES:
            if kind in kinds:
                sort = "減算" if amount < 0 else "加算"
                row = (kind + end, title + name, amount, sort, key, "", "", "", filed, limit)
                turn, later = _REVISED.get(end, (None, 0))
                if turn is None:
                    rows.append((*row, *always))
                else:
                    rows.append((*row, always[0], turn - timedelta(days=1)))
                    rows.append((*row[:2], later, *row[3:], turn, ""))
        for end, name, amount, since, until, kinds in _ELSEWHEN:
            if kind in kinds:
                rows.append((kind + end, title + name, amount, "加算", "", "", "", "", "", "", since, until))
        rate = (kind + "7000", title + "処遇改善加算", "", "率", "treatment_improvement", "", "", "", "", "")
        rows.append((*rate, *always))
    # 時間区分, 提供区分 and 医ケア区分 are empty: the city's codes say nothing of them.
    return tuple(tuple(map(str, (*row[:8], "", "", "", *row[8:]))) for row in rows)


@cache
def units_of(code: str, month: str) -> int:
    return next(int(row[2]) for row in table() if row[0] == code and row[13][:7] <= month <= (row[14] or "9999")[:7])


@cache
def line_code(service_type: str, key: str) -> str:
    return next(row[0] for row in table() if row[0][:2] == service_type and row[4] == key and row[3] != "基本")


def gone_code(service_type: str, not_yet: bool) -> str:
    """A code whose time is over, or has not come."""
    return service_type + _ELSEWHEN[not_yet][0]


@cache
def base_code(service_type: str, capacity: int, heavy: bool, holiday: bool, reduced: str = "") -> str:
    """The 基本 code of a day; `reduced`: the one that holds these reductions."""
    if service_type in _VISITS:
        return service_type + _VISITS[service_type][0]
    if heavy:
        return service_type + _HEAVY[service_type][holiday and service_type == "63"][0]
    end = _BASES[service_type][holiday and service_type == "63"][0]
    n = next(i for i, (low, high) in enumerate(_CLASSES) if low <= capacity <= high)
    code = service_type + end.format(n + 1)
    digits = next((digits for digits, _, keys in _REDUCED if keys == reduced), "")
    return service_type + digits + code[4:] if digits else code
