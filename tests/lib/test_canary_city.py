"""The canaries' city leaves out no field that can tell of a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from henrei.reports.letters.redaction import Redactor
from henrei.schemas.layouts import layouts
from henrei.schemas.ledgers import ledgers
from lib import canary_city, inputs

RECORDS = (
    "K112-01", "K112-02", "K122-01", "K122-02", "K122-03", "K122-04", "K122-05", "K411-01", "K411-02", "K421-01",
    "K421-02", "K611-01", "K611-02", "K721-01", "K721-02",
)  # fmt: skip


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[str]]]:
    """Record → its lines as cells, of everything that is in the inbox."""
    inbox = canary_city.make_home(tmp_path_factory.mktemp("planted") / "home") / "inbox" / canary_city.MAY
    found: dict[str, list[list[str]]] = {}
    for path in Path(inbox).glob("K*.CSV"):
        for text in path.read_text(encoding="cp932").splitlines():
            cells = [cell.strip('"') for cell in text.split(",")][2:]
            if len(cells) > 2:
                found.setdefault(f"{cells[0]}-{cells[1]}", []).append(cells)
    return found


@pytest.mark.parametrize("record", [name for name in RECORDS if name not in ("K112-02", "K611-01")])
def test_every_item_with_text_or_a_number(exchange: dict[str, list[list[str]]], record: str) -> None:
    known = [*canary_city.people(), *canary_city.HOUSES]
    for item in layouts(record)[-1].items:
        text_item = item.type in ("漢字", "英数") and item.width >= 10
        # The city's name is no secret, a manager of the cap is a facility.
        if (
            text_item
            and item.no > 2
            and not item.codes
            and item.label != "都道府県等名"
            and item.column != "cap_manager_no"
        ):
            there = {cells[item.no - 1] for cells in exchange[record]} - {""}
            assert there and all(any(canary in text for canary in known) for text in there), (record, item.label)


@pytest.mark.parametrize("name", ledgers())
def test_every_column_of_a_ledger(name: str) -> None:
    known = [
        *canary_city.people(),
        *canary_city.HOUSES,
        *canary_city.HOUSES.values(),
        *canary_city.CORPORATIONS.values(),
    ]
    for item in ledgers()[name].layout.items:
        if item.codes or item.column in ("municipality_no", "addon_key", "addon_keys"):
            continue
        if item.format in ("ledger-text", "ledger-number10") or item.column == "birth_date":
            there = {row.get(item.label, "") for row in canary_city.ROWS[name]} - {""}
            assert there and all(any(canary in text for canary in known) for text in there), (name, item.label)


def test_the_search_finds_every_form() -> None:
    name = canary_city.FULL[canary_city.ONE][0]
    for data in (
        name.encode("cp932"), name.encode("utf-16"), ascii(name).encode(), repr(name.encode()).encode(), inputs.CITY.encode() + name.encode()
    ):  # fmt: skip
        assert canary_city.leaks(data, [name]) == [name]
    assert canary_city.leaks(b"nobody", canary_city.people()) == []


def test_a_name_of_anothers_child_is_redacted_in_every_spelling() -> None:
    people = {child: canary_city.FULL[child] for child in (canary_city.ONE, canary_city.OF_B)} | {
        "9990000058": ("アオイ",)
    }
    redact = Redactor(set(), {}, "サービスのケアニーズ", people).for_facility(canary_city.A, {canary_city.ONE})
    for spelling in ("カナリア ジドウサン", "カナリア　ジドウサン", "カナリアジドウサン", "ｶﾅﾘｱ ｼﾞﾄﾞｳｻﾝ", "ｶﾅﾘｱｼﾞﾄﾞｳｻﾝ"):
        assert redact(f"児童は{spelling}です") == "児童は(氏名)です"
    for text in ("児童はカナリア ジドウイチです", "ケアニーズのサービス", "アオイ"):
        assert redact(text) == text
