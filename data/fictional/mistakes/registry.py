"""The decorators by which a maker says which mistake it plants, or what is right beside one."""

from __future__ import annotations

from collections.abc import Callable

from ..case import Case, Fits, Step

Maker = Callable[..., bool]
# Of each check: the ways to plant it, and what looks like it and is right.
WAYS: dict[str, list[Step]] = {}
NEAR: dict[str, list[Step]] = {}


def _adds(
    to: dict[str, list[Step]],
    code: str,
    name: str,
    kind: str,
    fits: Fits,
    given: tuple[object, ...],
    more: dict[str, object],
) -> Callable[[Maker], Maker]:
    fields = {key: more.pop(key) for key in ("span", "before", "comes_again", "written", "besides") if key in more}

    def add(maker: Maker) -> Maker:
        def apply(case: Case) -> bool:
            return maker(case, *given, **more)

        to.setdefault(code, []).append(Step(name, kind, apply, fits, **fields))  # type: ignore[arg-type]
        return maker

    return add


def mistake(code: str, name: str, kind: str, fits: Fits, *given: object, **more: object) -> Callable[[Maker], Maker]:
    """A way to plant a check in children of a kind that fit: the maker is called with the case and what is `given`.

    `more` are what Step has beside, and keywords of the maker.
    """
    return _adds(WAYS, code, name, kind, fits, given, more)


def near(code: str, name: str, kind: str, fits: Fits, *given: object, **more: object) -> Callable[[Maker], Maker]:
    """As `mistake`, for what is right: no check may find it."""
    return _adds(NEAR, code, name, kind, fits, given, more)
