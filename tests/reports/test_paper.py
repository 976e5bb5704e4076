"""How a sheet is put on paper: whole columns, and nothing smaller than 8 points."""

from __future__ import annotations

import pytest

from henrei.reports.paper import FONT, SMALLEST, Sides, pages, points, room


def test_what_fits_is_on_one_side() -> None:
    assert pages([20, 20, 20], Sides()).breaks == ()
    assert pages([20, 20, 20], Sides()).scale == 100
    assert pages([20, 20, 60], Sides(landscape=False)).scale == 100 * room(False) // sum(map(points, [20, 20, 60]))


def test_what_does_not_fit_goes_on_to_a_second_side_with_the_first_columns_again() -> None:
    made = pages([10, 100, 100, 100], Sides(repeated=1))
    assert made.breaks == (2, 3)
    assert made.scale * FONT >= SMALLEST * 100
    assert (points(10) + points(100)) * made.scale / 100 <= room(True)


def test_hidden_columns_take_no_room_and_a_side_may_begin_earlier() -> None:
    assert pages([90, 0, 0, 40], Sides()).breaks == ()
    assert pages([60] * 5, Sides(begin=(1,))).breaks == (1, 3)


@pytest.mark.parametrize("width", [90, 200, 250])
def test_never_below_eight_points_however_wide(width: float) -> None:
    assert pages([width] * 3, Sides()).scale * FONT >= SMALLEST * 100
