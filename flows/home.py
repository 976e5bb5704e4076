"""The home folder: making it, finding it, holding its lock."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from henrei.cli.process import temporary_files
from henrei.errors import LOCKED, HenreiError
from henrei.flows.settings import FILE_NAME
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

# [checks]
# disabled = []                              # 行わない確認のコード
# brake = {{ share = 0.10, least = 30 }}       # 指摘が請求のこの割合と件数を超える確認は要確認に下げます
# [checks.severity]
# CAP301 = "return"                          # return 返戻相当 / review 要確認 / notice 参考

# [rules]
# capacity_51_or_more = "national"           # または "guidance-2024"
# staff_shortage_months = "national"         # または "guidance-2024"

# [reports]
# disclose_other_facility = false            # 事業所向けの書類に重複相手の事業所名を出すか
# contact = "療育支援課 給付担当 049-000-0000"
# passwords = "passwords.csv"                # 事業所向けの書類にパスワードをかける(列: 事業所番号、パスワード)
"""


def find(given: str | None) -> Path:
    """--home, else the environment variable HENREI_HOME, else the current folder."""
    return Path(given or os.environ.get("HENREI_HOME") or ".").expanduser().absolute()


def is_one(home: Path) -> bool:
    return (home / FILE_NAME).is_file()


def make(home: Path, name: str = "", number: str = "000000") -> list[Path]:
    """henrei.toml, inbox/ and every ledger as a file with only its header; what is there stays. Returns the new files."""
    inbox = home / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    contents = {home / FILE_NAME: _TEMPLATE.format(name=name, number=number)}
    for ledger in ledgers().values():
        contents[inbox / f"{ledger.name}.csv"] = ",".join(ledger.labels) + "\r\n"
    made = []
    for path, text in contents.items():
        if not path.exists():
            encoding = "utf-8-sig" if path.suffix == ".csv" else "utf-8"  # Excel wants the BOM
            path.write_text(text, encoding=encoding, newline="")
            made.append(path)
    return made


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Holds the home against a second run; temporary files stay in it meanwhile. Raises HenreiError (status 4) if
    another run holds it."""
    folder = home / ".henrei"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise HenreiError(
            f"{home} では別の henrei が実行中です。終わるのを待ってから、もう一度実行してください", LOCKED
        ) from None
    try:
        with temporary_files(folder / "tmp"):
            from henrei.flows import recovery  # the checks' tables are read for it: not for those who only look

            if said := recovery.recover(home):
                print(f"※ {said}", file=sys.stderr)
            yield
    finally:
        lock.release()
