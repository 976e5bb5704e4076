"""`henrei columns`: a proposal for henrei.toml beside it, to be looked over; nothing else changes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from henrei import cli
from henrei.flows.settings import load
from henrei.home import SETTINGS, Home
from lib import inputs
from lib.item_lists import make_list
from lib.workbook import workbook

FREE = [("0", "非対象"), ("1", "対象")]
SIBLINGS = [("1", "第一子"), ("2", "第二子"), ("3", "第三子以降"), ("4", "甲")]
LEFT_OUT = {"市町村番号", "支給量算定", "独自負担割合"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return inputs.make_home(tmp_path / "home", {}, {})


@pytest.fixture(scope="module")
def made_list(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list in which a few of our columns have strange names, and two have codes of their own."""
    made = make_list(
        lambda ledger, label: "備考欄" if label in LEFT_OUT else f"通所_{label}",
        codes={("recipients", "無償化対象"): FREE, ("recipients", "多子軽減区分"): SIBLINGS},
    )
    path = tmp_path_factory.mktemp("lists") / "022_基本データリスト.xlsx"
    path.write_bytes(made.data)
    return path


def columns(home: Path, file: Path) -> int:
    return cli.main(["columns", str(file), "--home", str(home)])


def proposal(home: Path) -> tuple[str, dict[str, Any]]:
    text = (home / "henrei-columns.toml").read_text(encoding="utf-8")
    return text, tomllib.loads(text)["ledgers"]


def line_of(text: str, ledger: str, label: str) -> str:
    part = text.partition(f"[ledgers.columns.{ledger}]")[2]
    return next(line for line in part.splitlines() if line.lstrip("# ").startswith(f'"{label}" ='))


def test_the_proposal_is_toml_with_ids_groups_and_tables(
    home: Path, made_list: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert columns(home, made_list) == 0
    text, ledgers = proposal(home)
    assert ledgers["columns"]["recipients"]["受給者証番号"] == "通所_受給者証番号"
    assert len(ledgers["columns"]) == 10
    line = line_of(text, "recipients", "受給者証番号")
    assert line.startswith('"受給者証番号" = "通所_受給者証番号"   # 022') and "  通所受給者証情報  X10  100" in line
    assert ledgers["values"]["recipients"]["無償化対象"] == {"0": "", "1": "2"}
    assert ledgers["values"]["recipients"]["多子軽減区分"] == {"1": "", "2": "1", "3": "2", "4": "要確認"}
    assert '"4" = "要確認"   # 要確認 甲: henrei の値に直してください' in text
    assert ledgers["constants"]["recipients"] == {"市町村番号": inputs.CITY}
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("項目 300、グループ ") and out[0].endswith("、コード表 3 を読みました")
    assert out[-1] == f"案: {home / 'henrei-columns.toml'}"


def test_what_is_not_alike_enough_is_marked(home: Path, made_list: Path) -> None:
    columns(home, made_list)
    text, _ = proposal(home)
    for label in ("独自負担割合", "市町村番号"):
        line = line_of(text, "recipients", label)
        assert "# 推測 " in line or line.endswith("# 似た項目がありません")
    sure = [line_of(text, "grants", label) for label in ("受給者証番号", "支給量", "支給決定開始日")]
    assert not any("推測" in line for line in sure)


def test_it_can_be_copied_into_the_settings(home: Path, made_list: Path) -> None:
    columns(home, made_list)
    text, _ = proposal(home)
    with (home / SETTINGS).open("a", encoding="utf-8") as stream:
        stream.write(text)
    settings = load(Home(home))
    assert settings.unknown == () and settings.export("grants").columns["支給量"] == "通所_支給量"


def test_nothing_else_changes_and_an_edited_proposal_is_kept(
    home: Path, made_list: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (home / SETTINGS).read_bytes()
    columns(home, made_list)
    made = (home / "henrei-columns.toml").read_bytes()
    columns(home, made_list)
    assert {path.name for path in home.glob("*.toml")} == {"henrei-columns.toml", SETTINGS}
    (home / "henrei-columns.toml").write_text("# 直した\n", encoding="utf-8")
    capsys.readouterr()
    columns(home, made_list)
    assert (home / "henrei-columns.toml").read_bytes() == made and (home / SETTINGS).read_bytes() == before
    assert (home / "henrei-columns-前.toml").read_text(encoding="utf-8") == "# 直した\n"
    assert "※ 前からあった henrei-columns.toml は henrei-columns-前.toml に残しました" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    ids=("missing", "broken", "other"),
    argvalues=[
        (None, 2, "がありません。データ項目一覧の場所を確かめてください"),
        (b"PK", 3, "x.xlsx を Excel のブック(.xlsx)として開けません。"),
        (
            workbook({"表": [["名前", "住所"], ["甲", "乙"]]}),
            3,
            "x.xlsx に「データ項目ID」と「データ項目」の見出しのあるシートがありません。",
        ),
    ],
)
def test_what_goes_wrong_writes_nothing(
    home: Path, tmp_path: Path, data: bytes | None, status: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if data is not None:
        (tmp_path / "x.xlsx").write_bytes(data)
    assert columns(home, tmp_path / "x.xlsx") == status
    [line] = capsys.readouterr().err.splitlines()
    assert sentence in line and not (home / "henrei-columns.toml").exists()
