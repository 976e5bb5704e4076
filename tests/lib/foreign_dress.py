"""A city's ledgers as another system would export them, and the henrei.toml by which they are the same ledgers.

Title lines, other headings, words for codes, open dates, one file for two ledgers, one row with three services, a workbook.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path

import openpyxl

from henrei.schemas.ledgers import ledgers
from henrei.schemas.ledgers.export import Export
from henrei.schemas.ledgers.read import read_ledger

Row = dict[str, str]

PLAN = {"1": "障害児相談支援", "2": "セルフプラン"}
FREE = {"2": "対象", "": "対象外"}
SIBLINGS = {"1": "第二子", "2": "第三子以降", "": "該当なし"}
SERVICE = {"61": "児発", "63": "放デイ", "64": "保訪", "65": "居訪"}
HEAVY = {"1": "重心以外", "2": "重心", "": ""}
SORT = {"加算": "プラス", "減算": "マイナス"}

# One EUC file of certificates is recipients and cap_managers: a row without the columns of one is no row of it.
SETTINGS = """
[ledgers]
recipients = "jukyusha.csv"
cap_managers = "JUKYUSHA.csv"
grants = "kettei.csv"
facilities = "shisetsu.xlsx"
[ledgers.columns.recipients]
"受給者証番号" = "証番号"
[ledgers.columns.cap_managers]
"受給者証番号" = "証番号"
[[ledgers.split.recipients]]
columns = { "利用者負担上限月額" = "負担額", "適用開始日" = "負担開始", "適用終了日" = "負担終了" }
[[ledgers.split.cap_managers]]
columns = { "上限額管理事業所番号" = "管理事業所", "有効開始日" = "管理開始", "有効終了日" = "管理終了" }
[ledgers.constants.recipients]
"市町村番号" = "112992"
[ledgers.values.recipients."無償化対象"]
"対象" = "2"
"対象外" = ""
[ledgers.values.recipients."多子軽減区分"]
"第二子" = "1"
"第三子以降" = "2"
"該当なし" = ""
[ledgers.columns.grants]
"受給者証番号" = "証番号"
[[ledgers.split.grants]]
columns = { "決定サービスコード" = "サービス1", "支給量" = "量1", "支給量算定" = "算定1", "支給決定開始日" = "開始1", "支給決定終了日" = "終了1" }
[[ledgers.split.grants]]
columns = { "決定サービスコード" = "サービス2", "支給量" = "量2", "支給量算定" = "算定2", "支給決定開始日" = "開始2", "支給決定終了日" = "終了2" }
[[ledgers.split.grants]]
columns = { "決定サービスコード" = "サービス3", "支給量" = "量3", "支給量算定" = "算定3", "支給決定開始日" = "開始3", "支給決定終了日" = "終了3" }
[ledgers.values.grants."支給量算定"]
"原則" = "原則日数"
"日数" = ""
[ledgers.columns.plans]
"受給者証番号" = "障害児通所受給者証＿番号"
"計画区分" = "計画作成者"
"適用開始日" = "計画_開始年月日"
"適用終了日" = "計画_終了年月日"
[ledgers.values.plans."計画区分"]
"障害児相談支援" = "1"
"セルフプラン" = "2"
[ledgers.columns.facilities]
"事業所番号" = "指定事業所番号"
"事業所名" = "事業所の名称"
"サービス種類コード" = "サービス"
"指定開始日" = "指定年月日"
[ledgers.values.facilities."サービス種類コード"]
"児発" = "61"
"放デイ" = "63"
"保訪" = "64"
"居訪" = "65"
[ledgers.values.facilities."重心区分"]
"重心以外" = "1"
"重心" = "2"
[ledgers.columns.facility_addons]
"区分" = "増減"
"加算キー" = "項目"
[ledgers.values.facility_addons."区分"]
"プラス" = "加算"
"マイナス" = "減算"
"""


def dress(inbox: Path, city: str) -> None:
    """Writes the month's ledgers of a folder anew, as the other system exports them; petitions and the like stay."""
    found = {name: _rows(inbox / f"{name}.csv", name, city) for name in ("recipients", "cap_managers", "grants")}
    (inbox / "jukyusha.csv").write_bytes(_certificates(found["recipients"], found["cap_managers"]))
    (inbox / "kettei.csv").write_bytes(_csv(_wide_grants(found["grants"]), title="支給決定一覧").encode("cp932"))
    (inbox / "plans.csv").write_bytes(_csv([_plan(row) for row in _rows(inbox / "plans.csv", "plans", city)]).encode())
    facilities = [_facility(row) for row in _rows(inbox / "facilities.csv", "facilities", city)]
    (inbox / "shisetsu.xlsx").write_bytes(_workbook(facilities))
    addons = [_addon(row) for row in _rows(inbox / "facility_addons.csv", "facility_addons", city)]
    (inbox / "facility_addons.csv").write_bytes(_csv(addons, title="体制届").encode("utf-8-sig"))
    for name in ("recipients", "cap_managers", "grants", "facilities"):
        (inbox / f"{name}.csv").unlink()


def _rows(path: Path, name: str, city: str) -> list[Row]:
    """A ledger's rows by our headers, as henrei keeps them; an empty cell is ''."""
    ledger = ledgers()[name]
    part = read_ledger(ledger, path.read_bytes(), Export(), city)
    assert part.missing is None and part.counts["refused"] == part.counts["elsewhere"] == 0
    label = {item.column: item.label for item in ledger.layout.items}
    return [
        {label[column]: _text(value) for column, value in row.items() if column != "line"}
        for row in part.rows.iter_rows(named=True)
    ]


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case date():
            return value.isoformat()
    return str(value)


def _era(text: str) -> str:
    """2026-04-01 → 令和8年4月1日; the standard's open dates where a city leaves nothing empty."""
    if not text or text < "2019-05-01":
        return text.replace("-", "/")
    year, month, day = map(int, text.split("-"))
    return f"令和{year - 2018}年{month}月{day}日"


def _until(text: str) -> str:
    return _era(text) or "9999-12-31"


def _bare(number: str) -> str:
    """A number without its zeros, as Excel leaves it."""
    return number.lstrip("0")


def _renamed(row: Row, names: Mapping[str, str], words: Mapping[str, Mapping[str, str]], dates: Iterable[str]) -> Row:
    changed = {}
    for label, text in row.items():
        shown = words[label][text] if label in words else text
        if label in dates:
            shown = _until(text) if label.endswith("終了日") else _era(text)
        changed[names.get(label, label)] = shown
    return changed


def _certificates(recipients: list[Row], managers: list[Row]) -> bytes:
    """The k-th row of a child holds its k-th burden and its k-th manager; either may be missing."""
    children = dict.fromkeys(row["受給者証番号"] for row in [*recipients, *managers])
    kept = [
        label
        for label in recipients[0]
        if label not in ("市町村番号", "適用開始日", "適用終了日", "利用者負担上限月額")
    ]
    rows = []
    for number in children:
        burdens = [row for row in recipients if row["受給者証番号"] == number]
        filed = [row for row in managers if row["受給者証番号"] == number]
        for place in range(max(len(burdens), len(filed))):
            one = burdens[place] if place < len(burdens) else {}
            two = filed[place] if place < len(filed) else {}
            row = {"備考": "", "証番号": _bare(number)}
            row |= {label: one.get(label, "") for label in kept if label != "受給者証番号"}
            row["無償化対象"] = FREE[one.get("無償化対象", "")]
            row["多子軽減区分"] = SIBLINGS[one.get("多子軽減区分", "")]
            row["負担額"] = f"{int(one['利用者負担上限月額']):,}" if one else ""
            row |= {
                "負担開始": _era(one.get("適用開始日", "")),
                "負担終了": _until(one.get("適用終了日", "")) if one else "",
            }
            row |= {"管理事業所": two.get("上限額管理事業所番号", ""), "管理開始": _era(two.get("有効開始日", ""))}
            rows.append({**row, "管理終了": _until(two.get("有効終了日", "")) if two else ""})
    return _csv(rows, title="通所受給者証一覧").encode("utf-8-sig")


def _wide_grants(grants: list[Row]) -> list[Row]:
    """Three services a row; a child with more has more rows."""
    rows = []
    for number in dict.fromkeys(row["受給者証番号"] for row in grants):
        own = [row for row in grants if row["受給者証番号"] == number]
        for begin in range(0, len(own), 3):
            row = {"証番号": _bare(number)}
            for place in range(3):
                one = own[begin + place] if begin + place < len(own) else None
                days = one["支給量"] if one else ""
                row[f"サービス{place + 1}"] = one["決定サービスコード"] if one else ""
                row[f"量{place + 1}"] = f"{days}日/月" if days else ""
                row[f"算定{place + 1}"] = ("原則" if one["支給量算定"] else "日数") if one else ""
                row[f"開始{place + 1}"] = _era(one["支給決定開始日"]) if one else ""
                row[f"終了{place + 1}"] = _era(one["支給決定終了日"]) if one else ""
            rows.append(row)
    return rows


def _plan(row: Row) -> Row:
    names = {
        "受給者証番号": "障害児通所受給者証＿番号",
        "計画区分": "計画作成者",
        "適用開始日": "計画_開始年月日",
        "適用終了日": "計画_終了年月日",
    }
    return _renamed(row, names, {"計画区分": PLAN}, ("適用開始日", "適用終了日"))


def _facility(row: Row) -> Row:
    names = {
        "事業所番号": "指定事業所番号",
        "事業所名": "事業所の名称",
        "サービス種類コード": "サービス",
        "指定開始日": "指定年月日",
    }
    return _renamed(row, names, {"サービス種類コード": SERVICE, "重心区分": HEAVY}, ("指定開始日", "指定終了日"))


def _addon(row: Row) -> Row:
    return _renamed(row, {"区分": "増減", "加算キー": "項目"}, {"区分": SORT}, ("有効開始日", "有効終了日"))


def _csv(rows: list[Row], title: str = "") -> str:
    stream = io.StringIO(newline="")
    if title:
        stream.write(f"{title}\r\n出力日,令和8年5月10日\r\n\r\n")
    writer = csv.DictWriter(stream, list(rows[0]), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _workbook(rows: list[Row]) -> bytes:
    """A cover, and a sheet with a title, numbers as numbers and dates as dates."""
    book = openpyxl.Workbook()
    book.active.append(["障害児施設台帳"])
    sheet = book.create_sheet("一覧")
    sheet.append(["障害児施設台帳", None, "令和8年5月10日"])
    sheet.append([])
    sheet.append(list(rows[0]))
    made: dict[str, Callable[[str], object]] = {"定員": int, "算定定員": int, "休止開始日": date.fromisoformat}
    for row in rows:
        sheet.append([made[label](text) if label in made and text else text or None for label, text in row.items()])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
