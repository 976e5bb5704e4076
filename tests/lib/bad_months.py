"""A clean month with all ten ledgers, and the same month as it goes wrong in a city: ledgers in the wrong folder, a ledger without
a column, a ledger with spoilt cells, words in place of codes.
"""

from __future__ import annotations

from pathlib import Path

from lib import inputs

MAY = "2026-05"
CHILDREN = 4
CLEAN, WRONG_FOLDER, NO_COLUMN, SPOILT, WORDS = "clean", "wrong folder", "no column", "spoilt cells", "words for codes"
KINDS = (CLEAN, WRONG_FOLDER, NO_COLUMN, SPOILT, WORDS)


def _rows(text: str) -> str:
    return "".join(text.replace("N", str(number)) for number in range(1, CHILDREN + 1))


LEDGERS = {
    "recipients": "受給者証番号,市町村番号,児童氏名カナ,利用者負担上限月額,無償化対象,適用開始日\r\n"
    + _rows("N,112992,カクウ ハナ,4600,,2025-04-01\r\n"),
    "grants": "受給者証番号,決定サービスコード,支給量,支給決定開始日,支給決定終了日\r\n"
    + _rows("N,631000,10,2025-04-01,2027-03-31\r\n"),
    "cap_managers": "受給者証番号,上限額管理事業所番号,有効開始日\r\n1,1350000001,2025-04-01\r\n",
    "plans": "受給者証番号,計画区分,適用開始日\r\n" + _rows("N,1,2025-04-01\r\n"),
    "facilities": "事業所番号,事業所名,サービス種類コード,定員,地域区分コード,指定開始日\r\n"
    f"{inputs.A},架空の森,63,10,23,2020-04-01\r\n",
    "facility_addons": "事業所番号,サービス種類コード,区分,加算キー,有効開始日\r\n"
    f"{inputs.A},63,加算,staffing_plus,2025-04-01\r\n",
    "petitions": "申立年月,事業所番号,受給者証番号,サービス提供年月,申立事由コード\r\n",
    "history": "種別,審査月,事業所番号,受給者証番号,サービス提供年月,結果,給付費\r\n"
    f"明,2026-04,{inputs.A},1,2026-03,決定,9000\r\n",
    "first_review": "種別,事業所番号,受給者証番号,サービス提供年月,区分,エラーコード,文言\r\n",
    "service_codes": inputs.LEDGERS["service_codes"],
}


def make(folder: Path, kind: str) -> Path:
    """A home with the month in its inbox, not yet run."""
    ledgers = dict(LEDGERS)
    if kind == NO_COLUMN:
        ledgers["grants"] = ledgers["grants"].replace("決定サービスコード", "サービス")
    elif kind == SPOILT:
        ledgers["grants"] = ledgers["grants"].replace(
            "2,631000,10,2025-04-01,2027-03-31", "2,631000,10,2025-04-01,未定"
        )
    elif kind == WORDS:
        ledgers["recipients"] = ledgers["recipients"].replace(",4600,,", ",4600,対象,")
    files = inputs.right_month(CHILDREN)
    home = inputs.make_home(folder, files, ledgers, '[reports]\ncontact = "療育支援課 049-000-0000"\n')
    if kind == WRONG_FOLDER:
        for path in (home / "inbox" / MAY).glob("*.csv"):
            path.rename(home / "inbox" / path.name)
    return home
