"""Which records come again together, and with which 作成区分."""

from __future__ import annotations

import pytest

from henrei.reports.letters import resubmission


@pytest.mark.parametrize(
    ("codes", "reader", "sheet_returned", "documents"),
    [
        ({"DAY201"}, "biller", False, "明細書・実績記録票"),
        ({"CAP302"}, "manager", False, "明細書・実績記録票・上限額管理結果票(作成区分「1 新規」)"),
        ({"CAP302"}, "related", False, "明細書・実績記録票(結果票は上限額管理事業所が送ります)"),
        ({"CAP310"}, "biller", False, "明細書・実績記録票"),  # nobody is filed who could send one
        ({"CAP306"}, "manager", False, "明細書・実績記録票"),  # its sheet stands, and must not come again
        ({"CAP306"}, "manager", True, "明細書・実績記録票・上限額管理結果票(この通知で返戻したもの)"),
        ({"SUB405"}, "related", False, "先に過誤申立書(市へ)。処理の月に明細書・実績記録票"),
    ],
)
def test_which_documents_go_together(codes: set[str], reader: str, sheet_returned: bool, documents: str) -> None:
    assert resubmission.of_claim(codes, "6月", reader=reader, sheet_returned=sheet_returned).documents == documents


def test_a_sheet_comes_as_new_unless_one_was_decided_before() -> None:
    assert resubmission.of_sheet("6月", decided=False).submission_kind == "1 新規"
    assert resubmission.of_sheet("6月", decided=True).submission_kind == "2 修正"


def test_a_claim_comes_in_the_next_window_unless_it_was_decided_already() -> None:
    usual = resubmission.of_claim({"DAY201"}, "6月1日から10日まで", reader="biller", sheet_returned=False)
    assert (usual.by, usual.submission_kind) == ("6月1日から10日まで", "なし(明細書)")
    decided = resubmission.of_claim({"SUB405", "CAP302"}, "6月1日から10日まで", reader="manager", sheet_returned=True)
    assert (decided.by, decided.submission_kind) == ("過誤申立の処理の月に合わせて", "なし(明細書)")
