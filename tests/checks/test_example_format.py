"""The format of examples: what is read from a text, and what is none of it."""

from __future__ import annotations

from datetime import date

import pytest

from henrei.checks.examples import days, parse

TEXT = """Before the first case: prose.

## 一つ目

なぜそうなるか。

claims
| facility_no | recipient_no |
|---|:--|
| A | 1 |
| | 2 |

service_codes
| service_code |
|---|

expect
| facility_no | verdict |
|---|---|
| A | return |

## 二つ目
expect: none

## 三つ目
expect: not judged
"""


def test_cases_their_tables_and_what_they_expect() -> None:
    one, two, three = parse(TEXT)
    assert (one.title, two.title, three.title) == ("一つ目", "二つ目", "三つ目")
    assert one.given == {
        "claims": [{"facility_no": "A", "recipient_no": "1"}, {"recipient_no": "2"}],
        "service_codes": [],
    }
    assert one.expect == [{"facility_no": "A", "verdict": "return"}]
    assert (two.given, two.expect, two.not_judged) == ({}, [], False)
    assert (three.expect, three.not_judged) == ([], True)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("## a\n| x |\n", "line 2: a table without a name"),
        ("## a\nclaims\nそして文。\n| x |\n", "line 4: a table without a name"),
        ("## a\nexpect: none\n| x |\n", "line 3: a table without a name"),
        ("## a\nclaims\n| x | y |\n|---|---|\n| 1 |\n", "line 5: 1 cells under 2 columns"),
        ("## a\nclaims\n| x |\n", "a: nothing is expected"),
    ],
)
def test_what_is_none_of_the_format(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{fault}$"):
        parse(text)


def test_days_of_a_month() -> None:
    assert days("3 10-12", date(2026, 4, 1)) == [date(2026, 4, day) for day in (3, 10, 11, 12)]
