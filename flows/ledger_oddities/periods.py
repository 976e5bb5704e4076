"""Oddities of periods, of every ledger alike: rows of one key that overlap, with the same content or another, and rows that end
before they begin."""

from __future__ import annotations

from collections.abc import Iterator

from henrei.flows.ledger_oddities.oddity import Oddity
from henrei.schemas.ledgers import Ledger, ledgers

# What a ledger has one row of at a time. Of one facility and type there may be a unit for each 重心区分; a claim may be both
# 取下げ and 決定 in one month (contract 3.2).
KEYS = {
    "recipients": ("recipient_no",),
    "grants": ("recipient_no", "grant_code"),
    "cap_managers": ("recipient_no",),
    "plans": ("recipient_no",),
    "facilities": ("facility_no", "service_type", "severe_class"),
    "facility_addons": ("facility_no", "service_type", "class", "addon_key", "recipient_no"),
    "petitions": ("petition_month", "facility_no", "recipient_no", "service_month"),
    "history": ("kind", "outcome_month", "facility_no", "recipient_no", "service_month", "outcome"),
    "first_review": ("kind", "facility_no", "recipient_no", "service_month", "error_code"),
    "service_codes": ("service_code",),
}
_PERIOD = ("valid_from", "valid_to")
_MOST_LINES = 10  # of a group, named in the text

# Rows of one key make a group as long as each begins before all earlier ones have ended. A group of several contents has two
# that overlap: it is in one piece.
_GROUPS = """
WITH spans AS (
    SELECT file, line, {key}, {first} AS first_day, {last} AS last_day, {values} FROM {ledger} WHERE {first} <= {last}
), begun AS (
    SELECT *, coalesce(first_day > max(last_day) OVER (
               PARTITION BY {key} ORDER BY first_day, file, line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), TRUE) AS begins
    FROM spans
), numbered AS (
    SELECT *, count_if(begins) OVER (
               PARTITION BY {key} ORDER BY first_day, file, line ROWS UNBOUNDED PRECEDING) AS piece
    FROM begun
), pieces AS (
    SELECT {key}, piece, list(line ORDER BY line)[:{most}] AS lines, count(*) AS height,
           concat_ws('・', {differences}) AS differing
    FROM numbered GROUP BY {key}, piece HAVING count(*) > 1
)
SELECT n.file, n.line, {subject}, {period},
       array_to_string(p.lines, '・') || CASE WHEN p.height > {most} THEN '…' ELSE '' END || '行目'
           || CASE WHEN p.differing <> '' THEN ': ' || p.differing || 'が違います' ELSE '' END AS detail
FROM numbered n JOIN pieces p ON {same_key} AND n.piece = p.piece
WHERE (p.differing <> '') = {contradicting}
"""

_BACKWARDS = """
SELECT file, line, {subject}, NULL::DATE AS valid_from, NULL::DATE AS valid_to,
       strftime(valid_from, '%Y-%m-%d') || ' から ' || strftime(valid_to, '%Y-%m-%d') AS detail
FROM {ledger} WHERE valid_from > valid_to
"""


def oddities() -> Iterator[Oddity]:
    """Two for every ledger, three where it has periods."""
    for name, ledger in ledgers().items():
        periods = set(_PERIOD) <= ledger.schema.keys()
        remedy = "期間を区切るか、要らない行を消してください" if periods else "要らない行を消してください"
        if name == "facilities":
            remedy = f"別の単位の行でなければ、{remedy}"
        beside = "同じ期間に" if periods else ""
        yield Oddity(name, f"{beside}値の違う行が重なるもの", remedy, _groups(ledger, periods, contradicting=True))
        yield Oddity(name, f"{beside}同じ内容の行が重なるもの", remedy, _groups(ledger, periods, contradicting=False))
        if periods:
            sql = _BACKWARDS.format(ledger=name, subject=_subject(ledger, ""))
            yield Oddity(name, "終わりの日が始まりの日より前の行", "期間を確かめて直してください", sql)


def _groups(ledger: Ledger, periods: bool, *, contradicting: bool) -> str:
    key = KEYS[ledger.name]
    values = [column for column in ledger.schema if column not in (*key, *_PERIOD)]
    differences = [
        f"CASE WHEN count(DISTINCT coalesce({value}::VARCHAR, '')) > 1 THEN '{ledger.label(value)}' END"
        for value in values
    ]
    return _GROUPS.format(
        ledger=ledger.name,
        key=", ".join(key),
        first="valid_from" if periods else "DATE '0001-01-01'",
        last="valid_to" if periods else "DATE '9999-12-31'",
        values=", ".join(values),
        differences=", ".join(differences),
        subject=_subject(ledger, "n."),
        period="first_day AS valid_from, last_day AS valid_to"
        if periods
        else "NULL::DATE AS valid_from, NULL::DATE AS valid_to",
        same_key=" AND ".join(f"n.{column} IS NOT DISTINCT FROM p.{column}" for column in key),
        contradicting=str(contradicting).upper(),
        most=_MOST_LINES,
    )


def _subject(ledger: Ledger, table: str) -> str:
    """Whose a row is, as far as the ledger has it."""
    columns = ("recipient_no", "facility_no")
    return ", ".join(
        f"{table}{column}" if column in ledger.schema else f"NULL::VARCHAR AS {column}" for column in columns
    )
