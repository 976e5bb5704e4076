"""Letters with passwords: they open with the facility's own, and with nothing else."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import msoffcrypto
import openpyxl
import pypdf
import pytest

from henrei.errors import HenreiError
from henrei.flows.settings import load
from henrei.home import Home
from henrei.reports.letters.encryption import Passwords
from lib import inputs
from lib.home_history import henrei, last_line
from lib.letters_city import HOUSES, MAY, NAMES, OF_A, ONE, overlapping

PASSWORDS = {inputs.A: "Nijiiro#2026", inputs.B: "komorebi-77"}
TABLE = "事業所番号,パスワード\r\n" + "".join(f"{at},{password}\r\n" for at, password in PASSWORDS.items())
ON = 'passwords = "passwords.csv"\n'


def home_with(folder: Path, table: str | None) -> Path:
    home = overlapping(folder, ON)
    if table is not None:
        (home / "passwords.csv").write_text(table, encoding="utf-8", newline="")
    return home


def workbook(data: bytes, password: str) -> openpyxl.Workbook:
    file = msoffcrypto.OfficeFile(io.BytesIO(data))
    file.load_key(password=password, verify_password=True)
    plain = io.BytesIO()
    file.decrypt(plain, verify_integrity=True)
    return openpyxl.load_workbook(plain)


@pytest.mark.slow
def test_letters_open_with_the_password_and_not_without(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home = home_with(tmp_path, TABLE)
    assert henrei(home, "run", MAY) == 0
    assert henrei(home, "inquire", MAY) == 0
    assert henrei(home, "close", MAY, "--undecided", "return") == 0
    for kind in ("inquiries", "notices"):
        for at, password in PASSWORDS.items():
            letter = home / "out" / MAY / kind / f"{at}.pdf"
            wrong = PASSWORDS[inputs.B if at == inputs.A else inputs.A]
            for data in (letter.read_bytes(), letter.with_suffix(".xlsx").read_bytes()):
                for text in (*NAMES.values(), *NAMES, *HOUSES.values()):
                    assert text.encode() not in data and text.encode("utf-16-be") not in data
            reader = pypdf.PdfReader(letter)
            assert reader.is_encrypted
            assert reader.decrypt("") == reader.decrypt(wrong) == pypdf.PasswordType.NOT_DECRYPTED
            assert reader.decrypt(password) != pypdf.PasswordType.NOT_DECRYPTED
            text = "".join("".join(page.extract_text().split()) for page in reader.pages)
            assert HOUSES[at] in text and ONE in text
            locked = letter.with_suffix(".xlsx").read_bytes()
            with pytest.raises(zipfile.BadZipFile):
                openpyxl.load_workbook(io.BytesIO(locked))
            with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
                workbook(locked, wrong)
            text = str([row for sheet in workbook(locked, password) for row in sheet.iter_rows(values_only=True)])
            assert ONE in text and (OF_A in text) == (at == inputs.A)
    shown = "".join(capfd.readouterr()).encode()
    files = [path for path in home.rglob("*") if path.is_file() and path.name != "passwords.csv"]
    for password in PASSWORDS.values():
        assert password.encode() not in shown
        assert not [path for path in files if password.encode() in path.read_bytes()]


@pytest.mark.slow
def test_without_a_password_nothing_is_published(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = home_with(tmp_path, f"事業所番号,パスワード\r\n{inputs.A},abc\r\n")
    assert henrei(home, "run", MAY) == 0
    message = f"事業所 {inputs.B}のパスワードが passwords.csv にありません。行を足して、もう一度実行してください"
    for given in (["inquire", MAY], ["close", MAY, "--undecided", "return"]):
        assert henrei(home, *given) == 2
        assert last_line(capsys) == message
    out = home / "out" / MAY
    assert not [path for path in out.iterdir() if "notices" in path.name or "inquiries" in path.name]
    assert not (out / "outcomes.csv").exists()
    assert not (home / "books" / MAY / "outcomes.csv").exists()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (None, "passwords.csv がありません"),
        ("番号,パスワード\r\n1,abc\r\n", "passwords.csv:1 列「事業所番号」「パスワード」が要ります"),
        ("事業所番号,パスワード\r\n1350000001,abc\r\n1350000002,\r\n", "passwords.csv:3 事業所番号かパスワード"),
        ("事業所番号,パスワード\r\n1350000001,秘密\r\n", "passwords.csv:2 事業所番号かパスワード"),
        ("事業所番号,パスワード\r\n6.1E+09,secret\r\n", "passwords.csv:2 事業所番号かパスワード"),
        (
            "事業所番号,パスワード\r\n7,secret\r\n0000000007,other\r\n",
            "passwords.csv:3 事業所 0000000007 のパスワードが二つ",
        ),
    ],
)
def test_a_table_that_cannot_be_used(tmp_path: Path, table: str | None, message: str) -> None:
    path = tmp_path / "passwords.csv"
    if table is not None:
        path.write_text(table, encoding="cp932", newline="")
    with pytest.raises(HenreiError, match=message) as caught:
        Passwords.read(path)
    assert not [password for password in ("abc", "秘密", "secret", "other") if password in str(caught.value)]


def test_zeros_are_put_back_and_nothing_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "passwords.csv"
    path.write_text("備考,パスワード,事業所番号\r\nx,secret,7\r\nx,secret,7\r\n", encoding="utf-8-sig", newline="")
    passwords = Passwords.read(path)
    passwords.require(["0000000007"])
    assert "secret" not in repr(passwords)


@pytest.mark.parametrize("value", ['"../passwords.csv"', "true", '""'])
def test_a_wrong_setting(tmp_path: Path, value: str) -> None:
    home = inputs.make_home(tmp_path, {}, settings=f"[reports]\npasswords = {value}\n")
    with pytest.raises(HenreiError, match=r"\[reports\] passwords"):
        load(Home(home))
