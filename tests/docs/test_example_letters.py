"""docs/examples/: twenty letters as henrei makes them now, of every state and reader, each small."""

from __future__ import annotations

import pytest

from henrei.checks.catalogue import READERS, STATES
from henrei.reports.letters.blocks import state_of
from henrei.reports.letters.instruction import reader_of
from lib import example_letters
from lib.example_letters import ME, MONTH, Example, file_name
from lib.example_letters_list import EXAMPLES
from lib.paths import ROOT

FOLDER = ROOT / "docs" / "examples"
LARGEST = 60_000  # bytes
NUMBERED = list(enumerate(EXAMPLES, start=1))


@pytest.mark.slow
@pytest.mark.parametrize(("number", "example"), NUMBERED, ids=[file_name(*one) for one in NUMBERED])
def test_the_letter_is_as_it_would_be_made_now(number: int, example: Example) -> None:
    """`make example-letters` makes them anew. Bytes may differ by the version of a library, the text not."""
    kept = (FOLDER / file_name(number, example)).read_bytes()
    assert example_letters.text(kept) == example_letters.text(example_letters.pdf(example))
    assert len(kept) <= LARGEST


def test_the_index_names_each_and_nothing_else_is_there() -> None:
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == example_letters.index(EXAMPLES)
    assert {path.name for path in FOLDER.iterdir()} == {"README.md", *(file_name(*one) for one in NUMBERED)}
    assert len(EXAMPLES) == 20


def test_every_state_and_reader_is_among_them() -> None:
    seen = set()
    for example in EXAMPLES:
        inputs = example_letters.letter_inputs(example)
        ended = {one["recipient_no"]: one["outcome"] for one in inputs.outcomes}
        for one in example.found:
            asked = "known" if one["severity"] == "notice" else "asked"
            state = asked if example.kind == "inquiry" else state_of(ended.get(one["recipient_no"], ""))
            if one["check_code"].startswith("CAP"):
                seen.add(reader_of(inputs, ME, one["recipient_no"], MONTH))
            seen.add(state)
    assert seen == {*STATES, *READERS}
