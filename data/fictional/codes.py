"""A small service code table and the prices of a unit: plausible, not the official ones."""

from __future__ import annotations

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
_RATES = {"61": 131, "63": 134, "64": 129, "65": 129}  # 処遇改善, per mille
_NAMES = {"61": "児発", "63": "放デイ", "64": "保訪", "65": "居訪"}
_CLASSES = ((1, 10), (11, 20), (21, 999))

# (end of code, name, units, kind, key, 届出要, 月上限) for every type given
_LINES = (
    ("5495", "欠席時対応加算", 94, "加算", "absence", "", "4", "61 63"),
    ("5370", "上限額管理加算", 150, "加算", "cap_management", "", "1", "61 63 64 65"),
    ("6240", "送迎加算(片道)", 54, "加算", "pickup", "", "", "61 63"),
    ("4044", "児童指導員等加配加算", 152, "加算", "staffing_plus", "1", "", "61 63"),
    ("6501", "事業所間連携加算１", 500, "加算", "coordination_core", "", "1", "61 63"),
    ("6502", "事業所間連携加算２", 150, "加算", "coordination_other", "", "1", "61 63"),
    ("6401", "家族支援加算１", 200, "加算", "family_support_1", "", "4", "61 63"),
    ("6901", "強度行動障害児支援加算", 200, "加算", "severe_behavior", "", "", "61 63"),
    ("6301", "個別サポート加算１", 90, "加算", "individual_support_1", "", "", "63"),
    ("6302", "個別サポート加算１(重度)", 120, "加算", "individual_support_1_severe", "", "", "63"),
    ("9001", "業務継続計画未策定減算", -9, "減算", "reduction_bcp", "", "", "61 63"),
    ("9002", "定員超過利用減算", -200, "減算", "reduction_over_capacity", "", "", "61 63"),
    ("9011", "児発管欠如減算１", -270, "減算", "reduction_manager_shortage", "", "", "61 63"),
    ("9012", "児発管欠如減算２", -450, "減算", "reduction_manager_shortage_half", "", "", "61 63"),
    ("7000", "処遇改善加算", "", "率", "treatment_improvement", "", "", "61 63 64 65"),
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


def price(region: str, heavy: bool) -> int:
    return _PRICES[region][heavy]


def improvement(service_type: str, units: int) -> int:
    """処遇改善: half a unit is rounded up."""
    return (units * _RATES[service_type] * 2 + 1000) // 2000


@cache
def table() -> tuple[tuple[str, ...], ...]:
    """The rows of service_codes.csv."""
    rows: list[tuple[object, ...]] = []
    for kind, title in _NAMES.items():
        for end, name, by_class, heavy in _BASES.get(kind, ()):
            for n, (low, high) in enumerate(_CLASSES):
                code = kind + end.format(n + 1)
                rows.append((code, title + name, by_class[n], "基本", "", low, high, heavy, "", ""))
        for end, name, each in _HEAVY.get(kind, ()):
            rows.append((kind + end, title + name, each, "基本", "", 5, 10, "2", "", ""))
        if kind in _VISITS:
            end, name, each = _VISITS[kind]
            rows.append((kind + end, title + name, each, "基本", "", "", "", "", "", ""))
        for end, name, amount, sort, key, filed, limit, kinds in _LINES:
            if kind in kinds:
                rows.append((kind + end, title + name, amount, sort, key, "", "", "", filed, limit))
    return tuple((*map(str, row), "2024-04-01", "") for row in rows)


@cache
def units_of(code: str) -> int:
    return next(int(row[2]) for row in table() if row[0] == code)


@cache
def line_code(service_type: str, key: str) -> str:
    return next(row[0] for row in table() if row[0][:2] == service_type and row[4] == key)


@cache
def base_code(service_type: str, capacity: int, heavy: bool, holiday: bool) -> str:
    if service_type in _VISITS:
        return service_type + _VISITS[service_type][0]
    if heavy:
        return service_type + _HEAVY[service_type][holiday and service_type == "63"][0]
    end = _BASES[service_type][holiday and service_type == "63"][0]
    n = next(i for i, (low, high) in enumerate(_CLASSES) if low <= capacity <= high)
    return service_type + end.format(n + 1)
