"""Ledgers as other programs export them, read by henrei.toml: nothing is refused, everything is found (contract 3.2)."""

from __future__ import annotations

import csv
import io

from .town import Expected, Town

SETTINGS = """
[ledgers.values.recipients."無償化対象"]
"対象" = "2"
"非対象" = ""
[ledgers.values.recipients."多子軽減区分"]
"第二子" = "1"
"該当なし" = ""
[ledgers.constants.recipients]
"市町村番号" = "112992"
[ledgers.columns.recipients]
"受給者証番号" = "受給者番号"
[[ledgers.split.grants]]
columns = { "決定サービスコード" = "サービス甲", "支給量" = "日数甲", "支給決定開始日" = "開始甲", "支給決定終了日" = "終了甲" }
[[ledgers.split.grants]]
columns = { "決定サービスコード" = "サービス乙", "支給量" = "日数乙", "支給決定開始日" = "開始乙", "支給決定終了日" = "終了乙" }
"""
LABELS = {"無償化対象": {"2": "対象", "": "非対象"}, "多子軽減区分": {"1": "第二子", "": "該当なし"}}
SMALL = {"grants": {"611000": "20日/月"}, "生年月日": "2022-06-06"}


def prepare(town: Town) -> None:
    """The city's programs."""
    town.settings = SETTINGS
    town.export = {"recipients": _recipients, "grants": _grants, "facilities": _facilities}


def _facilities(text: str) -> bytes:
    """Two title lines and a blank one, and 髙 in both of the codes that Windows has for it, one after the other."""
    first, *others = f"障害児施設台帳\r\n令和7年11月6日,架空市役所\r\n\r\n{text}".encode("cp932").split(b"\xfb\xfc")
    return first + b"".join((b"\xee\xe0", b"\xfb\xfc")[n % 2] + other for n, other in enumerate(others))


def _recipients(text: str) -> str:
    """Names for codes, a column under another name, none for the city's number, and dates of the era."""
    rows = list(csv.DictReader(io.StringIO(text)))
    for row in rows:
        del row["市町村番号"]
        row["受給者番号"] = row.pop("受給者証番号")
        row["適用開始日"] = "R7.4.1"
        for column, labels in LABELS.items():
            row[column] = labels[row[column]]
    return _csv(rows)


def _grants(text: str) -> str:
    """Two services of a child in one row, open dates as nines and zeros."""
    by_child: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        by_child.setdefault(row["受給者証番号"], []).append(row)
    rows = []
    for number, grants in by_child.items():
        wide = {"受給者証番号": number}
        for place, grant in zip("甲乙", [*grants, {}], strict=False):
            for name, column in (("サービス", "決定サービスコード"), ("日数", "支給量"), ("開始", "支給決定開始日"), ("終了", "支給決定終了日")):  # fmt: skip
                wide[f"{name}{place}"] = grant.get(column, "").replace("2026-03-31", "99991231").replace("2025-04-01", "0000-01-01")  # fmt: skip
        rows.append({key: wide.get(key, "") for key in ("受給者証番号", *(f"{n}{p}" for p in "甲乙" for n in ("サービス", "日数", "開始", "終了")))})  # fmt: skip
    return _csv(rows)


def _csv(rows: list[dict[str, str]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def child_below_title_lines(town: Town) -> Expected:
    """The facility ledger has a title, a date and a blank line above its header: nothing is refused, nothing found."""
    town.use(town.child(), town.house(), (1, 2, 3))
    return []


def child_that_is_in_no_ledger(town: Town) -> Expected:
    """Nothing was refused, so an unknown number goes back as ever (CRT101)."""
    return [("CRT101", "return", town.use(town.child(known=False, grants={}), town.house(), (1, 2)))]


def days_with_their_unit(town: Town) -> Expected:
    """Ten days are granted as 10日/月: ten pass, eleven do not (DAY202; the contract of eleven is DAY206)."""
    house = town.house()
    town.use(town.child(grants={"631000": "10日/月"}), house, range(1, 11))
    claim = town.use(town.child(grants={"631000": "10日/月"}), house, range(1, 12))
    return [("DAY202", "return", claim), ("DAY206", "review", claim)]


def second_service_of_a_row(town: Town) -> Expected:
    """Two services in one row of the export: both are granted, and the days of each are its own (DAY202 of the visits)."""
    child, house = town.child(grants={"631000": "20日/月", "641000": "2"}), town.house()
    town.use(child, house, (1, 2, 3))
    claim = town.use(child, town.house("64", number=house.number), (7, 8, 9))
    return [("DAY202", "return", claim), ("DAY206", "review", claim)]


def free_child_by_its_label(town: Town) -> Expected:
    """対象 means free: a child that pays nothing is right, one that pays is looked at (AMT707)."""
    house = town.house("61")
    town.use(town.child(cap=0, 無償化対象="2", **SMALL), house, (1, 2))
    pays = town.child(無償化対象="2", **SMALL)._replace(share=10)
    return [("AMT707", "review", town.use(pays, house, (1, 2)))]


def second_child_by_its_label(town: Town) -> Expected:
    """第二子 pays half: half is right for it, and a look for a child that is 該当なし (AMT707)."""
    house = town.house("61")
    town.use(town.child(多子軽減区分="1", **SMALL), house, (1, 2))
    half = town.child(**SMALL)._replace(share=5)
    return [("AMT707", "review", town.use(half, house, (1, 2)))]


def facilities_with_one_character_in_two_codes(town: Town) -> Expected:
    """Two facilities have 髙 in their names, each in another code: both are read, and a day too many is found (DAY203)."""
    houses = [town.house(事業所名="髙い木の家") for _ in range(2)]
    return [
        ("DAY203", "return", town.use(town.child(grants={"631000": "9日/月"}), house, (1, 2), days=3))
        for house in houses
    ]
