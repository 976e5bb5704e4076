"""A contact without a telephone number is named, with the setting and what to write there."""

from __future__ import annotations

from pathlib import Path

import pytest

from henrei.flows.contact import contact_fault
from henrei.flows.settings import load
from henrei.home import Home

FAULT = (
    "henrei.toml の [reports] contact に電話番号がありません。事業所が書類を見て電話できるように、"
    'contact = "療育支援課 給付担当 049-000-0000" のように書いてください'
)


@pytest.mark.parametrize(
    ("contact", "fault"),
    [("療育支援課 049-000-0000", ""), ("電話 ０４９－０００－００００", ""), ("給付担当課", FAULT), ("", FAULT)],
)
def test_the_sentence_for_a_contact_without_a_telephone_number(tmp_path: Path, contact: str, fault: str) -> None:
    text = f'[city]\nmunicipality_no = "112992"\n[reports]\ncontact = "{contact}"\n'
    (tmp_path / "henrei.toml").write_text(text, encoding="utf-8")
    assert contact_fault(load(Home(tmp_path))) == fault
