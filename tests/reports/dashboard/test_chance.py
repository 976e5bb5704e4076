"""What the page says of chance and change: verdicts, the funnel, checks that the team overrules, guidance, and the lists behind
its sums. Tiny facts, in node."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from henrei.reports.dashboard.facts import _causes
from lib.page_scripts import needs_node, sections

pytestmark = needs_node

FACILITIES = {"1350000001": "ひかり園", "1350000002": "森の家", "1350000003": "そらの子"}
CHECKS = {
    "FAC507": "定員超過減算の日の基準を超えている",
    "CAP302": "上限額管理結果票がない",
    "DAY201": "同じ日の重複利用",
}


def months_of(count: int) -> list[str]:
    return [f"{2026 + (3 + at) // 12}-{(3 + at) % 12 + 1:02}" for at in range(count)]


def table(names: str, rows: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: [row[at] for row in rows] for at, name in enumerate(names.split())}


def facts(claims: list[tuple[int, int, int, int]], months: int, **more: Any) -> dict[str, Any]:
    """`claims`: facility, month, received, returned (all by the city, for the first time, 10,000 yen each)."""
    made: dict[str, Any] = {
        "months": months_of(months),
        "types": {"63": "放課後等デイサービス"},
        "checks": CHECKS,
        "facilities": {"facility_no": list(FACILITIES), "name": list(FACILITIES.values())},
        "units": {"facility": [0, 1, 2], "types": ["63", "63", "63"]},
        "received": table("unit month claims yen first", [(u, m, n, n * 10000, n) for u, m, n, _ in claims]),
        "returned": table(
            "unit month claims yen by_city first again", [(u, m, r, r * 10000, r, r, 0) for u, m, _, r in claims if r]
        ),
        "reasons": table("unit month check_code found returned yen", []),
        "judged": table("unit month check_code findings found returned", []),
        "causes": table("unit month check_code causes", []),
        "reclaims": table("unit month lag claims yen", []),
        "withdrawals": table("unit month became claims yen", []),
        "open": table("unit month check_code subjects", []),
        "unjudged": table("month check_code reason", []),
        "guidance": [],
    }
    return made | more


def monthly(returned: list[int], received: int = 300) -> dict[str, Any]:
    return facts([(0, month, received, count) for month, count in enumerate(returned)], len(returned))


USUAL = [30, 27, 33, 31, 29, 30, 26, 34, 30, 30, 28, 32]


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        (USUAL, "通常のゆれの範囲です(12か月の平均 10.0%)。"),
        (
            USUAL[:6],
            "通常のゆれの範囲です(6か月の平均 10.0%)。変わったかどうかは、12か月そろってから判定します。",
        ),
        ([30, 60], "締めた月が2か月なので、通常のゆれの幅はまだ計算できません(6か月から)。"),
        ([*USUAL, 46, 44, 45], "2027年4月から高くなっています(約10%→約15%)。"),
        ([*(count + 15 for count in USUAL), 30, 31, 29], "2027年4月から低くなっています(約15%→約10%)。"),
        ([*USUAL, *USUAL[:4], 90], "2027年8月は、通常のゆれの幅の外です。"),
    ],
)
def test_the_verdict_says_what_changed_and_since_when(returned: list[int], said: str) -> None:
    shown = sections(monthly(returned), ["run"])["run"]
    assert shown["said"].startswith(said)
    assert [row[:3] for row in shown["table"]] == [
        [month, "300", str(count)] for month, count in zip(months_of(len(returned)), returned, strict=True)
    ]


def test_the_funnel_hides_no_facility_however_few_its_claims() -> None:
    """10 % in all; 8 of 12 is far beyond what chance does with twelve claims, 30 of 240 is not."""
    made = facts([(0, 0, 12, 8), (1, 0, 240, 30), (2, 0, 300, 17)], 1)
    shown = sections(made, ["facilities"])["facilities"]
    assert [(row[1]["words"], row[2], row[3], row[8]["words"]) for row in shown["table"]] == [
        ("ひかり園", "12", "8", "99.8%の限界より高い"),
        ("そらの子", "300", "17", "95%の限界より低い"),
        ("森の家", "240", "30", "限界の中"),
    ]
    assert [row[1]["words"] for row in shown["more"]["beyond"]] == ["ひかり園", "そらの子"]
    points = [row for row in shown["chart"] if row["kind"] == "事業所"]
    assert {row["name"]: row["claims"] for row in points} == {"ひかり園": 12, "森の家": 240, "そらの子": 300}
    assert "3か所のうち99.8%の限界より高いのは1か所(ひかり園 66.67%(8/12件))" in shown["said"]
    assert shown["foot"][2:4] == ["552", "55"]


def test_one_facility_is_held_against_all_others() -> None:
    made = facts([(0, 0, 12, 8), (1, 0, 240, 30), (2, 0, 300, 17)], 1)
    alone = sections(made, ["facilities"], facility="0")["facilities"]
    assert [(row[1]["words"], row[8]["words"]) for row in alone["table"]] == [("ひかり園", "99.8%の限界より高い")]
    assert sum(row["kind"] == "事業所" for row in alone["chart"]) == 3


def test_a_check_that_the_team_overrules_is_named() -> None:
    judged = [(0, 0, "FAC507", 38, 38, 0), (0, 0, "CAP302", 19, 15, 8), (1, 0, "DAY201", 6, 0, 0)]
    made = facts(
        [(0, 0, 100, 10)],
        1,
        judged=table("unit month check_code findings found returned", judged),
        causes=table("unit month check_code causes", [(0, 0, "FAC507", 7), (0, 0, "CAP302", 15)]),
    )
    shown = sections(made, ["checks"])["checks"]
    assert [[cell if isinstance(cell, str) else cell["words"] for cell in row] for row in shown["table"]] == [
        ["FAC507", CHECKS["FAC507"], "38", "38", "7", "0", "38", "0.00%", "0.0%〜6.4%", "見直し候補"],
        ["CAP302", CHECKS["CAP302"], "19", "15", "15", "8", "7", "53.33%", "29.4%〜76.1%", ""],
        ["DAY201", CHECKS["DAY201"], "6", "0", "0", "0", "0", "", "", ""],
    ]
    assert shown["said"] == (
        "直近1か月の返戻相当の指摘は53件、原因では22です。"
        "見直し候補は1: FAC507 定員超過減算の日の基準を超えている(38件のうち返戻0件)。"
    )


def test_six_claims_of_one_day_over_capacity_are_one_cause() -> None:
    rows = [
        {
            "check_code": code,
            "severity": "return",
            "subject": "claim",
            "facility_no": "1350000001",
            "recipient_no": f"{child:010}",
            "service_month": "2026-04",
            "service_type": "63",
            "use_dates": "2026-04-03",
            "observed": None,
            "expected": None,
            "group_id": None,
            "month": 0,
            "types": types,
        }
        for code, child, types in [
            *(("FAC507", child, "63") for child in range(5)),
            ("FAC507", 5, "61 63"),
            ("DAY203", 1, "63"),
            ("DAY203", 2, "63"),
        ]
    ]
    assert sorted(_causes(pl.DataFrame(rows)).iter_rows()) == [
        (0, "1350000001", "61 63", "FAC507", 1),
        (0, "1350000001", "63", "DAY203", 2),
    ]


def given(date: str, facility: str = "", codes: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"date": date, "facility_no": facility, "check_codes": list(codes), "text": "説明会"}


def test_before_and_after_guidance_with_its_uncertainty() -> None:
    claims = [(0, month, 100, 30 if month < 6 else 10) for month in range(12)]
    claims += [(1, month, 100, 10 + month % 2) for month in range(12)]
    reasons = [(1, month, "CAP302", 4, 4, 40000) for month in range(12)]
    made = facts(
        claims,
        12,
        reasons=table("unit month check_code found returned yen", reasons),
        guidance=[
            given("2026-09-20", "1350000001"),
            given("2026-09-20", "1350000002", ("CAP302",)),
            given("2027-03-25", "1350000001"),
        ],
    )
    shown = sections(made, ["guidance", "run"])
    assert [[cell if isinstance(cell, str) else cell["words"] for cell in row] for row in shown["guidance"]["table"]] == [
        ["2026年9月20日", "1350000001", "すべて", "説明会", "30.00%(180/600件)", "10.00%(60/600件)", "−20.0ポイント",
         "−24.4〜−15.6", "偶然では起こりにくい差です(低くなりました)"],
        ["2026年9月20日", "1350000002", "CAP302", "説明会", "4.00%(24/600件)", "4.00%(24/600件)", "+0.0ポイント",
         "−2.3〜+2.3", "差は偶然でも起こる大きさです"],
        ["2027年3月25日", "1350000001", "すべて", "説明会", "10.00%(60/600件)", "", "", "", "後の月がまだありません"],
    ]  # fmt: skip
    assert [row["mark"] for row in shown["run"]["chart"]] == ["", "", "", "", "", "▼", "", "", "", "", "", "▼"]
    assert shown["run"]["table"][5][8]["words"] == "2026年9月20日 説明会、2026年9月20日 説明会"


def test_the_lists_behind_the_sums_add_up_to_them() -> None:
    made = facts(
        [(0, 0, 100, 10), (1, 0, 100, 5), (0, 1, 100, 3)],
        2,
        reclaims=table(
            "unit month lag claims yen",
            [(0, 0, 0, 4, 40000), (0, 0, 1, 6, 60000), (1, 0, 0, 5, 50000), (0, 1, 0, 3, 1)],
        ),
        withdrawals=table(
            "unit month became claims yen",
            [(0, 0, "missing", 2, 7000), (1, 1, "missing", 1, 9000), (1, 1, "later", 3, 5)],
        ),
    )
    shown = sections(made, ["reclaims", "deducted"])
    assert [[row[0], row[2], row[3], row[4]] for row in shown["reclaims"]["more"]["waiting"]] == [
        ["1350000002", "2026-04", "5", "50,000"],
        ["1350000001", "2026-04", "4", "40,000"],
        ["1350000001", "2026-05", "3", "1"],
    ]
    assert shown["reclaims"]["foot"][6:] == ["12", "90,001"]
    assert "まだ届かないもの9件、90,000円" in shown["reclaims"]["said"]  # those of the newest month are yet to come
    assert [[row[0], row[2], row[3], row[4]] for row in shown["deducted"]["more"]["missing"]] == [
        ["1350000002", "2026-05", "1", "9,000"],
        ["1350000001", "2026-04", "2", "7,000"],
    ]
    assert shown["deducted"]["foot"][9] == "16,000"


def test_returns_without_a_finding_have_their_list() -> None:
    made = facts(
        [(0, 0, 100, 9), (1, 0, 100, 4)],
        1,
        reasons=table(
            "unit month check_code found returned yen",
            [(0, 0, "team", 0, 2, 20000), (1, 0, "team", 0, 1, 5000), (1, 0, "federation", 0, 2, 900), (0, 0, "DAY201", 7, 7, 1)],
        ),
        checks={"team": "担当者の判断(指摘なし)", "federation": "国保連の返戻", "DAY201": "日数"},
    )  # fmt: skip
    shown = sections(made, ["reasons"])["reasons"]
    assert [[row[0]["words"], row[1], *row[3:]] for row in shown["more"]["no-finding"]] == [
        ["担当者の判断(指摘なし)", "1350000001", "2026-04", "2", "20,000"],
        ["担当者の判断(指摘なし)", "1350000002", "2026-04", "1", "5,000"],
        ["国保連の返戻", "1350000002", "2026-04", "2", "900"],
    ]
    assert "ほかに 担当者の判断(指摘なし) 3件、国保連の返戻 2件。" in shown["said"]


def test_a_window_is_named_by_its_true_length() -> None:
    made = facts([(0, month, 100, 10) for month in range(6)], 6)
    assert sections(made, ["rolling"])["rolling"]["said"] == "直近3か月 10.00%(30/300件)、直近6か月 10.00%(60/600件)。"
