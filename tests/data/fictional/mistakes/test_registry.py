"""data/fictional/mistakes/registry.py: what a decorator keeps of a maker."""

from __future__ import annotations

import pytest

from henrei.data.fictional.mistakes import registry
from henrei.data.fictional.mistakes.registry import mistake, near


def always(child: object, month: str) -> bool:
    return True


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "WAYS", {})
    monkeypatch.setattr(registry, "NEAR", {})


@pytest.mark.usefixtures("empty")
def test_a_maker_is_called_with_what_was_given() -> None:
    calls = []

    @mistake("XXX101", "more", "single", always, 1, span=(0, 1), absent=True)
    @near("XXX101", "just", "single|pair", always, 0)
    def maker(case: object, n: int, absent: bool = False) -> bool:
        calls.append((case, n, absent))
        return True

    (way,), (right,) = registry.WAYS["XXX101"], registry.NEAR["XXX101"]
    assert (way.name, way.kind, way.span, right.kind, right.span) == ("more", "single", (0, 1), "single|pair", (0,))
    assert way.apply("case") and right.apply("case") and maker("direct", 5)
    assert calls == [("case", 1, True), ("case", 0, False), ("direct", 5, False)]


@pytest.mark.usefixtures("empty")
def test_several_ways_of_a_check_stand_in_one_list() -> None:
    for name in ("one", "two"):
        mistake("XXX101", name, "single", always)(lambda case: False)
    assert [step.name for step in registry.WAYS["XXX101"]] == ["one", "two"] and registry.NEAR == {}
