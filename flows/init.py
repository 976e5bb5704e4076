"""`henrei init`: a folder in, a home out: henrei.toml, inbox/, and every ledger as a file with only its header."""

from __future__ import annotations

from pathlib import Path

from henrei.home import Home
from henrei.schemas.ledgers import ledgers

_TEMPLATE = """\
# henrei の設定。[city] のほかは省略できます。

[city]
name = "{name}"
municipality_no = "{number}"   # 市町村番号6桁(検証番号を含む)

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

# [reports]
# disclose_other_facility = false            # 事業所向けの書類に重複相手の事業所名を出すか
# contact = "療育支援課 給付担当 049-000-0000"
# passwords = "passwords.csv"                # 事業所向けの書類にパスワードをかける(列: 事業所番号、パスワード)
"""


def make_home(home: Home, name: str = "", number: str = "000000") -> list[Path]:
    """Makes what is missing; what is there stays. `name` and `number` are the city's. Returns the new files."""
    home.inbox().mkdir(parents=True, exist_ok=True)
    contents = {home.settings: _TEMPLATE.format(name=name, number=number)}
    for ledger in ledgers().values():
        contents[home.inbox() / f"{ledger.name}.csv"] = ",".join(ledger.labels) + "\r\n"
    made = []
    for path, text in contents.items():
        if not path.exists():
            encoding = "utf-8-sig" if path.suffix == ".csv" else "utf-8"  # Excel wants the BOM
            path.write_text(text, encoding=encoding, newline="")
            made.append(path)
    return made
