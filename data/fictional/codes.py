"""A service code table and the prices of a unit, for claims and service_codes.csv.

Codes of R6 are the ministry's where they are known; base codes of 61, 64 and 65, and what the ministry has no code for,
are made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

FORMS = {"61": "0301", "63": "0501", "64": "0601", "65": "0701"}
BASE_GRANT = {"61": "611000", "63": "631000", "64": "641000", "65": "651000"}
HEAVY_GRANT = {"61": "613000", "63": "632000"}
CARE_GRANT = {"1": "633000", "2": "634000", "3": "635000"}  # 63 by 医療的ケア区分
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
# Of 64, and of 61 at a 児童発達支援センター.
_OTHER_PRICES = {
    "11": 11240, "12": 10990, "13": 10930, "14": 10740, "15": 10620, "16": 10370, "17": 10190, "23": 10000,
}  # fmt: skip
_NAMES = {"61": "児発", "63": "放デイ", "64": "保訪", "65": "居訪"}
# 処遇改善: code and per mille by period. What is due from June 2026 on is known of few codes: others keep theirs.
_IMPROVED = {"61": ("615621", 131), "63": ("635621", 134), "64": ("645621", 129), "65": ("655621", 129)}
_IMPROVED_LATER = {"61": ("615639", 158), "63": ("635639", 161)}
_LATER = "2026-06"
# A class of 処遇改善 that ended in March 2025; the city's own table still holds it.
ENDED_CLASS = {"61": ("615625", 111), "63": ("635625", 114)}
_CLASSES = ((1, 10), (11, 20), (21, 999))
# Base codes of 63, by capacity class and 時間区分: number after 63H, units.
_AFTER_SCHOOL = (
    ((574, 574), (592, 609), (610, 666)),
    ((682, 382), (700, 406), (718, 443)),
    ((790, 287), (808, 305), (826, 343)),
)
# 医療的ケア区分 3, 2 and 1 at the smallest capacity: number after 63G by 時間区分, units.
_CARE = {
    "3": ((301, 2591), (319, 2627), (337, 2683)),
    "2": ((625, 1583), (643, 1618), (661, 1674)),
    "1": ((949, 1247), (967, 1282), (985, 1339)),
}
_DAY_CARE = ((805, 851, 901), (588, 621, 657), (460, 486, 514))  # 61, as _AFTER_SCHOOL; the codes are made up
# Of each reduction that a base code may hold: what of the units is left, per mille, and the ending of its name.
_SUFFIXES = {
    "reduction_over_capacity": (700, "定超"),
    "reduction_staff_shortage": (700, "人欠"),
    "reduction_staff_shortage_half": (500, "人欠２"),
    "reduction_manager_shortage": (700, "責欠"),
    "reduction_manager_shortage_half": (500, "責欠２"),
    "reduction_plan_missing": (700, "未計画"),
    "reduction_plan_missing_half": (500, "未計画２"),
    "reduction_self_evaluation": (850, "評減"),
    "reduction_program": (850, "支減"),
}
# Codes of 63 that hold a reduction: of each capacity class in 時間区分 1, and how far on those of 2 and 3 are.
_REDUCED = {
    "reduction_self_evaluation": (("H575", "H683", "H791"), 18),
    "reduction_plan_missing": (("H580", "H688", "H796"), 18),
    "reduction_plan_missing_half": (("H586", "H694", "H802"), 18),
    "reduction_program": (("H628", "H736", "H844"), 18),
    "reduction_over_capacity": (("K856", "K964", "L073"), 18),
    "reduction_staff_shortage": (("N311", "N527", "N743"), 36),
    "reduction_staff_shortage_half": (("N329", "N545", "N761"), 36),
    "reduction_manager_shortage": (("P656", "P728", "P800"), 12),
    "reduction_manager_shortage_half": (("P662", "P734", "P806"), 12),
}
# Two reductions in one code, which makes a third one not applicable.
BOTH = "reduction_staff_shortage;reduction_self_evaluation"
# Reductions that are lines of their own: end of the code, per mille of the base fee.
RATED = {
    "reduction_restraint": ("Z031", 10), "reduction_abuse_prevention": ("Z051", 10), "reduction_bcp": ("Z061", 10),
    "reduction_disclosure": ("Z081", 50),
}  # fmt: skip

# (code of 61, code of 63, name, units of 61, of 63, key, 届出要, 月上限); an empty code: not for that type
_LINES = (
    ("614044", "634420", "児童指導員等加配加算", 152, 305, "staffing_plus", "1", ""),
    ("614559", "634558", "専門的支援体制加算", 82, 137, "specialist_system", "1", ""),
    ("614126", "634357", "看護職員加配加算", 133, 133, "nurse_plus", "1", ""),
    ("615492", "635492", "福祉専門職員配置等加算Ⅰ", 15, 15, "qualified_staff", "1", ""),
    ("616998", "636998", "ケアニーズ対応加算", 120, 120, "care_needs", "1", ""),
    ("615370", "635370", "上限額管理加算", 150, 150, "cap_management", "", "1"),
    ("615495", "635495", "欠席時対応加算", 94, 94, "absence", "", ""),
    ("615088", "635088", "入浴支援加算", 55, 70, "bathing", "", "8"),
    ("615310", "", "食事提供加算Ⅰ", 30, 0, "meal", "", ""),
    ("615604", "635604", "家族支援加算Ⅰ２", 200, 200, "family_support_1", "", "4"),
    ("615607", "635607", "家族支援加算Ⅱ１", 80, 80, "family_support_2", "", ""),
    ("615701", "635701", "子育てサポート加算", 80, 80, "parenting_support", "", "4"),
    ("615702", "635702", "専門的支援実施加算", 150, 150, "specialist_support", "", "6"),
    ("615710", "635710", "事業所間連携加算Ⅰ", 500, 500, "coordination_core", "", "1"),
    ("615711", "635711", "事業所間連携加算Ⅱ", 150, 150, "coordination_other", "", "1"),
    ("616225", "636225", "強度行動障害児支援加算", 200, 200, "severe_behavior", "", ""),
    ("616232", "636232", "医療連携体制加算Ⅲ", 125, 125, "medical_cooperation", "", ""),
    ("616240", "636240", "送迎加算１", 54, 54, "pickup", "", ""),
    ("616302", "636302", "延長支援加算", 92, 92, "extension", "", ""),
    ("616760", "636760", "関係機関連携加算Ⅰ", 250, 250, "agency_cooperation_1", "", "1"),
    ("616761", "636761", "関係機関連携加算Ⅱ", 200, 200, "agency_cooperation_2", "", "1"),
    ("616767", "636767", "関係機関連携加算Ⅲ", 150, 150, "agency_cooperation_3", "", "1"),
    ("616801", "636801", "保育・教育等移行支援加算", 500, 500, "transition_support", "", ""),
    ("", "636762", "個別サポート加算Ⅰ１", 0, 90, "individual_support_1", "", ""),
    ("", "636776", "個別サポート加算Ⅰ２", 0, 120, "individual_support_1_severe", "", ""),
    ("", "635709", "通所自立支援加算", 0, 60, "independence_commute", "", ""),
)
# Cap management of 64 and 65.
_VISITED = (("645370", 150), ("655370", 150))
# (end of code, name, units, from, to): codes without a key, long ended or not yet begun
_ELSEWHEN = (
    ("6190", "旧特別支援加算", 54, "2024-04-01", "2025-03-31"),
    ("6990", "新支援加算", 60, "2039-04-01", ""),
)
# Units of a code from a day on, made up: a table changes within the months of a city.
_REVISED = {
    "614044": (date(2026, 6, 1), 158), "634420": (date(2026, 6, 1), 311),
    "615604": (date(2026, 9, 1), 205), "635604": (date(2026, 9, 1), 205),
}  # fmt: skip
_HEAVY = {
    "61": (("61J898", "重心基本", 1801, ""),),
    "63": (("63H898", "重心(授業終了後)", 1771, "1"), ("63H934", "重心(休業日)", 2056, "2")),
}
_VISITS = {"64": ("641110", 1071), "65": ("651110", 1066)}


def price(region: str, heavy: bool, service_type: str = "", center: bool = False) -> int:
    """Thousandths of a yen a unit."""
    if service_type == "64" or (center and service_type == "61"):
        return _OTHER_PRICES[region]
    return _PRICES[region][heavy]


def half_up(units: int, permille: int) -> int:
    return (units * permille * 2 + 1000) // 2000


def improvement(service_type: str, units: int, month: str = "") -> tuple[str, int]:
    """Code and units of 処遇改善; half a unit is rounded up."""
    code, rate = _IMPROVED[service_type]
    if month >= _LATER:
        code, rate = _IMPROVED_LATER.get(service_type, (code, rate))
    return code, half_up(units, rate)


def time_class(service_type: str, pace: int, holiday: bool) -> int:
    """時間区分 of a day: one more on holidays of 63."""
    return min(3, pace + (holiday and service_type == "63"))


class Base(NamedTuple):
    """A 基本 code as service_codes.csv has it; 0 is an empty bound."""

    code: str
    name: str
    units: int
    keys: str
    low: int
    high: int
    severe: str
    hours: int
    day: str
    care: str

    def row(self) -> tuple[object, ...]:
        limits = (self.low or "", self.high or "", self.severe, self.hours or "", self.day, self.care)
        return (self.code, self.name, self.units, "基本", self.keys, *limits)


def _base_rows() -> Iterator[Base]:
    for n in range(len(_CLASSES)):
        for hours in (1, 2, 3):
            number, units = _AFTER_SCHOOL[n][hours - 1]
            yield from _with_reductions(f"63H{number}", units, n, hours)
            yield from _with_reductions(f"61F4{n + 1}{hours}", _DAY_CARE[n][hours - 1], n, hours)
    low, high = _CLASSES[0]
    for care, by_hours in _CARE.items():
        for hours, (number, units) in enumerate(by_hours, 1):
            yield Base(f"63G{number}", f"放デイ{4 - int(care)}１{hours}", units, "", low, high, "1", hours, "", care)
    for rows in _HEAVY.values():
        for code, name, units, day in rows:
            yield Base(code, _NAMES[code[:2]] + name, units, "", 5, 7, "2", 0, day, "")
    for kind, (code, units) in _VISITS.items():
        yield Base(code, _NAMES[kind] + "基本", units, "", 0, 0, "", 0, "", "")


def _with_reductions(code: str, units: int, n: int, hours: int) -> Iterator[Base]:
    """The code of a capacity class and 時間区分, those that hold a reduction, and the one that holds two."""
    kind, name = code[:2], f"{_NAMES[code[:2]]}４{n + 1}{hours}"
    plain = Base(code, name, units, "", *_CLASSES[n], "1", hours, "", "")
    yield plain
    for at, (key, (share, ending)) in enumerate(_SUFFIXES.items()):
        held = f"61{'GHJKLMNPR'[at]}4{n + 1}{hours}"
        if kind == "63":
            starts, step = _REDUCED[key]
            held = _later(starts[n], step * (hours - 1))
        yield plain._replace(code=held, name=f"{name}・{ending}", units=half_up(units, share), keys=key)
    both = half_up(half_up(units, 700), 850)
    yield plain._replace(code=f"{kind}X4{n + 1}{hours}", name=f"{name}・人欠・評減", units=both, keys=BOTH)


def _later(start: str, by: int) -> str:
    """The code so many numbers later; they run to 999, then on with the next letter from 001."""
    number = int(start[1:]) + by
    letter, number = (chr(ord(start[0]) + 1), number - 999) if number > 999 else (start[0], number)
    return f"63{letter}{number:03d}"


@cache
def table() -> tuple[tuple[str, ...], ...]:
    """The rows of service_codes.csv."""
    rows: list[tuple[object, ...]] = []
    always = ("2024-04-01", "")
    for base in _base_rows():
        rows.append((*base.row(), "", "", *always))
    blank = ("",) * 6
    for young, old, name, units_61, units_63, key, filed, limit in _LINES:
        for kind, code, units in (("61", young, units_61), ("63", old, units_63)):
            if not code:
                continue
            row = (code, _NAMES[kind] + name, units, "加算", key, *blank, filed, limit)
            turn, later = _REVISED.get(code, (None, 0))
            if turn is None:
                rows.append((*row, *always))
            else:
                rows.append((*row, always[0], turn - timedelta(days=1)))
                rows.append((*row[:2], later, *row[3:], turn, ""))
    for kind in ("61", "63"):
        for end, name, amount, since, until in _ELSEWHEN:
            rows.append((kind + end, _NAMES[kind] + name, amount, "加算", "", *blank, "", "", since, until))
        for key, (end, _) in RATED.items():
            rows.append((kind + end, _NAMES[kind] + key, "", "率", key, *blank, "", "", *always))
    for code, units in _VISITED:
        rows.append(
            (code, _NAMES[code[:2]] + "上限額管理加算", units, "加算", "cap_management", *blank, "", "1", *always)
        )
    rates = [*_IMPROVED.values(), *_IMPROVED_LATER.values(), *ENDED_CLASS.values()]
    for code, _ in rates:
        name = f"{_NAMES[code[:2]]}処遇改善加算"
        rows.append((code, name, "", "率", "treatment_improvement", *blank, "", "", *always))
    return tuple(tuple(map(str, row)) for row in rows)


@cache
def units_of(code: str, month: str) -> int:
    return next(int(row[2]) for row in table() if row[0] == code and row[13][:7] <= month <= (row[14] or "9999")[:7])


@cache
def line_code(service_type: str, key: str) -> str:
    return next(row[0] for row in table() if row[0][:2] == service_type and row[4] == key and row[3] != "基本")


@cache
def is_base(code: str) -> bool:
    return any(row[0] == code and row[3] == "基本" for row in table())


def in_base(key: str) -> bool:
    """Whether a reduction is held by base codes."""
    return key in _SUFFIXES


def gone_code(service_type: str, not_yet: bool) -> str:
    """A code whose time is over, or has not come."""
    return service_type + _ELSEWHEN[not_yet][0]


@cache
def base_code(
    service_type: str, capacity: int, heavy: bool, holiday: bool, reduced: str = "", hours: int = 0, care: str = ""
) -> str:
    """The 基本 code of a day; `reduced`: the one that holds these reductions; `hours`: 時間区分 (0: the usual one)."""
    if service_type in _VISITS:
        return _VISITS[service_type][0]
    if heavy:
        return _HEAVY[service_type][holiday and service_type == "63"][0]
    hours = hours or (3 if service_type == "61" or holiday else 2)
    return next(
        base.code
        for base in _base_rows()
        if base.code[:2] == service_type and base.severe == "1" and base.low <= capacity <= base.high
        and (base.hours, base.keys, base.care) == (hours, reduced, care)
    )  # fmt: skip
