"""Texts are made only of what a check finds: first the keys that fail, by numbers, then the words for these. A month has a
hundred thousand rows, and a hundred findings."""

from __future__ import annotations

import re

import pytest

from henrei.checks.catalogue import catalogue

# Parts of a check that gather texts or lists of more than what is wrong, and why that is little work.
_FEW = {
    ("CAP304", ""): "rows of the sheets of a month, far fewer than claims",
    ("CAP307", ""): "managers of the sheets of a month",
    ("CAP309", ""): "caps of the sheets of a month",
    ("DAY215", "recorded"): "a list of numbers, against which several classes are held",
    ("FAC503", "prices"): "a row a facility",
    ("FAC510", "compared"): "claims with a registered reduction",
    ("FAC510", ""): "the words of one row each, of what is wrong",
    ("KHR901", "listed"): "what the first review found",
    ("SUB406", "others"): "petitions without their claim",
}
_PART = re.compile(r"(?:\bWITH|\bRECURSIVE|,)\s+(\w+) AS \(")
_GATHERS = re.compile(r"\b(?:string_agg|list|array_agg)\(")


def parts(sql: str) -> dict[str, str]:
    """The parts of a WITH by name, and what comes after them as ''; without comments and texts."""
    bare = re.sub(r"--[^\n]*|'[^']*'", "", sql)
    found, place = {}, 0
    while match := _PART.search(bare, place):
        depth, end = 1, match.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(bare[end], 0)
            end += 1
        found[match[1]] = bare[match.end() : end - 1]
        place = end
    return found | {"": bare[place:]}


def text_of_all(sql: str) -> list[str]:
    """The parts that gather texts or lists and read, directly or through others, no part called `wrong`."""
    bodies = parts(sql)
    reads = {name: set(re.findall(r"\w+", body)) & bodies.keys() - {name} for name, body in bodies.items()}

    def reached(name: str) -> set[str]:
        return {name}.union(*(reached(one) for one in reads[name]))

    return [name for name, body in bodies.items() if _GATHERS.search(body) and "wrong" not in reached(name)]


def test_texts_are_made_of_what_is_wrong_alone() -> None:
    found = {(code, part) for code, check in catalogue().items() for part in text_of_all(check.sql)}
    assert found == _FEW.keys()


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT a, string_agg(b, ';') FROM claims_now GROUP BY ALL HAVING count(*) > 1", [""]),
        (
            "WITH wrong AS (SELECT a FROM claims_now GROUP BY ALL HAVING count(*) > 1)\n"
            "SELECT a, string_agg(b, '(') FROM claims_now SEMI JOIN wrong USING (a) GROUP BY ALL",
            [],
        ),
        (
            "WITH wrong AS (FROM a), named AS (SELECT list(b) AS c FROM a), more AS (SELECT string_agg(c) FROM d JOIN wrong)\n"
            "-- list(x)\nSELECT * FROM named JOIN wrong",
            ["named"],
        ),
    ],
)
def test_what_the_rule_finds(sql: str, found: list[str]) -> None:
    assert text_of_all(sql) == found
