"""flows/cities/discover.py: which folders are homes, and that two homes of one city are refused."""

from __future__ import annotations

import shutil

import pytest

from henrei.errors import HenreiError
from henrei.flows.cities import discover
from lib import inputs

ONE, TWO, THREE = inputs.CITY, inputs.OTHER_CITY, "112011"


def test_homes_are_found_two_levels_deep_in_order(federation, tmp_path):
    homes = federation("homes", {})
    shutil.move(homes / ONE, homes / "b" / ONE)
    (homes / THREE / "inner").mkdir()
    shutil.copy(homes / TWO / "henrei.toml", homes / THREE / "inner")
    (homes / TWO / "henrei.toml").write_text("[city]\n", encoding="utf-8")
    cities, failures = discover.find(homes)
    assert [city.name for city in cities] == [THREE, f"b/{ONE}"]
    assert [(one.name, one.status) for one in failures] == [(TWO, 2)]


def test_two_homes_of_one_city_are_refused(federation):
    homes = federation("homes", {})
    shutil.copy(homes / ONE / "henrei.toml", homes / TWO / "henrei.toml")
    with pytest.raises(HenreiError, match=f"{TWO} と {ONE} の municipality_no が同じ {ONE} です"):
        discover.find(homes)


def test_a_folder_without_homes_is_refused(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(HenreiError) as caught:
            discover.find(folder)
        assert caught.value.status == 2
