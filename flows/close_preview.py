"""The outcomes that a close is about to write in, what a person must see before it out: counts and yen. Called by close.

Nothing is computed anew: the numbers are sums over the very rows of books/<month>/outcomes.csv.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from henrei import labels

_UNDECIDED = {"return": labels.RETURNED, "accept": labels.DECISIONS["accept"]}


@dataclass(frozen=True)
class Sums:
    """How many claims and sheets have an outcome, and the 給付費 of the claims."""

    claims: int
    sheets: int
    yen: int

    @property
    def count(self) -> int:
        return self.claims + self.sheets

    def __str__(self) -> str:
        return f"{self.count:,}件 {self.yen:,}円"


@dataclass(frozen=True)
class ClosePreview:
    """What a close will do. `facilities`: facility_no and the sums of what is returned to it, only those with any;
    `by_undecided`: how many of all are decided by `undecided`, and not by a person one by one.
    """

    facilities: list[tuple[str, Sums]]
    returned: Sums
    decided: Sums
    withdrawn: Sums
    undecided: str | None
    by_undecided: int

    def lines(self, month: str) -> list[str]:
        """What the terminal shows."""
        shown = [f"{month} を締めると、次のようになります(まだ何も変えていません)"]
        for facility, sums in self.facilities:
            shown.append(
                f"  {facility}  返戻 明細書 {sums.claims:>4,}件  結果票 {sums.sheets:>4,}件  給付費 {sums.yen:>12,}円"
            )
        shown.append(f"返戻 {self.returned}、支払 {self.decided}、取下げ {self.withdrawn}")
        if self.by_undecided:
            shown.append(f"決まっていない {self.by_undecided:,}件を{_UNDECIDED[self.undecided or '']}にします")
        return shown


def preview(outcomes: pl.DataFrame, undecided: str | None, by_undecided: int) -> ClosePreview:
    """`outcomes`: rows of outcomes.csv that close is about to write."""
    returned = outcomes.filter(pl.col("outcome") == labels.RETURNED)
    return ClosePreview(
        facilities=[
            (str(facility), _sums(rows))
            for (facility,), rows in sorted(returned.partition_by("facility_no", as_dict=True).items())
        ],
        returned=_sums(returned),
        decided=_sums(outcomes.filter(pl.col("outcome") == labels.DECIDED)),
        withdrawn=_sums(outcomes.filter(pl.col("outcome") == labels.WITHDRAWN)),
        undecided=undecided,
        by_undecided=by_undecided,
    )


def _sums(rows: pl.DataFrame) -> Sums:
    claims = rows.filter(pl.col("kind") == labels.CLAIM_KIND)
    return Sums(claims.height, rows.height - claims.height, int(claims["benefit_yen"].sum()))
