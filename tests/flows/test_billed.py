"""What a month's claims bill: from its files, or from the store where they are gone."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from henrei.flows.billed import billed_services
from henrei.flows.settings import load
from henrei.home import Home
from lib import inputs

MAY = date(2026, 5, 1)


def billed(home: Path) -> list[tuple]:
    return billed_services(Home(home), MAY, load(Home(home))).rows()


def test_each_service_once_and_of_this_city_alone(tmp_path: Path) -> None:
    claims = [inputs.claim(), inputs.claim(service="61"), inputs.claim(recipient="0000000002")]
    other = inputs.claim("1350000009", city=inputs.OTHER_CITY)
    broken = inputs.exchange("K11", inputs.claim("1350000008"), month="202604")
    files = {"a/K11.CSV": inputs.exchange("K11", *claims, other), "K11B.CSV": broken}
    assert billed(inputs.make_home(tmp_path / "home", files, {})) == [(inputs.A, "61"), (inputs.A, "63")]


def test_a_month_whose_folder_is_gone_is_in_the_store(may_run: Path) -> None:
    shutil.rmtree(may_run / "inbox" / "2026-05")
    assert billed(may_run) == [(inputs.A, "63")]
