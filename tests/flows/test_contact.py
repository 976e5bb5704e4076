"""A contact without a telephone number is noticed, and one with any usual number is not."""

from __future__ import annotations

import pytest

from henrei.flows.contact import contact_fault, has_telephone
from henrei.flows.settings import Settings


@pytest.mark.parametrize(
    "text",
    [
        "療育支援課 給付担当 049-000-0000",
        "療育支援課 0490000000",
        "電話03(0000)0000",
        "(049) 000-0000 内線2345",
        "0120-000-000",
        "080 0000 0000",
        "電話 ０４９－０００－００００",
        "電話 ０４９ー０００ー００００",
        "電話 049‐000‐0000",
        "+81-49-000-0000",
        "障害福祉課 22-0000",
        "〒350-0000 架空市1-2-3 電話224-0000",
    ],
)
def test_a_telephone_number(text: str) -> None:
    assert has_telephone(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "架空市 給付担当課",
        "療育支援課 内線2345",
        "〒350-0000 架空市本町1-2-3",
        "〒 350-0000",
        "〒３５０－００００ 架空市",
        "受付 9:00-17:00 (2026-04-01から)",
        "市町村番号 112992",
        "事業所番号 1350000001",
        "049-000-00000",
        "049-000",
    ],
)
def test_no_telephone_number(text: str) -> None:
    assert not has_telephone(text)


def test_the_sentence_names_the_setting_and_the_mend() -> None:
    def settings(contact: str) -> Settings:
        made = Settings.model_validate(
            {"city": {"municipality_no": "112992"}, "ledgers": {}, "rules": {}, "reports": {"contact": contact}}
        )
        return made

    assert contact_fault(settings("電話 049-000-0000")) == ""
    assert contact_fault(settings("給付担当課")) == (
        "henrei.toml の [reports] contact に電話番号がありません。事業所が書類を見て電話できるように、"
        'contact = "療育支援課 給付担当 049-000-0000" のように書いてください'
    )
