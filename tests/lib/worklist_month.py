"""A month with something on every sheet of the worklist: what tests of reports share.

Child 1 uses A and B on the same days; child 2 is billed a day too many at A; child 3 uses five days at A and five at B
where eight are granted; two result sheets of child 2 have one key; a claim of child 4 cannot be read.
"""

from __future__ import annotations

from pathlib import Path

from henrei.checks.catalogue import catalogue
from lib import inputs
from lib.home_history import ONE, TWO, month

THREE, FOUR = "0000000003", "0000000004"
WANTED = ("DAY201", "DAY202", "DAY203", "DAY206", "SUB404", "CRT101")
RECIPIENTS = (
    "受給者証番号,市町村番号,児童氏名カナ,利用者負担上限月額,適用開始日\r\n"
    "1,112992,=1+1,4600,2025-04-01\r\n2,112992,@ﾀﾛｳ,4600,2025-04-01\r\n3,112992,-ﾊﾅｺ,4600,2025-04-01\r\n"
)
GRANTS = (
    "受給者証番号,決定サービスコード,支給量,支給決定開始日,支給決定終了日\r\n"
    "1,631000,10,2025-04-01,2027-03-31\r\n2,631000,10,2025-04-01,2027-03-31\r\n3,631000,8,2025-04-01,2027-03-31\r\n"
)
FACILITIES = (
    "事業所番号,事業所名,サービス種類コード,定員,地域区分コード,指定開始日,指定終了日\r\n"
    f"{inputs.A},+架空の森,63,10,05,2020-04-01,2030-03-31\r\n{inputs.B},架空の家,63,10,05,2020-04-01,2030-03-31\r\n"
)
LEDGERS = {"recipients": RECIPIENTS, "grants": GRANTS, "facilities": FACILITIES}
SETTINGS = '[checks]\ndisabled = ["{}"]\n'.format('", "'.join(code for code in catalogue() if code not in WANTED))


def groups() -> list[list[str]]:
    five = (1, 2, 3, 4, 5)
    return [
        inputs.claim(inputs.A, ONE),
        inputs.attendance(inputs.A, ONE),
        inputs.claim(inputs.B, ONE, extra={"K122-01": {27: 0, 28: 10000}}),
        inputs.attendance(inputs.B, ONE),
        inputs.claim(inputs.A, TWO, days=3),
        inputs.attendance(inputs.A, TWO),
        inputs.claim(inputs.A, THREE, days=5),
        inputs.attendance(inputs.A, THREE, days=five),
        inputs.claim(inputs.B, THREE, days=5),
        inputs.attendance(inputs.B, THREE, days=(6, 7, 8, 9, 10)),
        inputs.claim(inputs.A, FOUR, extra={"K122-02": {10: "1x"}}),
        inputs.sheet(inputs.A, TWO),
        inputs.sheet(inputs.A, TWO),
    ]


def make_home(folder: Path, more: str = "") -> Path:
    """A home with the month in its inbox, not yet run; `more` goes to the end of henrei.toml."""
    home = inputs.make_home(folder, {}, {}, SETTINGS + more)
    month(home, inputs.REVIEW, *groups(), **LEDGERS)
    return home


def book(home: Path) -> Path:
    """The month's worklist."""
    return home / "out" / inputs.REVIEW / "worklist.xlsx"
