"""Reads a month's exchange files and ledgers into frames of pandas, for the checks of with_pandas.py."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from inbox import ADDONS, FORMS, IDS, ITEMS, WITHOUT_USE, exchange, ledger

CHILD = ["recipient", "month"]
KEY = ["facility", *CHILD]
FAR = 9999_12_31  # an open end. Dates are numbers like 20260401, months their first day
ERAS = {"R": 2018, "令和": 2018, "H": 1988, "平成": 1988, "S": 1925, "昭和": 1925}


def read_exchange(folder: Path) -> dict[str, pd.DataFrame]:
    """The needed cells of the needed records, as text; the month as a number."""
    frames: dict[str, list[pd.DataFrame]] = {kind: [] for kind in ITEMS}
    for kind, data in exchange(folder):
        width, items = ITEMS[kind]
        cells = pd.read_csv(
            io.BytesIO(data),
            header=None,
            names=range(width),
            usecols=[item + 1 for item in items.values()],
            dtype=str,
            keep_default_na=False,
            na_values=[""],
            index_col=False,
        )
        cells = cells.rename(columns={item + 1: name for name, item in items.items()})
        frames[kind].append(cells[cells["id"].isin(IDS[kind])])
    files = {kind: pd.concat(parts, ignore_index=True) for kind, parts in frames.items()}
    for frame in files.values():
        frame["month"] = frame["month"].astype("int64") * 100 + 1
    return files


def number(column: pd.Series) -> pd.Series:
    return column.str.replace(",", "").str.replace(r"\.0+$", "", regex=True).astype("Int64")


def ledger_date(column: pd.Series) -> pd.Series:
    """2026-04-01, 2026/4/1, 20260401, R8.4.1, 令和8年4月1日; a month is its first day. Missing where empty."""
    plain = column.str.strip().str.extract(r"^(\d{4})(\d\d)(\d\d)?$")
    parts = column.str.strip().str.extract(r"^([A-Z]|令和|平成|昭和)?(元|\d+)[年/.-](\d{1,2})(?:[月/.-](\d{1,2}))?")
    year = parts[1].replace("元", "1").astype("Int64") + parts[0].map(ERAS).fillna(0).astype("Int64")
    year = year.fillna(plain[0].astype("Int64"))
    month = parts[2].fillna(plain[1]).astype("Int64")
    return year * 10000 + month * 100 + parts[3].fillna(plain[2]).astype("Int64").fillna(1)


def next_month(day: pd.Series) -> pd.Series:
    return day + 100 + (day // 100 % 100 == 12) * 8800


def read_ledger(folder: Path, name: str, begins: str = "", ends: str = "") -> pd.DataFrame:
    """A ledger as text, with recipient and facility where it has them, and valid_from and valid_to of these columns."""
    frame = pd.read_csv(io.BytesIO(ledger(folder, name)), dtype=str, keep_default_na=False, na_values=[""])
    if "受給者証番号" in frame:
        frame["recipient"] = frame["受給者証番号"].str.strip().str.zfill(10)
    if "事業所番号" in frame:
        frame["facility"] = frame["事業所番号"].str.strip().str.zfill(10)
    if begins:
        frame["valid_from"] = ledger_date(frame[begins])
        frame["valid_to"] = ledger_date(frame[ends]).fillna(FAR)
    return frame


def among(frame: pd.DataFrame, others: pd.DataFrame, on: list[str]) -> pd.Series:
    """Whether a row's `on` occurs in the other frame."""
    there = others[on].drop_duplicates().assign(there=True)
    return frame[on].merge(there, on=on, how="left")["there"].fillna(False).astype(bool).set_axis(frame.index)


@dataclass(frozen=True)
class Claimed:
    """What the exchange files say: a frame for each kind of record, of this city alone."""

    claims: pd.DataFrame
    billed: pd.DataFrame
    contracts: pd.DataFrame
    sheets: pd.DataFrame
    siblings: pd.DataFrame
    lines: pd.DataFrame
    records: pd.DataFrame
    day_rows: pd.DataFrame
    use_days: pd.DataFrame
    claim_days: pd.DataFrame


@dataclass(frozen=True)
class Ledgers:
    """What the ledgers say; `claim_states` and `sheet_states` are what history.csv leaves decided.

    children: the child that a recipient's number is, where the ledger has a code for it. siblings: other children of a
    recipient's household. codes_without_use: service codes of WITHOUT_USE.
    """

    recipients: pd.DataFrame
    children: pd.DataFrame
    siblings: pd.DataFrame
    codes_without_use: pd.DataFrame
    grants: pd.DataFrame
    managers: pd.DataFrame
    petitions: pd.DataFrame
    claim_states: pd.DataFrame
    sheet_states: pd.DataFrame
    horizon: int  # the first review month of history.csv

    @property
    def decided_sheets(self) -> pd.DataFrame:
        return self.sheet_states[self.sheet_states["decided"]]


def claimed(files: dict[str, pd.DataFrame], city: str) -> Claimed:
    k11 = files["K11"][files["K11"]["city"].str.strip() == city]
    claims = k11.loc[k11["part"] == "01", KEY]
    billed = k11.loc[k11["part"] == "02", [*KEY, "i7", "i10"]].rename(columns={"i7": "type"})
    billed = billed.assign(billed=billed["i10"].astype("int64")).groupby([*KEY, "type"], as_index=False)["billed"].sum()
    contracts = k11[(k11["part"] == "05") & (k11["i7"].str[2] != "0")]
    contracts = contracts[KEY].assign(
        type=contracts["i7"].str[:2],
        amount=contracts["i8"].astype("int64"),
        valid_from=contracts["i9"].astype("int64"),
        valid_to=contracts["i10"].astype("Int64").fillna(0).replace(0, FAR),
    )
    k41 = files["K41"]
    sheets = k41[(k41["part"] == "01") & (k41["i5"].str.strip() == city)]
    sheets = sheets.rename(columns={"i6": "facility", "i7": "recipient", "i4": "kind"})[["id", *KEY, "kind"]]
    siblings = k41[(k41["part"] == "02") & (k41["id"] == "K421") & (k41["i4"].str.strip() == city)]
    siblings = siblings.rename(columns={"i5": "facility", "i6": "recipient", "i12": "child"})[["id", *KEY, "child"]]
    k61 = files["K61"][(files["K61"]["city"].str.strip() == city) & files["K61"]["form"].isin(list(FORMS))]
    k61 = k61.assign(type=k61["form"].map(FORMS))
    records = k61.loc[k61["part"] == "01", [*KEY, "type"]].drop_duplicates()
    lines = k11.loc[k11["part"] == "03", [*KEY, "i7"]].rename(columns={"i7": "code"})
    days = day_rows(k61)
    use_days = days.loc[days["used"], [*KEY, "type", "date"]].drop_duplicates()
    claim_days = use_days[among(use_days, claims, KEY)]
    return Claimed(claims, billed, contracts, sheets, siblings, lines, records, days, use_days, claim_days)


def day_rows(k61: pd.DataFrame) -> pd.DataFrame:
    """The rows of K611-02 that are a day of use (`used`) or record an add-on."""
    rows = k61[k61["part"] == "02"]
    recorded = any_set(rows, ("i14", "i15", "i34"))
    used = recorded.where(rows["form"].isin(["0301", "0501"]), rows["counted"] == "1") & (rows["status"] != "8")
    rows = rows.assign(used=used)[used | any_set(rows, [f"addon{item}" for item in ADDONS])]
    rows = rows[[*KEY, "type", "day", "used"]]
    return rows.assign(date=rows["month"] - 1 + rows["day"].astype("int64")).drop(columns="day")


def any_set(rows: pd.DataFrame, items: Iterable[str]) -> pd.Series:
    """Whether one of the items is not empty and not zero."""
    found = pd.Series(False, index=rows.index)
    for item in items:
        found |= rows[item].str.contains("[1-9]", na=False)
    return found


def ledgers(folder: Path, city: str, review_month: int) -> Ledgers:
    recipients = read_ledger(folder, "recipients", "適用開始日", "適用終了日")
    recipients = recipients[recipients["市町村番号"].str.strip() == city]
    recipients = recipients.rename(columns={"児童コード": "child", "世帯番号": "household"})
    children = recipients.dropna(subset="child").groupby("recipient", as_index=False)["child"].min()
    siblings = siblings_of(recipients, children)
    recipients = recipients[["recipient", "valid_from", "valid_to"]].assign(
        cap=number(recipients["利用者負担上限月額"]), free=recipients["無償化対象"].fillna("") == "2"
    )
    grants = read_ledger(folder, "grants", "支給決定開始日", "支給決定終了日")
    grants = grants[grants["決定サービスコード"].str.strip().str[2] != "0"]
    grants = grants[["recipient", "valid_from", "valid_to"]].assign(
        type=grants["決定サービスコード"].str.strip().str[:2],
        days=number(grants["支給量"]),
        by_rule=grants["支給量算定"].fillna("") == "原則日数",
    )
    managers = read_ledger(folder, "cap_managers", "有効開始日", "有効終了日")[["recipient", "valid_from", "valid_to"]]
    petitions = read_ledger(folder, "petitions")
    due = ledger_date(petitions["処理年月"]).fillna(next_month(ledger_date(petitions["申立年月"])))
    petitions = petitions.assign(month=ledger_date(petitions["サービス提供年月"]), due=due)[[*KEY, "due"]]
    history = read_history(folder, review_month)
    horizon = history["reviewed"].min() if len(history) else review_month
    states = states_of(history)
    claim_states, sheet_states = states[states["kind"] == "明"], states[states["kind"] == "利"]
    codes = codes_without_use(folder)
    return Ledgers(
        recipients, children, siblings, codes, grants, managers, petitions, claim_states, sheet_states, horizon
    )


def siblings_of(recipients: pd.DataFrame, children: pd.DataFrame) -> pd.DataFrame:
    """recipient, sibling: numbers of one household that are not one child."""
    members = (
        recipients[["recipient", "household"]].dropna().drop_duplicates().merge(children, on="recipient", how="left")
    )
    pairs = members.merge(members, on="household", suffixes=("", "_other"))
    other_child = pairs["child"].isna() | (pairs["child"] != pairs["child_other"])
    pairs = pairs[(pairs["recipient"] != pairs["recipient_other"]) & other_child]
    return pairs[["recipient", "recipient_other"]].rename(columns={"recipient_other": "sibling"}).drop_duplicates()


def codes_without_use(folder: Path) -> pd.DataFrame:
    codes = read_ledger(folder, "service_codes", "有効開始日", "有効終了日")
    wanted = (
        codes["加算キー"]
        .str.split(";")
        .map(lambda keys: isinstance(keys, list) and not set(keys).isdisjoint(WITHOUT_USE))
    )
    return codes.loc[wanted, ["サービスコード", "valid_from", "valid_to"]].rename(columns={"サービスコード": "code"})


def read_history(folder: Path, review_month: int) -> pd.DataFrame:
    history = read_ledger(folder, "history")
    history = history.assign(
        month=ledger_date(history["サービス提供年月"]), reviewed=ledger_date(history["審査月"])
    ).rename(columns={"種別": "kind", "結果": "outcome"})[["kind", *KEY, "reviewed", "outcome"]]
    return history[history["reviewed"] < review_month]


def states_of(history: pd.DataFrame) -> pd.DataFrame:
    """By claim or sheet: whether it is decided, and the review month of its newest outcome."""
    # Within one month 取下げ comes before the new outcome; a 返戻 leaves what was decided.
    history = history.assign(later=history["outcome"] != "取下げ").sort_values(["reviewed", "later"], kind="stable")
    newest = history.groupby(["kind", *KEY], as_index=False)["reviewed"].max()
    lasting = history[history["outcome"] != "返戻"].groupby(["kind", *KEY], as_index=False)["outcome"].last()
    states = newest.merge(lasting, on=["kind", *KEY], how="left")
    return states.assign(decided=states["outcome"] == "決定")
