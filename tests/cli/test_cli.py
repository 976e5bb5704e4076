"""Whole command lines: wrong arguments and settings, init, checks and explain."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from henrei import cli
from lib import inputs


def run(home: Path) -> int:
    return cli.main(["run", inputs.REVIEW, "--home", str(home), "--direct"])


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_a_wrong_setting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every sentence is in tests/flows/test_settings.py."""
    home = inputs.make_home(tmp_path, inputs.right_month())
    (home / "henrei.toml").write_text("[city\n", encoding="utf-8")
    assert run(home) == 2
    assert last_line(capsys) == "henrei.toml:1 の書き方に誤りがあります。引用符・かっこ・= を確かめてください"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "2026-5"], "審査月「2026-5」が読めません"),
        (["survey", "2026"], "サービス提供年月「2026」が読めません"),
        (["explain", "CRT999"], "確認コード「CRT999」はありません"),
        (["run", "2026-05", "--home", "nowhere"], "henrei init"),
    ],
)
def test_wrong_arguments(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    """What the parser itself refuses is in test_parser.py."""
    assert cli.main(arguments) == 2
    assert message in last_line(capsys)


def test_init_makes_the_home_and_keeps_what_is_there(tmp_path: Path) -> None:
    assert cli.main(["init", str(tmp_path / "home")]) == 0
    made = sorted(path.relative_to(tmp_path / "home").as_posix() for path in (tmp_path / "home").rglob("*.*"))
    assert "henrei.toml" in made and "ledgers/guidance.csv" in made and len(made) == 12
    assert [name for name in made if name.startswith("inbox")] == [
        "inbox/first_review.csv",
        "inbox/history.csv",
        "inbox/petitions.csv",
    ]
    head = (tmp_path / "home" / "ledgers" / "grants.csv").read_text(encoding="utf-8-sig")
    assert head == "受給者証番号,決定サービスコード,支給量,支給量算定,支給決定開始日,支給決定終了日\n"
    (tmp_path / "home" / "henrei.toml").write_text("mine", encoding="utf-8")
    assert cli.main(["init", str(tmp_path / "home")]) == 0
    assert (tmp_path / "home" / "henrei.toml").read_text(encoding="utf-8") == "mine"


def test_checks_and_explain(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["checks", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["code"] for row in rows][:2] == ["ADD601", "ADD602"]
    assert set(rows[0]) == {"code", "name", "severity", "title", "source"}
    for row in rows:
        assert cli.main(["explain", row["code"]]) == 0
        page = capsys.readouterr().out
        for part in (row["title"], "出典", "必要な資料", "判定", "例", "すること", "SELECT"):
            assert part in page
