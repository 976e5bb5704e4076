"""What people write into a row of sheet 1, as cells, and the digest by which one sees that they were changed. Called by the
sheet, by read_decisions and by whoever carries over what is not read yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

from henrei.files import sha256


def digest(parts: Iterable[str]) -> str:
    return sha256("\x1f".join(parts).encode("utf-8"))[:16]


@dataclass(frozen=True)
class Cells:
    """The entry cells of a row, as people read them (`decision` is 返戻, 支払 or 保留); empty: nothing is written there."""

    decision: str = ""
    answer: str = ""
    note: str = ""
    message: str = ""

    def __bool__(self) -> bool:
        return any(astuple(self))

    @property
    def digest(self) -> str:
        """A row that still has the digest of what it was handed out with was not changed."""
        return digest(astuple(self))

    @property
    def first_digest(self) -> str:
        """The same as 0.1.0 wrote it, which knew no 事業所への一言."""
        return digest((self.decision, self.answer, self.note))


@dataclass(frozen=True)
class Typed:
    """What someone wrote into a row and what was not read yet; `base`: what the row was handed out with."""

    cells: Cells
    base: Cells


@dataclass(frozen=True)
class OtherReturn:
    """A row «その他の返戻», of a claim or sheet that no check found; all as it was written."""

    subject: str = ""
    facility: str = ""
    recipient: str = ""
    month: str = ""
    cells: Cells = Cells()

    def __bool__(self) -> bool:
        return any((self.subject, self.facility, self.recipient, self.month, self.cells))
