"""Claims, sheets and attendance as lines of the national format, in one of the two styles of real programs.

Item counts, types and widths come from the layout tables alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache

from henrei.schemas.layouts import layouts

from .codes import FORMS, time_class
from .model import Claim, Facility, Sheet, Stay, Visit

Values = Mapping[int, object]
# Add-ons recorded on a day: the item of K611-02, and of K611-01 their number in the month.
_MARKED = {
    "medical_cooperation": (74, 117), "bathing": (99, 159), "specialist_support": (101, 161), "extension": (111, 170),
    "meal": (32, 45), "parenting_support": (103, 163), "independence_commute": (102, 162),
}  # fmt: skip
# Begin, end and hours of a day by its 時間区分, on a school day of 63 and else.
_AFTERNOON = {1: ("1530", "1700", "0150"), 2: ("1430", "1730", "0300")}
_DAY = {1: ("1000", "1130", "0150"), 2: ("0930", "1230", "0300"), 3: ("0930", "1430", "0500")}


@cache
def _items(record: str, full: bool) -> tuple[tuple[str, ...], tuple[tuple[str, int], ...]]:
    """The blank cells of a record, and the type and width of each item."""
    kinds = tuple((item.type, item.width) for item in layouts(record)[-1].items)
    if not full:
        return ("",) * len(kinds), kinds
    wide = {"漢字": lambda width: f'"{"　" * (width // 2)}"', "英数": lambda width: ""}
    return tuple(wide.get(kind, lambda width: "0")(width) for kind, width in kinds), kinds


def line(record: str, values: Values, full: bool) -> str:
    """The items of a data record, without its record type and number. None is unset; 0 is a zero."""
    blank, kinds = _items(record, full)
    cells = list(blank)
    cells[0] = f'"{record[:4]}"' if full else record[:4]
    cells[1] = record[5:]
    for no, value in values.items():
        if value is None or value == "":
            continue
        text = str(value)
        kind, width = kinds[no - 1]
        if kind == "漢字":
            text = f'"{text.ljust(width // 2, "　")}"' if full else f'"{text}"'
        elif kind == "英数" and (full or " " in text):
            text = f'"{text}"'
        cells[no - 1] = text
    return ",".join(cells)


def month6(month: str) -> str:
    return month[:4] + month[5:]


def _day(day: date | None) -> str | None:
    return f"{day:%Y%m%d}" if day else None


def claim_records(claim: Claim, full: bool) -> Iterator[str]:
    plan, child = claim.plan, claim.plan.child
    key = {3: month6(plan.month), 4: child.municipality_no, 5: claim.facility.number, 6: plan.number}
    guardian = child.guardian if claim.facility.index % 3 else None  # optional, and not every program writes it
    yield line(
        "K122-01",
        {
            **key, 8: guardian, 9: child.kana, 10: claim.region or claim.facility.region, 12: claim.cap, 15: claim.manager,
            16: claim.result, 17: claim.managed, 20: claim.units, 21: claim.cost, 22: claim.capped,
            25: claim.adjusted, 26: claim.head.get(26, claim.managed), 27: claim.decided, 28: claim.benefit, 31: claim.subsidy or None,
        },
        full,
    )  # fmt: skip
    for stay in claim.stays:
        # A day with nothing but an add-on is a day; not every program counts it.
        rows = sum(v.use or (not v.absent and claim.facility.index % 2 == 0) for v in stay.visits)
        billed = rows if stay.billed is None else stay.billed
        yield line(
            "K122-02", {**key, 7: stay.service_type, 8: f"{stay.started:%Y%m%d}", 9: _day(stay.ended), 10: billed}, full
        )
    for code, units, count, product in sorted(claim.lines):
        note = "欠席の連絡あり" if code.endswith("5495") and claim.facility.index % 4 == 0 else None
        yield line("K122-03", {**key, 7: code, 8: units, 9: count, 10: product, 11: note}, full)
    for row in claim.sums:
        yield line(
            "K122-04",
            {
                **key, 7: row.service_type, 8: row.class_no, 9: row.days, 10: row.units, 11: row.price, 12: 0,
                13: row.cost, 14: row.tenth, 15: row.burden, 16: row.capped, 19: row.adjusted,
                20: row.managed, 21: row.decided, 22: row.benefit, 25: row.subsidy or None,
            },
            full,
        )  # fmt: skip
    for stay in (s for s in claim.stays if s.contracted):
        values = {
            8: f"{stay.contract * 100:05d}",
            9: _day(stay.contract_from),
            10: _day(stay.contract_to),
            11: stay.entry_no,
        }
        for code in (stay.code, *filter(None, [stay.also])):
            yield line("K122-05", {**key, 7: code, **values}, full)


def invoice_records(claims: list[Claim], full: bool, wrong: Mapping[int, int]) -> Iterator[str]:
    """K112 of the claims of one municipality and service month.

    `wrong`: by how much an item is not their sum, 100 more for one of the first K112-02; {0: 0}: the services are counted.
    """
    plan, facility = claims[0].plan, claims[0].facility
    key = {3: month6(plan.month), 4: plan.child.municipality_no, 5: facility.number}
    units, cost = sum(c.units for c in claims), sum(c.cost for c in claims)
    benefit, decided = sum(c.benefit for c in claims), sum(c.decided - c.subsidy for c in claims)
    count = sum(len({s.service_type for s in c.sums}) for c in claims) if 0 in wrong else len(claims)
    totals = {7: count, 8: units, 9: cost, 10: benefit, 12: decided}
    whole = {n + 10: v + wrong.get(n + 10, 0) for n, v in totals.items()}
    yield line("K112-01", {**key, 6: benefit, **totals, **whole}, full)
    for kind in sorted({s.service_type for c in claims for s in c.sums}):
        sums = [s for c in claims for s in c.sums if s.service_type == kind]
        holders = sum(any(s.service_type == kind for s in c.sums) for c in claims)
        values = {
            8: holders, 9: sum(s.units for s in sums), 10: sum(s.cost for s in sums),
            11: sum(s.benefit for s in sums), 13: sum(s.decided - s.subsidy for s in sums),
        }  # fmt: skip
        for item, more in wrong.items():
            if item > 100:
                values[item - 100] += more
        wrong = {item: more for item, more in wrong.items() if item < 100}
        yield line("K112-02", {**key, 6: 1, 7: kind, **values}, full)


def sheet_records(sheet: Sheet, full: bool) -> Iterator[str]:
    """K411, or K421 for a household; 取消 is the first record alone."""
    name = "K421" if sheet.joint else "K411"
    child = sheet.main.child
    month = month6(sheet.main.month)
    sums = sum(r.cost for r in sheet.rows), sum(r.burden for r in sheet.rows), sum(r.managed for r in sheet.rows)
    cost, burden, managed = sheet.totals or sums
    yield line(
        f"{name}-01",
        {
            3: month, 4: sheet.kind, 5: child.municipality_no, 6: sheet.manager, 7: sheet.main.number,
            9: child.kana, 10: sheet.cap, 11: sheet.result, 12: cost, 13: burden, 14: managed,
        },
        full,
    )  # fmt: skip
    if sheet.kind == "3":
        return
    for i, row in enumerate(sheet.rows):
        values: dict[int, object] = {
            3: month, 4: child.municipality_no, 5: sheet.manager, 6: sheet.main.number, 7: i + 1,
            8: row.facility_no, 9: row.cost, 10: row.burden, 11: row.managed,
        }  # fmt: skip
        if sheet.joint:
            values |= {12: row.number, 13: row.child.kana}
        yield line(f"{name}-02", values, full)


def return_records(
    review: str, city: str, facility_no: str, number: str, kana: str, kind: str, month: str, service_type: str
) -> Iterator[str]:
    """K721 of one claim or sheet that 国保連 returned in the review month."""
    values = {
        3: month6(review), 4: facility_no, 5: city, 6: "架空市", 7: number, 8: kana, 9: kind, 10: month6(month),
        11: service_type if kind == "明" else None, 12: 1000 if kind == "明" else None, 13: "EG02",
        14: "資格が確認できません",
    }  # fmt: skip
    yield line("K721-02", values, False)


def attendance_records(
    facility: Facility, number: str, municipality_no: str, month: str, stay: Stay, full: bool
) -> Iterator[str]:
    form = FORMS[stay.service_type]
    key = {3: month6(month), 4: municipality_no, 5: facility.number, 6: number, 7: form}
    visits = sorted(stay.visits, key=lambda v: (v.day, not v.use)) if stay.record == "full" else []
    rows = [{**key, **_visit(stay, v)} for v in visits]
    if stay.service_type in ("61", "63"):
        hours = sum(int(str(row.get(16) or 0)) for row in rows) + stay.totals.get(19, 0)
        totals = {34: sum(v.out + v.back for v in visits), 121: sum(v.family > 0 for v in visits)}
        totals |= {total: sum(key in v.marks for v in visits) for key, (_, total) in _MARKED.items()}
        counted = {no: n + stay.totals.get(no, 0) or None for no, n in totals.items()}
        yield line("K611-01", {**key, 19: f"{hours:05d}" if hours else None, **counted}, full)
    else:
        yield line("K611-01", {**key, 37: len(rows) + stay.totals.get(37, 0) or None}, full)
    for row in rows:
        yield line("K611-02", row, full)


def _visit(stay: Stay, visit: Visit) -> dict[int, object]:
    day: dict[int, object] = {9: f"{visit.day:02d}"}
    kind = stay.service_type
    if kind in ("64", "65"):
        return day | {45: 1}
    if visit.absent:
        return day | {36: 8}
    marks: dict[int, object] = {_MARKED[key][0]: 1 for key in visit.marks}
    if not visit.use:
        return day | {35: "保護者と面談", 78: visit.family or None} | marks
    begins, ends, hours = visit.times or _times(stay, visit)
    day |= {14: begins, 15: ends, 16: hours, 21: visit.out or None, 22: visit.back or None}
    if kind == "63":
        day[34] = visit.day_kind or (2 if visit.holiday else 1)
    return day | {78: visit.family or None} | marks


def _times(stay: Stay, visit: Visit) -> tuple[str, str, str]:
    """The usual hours of the day's 時間区分; longer where they are extended."""
    after_school = stay.service_type == "63" and not visit.holiday
    begins, ends, hours = (_AFTERNOON if after_school else _DAY)[
        time_class(stay.service_type, stay.pace, visit.holiday)
    ]
    if "extension" in visit.marks:
        ends = f"{int(ends) + 100:04d}"
    return begins, ends, hours
