"""A set of files that appears whole or not at all, and file names that are safe everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from henrei.publication import NOTICES, file_name


def test_letters_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    NOTICES.stage(tmp_path, [("notices/1.pdf", b"old"), ("returns.csv", b"old")])
    NOTICES.publish(tmp_path)

    def torn() -> Iterator[tuple[str, bytes]]:
        yield "notices/2.pdf", b"new"
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        NOTICES.stage(tmp_path, torn())
    NOTICES.publish(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["1.pdf", "notices", "returns.csv"]
    # A publication that was cut off between its entries is finished by the next.
    NOTICES.stage(tmp_path, [("notices/2.pdf", b"new"), ("returns.csv", b"new")])
    (tmp_path / "notices").rename(tmp_path / ".notices.new" / ".notices.old")
    NOTICES.publish(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["2.pdf", "notices", "returns.csv"]
    assert (tmp_path / "returns.csv").read_bytes() == b"new"


@pytest.mark.parametrize(
    ("number", "name"),
    [("1350000001", "1350000001"), ("../1", "x2e2e2f31"), ("CON", "x434f4e"), ("a", "x61"), ("A", "A")],
)
def test_file_names_are_safe_everywhere(number: str, name: str) -> None:
    assert file_name(number) == name
