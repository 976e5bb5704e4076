"""What there is to know of a kind of letter: the record that each letter's module fills in. Read by `build`.

A new letter is five files: its module here (its content, its workbook and its LETTER, like `inquiry`), its template in
templates/, and its command: flows/<command>.py, a function in henrei/cli/commands.py, its parser in henrei/cli/__init__.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Generic, TypeVar

from henrei.publication import Publication
from henrei.reports.letters.inputs import LetterInputs

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# A frozen dataclass: the workbook is made from it, and the template reads its fields.
Content = TypeVar("Content", bound="DataclassInstance")
Files = list[tuple[str, bytes]]  # paths below out/<month>/, and their bytes


def _none(inputs: LetterInputs, contents: Mapping[str, Content]) -> Files:
    return []


@dataclass(frozen=True)
class Letter(Generic[Content]):
    """A kind of letter. Its files are <facility>.xlsx and .pdf in the folder that is called as the publication."""

    publication: Publication
    template: str  # the file in templates/, without its suffix
    contents: Callable[[LetterInputs], dict[str, Content]]  # by the number of each facility that gets one
    workbook: Callable[[Content, date], bytes]
    more: Callable[[LetterInputs, Mapping[str, Content]], Files] = _none  # further files of the publication
