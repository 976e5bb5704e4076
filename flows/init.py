"""`henrei init`: a folder and the city's answers in, a home out: henrei.toml, inbox/, and every ledger as a file with only its
header.

The empty ledgers are in ledgers/, where a filled one counts for every month. Those whose empty file says "there are none" are
templates in inbox/, where nothing is read: they mean it only in a month's own folder, and are copied there by people.
"""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

from henrei.home import Home
from henrei.schemas.ledgers import guidance, ledgers

UNKNOWN_NUMBER = "000000"  # what stands for a number that is not known yet; no command takes it for one
_TEMPLATE = """\
# henrei の設定。[city] のほかは省略できます。

[city]
name = {name}
municipality_no = {number}   # 市町村番号6桁(検証番号を含む)

# 台帳のファイル名や列名が違うときは、ここで対応づけます(henrei の列名 = 台帳の列名)。
# [ledgers]
# recipients = "recipients.csv"
# [ledgers.columns.recipients]
# "受給者証番号" = "受給者番号"
# 台帳の言葉をコードに直す、ない列を決まった値で埋める、1行に並んだ支給決定を分けることもできます(手引きの「台帳をほかのシステムから作る」)。
# [ledgers.values.recipients."無償化対象"]
# "対象" = "2"
# [ledgers.constants.recipients]
# "市町村番号" = "112992"

# [checks]
# disabled = []                              # 行わない確認のコード
# shared_cap = false                         # 請求の利用者負担上限月額①に、世帯の上限額を分けた額を書いてよい市なら true
# brake = {{ share = 0.10, least = 30 }}       # 指摘が請求のこの割合と件数を超える確認は要確認に下げます
# [checks.severity]
# CAP301 = "return"                          # return 返戻相当 / review 要確認 / notice 参考

# [rules]
# capacity_51_or_more = "national"           # または "guidance-2024"
# staff_shortage_months = "national"         # または "guidance-2024"
# petition_month = "next"                    # 処理年月が空の過誤申立を、申立年月と同じ審査月に処理する市なら "same"

[reports]
{contact}
# disclose_other_facility = false            # 事業所向けの書類に重複相手の事業所名を出すか
# passwords = "passwords.csv"                # 事業所向けの書類にパスワードをかける(列: 事業所番号、パスワード)
# [reports.reason_codes]                     # returns.csv の返戻事由コード(英数字4文字)。other はその他の返戻
# CRT102 = "S001"

# [calendar]                                 # 審査月の何日までか。残りの日数を henrei status が知らせます
# answers = 13                               # 事業所の回答
# decide = 14                                # 決定
# close = 15                                 # 締め

# [retention]
# months = 60                                # いちばん新しい締めた月から数えて、この月数に満たない月は消しません
"""


def number_of(text: str) -> str | None:
    """A municipality number as people type it (full-width, with spaces around) as six figures; None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain if re.fullmatch(r"[0-9]{6}", plain) and plain != UNKNOWN_NUMBER else None


def check_digit_fits(number: str) -> bool:
    """False where the last figure follows from the others by neither of the two rules in use: most likely a slip.

    The federations' lists of 市町村番号 go by modulus 10 (weights 2 and 1), the code of local governments by modulus 11
    (weights 6 to 2). Which one a city's number follows is not the same everywhere, so a number is never refused for it.
    """
    body, last = [int(figure) for figure in number[:5]], int(number[5])
    doubled = (figure * weight for figure, weight in zip(body, (2, 1, 2, 1, 2), strict=True))
    by_ten = -sum(value // 10 + value % 10 for value in doubled) % 10
    by_eleven = (11 - sum(figure * weight for figure, weight in zip(body, (6, 5, 4, 3, 2), strict=True)) % 11) % 10
    return last in (by_ten, by_eleven)


def make_home(home: Home, name: str = "", number: str = UNKNOWN_NUMBER, contact: str = "") -> list[Path]:
    """Makes what is missing; what is there stays. `name`, `number`, `contact` are the city's. Returns the new files."""
    home.inbox().mkdir(parents=True, exist_ok=True)
    home.ledgers.mkdir(exist_ok=True)
    line = f"contact = {_quoted(contact)}" if contact else '# contact = "療育支援課 給付担当 049-000-0000"'
    text = _TEMPLATE.format(name=_quoted(name), number=_quoted(number), contact=line)
    contents = {home.settings: text}
    for ledger in ledgers().values():
        folder = home.inbox() if ledger.empty_means_none else home.ledgers
        contents[folder / f"{ledger.name}.csv"] = ",".join(ledger.labels) + "\r\n"
    csv_file, workbook = home.guidance
    if not workbook.exists():
        contents[csv_file] = ",".join(guidance().labels) + "\r\n"
    made = []
    for path, text in contents.items():
        if not path.exists():
            encoding = "utf-8-sig" if path.suffix == ".csv" else "utf-8"  # Excel wants the BOM
            path.write_text(text, encoding=encoding, newline="")
            made.append(path)
    return made


def _quoted(text: str) -> str:
    """A text as a string of TOML, whatever it holds; what is no character (a byte the terminal could not read) is marked."""
    readable = text.encode("utf-8", errors="surrogatepass").decode("utf-8", errors="replace")
    return json.dumps(readable, ensure_ascii=False).replace("\x7f", "\\u007f")
