"""Names beside numbers: the ledger's, else what a facility wrote on its own claim."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from henrei.reports.ledger_names import names_on_claims
from henrei.store.database import set_current_month

A, B, ONE, TWO = "1350000001", "1350000002", "0000000001", "0000000002"
MARCH, APRIL, MAY, JUNE = (date(2026, month, 1) for month in (3, 4, 5, 6))


def claim(review_month: date, facility: str, recipient: str, name: str | None) -> dict[str, object]:
    key = {"facility_no": facility, "recipient_no": recipient, "service_month": MARCH}
    return {"review_month": review_month, "file": 1, "line": 2, **key, "child_name": name}


def test_the_newest_claim_of_each_facility_in_full_width(store: duckdb.DuckDBPyConnection) -> None:
    claims = pl.DataFrame(
        [
            claim(APRIL, A, ONE, "ﾌﾙｲ ﾅﾏｴ"),
            claim(MAY, A, ONE, "ｶﾞｸ ﾋﾄﾐ"),
            claim(JUNE, A, ONE, "ｱﾄ ﾉ ﾂｷ"),
            claim(MAY, B, ONE, "ﾎｼ ﾀﾛｳ"),
            claim(MAY, A, TWO, None),
        ]
    )
    store.register("given", claims)
    store.execute("INSERT INTO claims BY NAME FROM given")
    set_current_month(store, MAY)
    assert names_on_claims(store) == {(A, ONE): "ガク ヒトミ", (B, ONE): "ホシ タロウ"}
    store.register("wanted", pl.DataFrame({"recipient_no": [TWO]}))
    assert names_on_claims(store, "SEMI JOIN wanted USING (recipient_no)") == {}
