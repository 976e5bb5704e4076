"""Reasons of a return in, how to submit again out: by which day, with which 作成区分, which documents together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from henrei.checks.catalogue import with_role

NEW, CORRECTION = "1 新規", "2 修正"
CLAIM_HAS_NONE = "なし(明細書)"  # only sheets carry a 作成区分


@dataclass(frozen=True)
class Resubmission:
    by: str
    submission_kind: str
    documents: str


def of_claim(codes: Collection[str], window: str, *, reader: str, sheet_returned: bool) -> Resubmission:
    """`codes` are the reasons; `reader`: who the facility is to the child (catalogue.READERS); `sheet_returned`: so is its sheet.

    A sheet that was decided is valid and must not be sent again, so it is only asked for if it is missing or returned.
    """
    if with_role(codes, "already_decided"):
        return Resubmission(
            "過誤申立の処理の月に合わせて",
            CLAIM_HAS_NONE,
            "先に過誤申立書(市へ)。処理の月に明細書・実績記録票",
        )
    documents = "明細書・実績記録票"
    if sheet_returned:
        documents += "・上限額管理結果票(この通知で返戻したもの)"
    elif with_role(codes, "lacks_sheet"):
        sheets = {
            "manager": f"・上限額管理結果票(作成区分「{NEW}」)",
            "related": "(結果票は上限額管理事業所が送ります)",
        }
        documents += sheets.get(reader, "")
    return Resubmission(window, CLAIM_HAS_NONE, documents)


def of_sheet(window: str, *, decided: bool) -> Resubmission:
    """`decided`: 国保連 has an earlier sheet of the key. A return leaves it there, so the next sheet changes it."""
    return Resubmission(window, CORRECTION if decided else NEW, "上限額管理結果票")


NOTHING = Resubmission("送り直しは要りません", "—", "なし")
