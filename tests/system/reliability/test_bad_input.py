"""150 spoilt files, run whole beside good ones (`make test-long-input`: 20,000 and the big ones)."""

from __future__ import annotations

from pathlib import Path

from lib.bad_input.months import Fire


def test_spoilt_files_do_no_harm(tmp_path: Path) -> None:
    fire = Fire(tmp_path)
    fire.exchange(range(130))
    for number in range(1_000_000, 1_000_020, 10):
        fire.ledgers(number)
    assert fire.tally.failures == []
    assert fire.tally.files == 150
    assert fire.tally.deep > 40, "too few spoilt files get as far as their records"
