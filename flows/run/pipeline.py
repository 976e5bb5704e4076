"""The shape of a run: stages of coarse parts in, each done once and in order. Called with Prefect (`flows.prefect`) or
without (`run_directly`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from henrei.home import Home


@dataclass(frozen=True)
class Stage:
    """`name` is the key in summary.json's `seconds`, `title` what people read.

    `parts` gives the ids of the stage's parts, known once the stages before it are done; `do` does one of them and raises
    HenreiError with a line for the user.
    """

    name: str
    title: str
    parts: Callable[[], list[str]]
    do: Callable[[str], None]


class Work(Protocol):
    """A month that can be run."""

    home: Home
    month: date

    @property
    def stages(self) -> Sequence[Stage]: ...

    def overview(self) -> str:
        """Markdown without personal data: what the finished run did."""


def run_directly(stages: Sequence[Stage]) -> None:
    """Does all parts of all stages in order."""
    for stage in stages:
        for part in stage.parts():
            stage.do(part)
