"""The shape every run has: stages of coarse parts, done one after the other, with or without Prefect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Stage:
    """`name` is the key in summary.json's `seconds`; `title` is what people read."""

    name: str
    title: str


class Work(Protocol):
    """What `flows.skin` (Prefect) and `run_directly` drive. A part is a coarse piece of a stage, named by an id."""

    home: Path
    month: str

    @property
    def stages(self) -> Sequence[Stage]: ...

    def parts(self, stage: str) -> list[str]:
        """The ids of the stage's parts; known once the stages before it are done."""

    def do(self, stage: str, part: str) -> None:
        """Do one part. Raises `henrei.errors.HenreiError` with a line for the user."""

    def overview(self) -> str:
        """Markdown without personal data: what the finished run did."""


def run_directly(work: Work) -> None:
    for stage in work.stages:
        for part in work.parts(stage.name):
            work.do(stage.name, part)
