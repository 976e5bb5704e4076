"""A city whose months henrei closes: what it decides, pays and returns adds up by the city's own books."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from henrei.checks.catalogue import catalogue
from henrei.data.fictional import make_city
from henrei.data.fictional.case import NEEDS_NO_DECISION
from henrei.data.fictional.mistakes.after_close import AFTER_CLOSE, FEDERATION
from henrei.data.fictional.schedule import PLANTS, RIGHT
from lib import inputs
from lib.fictional_city import claims_of, contents, exchange_files, ledger, number, records

MONTHS = ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09"]
SUBJECTS = {"claim": "明", "sheet": "利"}
# KHR901 is planted with a decision of its own (mistakes/after_close.py).
NO_DECISION = {code for code, check in catalogue().items() if check.severity != "return"} | {"KHR901"}
Key = tuple[str, str, str, str]


def key(row: dict[str, str]) -> Key:
    kind = row.get("kind") or SUBJECTS[row["subject"]]
    return kind, row["facility_no"], row["recipient_no"], row["service_month"]


def month(text: str) -> str:
    return f"{text[:4]}-{text[4:]}"


def sent(city: Path, review: str) -> dict[Key, int]:
    """Claims with their 給付費, and sheets, of this city in a review month."""
    yen_of: dict[Key, int] = {}
    for path in exchange_files(city / "inbox" / review):
        if path.name.startswith("K11"):
            for claim in claims_of(path):
                head = claim["01"][0]
                if head[4] == "112992":
                    yen_of["明", head[5], head[6], month(head[3])] = number(head[28])
        elif path.name.startswith("K41"):
            for line in records(path)[1:-1]:
                if line[3] == "01" and line[6] == "112992":
                    yen_of["利", line[7], line[8], month(line[4])] = 0
    return yen_of


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("closed")
    make_city(folder, children=160, months=MONTHS, seed=3, style="both", with_closing=True)
    return folder


def outcomes(city: Path, review: str) -> list[dict[str, str]]:
    return inputs.read_table(city / "truth" / f"{review}-outcomes.csv")


@pytest.mark.slow
def test_same_seed_same_bytes(city: Path, tmp_path: Path) -> None:
    make_city(tmp_path, children=160, months=MONTHS, seed=3, style="both", with_closing=True)
    assert contents(tmp_path) == contents(city)


def test_closing_is_asked_for(tmp_path: Path) -> None:
    make_city(tmp_path / "plain", children=20, months=["2026-05"], seed=1, style="both")
    made = contents(tmp_path / "plain")
    assert not any("decisions" in name or "-outcomes" in name for name in made)
    make_city(tmp_path / "closed", children=20, months=["2026-05"], seed=1, style="both", with_closing=True)
    assert {"decisions/2026-05.csv", "truth/2026-05-payments.csv"} < set(contents(tmp_path / "closed"))


def test_history_ends_before_the_first_month_but_for_the_federations_returns(city: Path) -> None:
    first = ledger(city / "inbox" / MONTHS[0], "history")
    assert first and all(row["種別"] in ("明", "利") for row in first)
    assert max(_plain(row["審査月"]) for row in first) < "2026-05"
    written = [m for m in MONTHS if (city / "inbox" / m / "history.csv").exists()]
    assert written[0] == MONTHS[0] and written[1:]
    for later in written[1:]:
        more = ledger(city / "inbox" / later, "history")
        assert len(first) < len(more) < len(first) + 4
    assert [m for m in MONTHS if (city / "inbox" / m / "K7200000.CSV").exists()] == MONTHS[1:3]
    returned = [line for m in MONTHS[1:3] for line in records(city / "inbox" / m / "K7200000.CSV")[1:-1]]
    assert {line[10] for line in returned} == {"明", "利"}
    assert [line[4] for line in records(city / "inbox" / MONTHS[2] / "K7200000.CSV")[1:-1]] == ["202606"]


def _plain(text: str) -> str:
    """A month as any of the ledgers writes it."""
    text = text.replace("令和8年", "2026/").replace("令和7年", "2025/").rstrip("月")
    if text.isdigit():
        return month(text)
    year, _, rest = text.replace("/", "-").partition("-")
    return f"{year}-{int(rest):02d}"


@pytest.mark.parametrize("review", MONTHS)
def test_decisions_speak_of_what_is_there_and_of_all_that_needs_one(city: Path, review: str) -> None:
    raw = (city / "decisions" / f"{review}.csv").read_bytes()
    assert raw.startswith("\ufeffsubject,facility_no,recipient_no,service_month,decision,note".encode())
    decided = inputs.read_table(city / "decisions" / f"{review}.csv")
    decision_of = {key(row): row["decision"] for row in decided}
    assert len(decision_of) == len(decided) and set(decision_of) <= set(sent(city, review))
    findings = [row for row in inputs.read_table(city / "truth" / f"{review}.csv") if row["subject"] in SUBJECTS]
    assert {key(row) for row in findings if row["check_code"] not in NO_DECISION} <= set(decision_of)
    counts = Counter(decision_of.values())
    assert counts["return"] > counts["accept"] > 0 and set(counts) == {"return", "accept"}
    assert all(row["note"] for row in decided if row["decision"] == "accept")
    assert set(decision_of) - {key(row) for row in findings}  # returned without a finding


@pytest.mark.parametrize("review", MONTHS)
def test_every_claim_and_sheet_has_its_outcome(city: Path, review: str) -> None:
    came = sent(city, review)
    ends: dict[Key, list[str]] = defaultdict(list)
    for row in outcomes(city, review):
        ends[key(row)].append(row["outcome"])
        if row["kind"] == "明":
            assert number(row["benefit_yen"]) > 0
            assert row["outcome"] == "取下げ" or number(row["benefit_yen"]) == came[key(row)]
        else:
            assert row["benefit_yen"] == ""
    assert set(came) <= set(ends)
    assert all(set(ends[k]) == {"取下げ"} and k[0] == "明" for k in set(ends) - set(came))
    for row in inputs.read_table(city / "decisions" / f"{review}.csv"):
        if row["decision"] == "return":
            assert ends[key(row)][-1] == "返戻"
    returned = {
        key(row) for row in inputs.read_table(city / "decisions" / f"{review}.csv") if row["decision"] == "return"
    }
    federation = {k for k, all_ends in ends.items() if "返戻" in all_ends} - returned
    assert bool(federation) == (review in ("2026-06", "2026-08"))


@pytest.mark.parametrize("review", MONTHS)
def test_payments_are_the_sums_of_the_outcomes(city: Path, review: str) -> None:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in outcomes(city, review):
        if row["kind"] == "明" and row["outcome"] != "返戻":
            sums[row["facility_no"]][row["outcome"] == "取下げ"] += number(row["benefit_yen"])
    payments = inputs.read_table(city / "truth" / f"{review}-payments.csv")
    assert [row["facility_no"] for row in payments] == sorted(sums)
    for row in payments:
        decided, withdrawn = sums[row["facility_no"]]
        expected = {"decided_yen": decided, "withdrawn_yen": withdrawn, "net_yen": decided - withdrawn}
        assert {name: int(row[name]) for name in expected} == expected


def test_rates_count_the_claims_and_their_returns(city: Path) -> None:
    rates = inputs.read_table(city / "truth" / "return_rates.csv")
    assert [row["review_month"] for row in rates] == MONTHS
    for row in rates:
        review = row["review_month"]
        came = {k: yen for k, yen in sent(city, review).items() if k[0] == "明"}
        gone = {key(o) for o in outcomes(city, review) if o["kind"] == "明" and o["outcome"] == "返戻"}
        assert int(row["claims_received"]) == len(came) and int(row["yen_received"]) == sum(came.values())
        assert int(row["claims_returned"]) == len(gone)
        assert int(row["yen_returned"]) == sum(came[k] for k in gone)
        assert int(row["returned_by_city"]) + int(row["returned_by_federation"]) == len(gone)
        assert row["rate_count"] == f"{len(gone) / len(came):.4f}"
        assert 0 < int(row["first_claims_received"]) < len(came)
    assert {row["review_month"] for row in rates if row["returned_by_federation"] != "0"} == {"2026-06", "2026-08"}


def test_truth_knows_the_checks_of_a_closed_city(city: Path) -> None:
    truths = {m: [tuple(r.values()) for r in inputs.read_table(city / "truth" / f"{m}.csv")] for m in MONTHS}
    for review, rows in truths.items():
        assert {"SUB408", "KHR901"} <= {row[0] for row in rows}
        assert rows == sorted(set(rows)), review
        assert all(row[1] == "facility" and row[3:] == ("", "", "", "notice") for row in rows if row[0] == "SUB407")
        assert {row[1] for row in rows if row[0] == "KHR901"} == {"claim", "sheet"}
    assert sum(row[0] == "SUB407" for rows in truths.values() for row in rows) >= 2


def test_a_city_with_nothing_planted_is_closed_too(tmp_path: Path) -> None:
    make_city(tmp_path, children=60, months=MONTHS[:2], seed=5, style="full", plant=False, with_closing=True)
    assert {row["check_code"] for m in MONTHS[:2] for row in inputs.read_table(tmp_path / "truth" / f"{m}.csv")} <= {
        "SUB408"
    }
    assert all(
        row["decision"] == "return"
        for m in MONTHS[:2]
        for row in inputs.read_table(tmp_path / "decisions" / f"{m}.csv")
    )


def test_the_maker_knows_which_checks_ask_for_no_decision() -> None:
    assert NEEDS_NO_DECISION == NO_DECISION


def test_steps_have_names_of_their_own() -> None:
    steps = [*AFTER_CLOSE, *RIGHT, *(s for group in (PLANTS, FEDERATION) for some in group.values() for s in some)]
    assert len({step.name for step in steps}) == len(steps)
