"""henrei init: options, and at a terminal questions for what they leave open; a wrong number is asked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from henrei import cli
from henrei.cli import help_pages
from henrei.flows.settings import load
from henrei.home import Home
from lib.terminal import typist

NAME = "市町村の名前(例 架空市): "
NUMBER = "市町村番号(6桁。あとで書くなら Enter だけ): "
CONTACT = "事業所への書類に載せる問い合わせ先と電話番号(例 療育支援課 給付担当 049-000-0000): "
WRONG = "市町村番号は6桁の数字です(検証番号を含む。受給者証にあります。例 112992)"
SLIP = "末尾の検証番号がほかの桁と合いません。打ち間違いでないか、受給者証の市町村番号と見比べてください"
CITY = ("--name", "架空市", "--number", "112992", "--contact", "電話 049-000-0000")


def init(home: Path, *options: str) -> int:
    return cli.main(["init", str(home), *options])


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A person at a terminal, who types what is put here and then ends the input."""
    return typist(monkeypatch)


def test_options_ask_nothing(tmp_path: Path, typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert init(tmp_path / "home", *CITY) == 0
    settings = load(Home(tmp_path / "home"))
    assert (settings.city_name, settings.municipality_no, settings.contact) == ("架空市", "112992", "電話 049-000-0000")
    shown = capsys.readouterr().out
    assert NUMBER not in shown and "※" not in shown
    assert (
        shown.splitlines()[-1] == f"初めての方の案内(ブラウザーで開きます): {help_pages.path(help_pages.FIRST_STEPS)}"
    )


def test_only_what_is_open_is_asked(tmp_path: Path, typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    typed[:] = ["１１２９９２"]
    assert init(tmp_path / "home", "--name", "架空市", "--contact", "電話 049-000-0000") == 0
    assert capsys.readouterr().out.startswith(f"{NUMBER}\nhenrei.toml\n")
    assert load(Home(tmp_path / "home")).municipality_no == "112992"


def test_a_wrong_number_is_asked_again(tmp_path: Path, typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    typed[:] = ["架空市", "11299", "112991", "112992", "療育支援課"]
    assert init(tmp_path / "home") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:7] == [
        NAME,
        NUMBER,
        WRONG,
        NUMBER,
        f"{SLIP}。この番号でよければ、もう一度入れてください",
        NUMBER,
        CONTACT,
    ]
    assert load(Home(tmp_path / "home")).municipality_no == "112992"


def test_a_number_whose_check_digit_does_not_fit_stands_when_it_comes_twice(tmp_path: Path, typed: list[str]) -> None:
    typed[:] = ["", "112991", "112991", ""]
    assert init(tmp_path / "home") == 0
    assert load(Home(tmp_path / "home")).municipality_no == "112991"


def test_what_is_left_for_later_is_named(tmp_path: Path, typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    typed[:] = ["", "", ""]
    assert init(tmp_path / "home") == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("※")] == [
        "※ henrei.toml に市町村番号がありません。run の前に [city] の municipality_no に書いてください",
        "※ henrei.toml の [city] name に市町村の名前を書いてください",
        "※ henrei.toml の [reports] contact に、課の名前と電話番号を書いてください(事業所への書類に載ります)",
    ]


@pytest.mark.parametrize("answers", [[], ["架空市"], ["架空市", "11"], ["架空市", "112992"]])
def test_who_leaves_before_the_last_question_has_made_nothing(
    tmp_path: Path, typed: list[str], answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    typed[:] = answers
    assert init(tmp_path / "home") == 2
    assert capsys.readouterr().err == "途中でやめたため、何も作っていません。もう一度 henrei init を実行してください\n"
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("number", ["11299", "000000", "ABCDEF", ""])
def test_a_wrong_number_as_an_option_makes_nothing(
    tmp_path: Path, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(tmp_path / "home", "--number", number) == 2
    assert capsys.readouterr().err == f"--number が読めません。{WRONG}(何も作っていません)\n"
    assert not (tmp_path / "home").exists()


def test_a_doubtful_number_as_an_option_is_taken_with_a_remark(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(tmp_path / "home", "--name", "架空市", "--number", "112991", "--contact", "電話 049-000-0000") == 0
    assert f"※ {SLIP}" in capsys.readouterr().out.splitlines()


def test_without_a_terminal_nothing_is_asked(tmp_path: Path) -> None:
    assert init(tmp_path / "home") == 0
    assert '"000000"' in (tmp_path / "home" / "henrei.toml").read_text(encoding="utf-8")


def test_a_home_that_is_there_is_not_asked_about(
    tmp_path: Path, typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(tmp_path / "home", *CITY) == 0
    before = (tmp_path / "home" / "henrei.toml").read_bytes()
    capsys.readouterr()
    assert init(tmp_path / "home", "--number", "092015") == 0
    assert (tmp_path / "home" / "henrei.toml").read_bytes() == before
    assert "※ henrei.toml はすでにあるため変えていません" in capsys.readouterr().out
    assert init(tmp_path / "home") == 0
    assert "※" not in capsys.readouterr().out
