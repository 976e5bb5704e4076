"""The page's statistics in node: against exact sums, against published examples, and on made histories."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest

from benchmarks.run_chart import MORE, plan, shares
from lib.page_scripts import computed, needs_node

pytestmark = needs_node


def distribution(count: int, n: int, p: Fraction) -> Fraction:
    """The share of at most so many of n, by exact sums."""
    return sum((comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(count + 1)), Fraction(0))


def limit(p: Fraction, n: int, share: Fraction) -> float:
    """Spiegelhalter's interpolated limit: (r - a) / n with r the first count that reaches the share."""
    count = next(k for k in range(n + 1) if distribution(k, n, p) >= share)
    here = distribution(count, n, p)
    before = distribution(count - 1, n, p) if count else Fraction(0)
    return max(0.0, float((count - (here - share) / (here - before)) / n))


@pytest.mark.parametrize(("percent", "n"), [(10, 12), (10, 96), (14, 5), (1, 300), (50, 30), (33, 1)])
def test_limits_are_those_of_the_exact_binomial(percent: int, n: int) -> None:
    p = Fraction(percent, 100)
    found = computed(
        "answer([0.95, 0.998].map((level) => statistics.limits(given[0], given[1], level)))", [float(p), n]
    )
    for level, (low, high) in zip((Fraction(95, 100), Fraction(998, 1000)), found, strict=True):
        tail = (1 - level) / 2
        assert low == pytest.approx(limit(p, n, tail), abs=1e-9)
        assert high == pytest.approx(limit(p, n, 1 - tail), abs=1e-9)


def test_the_share_of_a_check_has_jeffreys_interval() -> None:
    """The quantiles of the beta distributions (1/2, 20 1/2) and (3/2, 19 1/2) as scipy gives them; none and all are ends."""
    found = computed("answer([[0, 20], [1, 20], [20, 20], [0, 0]].map(([r, n]) => statistics.interval(r, n)))")
    assert [[round(bound, 3) for bound in pair] for pair in found] == [[0, 0.117], [0.005, 0.211], [0.883, 1], [0, 1]]


def test_a_difference_has_newcombes_interval() -> None:
    """56 of 70 against 48 of 80: 0.2000 with 0.0524 to 0.3339; 9 of 10 against 3 of 10: 0.6000 with 0.1705 to 0.8090
    (Newcombe 1998, table II, method 10)."""
    pairs = [[[48, 80], [56, 70]], [[3, 10], [9, 10]]]
    script = """answer(given.map(([one, two]) => {
        const as = ([part, whole]) => ({ part, whole });
        const { change, low, high } = statistics.difference(as(one), as(two));
        return [change, low, high].map((value) => +value.toFixed(4));
    }))"""
    assert computed(script, pairs) == [[0.2, 0.0524, 0.3339], [0.6, 0.1705, 0.809]]


def chart(parts: list[int], whole: int = 300) -> dict:
    months = [{"part": part, "whole": whole} for part in parts]
    return computed("answer(statistics.runChart(given))", months)


def test_months_of_one_rate_are_one_part_within_limits() -> None:
    found = chart([30, 27, 33, 31, 29, 30, 26, 34, 30, 30, 28, 32])
    assert [(one["from"], one["to"], one["part"], one["whole"]) for one in found["parts"]] == [(0, 11, 360, 3600)]
    assert not any(one["beyond"] for one in found["of"])
    assert found["of"][0]["low"] < 27 / 300 < 33 / 300 < found["of"][0]["high"]


def test_a_lasting_change_begins_where_it_began() -> None:
    found = chart([30, 27, 33, 31, 29, 30, 26, 34, 30, 30, 28, 32, 46, 44, 45])
    assert [(one["from"], one["to"], round(one["rate"], 3)) for one in found["parts"]] == [(0, 11, 0.1), (12, 14, 0.15)]


def test_fewer_than_twelve_months_are_no_change_and_fewer_than_six_have_no_limits() -> None:
    assert len(chart([30] * 7 + [45] * 4)["parts"]) == 1
    young = chart([30, 27, 33, 31, 60])
    assert not young["known"] and all(one["low"] is None and not one["beyond"] for one in young["of"])


def test_a_month_far_off_lies_beyond_its_limits() -> None:
    """It widens the limits itself, so a short history hides it: with nine months of 10 % a single 30 % is not called."""
    found = chart([*[30, 27, 33, 31, 29] * 3, 90, 26, 34, 30])
    assert [month for month, one in enumerate(found["of"]) if one["beyond"]] == [15]
    assert not any(one["beyond"] for one in chart([30, 27, 33, 31, 29, 90, 26, 34, 30])["of"])


def test_months_without_claims_are_left_out() -> None:
    months = [{"part": 30, "whole": 300}] * 6 + [{"part": 0, "whole": 0}] + [{"part": 30, "whole": 300}] * 6
    found = computed("answer(statistics.runChart(given))", months)
    assert found["of"][6] is None and found["months"] == 12 and len(found["parts"]) == 1


def test_a_few_made_histories() -> None:
    """The proof in small: 150 histories each. With 5 % false alarms, 15 or more of 150 come up once in a thousand times."""
    *alarms, named = shares([*(plan(5, 150, more) for more in MORE), plan(5, 150, 1.0, 14)])
    assert all(alarm <= 15 / 150 for alarm in alarms)
    assert named >= 0.72


@pytest.mark.slow
def test_a_thousand_histories_of_24_months() -> None:
    """300 claims a month at 10 %, months as chance makes them, with 1.5 times its variance, 1.5 times its deviation: at most
    5 % are ever called a change, month by month; a change to 15 % is named within four months in at least 80 %."""
    *alarms, early, middle, late = shares(
        [*(plan(1, 1000, more) for more in MORE), *(plan(1, 1000, 1.0, change) for change in (12, 16, 20))]
    )
    assert all(alarm <= 0.05 for alarm in alarms), alarms
    assert min(early, middle, late) >= 0.80, (early, middle, late)
