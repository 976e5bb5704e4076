"""What a 確認依頼's workbook carries so that it can be read back: a question's cells in, its digest out. Called by `inquiry`, which
writes it, and `read_answers`.

People see the table on SHEET; each row's hidden cell MARK is the id of its question. The sheet HIDDEN, which people do not
see, says whose letter it is (MARKS), and of each question id and digest. A question whose text is another than the
one that was sent has another digest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from henrei.files import sha256

SHEET, HIDDEN = "確認依頼", "henrei"
NUMBER, MARK = "番号", "照合"
CHOICE, TEXT, WHO = "回答", "回答の内容", "回答した日・人"
CHOICES = ("請求のとおり", "誤りがある", "その他")
KIND, RECIPIENT, NAME, MONTH, SERVICES = "種別", "受給者証番号", "カナ氏名", "サービス提供年月", "種類"
YEN, SEVERITY, CODE, POINT, DAYS = "給付費", "区分", "事由コード", "確認していただきたい点", "該当日"
ACTION = "お願いすること"
EARLIER = {"誤りがあった場合や返戻となった場合": ACTION}  # labels of letters that were sent by earlier versions
# The columns that are the question, in the order in which they go into the digest.
QUESTION = (KIND, RECIPIENT, NAME, MONTH, SERVICES, YEN, SEVERITY, CODE, POINT, DAYS, ACTION)
MARKS = ("letter", "review_month", "municipality_no", "facility_no", "sending")
THIS_LETTER = "inquiry"  # the mark `letter`

_ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_|[\x00-\x1f\x7f]")  # what a program may write for a control character
_LONGEST = 10_000  # characters of a cell that are looked at; a cell cannot hold much more


def plain(value: object) -> str:
    """A cell's text as people read it: whole numbers without `.0`, without control characters and blanks around it."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n\u3000")


def question_digest(cells: Mapping[str, object]) -> str:
    """The digest of a question by its cells under QUESTION. Programs that save a workbook may change line ends and take
    the zeros of a number away: neither makes it another question."""
    return _digest(_bare(cells.get(name), number=name == RECIPIENT) for name in QUESTION)


def sending_digest(letter: Iterable[str], questions: Iterable[tuple[str, str]]) -> str:
    """One for a letter (its marks) and all its questions (id and digest of each)."""
    return _digest([*letter, *(part for question in questions for part in question)])


def _bare(value: object, *, number: bool) -> str:
    text = _ESCAPED.sub("", unicodedata.normalize("NFC", plain(value)[:_LONGEST]))
    text = "".join(text.split())
    return text.zfill(10) if number and text.isdigit() and text.isascii() else text


def _digest(parts: Iterable[str]) -> str:
    return sha256("\x1f".join(parts).encode("utf-8"))[:16]
