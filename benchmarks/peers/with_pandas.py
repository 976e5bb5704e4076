"""Ten cross-checks of a review month in pandas: python with_pandas.py HOME MONTH OUT."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
from inbox import arguments, exchange, ledger

CHILD = ["recipient", "month"]
KEY = ["facility", *CHILD]
TYPE = [*CHILD, "type"]
ITEMS = {  # kind: (cells of its longest record, {name: number of the item}); item n is cell n + 1
    "K11": (37, {"id": 1, "part": 2, "month": 3, "city": 4, "facility": 5, "recipient": 6, "i7": 7, "i8": 8, "i9": 9,
                 "i10": 10}),
    "K41": (16, {"id": 1, "part": 2, "month": 3, "i4": 4, "i5": 5, "i6": 6, "i7": 7, "i12": 12}),
    "K61": (174, {"id": 1, "part": 2, "month": 3, "city": 4, "facility": 5, "recipient": 6, "form": 7, "day": 9,
                  "i14": 14, "i15": 15, "i16": 16, "i34": 34, "status": 36, "counted": 45}),
}  # fmt: skip
IDS = {"K11": ["K122"], "K41": ["K411", "K421"], "K61": ["K611"]}
FORMS = {"0301": "61", "0501": "63", "0601": "64", "0701": "65"}
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
    found = {kind: pd.concat(parts, ignore_index=True) for kind, parts in frames.items()}
    for frame in found.values():
        frame["month"] = frame["month"].astype("int64") * 100 + 1
    return found


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


def days_in_month(month: pd.Series) -> pd.Series:
    return pd.to_datetime(month.astype(str), format="%Y%m%d").dt.days_in_month


def read_ledger(folder: Path, name: str, begins: str = "", ends: str = "") -> pd.DataFrame:
    """A ledger as text, with recipient (and facility), and valid_from and valid_to of these columns."""
    frame = pd.read_csv(io.BytesIO(ledger(folder, name)), dtype=str, keep_default_na=False, na_values=[""])
    frame["recipient"] = frame["受給者証番号"].str.strip().str.zfill(10)
    if "事業所番号" in frame:
        frame["facility"] = frame["事業所番号"].str.strip().str.zfill(10)
    if begins:
        frame["valid_from"] = ledger_date(frame[begins])
        frame["valid_to"] = ledger_date(frame[ends]).fillna(FAR)
    return frame


def overlapping(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows whose period has a day in their month."""
    return frame[(frame["valid_from"] <= frame["month"] + 30) & (frame["valid_to"] >= frame["month"])]


def among(frame: pd.DataFrame, others: pd.DataFrame, on: list[str]) -> pd.Series:
    """Whether a row's `on` occurs in the other frame."""
    there = others[on].drop_duplicates().assign(there=True)
    return frame[on].merge(there, on=on, how="left")["there"].fillna(False).astype(bool).set_axis(frame.index)


def main() -> None:
    folder, city, reviewed, out = arguments(__doc__)
    review_month = int(reviewed.strftime("%Y%m%d"))
    files = read_exchange(folder)

    # What the exchange files say
    k11 = files["K11"][files["K11"]["city"] == city]
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
    sheets = k41[(k41["part"] == "01") & (k41["i5"] == city)]
    sheets = sheets.rename(columns={"i6": "facility", "i7": "recipient", "i4": "kind"})[["id", *KEY, "kind"]]
    siblings = k41[(k41["part"] == "02") & (k41["id"] == "K421") & (k41["i4"] == city)]
    siblings = siblings.rename(columns={"i5": "facility", "i6": "recipient", "i12": "child"})[["id", *KEY, "child"]]
    k61 = files["K61"][(files["K61"]["city"] == city) & files["K61"]["form"].isin(list(FORMS))]
    k61 = k61.assign(type=k61["form"].map(FORMS))
    records = k61.loc[k61["part"] == "01", [*KEY, "type"]].drop_duplicates()
    rows = k61[(k61["part"] == "02") & (k61["status"] != "8")]
    said = pd.Series(False, index=rows.index)
    for item in ("i14", "i15", "i16", "i34"):
        said |= rows[item].str.contains("[1-9]", na=False)
    used = said.where(rows["form"].isin(["0301", "0501"]), rows["counted"] == "1")
    use_rows = rows.loc[used, [*KEY, "type", "day"]]
    use_rows = use_rows.assign(date=use_rows["month"] - 1 + use_rows["day"].astype("int64")).drop(columns="day")
    use_days = use_rows.drop_duplicates()
    claim_days = use_days[among(use_days, claims, KEY)]

    # What the ledgers say
    recipients = read_ledger(folder, "recipients", "適用開始日", "適用終了日")
    recipients = recipients[recipients["市町村番号"].str.strip() == city]
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
    history = read_ledger(folder, "history")
    history = history.assign(
        month=ledger_date(history["サービス提供年月"]), reviewed=ledger_date(history["審査月"])
    ).rename(columns={"種別": "kind", "結果": "outcome"})[["kind", *KEY, "reviewed", "outcome"]]
    history = history[history["reviewed"] < review_month]
    horizon = history["reviewed"].min() if len(history) else review_month
    # Within one month 取下げ comes before the new outcome; a 返戻 leaves what stood decided.
    history = history.assign(later=history["outcome"] != "取下げ").sort_values(["reviewed", "later"], kind="stable")
    newest = history.groupby(["kind", *KEY], as_index=False)["reviewed"].max()
    lasting = history[history["outcome"] != "返戻"].groupby(["kind", *KEY], as_index=False)["outcome"].last()
    states = newest.merge(lasting, on=["kind", *KEY], how="left")
    states["decided"] = states["outcome"] == "決定"
    claim_states, sheet_states = states[states["kind"] == "明"], states[states["kind"] == "利"]
    decided_claims = claim_states[claim_states["decided"]]
    decided_sheets = sheet_states[sheet_states["decided"]]

    # Words that several checks use
    wanted = pd.concat([use_days[TYPE], contracts[TYPE]]).drop_duplicates()
    allowances = overlapping(wanted.merge(grants, on=["recipient", "type"]))
    allowances = allowances.assign(
        used=allowances["days"].mask(allowances["by_rule"], days_in_month(allowances["month"]) - 8),
        contracted=allowances["days"].mask(allowances["by_rule"], 23),
    )
    allowances["unknown"] = allowances["used"].isna()
    allowances = allowances.groupby(TYPE, as_index=False)[["used", "contracted", "unknown"]].max()
    allowances = allowances[~allowances["unknown"]]
    several = claims.groupby(CHILD, as_index=False)["facility"].nunique()
    several = overlapping(several[several["facility"] >= 2].merge(recipients, on="recipient"))
    several = several.groupby(CHILD, as_index=False)[["cap", "free"]].max()
    several = several[(several["cap"] > 0) & ~several["free"]]
    filed = overlapping(claims[CHILD].drop_duplicates().merge(managers, on="recipient"))
    live = sheets[sheets["kind"].isin(["1", "2"])]
    of_siblings = siblings[among(siblings, live, ["id", *KEY])].drop(columns="recipient")
    sheet_there = pd.concat(
        [live[CHILD], of_siblings.rename(columns={"child": "recipient"})[CHILD], decided_sheets[CHILD]]
    )

    # The checks
    granted = ["recipient", "type"]
    found: dict[str, pd.DataFrame] = {}
    certified = claim_days[among(claim_days, recipients, ["recipient"])]
    some = among(certified, grants, granted)
    covered = certified.merge(grants, on=granted)
    covered = covered[covered["date"].between(covered["valid_from"], covered["valid_to"])]
    found["CRT102"] = certified[some & ~among(certified, covered, [*KEY, "type", "date"])]
    found["CRT103"] = certified[~some]

    shared = use_days[use_days.duplicated(["recipient", "date"], keep=False)]
    pairs = shared.merge(shared, on=["recipient", "date"], suffixes=("", "_other"))
    elsewhere, one_a_day = pairs["facility"] != pairs["facility_other"], ["61", "63", "65"]
    excluded = pairs["type"].isin(one_a_day) & pairs["type_other"].isin(one_a_day)
    excluded &= elsewhere | (pairs["type"] != pairs["type_other"])
    excluded |= (pairs["type"] == "64") & (pairs["type_other"] == "64") & elsewhere
    pairs = pairs[excluded]
    found["DAY201"] = pairs[among(pairs, claims, KEY)]

    over = use_days.groupby(TYPE, as_index=False).size().merge(allowances, on=TYPE)
    found["DAY202"] = claim_days[among(claim_days, over[over["size"] > over["used"]], TYPE)]

    counted = use_rows.groupby([*KEY, "type"], as_index=False).size()
    compared = billed.merge(records, on=[*KEY, "type"]).merge(counted, on=[*KEY, "type"], how="left")
    found["DAY203"] = compared[compared["billed"] != compared["size"].fillna(0)]

    turns = contracts.loc[contracts["valid_from"] <= contracts["month"] + 30, [*TYPE, "valid_from"]]
    turns = turns[TYPE].assign(turn=turns[["valid_from", "month"]].max(axis=1)).drop_duplicates()
    in_force = contracts.merge(turns, on=TYPE)
    in_force = in_force[in_force["turn"].between(in_force["valid_from"], in_force["valid_to"])]
    peaks = in_force.groupby([*TYPE, "turn"], as_index=False)["amount"].sum()
    peaks = peaks.groupby(TYPE, as_index=False)["amount"].max().merge(allowances, on=TYPE)
    found["DAY206"] = contracts[among(contracts, peaks[peaks["amount"] > peaks["contracted"] * 100], TYPE)]

    at_several = claims[among(claims, several, CHILD)]
    has_filing = among(at_several, filed, CHILD)
    found["CAP301"] = at_several[~has_filing]
    missing = at_several[has_filing & ~among(at_several, sheet_there, CHILD)]
    silent = next_month(missing["month"]) < horizon
    found["CAP302"] = missing[~silent | among(missing, sheet_states, CHILD)]

    new = sheets[sheets["kind"] == "1"]
    found["SUB401"] = new[among(new, decided_sheets, KEY)]
    petitioned = petitions.merge(claim_states, on=KEY)
    petitioned = petitioned[(petitioned["due"] <= review_month) & (petitioned["reviewed"] < petitioned["due"])]
    found["SUB405"] = claims[among(claims, decided_claims, KEY) & ~among(claims, petitioned, KEY)]

    keys = pd.concat([frame[KEY].assign(check_code=code) for code, frame in found.items()]).drop_duplicates()
    month = keys["month"].astype(str)
    keys = keys.assign(service_month=month.str[:4] + "-" + month.str[4:6])[
        ["check_code", "facility", "recipient", "service_month"]
    ]
    keys.columns = ["check_code", "facility_no", "recipient_no", "service_month"]
    keys.sort_values(list(keys.columns)).to_csv(out, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
