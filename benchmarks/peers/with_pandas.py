"""Writes the keys that ten cross-checks of a review month find, in pandas: python with_pandas.py HOME MONTH OUT."""

from __future__ import annotations

import pandas as pd
from inbox import arguments
from pandas_tables import CHILD, KEY, Claimed, Ledgers, among, claimed, ledgers, next_month, read_exchange

TYPE = [*CHILD, "type"]
Findings = dict[str, pd.DataFrame]  # check code to rows with the columns of KEY


def days_in_month(month: pd.Series) -> pd.Series:
    return pd.to_datetime(month.astype(str), format="%Y%m%d").dt.days_in_month


def overlapping(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows whose period has a day in their month."""
    return frame[(frame["valid_from"] <= frame["month"] + 30) & (frame["valid_to"] >= frame["month"])]


def with_child(frame: pd.DataFrame, children: pd.DataFrame) -> pd.DataFrame:
    """Rows of recipients with the child that each is: several numbers may be one child."""
    frame = frame.merge(children, on="recipient", how="left")
    return frame.assign(child=("c" + frame["child"]).fillna("n" + frame["recipient"]))


def allowances(files: Claimed, city: Ledgers) -> pd.DataFrame:
    """By recipient, month and type: the days that the child may use and contract, where the ledger says them."""
    wanted = pd.concat([files.use_days[TYPE], files.contracts[TYPE]]).drop_duplicates()
    numbers = city.children.rename(columns={"recipient": "number"})
    numbers = city.children.merge(numbers, on="child")[["recipient", "number"]]
    alone = wanted[["recipient"]].drop_duplicates()
    alone = alone[~among(alone, city.children, ["recipient"])].assign(number=lambda rows: rows["recipient"])
    grants = city.grants.rename(columns={"recipient": "number"})
    allowed = wanted.merge(pd.concat([numbers, alone]), on="recipient").merge(grants, on=["number", "type"])
    allowed = overlapping(allowed)
    allowed = allowed.assign(
        used=allowed["days"].mask(allowed["by_rule"], days_in_month(allowed["month"]) - 8),
        contracted=allowed["days"].mask(allowed["by_rule"], 23),
    )
    allowed["unknown"] = allowed["used"].isna()
    allowed = allowed.groupby(TYPE, as_index=False)[["used", "contracted", "unknown"]].max()
    return allowed[~allowed["unknown"]]


def certificate_checks(files: Claimed, city: Ledgers) -> Findings:
    granted = ["recipient", "type"]
    certified = files.claim_days[among(files.claim_days, city.recipients, ["recipient"])]
    some = among(certified, city.grants, granted)
    covered = certified.merge(city.grants, on=granted)
    covered = covered[covered["date"].between(covered["valid_from"], covered["valid_to"])]
    return {
        "CRT102": certified[some & ~among(certified, covered, [*KEY, "type", "date"])],
        "CRT103": certified[~some],
    }


def day_checks(files: Claimed, city: Ledgers) -> Findings:
    allowed = allowances(files, city)
    days = with_child(files.use_days, city.children)
    pairs = double_days(days)
    used = days[["child", "month", "type", "facility", "date"]].drop_duplicates()
    used = used.groupby(["child", "month", "type"], as_index=False).size()
    over = days.merge(used, on=["child", "month", "type"]).merge(allowed, on=TYPE)
    over = over[over["size"] > over["used"]]
    above = peaks(files.contracts).merge(allowed, on=TYPE)
    above = above[above["amount"] > above["contracted"] * 100]
    return {
        "DAY201": pairs[among(pairs, files.claims, KEY)],
        "DAY202": over[among(over, files.claims, KEY)],
        "DAY203": differing_days(files, city),
        "DAY206": files.contracts[among(files.contracts, above, TYPE)],
    }


def differing_days(files: Claimed, city: Ledgers) -> pd.DataFrame:
    """Billed days that are fewer than the days of use, or more than these and the rows with an add-on."""
    place = [*KEY, "type"]
    counted = files.day_rows.groupby(place, as_index=False).agg(least=("used", "sum"), most=("used", "size"))
    compared = files.billed.merge(files.records, on=place).merge(counted, on=place, how="left")
    compared = compared.fillna({"least": 0, "most": 0})
    differing = compared[(compared["billed"] < compared["least"]) | (compared["billed"] > compared["most"])]
    # One day may be billed for an add-on that needs no use.
    lines = files.lines[among(files.lines, differing, KEY)].merge(city.codes_without_use, on="code")
    lines = overlapping(lines.assign(type=lines["code"].str[:2]))
    lone = (differing["billed"] == 1) & (differing["most"] == 0) & among(differing, lines, place)
    return differing[~lone]


def double_days(days: pd.DataFrame) -> pd.DataFrame:
    """Days of use that exclude another one of the same child's."""
    shared = days[days.duplicated(["child", "date"], keep=False)]
    pairs = shared.merge(shared, on=["child", "date"], suffixes=("", "_other"))
    elsewhere, one_a_day = pairs["facility"] != pairs["facility_other"], ["61", "63", "65"]
    excluded = pairs["type"].isin(one_a_day) & pairs["type_other"].isin(one_a_day)
    excluded &= elsewhere | (pairs["type"] != pairs["type_other"])
    excluded |= (pairs["type"] == "64") & (pairs["type_other"] == "64") & elsewhere
    return pairs[excluded]


def peaks(contracts: pd.DataFrame) -> pd.DataFrame:
    """By child, month and type: the most hundredths of days contracted at one time."""
    turns = contracts.loc[contracts["valid_from"] <= contracts["month"] + 30, [*TYPE, "valid_from"]]
    turns = turns[TYPE].assign(turn=turns[["valid_from", "month"]].max(axis=1)).drop_duplicates()
    in_force = contracts.merge(turns, on=TYPE)
    in_force = in_force[in_force["turn"].between(in_force["valid_from"], in_force["valid_to"])]
    sums = in_force.groupby([*TYPE, "turn"], as_index=False)["amount"].sum()
    return sums.groupby(TYPE, as_index=False)["amount"].max()


def cap_checks(files: Claimed, city: Ledgers) -> Findings:
    claims = files.claims[among(files.claims, at_several(files.claims, city.recipients), CHILD)]
    filed = overlapping(files.claims[CHILD].drop_duplicates().merge(city.managers, on="recipient"))
    has_filing = among(claims, filed, CHILD)
    missing = claims[has_filing & ~among(claims, children_with_sheet(files, city), CHILD)]
    silent = next_month(missing["month"]) < city.horizon
    return {
        "CAP301": claims[~has_filing],
        "CAP302": missing[~silent | among(missing, city.sheet_states, CHILD)],
    }


def at_several(claims: pd.DataFrame, recipients: pd.DataFrame) -> pd.DataFrame:
    """Children of a month who pay at two facilities or more."""
    several = claims.groupby(CHILD, as_index=False)["facility"].nunique()
    several = overlapping(several[several["facility"] >= 2].merge(recipients, on="recipient"))
    several = several.groupby(CHILD, as_index=False)[["cap", "free"]].max()
    return several[(several["cap"] > 0) & ~several["free"]]


def children_with_sheet(files: Claimed, city: Ledgers) -> pd.DataFrame:
    """Children and months with a sheet: a live one, a decided one, or a decided one of another child of the household."""
    live = files.sheets[files.sheets["kind"].isin(["1", "2"])]
    of_siblings = files.siblings[among(files.siblings, live, ["id", *KEY])].drop(columns="recipient")
    of_siblings = of_siblings.rename(columns={"child": "recipient"})
    decided = city.decided_sheets[CHILD]
    of_household = city.siblings.merge(decided.rename(columns={"recipient": "sibling"}), on="sibling")
    return pd.concat([frame[CHILD] for frame in (live, of_siblings, decided, of_household)])


def resubmission_checks(files: Claimed, city: Ledgers, review_month: int) -> Findings:
    new = files.sheets[files.sheets["kind"] == "1"]
    petitioned = city.petitions.merge(city.claim_states, on=KEY)
    petitioned = petitioned[(petitioned["due"] <= review_month) & (petitioned["reviewed"] < petitioned["due"])]
    decided = city.claim_states[city.claim_states["decided"]]
    again = among(files.claims, decided, KEY) & ~among(files.claims, petitioned, KEY)
    return {"SUB401": new[among(new, city.decided_sheets, KEY)], "SUB405": files.claims[again]}


def main() -> None:
    folder, number_of_city, reviewed, out = arguments(__doc__)
    review_month = int(reviewed.strftime("%Y%m%d"))
    files = claimed(read_exchange(folder), number_of_city)
    city = ledgers(folder, number_of_city, review_month)
    findings = {
        **certificate_checks(files, city),
        **day_checks(files, city),
        **cap_checks(files, city),
        **resubmission_checks(files, city, review_month),
    }
    keys = pd.concat([frame[KEY].assign(check_code=code) for code, frame in findings.items()]).drop_duplicates()
    month = keys["month"].astype(str)
    keys = keys.assign(service_month=month.str[:4] + "-" + month.str[4:6])[
        ["check_code", "facility", "recipient", "service_month"]
    ]
    keys.columns = ["check_code", "facility_no", "recipient_no", "service_month"]
    keys.sort_values(list(keys.columns)).to_csv(out, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
