"""Small real files for tests: claims, sheets and attendance in the national format, and a home to run them in.

Everything has a default, so that a test says only what it is about. Facility A is 1350000001, recipient 1 is
0000000001, the service month 2026-04, the review month 2026-05, the city 112992.
"""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

from henrei.data.fictional.records import line
from henrei.data.rules import rules
from henrei.schemas.layouts import layouts

CITY = "112992"
OTHER_CITY = "112038"
A, B = "1350000001", "1350000002"
REVIEW = "2026-05"


def claim(
    facility: str = A,
    recipient: str = "0000000001",
    *,
    city: str = CITY,
    month: str = "202604",
    service: str = "63",
    days: object = 2,
    cap: object = 4600,
    full: bool = False,
    extra: dict[str, dict[int, object]] | None = None,
) -> list[str]:
    """The five records of a claim; `extra` sets items of a record: {"K122-02": {10: "1x"}}."""
    key: dict[int, object] = {3: month, 4: city, 5: facility, 6: recipient}
    money = {20: 1000, 21: 10000, 22: 1000, 27: 1000, 28: 9000}
    totals = {8: 1, 9: 2, 10: 1000, 11: 10000, 12: 0, 13: 10000, 14: 1000, 15: 1000, 16: 1000, 21: 1000, 22: 9000}
    records: dict[str, dict[int, object]] = {
        "K122-01": {**key, 9: "ｶｸｳ ﾀﾛｳ", 10: "23", 12: cap, **money},
        "K122-02": {**key, 7: service, 8: "20250401", 10: days},
        "K122-03": {**key, 7: f"{service}1110", 8: 500, 9: 2, 10: 1000},
        "K122-04": {**key, 7: service, **totals},
        "K122-05": {**key, 7: f"{service}1000", 8: "00500", 9: "20250401", 11: 1},
    }
    return [line(name, {**items, **(extra or {}).get(name, {})}, full) for name, items in records.items()]


def attendance(
    facility: str = A,
    recipient: str = "0000000001",
    *,
    city: str = CITY,
    form: str = "0501",
    days: tuple[object, ...] = (1, 2),
    full: bool = False,
    extra: dict[int, object] | None = None,
) -> list[str]:
    """An attendance record with a row a day and its totals; `extra` sets items of every row."""
    key: dict[int, object] = {3: "202604", 4: city, 5: facility, 6: recipient, 7: form}
    rows = [{**key, 9: f"{day:02}" if isinstance(day, int) else day} for day in days]
    came: dict[int, object] = {45: 1} if form in ("0601", "0701") else {14: "1430", 15: "1730", 16: "0300"}
    each = {**came, **(extra or {})}
    totals = record_totals(form, each, len(rows))
    return [line("K611-01", {**key, **totals}, full)] + [line("K611-02", {**row, **each}, full) for row in rows]


def record_totals(form: str, row: dict[int, object], count: int) -> dict[int, object]:
    """The totals of an attendance record with so many rows alike; what is no number counts nothing."""
    items = layouts("K611-02")[-1].kept
    totals: dict[int, int] = {}
    table = rules()["record_totals"].filter(pl.col("form") == form)
    for total, item, counted in table.select("item_no", "record_item", "counted").iter_rows():
        text = str(row.get(items[item].no) or "")
        if text.isdecimal() and int(text):
            totals[total] = totals.get(total, 0) + count * (1 if counted == "rows" else int(text))
    return dict(totals)


def sheet(
    manager: str = A,
    recipient: str = "0000000001",
    *,
    kind: str = "1",
    others: tuple[str, ...] = (B,),
    children: tuple[str, ...] = (),
    full: bool = False,
) -> list[str]:
    """A 上限額管理結果票 over the manager and others; with children, a household's (K421)."""
    name = "K421" if children else "K411"
    base = {3: "202604", 4: kind, 5: CITY, 6: manager, 7: recipient, 10: 4600, 11: "3", 12: 20000, 13: 9200, 14: 4600}
    lines = [line(f"{name}-01", base, full)]
    for number, facility in enumerate((manager, *others) if kind != "3" else (), start=1):
        row = {3: "202604", 4: CITY, 5: manager, 6: recipient, 7: number, 8: facility, 9: 10000, 10: 4600, 11: 0}
        child = children[(number - 1) % len(children)] if children else None
        lines.append(line(f"{name}-02", {**row, **({12: child} if child else {})}, full))
    return lines


def exchange(kind: str, *groups: list[str], month: str = "202605", facility: str = A) -> bytes:
    """An exchange file with a right frame around the records."""
    records = [record for group in groups for record in group]
    lines = [f"1,1,0,{len(records)},{kind},0,{facility},0,1,{month},"]
    lines += [f"2,{number},{record}" for number, record in enumerate(records, start=2)]
    lines.append(f"3,{len(records) + 2}")
    return "".join(f"{text}\r\n" for text in lines).encode("cp932")


LEDGERS = {
    "recipients": "受給者証番号,市町村番号,利用者負担上限月額,適用開始日\r\n1,112992,4600,2025-04-01\r\n2,112992,4600,2025-04-01\r\n",
    "grants": "受給者証番号,決定サービスコード,支給量,支給決定開始日,支給決定終了日\r\n"
    "1,631000,10,2025-04-01,2027-03-31\r\n2,631000,10,2025-04-01,2027-03-31\r\n",
    "cap_managers": "受給者証番号,上限額管理事業所番号,有効開始日\r\n1,1350000001,2025-04-01\r\n",
    "petitions": "申立年月,事業所番号,受給者証番号,サービス提供年月,申立事由コード\r\n",
    "service_codes": "サービスコード,名称,単位数,種別,有効開始日\r\n631110,基本,500,基本,2024-04-01\r\n",
}


def make_home(folder: Path, files: dict[str, bytes], ledgers: dict[str, str] | None = None, settings: str = "") -> Path:
    """A home with henrei.toml, and files and ledgers in inbox/2026-05."""
    inbox = folder / "inbox" / REVIEW
    inbox.mkdir(parents=True)
    (folder / "henrei.toml").write_text(
        f'[city]\nname = "試験市"\nmunicipality_no = "{CITY}"\n{settings}', encoding="utf-8"
    )
    for name, data in files.items():
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for name, text in (LEDGERS if ledgers is None else ledgers).items():
        (inbox / f"{name}.csv").write_text(text, encoding="utf-8-sig", newline="")
    return folder


def right_month(children: int = 1) -> dict[str, bytes]:
    """A month with nothing wrong: a claim a child, with its attendance. Two of the children are in the ledgers."""
    numbers = [f"{number:010}" for number in range(1, children + 1)]
    return {
        "K1100000.CSV": exchange("K11", *(claim(recipient=number) for number in numbers)),
        "K6100000.CSV": exchange("K61", *(attendance(recipient=number) for number in numbers)),
    }


def a_day_too_many() -> dict[str, bytes]:
    """A month with one finding, DAY203: the claim counts three days, the attendance record two."""
    return {"K1100000.CSV": exchange("K11", claim(days=3)), "K6100000.CSV": exchange("K61", attendance())}


def read_table(path: Path) -> list[dict[str, str]]:
    """A CSV as henrei writes it."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))
