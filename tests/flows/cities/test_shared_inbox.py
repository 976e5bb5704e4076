"""flows/cities/shared_inbox.py: each home's part of a shared inbox, in its place as a whole."""

from __future__ import annotations

from datetime import date

from henrei.flows.cities import discover, shared_inbox
from henrei.flows.recovery import locked
from henrei.home import Home
from lib import inputs

MAY = date(2026, 5, 1)
ONE, TWO, THREE = inputs.CITY, inputs.OTHER_CITY, "112011"


def test_a_closed_or_held_home_is_named_and_not_touched(federation, tmp_path):
    old = {"shared/K11.CSV": b"before"}
    homes = federation("homes", dict.fromkeys((ONE, TWO, THREE), old))
    (homes / ONE / "books" / inputs.REVIEW).mkdir(parents=True)
    (homes / ONE / "books" / inputs.REVIEW / "outcomes.csv").write_text("kind\r\n", encoding="utf-8")
    path = tmp_path / "inbox" / inputs.REVIEW / "K11.CSV"
    path.parent.mkdir(parents=True)
    claims = {number: inputs.claim(city=number) for number in (ONE, TWO, THREE)}
    path.write_bytes(inputs.exchange("K11", *claims.values()))
    cities, _ = discover.find(homes)
    with locked(Home(homes / THREE)):
        split, withheld = shared_inbox.distribute(tmp_path / "inbox", MAY, cities)
        assert (homes / THREE / ".henrei" / "tmp").is_dir()  # of the run that holds it
    assert [(failure.name, failure.status) for failure in withheld] == [(THREE, 4), (ONE, 2)]
    assert withheld[1].line.startswith("2026-05 は締め済みです")
    now = {n: (homes / n / "inbox" / inputs.REVIEW / "shared" / "K11.CSV").read_bytes() for n in (ONE, TWO, THREE)}
    assert now == {ONE: b"before", TWO: inputs.exchange("K11", claims[TWO]), THREE: b"before"}
    lines = len(claims[ONE])
    assert split.total() == {"lines": 3 * lines + 2, "given": lines, "ignored": 2, "no_home": 0, "refused": 2 * lines}
    assert split.table()["municipality_no"].to_list() == [THREE, ONE]
    assert [path.name for path in (homes / TWO / ".henrei").iterdir()] == ["lock"]


def test_a_new_split_replaces_the_one_before_and_no_other_file(tmp_path):
    home = Home(tmp_path)
    month = tmp_path / "inbox" / inputs.REVIEW
    left = tmp_path / ".henrei" / ".shared.old"  # of a process that was killed
    for path, text in (
        (month / "K11.CSV", "own"),
        (month / "shared" / "old.CSV", "old"),
        (left / "older.CSV", "older"),
        (home.split_staging / "new.CSV", "new"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
    shared_inbox.replace(home, MAY)
    files = {p.relative_to(month).as_posix(): p.read_text(encoding="ascii") for p in month.rglob("*.CSV")}
    assert files == {"K11.CSV": "own", "shared/new.CSV": "new"}
    assert not any((tmp_path / ".henrei").iterdir())
