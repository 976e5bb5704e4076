"""A letter's bytes in, bytes that open with the facility's password only out. Called by `build` for every letter.

Both are encrypted with AES-256: a workbook as Office does it ([MS-OFFCRYPTO], agile, by msoffcrypto-tool), a PDF as
PDF 2.0 does (by pypdf); the usual programs ask for the password. Salts are random: the bytes differ every time.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from henrei.errors import HenreiError
from henrei.schemas.layouts import Item, Record
from henrei.schemas.ledgers import Ledger
from henrei.schemas.ledgers.export import Export
from henrei.schemas.ledgers.read import read_ledger

_FACILITY, _PASSWORD = "事業所番号", "パスワード"


def _column(no: int, label: str, column: str, kind: str) -> Item:
    return Item(
        no=no, label=label, type="台帳", width=0, required={"": "◎"}, format=f"ledger-{kind}", codes={}, column=column
    )


_ITEMS = (_column(1, _FACILITY, "facility_no", "number10"), _column(2, _PASSWORD, "password", "text"))
_LAYOUT = Record(record="passwords", items=_ITEMS)
_TABLE = Ledger("passwords", "パスワードの表", _LAYOUT, empty_means_none=False, beside_settings=True)
# What every keyboard can type and every program reads alike; a PDF allows 127 characters.
_ALLOWED = re.compile(r"[!-~]{1,127}")


class Passwords:
    """The facilities' passwords. They are shown nowhere, not even by repr."""

    def __init__(self, passwords: Mapping[str, str], name: str) -> None:
        """`passwords`: facility number → password; `name` of the file they come from."""
        self._passwords, self._name = dict(passwords), name

    def __repr__(self) -> str:
        return f"Passwords({len(self._passwords)} facilities)"

    def of(self, facilities: Iterable[str]) -> list[str]:
        """Their passwords, in that order, without those that have none."""
        return [self._passwords[one] for one in facilities if one in self._passwords]

    @classmethod
    def read(cls, path: Path) -> Passwords:
        """The table beside henrei.toml: columns 事業所番号 and パスワード, UTF-8 or CP932, zeros put back.

        Raises HenreiError with the line of the first row that cannot be used.
        """
        name = path.name
        try:
            part = read_ledger(_TABLE, path.read_bytes(), Export(), "")
        except FileNotFoundError:
            raise HenreiError(
                f"{path} がありません。見出し「{_FACILITY},{_PASSWORD}」の CSV を作るか、"
                "henrei.toml の [reports] passwords を消してください"
            ) from None
        if part.missing:
            raise HenreiError(f"{name}:1 列「{_FACILITY}」「{_PASSWORD}」が要ります。見出しを直してください")
        bad = part.rejected["line"].to_list()  # never the reason: it quotes the password
        passwords: dict[str, str] = {}
        for line, facility, password in part.rows.select("line", "facility_no", "password").iter_rows():
            if not _ALLOWED.fullmatch(password):
                bad.append(line)
            elif passwords.setdefault(facility, password) != password:
                raise HenreiError(f"{name}:{line} 事業所 {facility} のパスワードが二つあります。一つにしてください")
        if bad:
            raise HenreiError(
                f"{name}:{min(bad)} 事業所番号かパスワードが読めません。"
                "パスワードは半角の英数字と記号(空白なし、127文字まで)で書いてください"
            )
        return cls(passwords, name)

    def require(self, facilities: Collection[str]) -> None:
        """Raises HenreiError where one of the facilities has no password."""
        missing = sorted(set(facilities) - self._passwords.keys())
        if missing:
            more = f"(ほか{len(missing) - 1}事業所)" if len(missing) > 1 else ""
            raise HenreiError(
                f"事業所 {missing[0]}{more}のパスワードが {self._name} にありません。行を足して、もう一度実行してください"
            )

    def workbook(self, facility: str, data: bytes) -> bytes:
        """An xlsx that opens with the facility's password."""
        from msoffcrypto.format.ooxml import OOXMLFile

        encrypted = io.BytesIO()
        OOXMLFile(io.BytesIO(data)).encrypt(self._passwords[facility], encrypted)
        return encrypted.getvalue()

    def pdf(self, facility: str, data: bytes) -> bytes:
        """A PDF that opens with the facility's password."""
        from pypdf import PdfWriter

        writer = PdfWriter(clone_from=io.BytesIO(data))
        writer.encrypt(self._passwords[facility], algorithm="AES-256")
        encrypted = io.BytesIO()
        writer.write(encrypted)
        return encrypted.getvalue()


_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # how both an encrypted workbook and an .xls begin
_MOST_TURNS = 1_000_000  # of the hash over a password; Office takes 100,000, and a file may name any number


def is_envelope(data: bytes) -> bool:
    """True for what may be an encrypted workbook, and is no plain xlsx."""
    return data.startswith(_OLE)


def opened(data: bytes, label: str, passwords: Passwords | None, facilities: Iterable[str]) -> bytes:
    """The workbook in an encrypted one, by the password of the first of `facilities` that opens it.

    Raises HenreiError, naming it `label`, where none does and where it is an .xls.
    """
    from msoffcrypto import OfficeFile

    try:
        file = OfficeFile(io.BytesIO(data))
        is_xls, turns = file.format != "ooxml", getattr(file, "info", {}).get("spinValue", 0)
    except Exception:
        raise HenreiError(f"{label} を Excel のファイルとして読めません。送り直してもらってください") from None
    if is_xls:
        raise HenreiError(f"{label} は古い形式(.xls)です。Excel で開き、.xlsx で保存し直してください")
    for password in passwords.of(facilities) if passwords and turns <= _MOST_TURNS else ():
        plain = io.BytesIO()
        try:
            file.load_key(password=password, verify_password=True)
            file.decrypt(plain)
        except Exception:
            continue
        return plain.getvalue()
    raise HenreiError(
        f"{label} はパスワードで守られていて開けません。パスワードを外して保存し直すか、"
        "事業所に渡したパスワードで保存してもらってください"
    )
