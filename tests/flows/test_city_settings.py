"""The city's name and number are written into henrei.toml; everything else in it stays as it was."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from henrei.errors import HenreiError
from henrei.flows.city_settings import lacks_number, write_city
from henrei.flows.init import make_home
from henrei.home import Home

NAME = '架空 "あ" 市'


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("", True),
        ("[city]\n", True),
        ('[city]\nmunicipality_no = "000000"\n', True),
        ('[city]\nmunicipality_no = ""\n', True),
        ('[city]\nmunicipality_no = "112992"\n', False),
        ('[city]\nmunicipality_no = "12"\n', False),  # wrong, which is another matter
        ("[city\n", False),
    ],
)
def test_a_number_is_lacking_where_nobody_wrote_one(tmp_path: Path, text: str, lacks: bool) -> None:
    (tmp_path / "henrei.toml").write_text(text, encoding="utf-8")
    assert lacks_number(Home(tmp_path)) is lacks


@pytest.mark.parametrize(
    "before",
    [
        "",
        '# 設定\n[city]\nname = "旧"\nmunicipality_no = "000000"   # 6桁\n\n[checks]\nname = "x"\n',
        '[checks]\ndisabled = ["CAP301"]\n\n[city] # ここ\n',
        "[reports]\ncontact = '課'\n[city]\nmunicipality_no='000000'\n",
        '\ufeff[city]\nname = ""\n',
    ],
)
def test_only_name_and_number_change(tmp_path: Path, before: str) -> None:
    path = tmp_path / "henrei.toml"
    path.write_text(before, encoding="utf-8")
    write_city(Home(tmp_path), NAME, "112992")
    after = path.read_text(encoding="utf-8-sig")
    then = tomllib.loads(before.removeprefix("\ufeff"))
    assert tomllib.loads(after) == {**then, "city": {**then.get("city", {}), "name": NAME, "municipality_no": "112992"}}
    for comment in ("# 設定", "# 6桁", "# ここ"):
        assert (comment in after) == (comment in before)


def test_an_empty_name_leaves_the_one_that_is_there(tmp_path: Path) -> None:
    make_home(Home(tmp_path), "架空市")
    before = (tmp_path / "henrei.toml").read_text(encoding="utf-8")
    write_city(Home(tmp_path), "", "112992")
    assert (tmp_path / "henrei.toml").read_text(encoding="utf-8") == before.replace('"000000"', '"112992"', 1)


@pytest.mark.parametrize("text", ["[city\n", 'city = { municipality_no = "000000" }\n', "city.name = 'x'\n"])
def test_what_cannot_be_written_into_is_left_as_it_was(tmp_path: Path, text: str) -> None:
    (tmp_path / "henrei.toml").write_text(text, encoding="utf-8")
    with pytest.raises(HenreiError, match=r"メモ帳で開いて \[city\] municipality_no に書いてください"):
        write_city(Home(tmp_path), NAME, "112992")
    assert (tmp_path / "henrei.toml").read_text(encoding="utf-8") == text
