"""returns.csv: which rows it has, and how the items of K721-02 are filled."""

from __future__ import annotations

import csv
import io
from typing import Any

from henrei.reports.letters import notice
from henrei.reports.letters.inputs import ClaimFacts, Issuer
from henrei.reports.letters.return_list import returns_csv
from lib.letter_inputs import ONE, THREE, TWO, A, B, finding, letter_inputs, outcome


def rows(findings: list[dict[str, Any]], outcomes: list[dict[str, Any]], **more: Any) -> list[dict[str, str]]:
    inputs = letter_inputs(findings, outcomes, **more)
    returned = [entry for letter in notice.notices(inputs).values() for entry in letter.returned]
    data = returns_csv(inputs, returned)
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_without_a_return_it_has_its_head_alone() -> None:
    inputs = letter_inputs([], [outcome(ONE, "決定")])
    (head,) = returns_csv(inputs, []).decode("utf-8-sig").splitlines()
    assert head.split(",")[:4] == ["交換情報識別番号", "帳票レコード種別", "受付年月", "事業所番号"]


def test_a_claim_has_its_first_service_and_its_units_and_a_sheet_has_neither() -> None:
    key = ("claim", A, ONE, "2026-04")
    claim, sheet = rows(
        [],
        [outcome(ONE, "返戻"), outcome(ONE, "返戻", kind="利", benefit_yen=None)],
        claims={key: ClaimFacts(("63", "61"), "放課後等デイサービス・児童発達支援", 1000)},
    )
    assert (claim["種別"], claim["サービス種類"], claim["単位数"]) == ("明", "63", "1000")
    assert (sheet["種別"], sheet["サービス種類"], sheet["単位数"]) == ("利", "", "")
    assert (claim["受付年月"], claim["サービス提供年月"]) == ("202605", "202604")
    assert (claim["証記載都道府県等番号"], claim["都道府県等名"]) == ("112992", "試験市")


def test_every_reason_is_named_once_with_the_federations_own_codes() -> None:
    findings = [finding("DAY203", "return"), finding("DAY201", "return"), finding("DAY201", "return")]
    federation = {("claim", A, ONE, "2026-04"): [("EG02", "台帳にありません")]}
    (row,) = rows(findings, [outcome(ONE, "返戻")], federation=federation)
    assert row["返戻事由コード"] == "DAY201;DAY203;EG02"
    assert row["返戻事由内容"].split("／")[-1] == "国保連の返戻"
    assert len(row["返戻事由内容"].split("／")) == 3


def test_a_return_that_a_person_decided_has_no_code() -> None:
    (row,) = rows([], [outcome(ONE, "返戻")])
    assert (row["返戻事由コード"], row["返戻事由内容"]) == ("", "審査による返戻")


def codes(findings: list[dict[str, Any]], known: dict[str, str], **more: Any) -> str:
    """The 返戻事由コード of one returned claim of a city with codes of its own."""
    issuer = Issuer("試験市", "112992", reason_codes=known)
    (row,) = rows(findings, [outcome(ONE, "返戻")], issuer=issuer, **more)
    return row["返戻事由コード"]


def test_the_citys_own_code_is_that_of_the_strongest_reason_that_has_one() -> None:
    both = [finding("DAY201", "return"), finding("DAY203", "review", downgraded=True)]
    assert codes(both, {"DAY201": "S001", "DAY203": "S003"}) == "S001"
    assert codes(both, {"DAY203": "S003"}) == "S003"  # the stronger one has none
    assert codes(both, {"CRT102": "S009"}) == "DAY201;DAY203"
    federation = {("claim", A, ONE, "2026-04"): [("EG02", "台帳にありません")]}
    assert codes(both, {"DAY203": "S003"}, federation=federation) == "S003"
    assert codes(both, {"CRT102": "S009"}, federation=federation) == "DAY201;DAY203;EG02"


def test_other_names_what_a_person_returned_without_a_finding() -> None:
    assert codes([], {"other": "S999"}) == "S999"
    assert codes([finding("DAY201", "return")], {"other": "S999"}) == "DAY201"
    nameless = {("claim", A, ONE, "2026-04"): [("", "理由")]}
    assert codes([], {"other": "S999"}, federation=nameless) == ""


def test_names_are_in_half_width_and_never_a_formula() -> None:
    children = {ONE: "ガク　ヒトミ", TWO: "=1+1"}
    names = [
        row["受給者氏名（カナ）"]
        for row in rows([], [outcome(no, "返戻") for no in (ONE, TWO, THREE)], children=children)
    ]
    assert names == ["ｶﾞｸ ﾋﾄﾐ", "'=1+1", ""]


def test_rows_come_in_the_order_of_the_outcomes() -> None:
    outcomes = [outcome(TWO, "返戻", facility_no=B), outcome(ONE, "決定"), outcome(ONE, "返戻", kind="利")]
    assert [(row["事業所番号"], row["種別"]) for row in rows([], outcomes)] == [(B, "明"), (A, "利")]
