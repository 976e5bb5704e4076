"""What henrei must have received, decided, withdrawn and paid by each close; writes decisions/ and its truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .case import NEEDS_NO_DECISION, Books
from .ledgers import Outcome, Petition
from .model import Child
from .months import shift
from .truth import Finding
from .writing import Dialect, write_table

_PLAIN = Dialect(encoding="utf-8", newline="\n")
_RETURNED = ("事業所へ返戻", "再請求を依頼", "")
_ACCEPTED = ("事業所に確認し支払", "疎明あり", "記録を確認済み")
_RATES = (
    "review_month claims_received claims_returned rate_count yen_received yen_returned rate_yen first_claims_received "
    "first_claims_returned first_rate returned_by_federation returned_by_city"
)
Key = tuple[str, str, str, str]  # 明 or 利, facility, recipient, service month
_ORDER = {"取下げ": 0, "決定": 1, "返戻": 2}


@dataclass(frozen=True, slots=True)
class Received:
    """A claim or the sheets of a key in a review month, and how the city ends them."""

    key: Key
    end: str  # 決定 or 返戻
    yen: int | None
    sheets: tuple[str, ...] = ()
    recipient: str = ""  # name in kana
    service_type: str = ""


@dataclass(slots=True)
class State:
    result: str = ""  # of the newest outcome that changed it: 決定 or 取下げ, 返戻 only where nothing was decided
    newest: str = ""  # the review month of the newest outcome
    yen: int | None = None  # of the newest decision


def _key(row: Outcome | Petition) -> Key:
    kind = row.kind if isinstance(row, Outcome) else "明"
    return kind, row.facility_no, row.recipient_no, row.month


def older_outcomes(groups: Sequence[Sequence[Child]], first_review: str) -> list[Outcome]:
    """A few outcomes of the months before the city's first: henrei's horizon lies before anything that comes again."""
    rows: list[Outcome] = []
    for by in range(6, 1, -1):
        review = shift(first_review, -by)
        month = shift(review, -1)
        for i, (child, *_) in enumerate(groups):
            if child.kind == "single" and (i + by) % 12 in (0, 1):
                number = child.enrolments[0].facility.number
                result, paid = ("返戻", None) if (i + by) % 48 == 1 else ("決定", 40000 + 37 * i % 90000)
                rows.append(Outcome("明", review, number, child.number, month, result, paid))
        if not rows:
            child = groups[0][0]
            number = child.enrolments[0].facility.number
            rows.append(Outcome("明", review, number, child.number, month, "決定", 50000))
    return rows


class Account:
    """What came in each month, and its outcomes.

    `federation_returns` holds (the review month in which it is reported, by K72 or history, the outcome, what came).
    """

    def __init__(self, books: Books) -> None:
        self._books, self._reviews = books, books.reviews
        self.received: dict[str, list[Received]] = {review: [] for review in books.reviews}
        self.federation_returns: list[tuple[str, str, Outcome, Received]] = []
        self._own: dict[str, list[Outcome]] = {}

    def receive(self, review: str, got: Received, federation_return: tuple[str, str, int] | None) -> None:
        self.received[review].append(got)
        if federation_return and federation_return[0] == got.key[0]:
            at = self._reviews.index(review) + federation_return[2]
            row = Outcome(got.key[0], review, *got.key[1:], "返戻", got.yen)
            self.federation_returns += [(month, federation_return[1], row, got) for month in self._reviews[at : at + 1]]

    def old(self) -> list[Outcome]:
        """What history.csv says of the time before henrei."""
        return [row for row in self._books.history if row.review < self._reviews[0]]

    def history(self, review: str) -> list[Outcome]:
        """What history.csv says; nothing in a month that brings nothing new."""
        reported = [(at, row) for at, by, row, _ in self.federation_returns if by == "history" and at <= review]
        fresh = review == self._reviews[0] or any(at == review for at, _ in reported)
        return [*self.old(), *(replace(row, benefit=None) for _, row in reported)] if fresh else []

    def outcomes(self, review: str, known: str) -> list[Outcome]:
        """The outcomes of a closed month as far as they are known in the review month `known`."""
        returned = [row for at, _, row, _ in self.federation_returns if at <= known and row.review == review]
        gone = {_key(row) for row in returned}
        own = [row for row in self._own[review] if row.result == "取下げ" or _key(row) not in gone]
        return sorted([*own, *returned], key=lambda row: (_key(row), _ORDER[row.result]))

    def states(self, review: str) -> dict[Key, State]:
        states: dict[Key, State] = {}
        past = sorted(self.old(), key=lambda row: (row.review, _ORDER[row.result]))
        for month in self._reviews[: self._reviews.index(review)]:
            past += self.outcomes(month, review)
        for row in past:
            state = states.setdefault(_key(row), State())
            state.newest = row.review
            if row.result == "決定":
                state.yen = row.benefit
            if row.result != "返戻" or state.result != "決定":
                state.result = row.result
        return states

    def take_back(self, review: str, children: Sequence[Child]) -> None:
        """The smallest facility gives back more of the time before henrei than it claims now."""
        sums = self._claimed(review)
        if not sums:
            return
        number = min(sums, key=lambda n: (sums[n], n))
        have = {_key(row): row for row in self._books.history}
        asked = {_key(row) for row in self._books.petitions}
        left = sums[number] + 1
        for child in children:
            for by in range(6, 1, -1):
                held = shift(self._reviews[0], -by)
                key = ("明", number, child.number, shift(held, -1))
                if left <= 0 or key in asked or all(e.facility.number != number for e in child.enrolments):
                    continue
                row = have.get(key) or Outcome(*key[:1], held, *key[1:], "決定", 70000 + int(child.number) * by % 50000)
                if row.result == "決定" and row.benefit:
                    if key not in have:
                        self._books.history.append(row)
                    self._books.petitions.append(Petition(review, *key[1:], process=review, again="無"))
                    left -= row.benefit

    def _claimed(self, review: str) -> dict[str, int]:
        sums: dict[str, int] = {}
        for got in self.received[review]:
            if got.key[0] == "明":
                sums[got.key[1]] = sums.get(got.key[1], 0) + (got.yen or 0)
        return sums

    def close(self, review: str) -> None:
        """Writes down the month's outcomes, and what SUB407 and SUB408 have to find in it."""
        states = self.states(review)
        due = {}
        for row in self._books.petitions:
            state = states.get(_key(row), State())
            process = row.process or shift(row.filed, 1)
            if row.filed <= review and state.newest < process <= review and state.result == "決定":
                due[_key(row)] = state.yen
        own = [Outcome(key[0], review, *key[1:], "取下げ", yen) for key, yen in due.items()]
        for got in self.received[review]:
            ends = [got.end]
            if got.end == "決定" and got.key[0] == "利":
                ends = ["取下げ"] * ("3" in got.sheets) + ["決定"] * (got.sheets != ("3",))
            own += [Outcome(got.key[0], review, *got.key[1:], end, got.yen) for end in ends]
        self._own[review] = own
        expected = self._books.truth.setdefault(review, [])
        sums = self._claimed(review)
        for key, yen in due.items():
            sums[key[1]] = sums.get(key[1], 0) - (yen or 0)
        expected += [("SUB407", "facility", number, "", "", "", "") for number, left in sums.items() if left < 0]
        expected += self._sheets_left(review, states, set(due))

    def _sheets_left(self, review: str, states: dict[Key, State], due: set[Key]) -> Iterator[Finding]:
        """Re-claims of another amount whose decided sheet is not corrected with them: SUB408."""
        asked = {_key(p) for p in self._books.petitions if (p.process or shift(p.filed, 1)) < review}
        decided = {key[2:] for key, state in states.items() if key[0] == "利" and state.result == "決定"}
        corrected = {got.key[2:] for got in self.received[review] if got.key[0] == "利" and "2" in got.sheets}
        for got in self.received[review]:
            state = states.get(got.key, State())
            again = got.key in due or (got.key in asked and state.result != "決定" and state.yen is not None)
            if got.key[0] == "明" and again and state.yen != got.yen and got.key[2:] in decided - corrected:
                yield ("SUB408", "claim", *got.key[1:], "", "")

    def write_decisions(self, folder: Path, review: str) -> None:
        planned = {
            ("利" if row[0] == "利" else "明", *row[1:4])
            for row in self._books.first_review.get(review, [])
            if row[4] == "返戻予定"
        }
        subjects = {"claim": "明", "sheet": "利"}
        asked = planned | {
            (subjects[row[1]], *row[2:5])
            for row in self._books.truth.get(review, [])
            if row[0] not in NEEDS_NO_DECISION and row[1] in subjects
        }
        rows = []
        for got in sorted(self.received[review], key=lambda got: got.key):
            subject = "sheet" if got.key[0] == "利" else "claim"
            turn = int(got.key[2]) % 3
            if got.end == "返戻":
                rows.append((subject, *got.key[1:], "return", _RETURNED[turn]))
            elif got.key in asked:
                rows.append((subject, *got.key[1:], "accept", _ACCEPTED[turn]))
        header = ["subject", "facility_no", "recipient_no", "service_month", "decision", "note"]
        folder.mkdir(exist_ok=True)
        write_table(folder / f"{review}.csv", header, rows, Dialect())

    def write_truth(self, folder: Path) -> None:
        """Outcomes, payments and rates as they are after the last month."""
        earlier = {_key(row) for row in self.old()}
        rates = []
        for review in self._reviews:
            rows = self.outcomes(review, self._reviews[-1])
            cells = [(*_key(row), row.result, "" if row.benefit is None else row.benefit) for row in rows]
            header = ["kind", "facility_no", "recipient_no", "service_month", "outcome", "benefit_yen"]
            write_table(folder / f"{review}-outcomes.csv", header, cells, _PLAIN)
            header = ["facility_no", "decided_yen", "withdrawn_yen", "net_yen"]
            write_table(folder / f"{review}-payments.csv", header, _payments(rows), _PLAIN)
            rates.append(self._rate(review, rows, earlier))
            earlier |= {_key(row) for row in rows}
        write_table(folder / "return_rates.csv", _RATES.split(), rates, _PLAIN)

    def _rate(self, review: str, rows: Sequence[Outcome], earlier: set[Key]) -> list[object]:
        claims = [got for got in self.received[review] if got.key[0] == "明"]
        gone = {_key(row) for row in rows if row.result == "返戻"}
        back = [got for got in claims if got.key in gone]
        first = [got for got in claims if got.key not in earlier]
        yen, yen_back = (sum(got.yen or 0 for got in some) for some in (claims, back))
        first_back = [got for got in first if got.key in gone]
        city = sum(got.end == "返戻" for got in back)
        return [
            review, len(claims), len(back), _share(len(back), len(claims)), yen, yen_back, _share(yen_back, yen),
            len(first), len(first_back), _share(len(first_back), len(first)), len(back) - city, city,
        ]  # fmt: skip


def _payments(rows: Sequence[Outcome]) -> Iterator[tuple[str, int, int, int]]:
    sums: dict[str, dict[str, int]] = {}
    for row in rows:
        if row.kind == "明" and row.result != "返戻":
            here = sums.setdefault(row.facility_no, {"決定": 0, "取下げ": 0})
            here[row.result] += row.benefit or 0
    for number, here in sorted(sums.items()):
        yield number, here["決定"], here["取下げ"], here["決定"] - here["取下げ"]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.4f}" if whole else ""
