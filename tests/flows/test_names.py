"""A number that the ledger does not know has the name on its claim: in the worklist, in letters, also once its row is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib import inputs
from lib.home_history import henrei, month
from lib.letters_city import MAY, pdf_text, table
from lib.workbook import rows

ONE, TWO = "0000000001", "0000000002"
PEOPLE = "受給者証番号,市町村番号,児童氏名カナ,利用者負担上限月額,適用開始日\r\n1,112992,ダイチョウ タロウ,4600,2025-04-01\r\n"


@pytest.mark.slow
def test_the_name_on_the_claim_is_shown(tmp_path: Path) -> None:
    """The claim of number 2 says ｶｸｳ ﾀﾛｳ, as that of number 1 does, whom the ledger knows by another name."""
    home = inputs.make_home(tmp_path / "home", {}, {}, '[reports]\ncontact = "049-000-0000"\n')
    claims = [
        group for no in (ONE, TWO) for group in (inputs.claim(recipient=no, days=3), inputs.attendance(recipient=no))
    ]
    month(home, MAY, *claims, **{**inputs.LEDGERS, "recipients": PEOPLE})
    assert henrei(home, "run", MAY) == henrei(home, "inquire", MAY) == 0
    assert henrei(home, "close", MAY, "--undecided", "return") == 0
    out = home / "out" / MAY
    both = {ONE: "ダイチョウ タロウ", TWO: "カクウ タロウ"}
    assert {row["受給者証番号"]: row["児童氏名"] for row in rows(out / "worklist.xlsx")} == both
    for folder, sheet in (("inquiries", "確認依頼"), ("notices", "返戻")):
        letter = out / folder / f"{inputs.A}.xlsx"
        assert {row["受給者証番号"]: row["カナ氏名"] for row in table(letter, sheet, "番号")} == both
        text = pdf_text(letter.with_suffix(".pdf"))
        assert "カクウタロウ" in text
        assert f"事業所番号{inputs.A}御中" in text  # without facilities.csv it has no name
    returned = inputs.read_table(out / "returns.csv")
    assert {row["受給者氏名（カナ）"] for row in returned} == {"ﾀﾞｲﾁｮｳ ﾀﾛｳ", "ｶｸｳ ﾀﾛｳ"}
    # The number was wrong, and the facility corrects it: nothing else has the name any more.
    assert henrei(home, "reopen", MAY) == 0
    other = [
        group for no in (ONE, "0000000003") for group in (inputs.claim(recipient=no), inputs.attendance(recipient=no))
    ]
    month(home, MAY, *other, **{**inputs.LEDGERS, "recipients": PEOPLE})
    assert henrei(home, "run", MAY) == 0
    listed = rows(out / "worklist.xlsx", "6 前回との差")
    gone = {row["受給者証番号"]: row["児童氏名"] for row in listed if row["変化"] == "解消"}
    assert gone == both
    month(home, MAY, *claims, **{**inputs.LEDGERS, "recipients": PEOPLE})
    assert henrei(home, "run", MAY) == 0
    # The facility corrects what was wrong: the row is gone, and still has its name.
    right = [group for no in (ONE, TWO) for group in (inputs.claim(recipient=no), inputs.attendance(recipient=no))]
    month(home, MAY, *right, **{**inputs.LEDGERS, "recipients": PEOPLE + "2,112992,,4600,2025-04-01\r\n"})
    assert henrei(home, "run", MAY) == 0
    gone = [row for row in rows(out / "worklist.xlsx", "6 前回との差") if row["変化"] == "解消"]
    assert {row["受給者証番号"]: row["児童氏名"] for row in gone} == both
