"""What a city says of itself when its home is made: options in, name, number and contact out, asked for where a person sits at
the terminal. Called by `henrei init`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from henrei.cli import ask
from henrei.errors import HenreiError
from henrei.flows.init import check_digit_fits, number_of
from henrei.home import SETTINGS

SIX_FIGURES = "市町村番号は6桁の数字です(検証番号を含む。受給者証にあります。例 112992)"
MAYBE_A_SLIP = "末尾の検証番号がほかの桁と合いません。打ち間違いでないか、受給者証の市町村番号と見比べてください"


@dataclass(frozen=True)
class FirstAnswers:
    """The city's name, municipality number and contact; None where nothing was answered."""

    name: str | None
    number: str | None
    contact: str | None


def complete(given: FirstAnswers, *, ask_for_rest: bool) -> FirstAnswers:
    """The options, and at a terminal the answers to what they leave open. An empty answer leaves it for later.

    Raises HenreiError where the number of an option is none, or the input ends before the last question: nothing is made.
    """
    if given.number is not None:
        if (number := number_of(given.number)) is None:
            raise HenreiError(f"--number が読めません。{SIX_FIGURES}(何も作っていません)")
        given = replace(given, number=number)
    if not (ask_for_rest and ask.at_terminal()):
        return given
    return FirstAnswers(
        name=_asked("市町村の名前(例 架空市): ") if given.name is None else given.name,
        number=_asked_number() if given.number is None else given.number,
        contact=_asked("事業所への書類に載せる問い合わせ先と電話番号(例 療育支援課 給付担当 049-000-0000): ")
        if given.contact is None
        else given.contact,
    )


def _asked(prompt: str) -> str | None:
    typed = ask.answer(f"{prompt}")
    if typed is None:
        raise HenreiError("途中でやめたため、何も作っていません。もう一度 henrei init を実行してください")
    return typed or None


def _asked_number() -> str | None:
    """Until it is six figures, or left for later; a number whose check digit does not fit must be typed twice."""
    doubtful = ""
    while typed := _asked("市町村番号(6桁。あとで書くなら Enter だけ): "):
        number = number_of(typed)
        if number is None:
            print(SIX_FIGURES)
        elif check_digit_fits(number) or number == doubtful:
            return number
        else:
            doubtful = number
            print(f"{MAYBE_A_SLIP}。この番号でよければ、もう一度入れてください")
    return None


def left_to_write(answers: FirstAnswers) -> Iterator[str]:
    """What of henrei.toml people must still write or look at."""
    if not answers.number:
        yield f"{SETTINGS} に市町村番号がありません。run の前に [city] の municipality_no に書いてください"
    elif not check_digit_fits(answers.number):
        yield MAYBE_A_SLIP
    if not answers.name:
        yield f"{SETTINGS} の [city] name に市町村の名前を書いてください"
    if not answers.contact:
        yield f"{SETTINGS} の [reports] contact に、課の名前と電話番号を書いてください(事業所への書類に載ります)"


def not_written(given: FirstAnswers) -> Iterator[str]:
    """Of a home that was there before: its henrei.toml stays as it is."""
    if any(value is not None for value in (given.name, given.number, given.contact)):
        yield f"{SETTINGS} はすでにあるため変えていません。名前・番号・連絡先はその中に書いてください"
