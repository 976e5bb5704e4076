"""Oddities of the facilities' ledger: rows from which no unit price follows."""

from __future__ import annotations

from henrei.flows.ledger_oddities.oddity import Oddity

# Of a row that is in force in the service month or later the first such month is asked about. Only service types that
# henrei knows have a price to look up: a ledger may hold others, such as 障害児相談支援.
_PRICED = """
WITH rows_to_price AS (
    SELECT f.*, greatest(a.month_from, date_trunc('month', f.valid_from)::DATE) AS price_month
    FROM facilities f, asked a
    WHERE f.valid_to >= a.month_from AND f.valid_from <= f.valid_to
      AND f.service_type IN (SELECT service_type FROM rule_service_types)
)
"""

WITHOUT_REGION = Oddity(
    "facilities",
    "地域区分コードのない事業所の行",
    "地域区分コードを入れてください(空のままでは単価を確かめられません)",
    _PRICED
    + """
    SELECT file, line, facility_no, valid_from, valid_to, service_type || ' の単価が決まりません' AS detail
    FROM rows_to_price WHERE region_code IS NULL
    """,
    law=("service_types",),
)

# As in the check of unit prices: an unknown センター区分 may be each class that the law has.
WITHOUT_PRICE = Oddity(
    "facilities",
    "単価の決まらない事業所の行",
    "サービス種類コード・地域区分コード・重心区分・センター区分を確かめてください",
    _PRICED
    + """
    SELECT f.file, f.line, f.facility_no, f.valid_from, f.valid_to,
           concat_ws('・', 'サービス種類 ' || f.service_type, '地域区分 ' || f.region_code,
                     '重心区分 ' || coalesce(f.severe_class, '(空)'),
                     'センター区分 ' || coalesce(f.center_class, '(空)')) || ' の単価がありません' AS detail
    FROM rows_to_price f
    WHERE f.region_code IS NOT NULL AND NOT EXISTS (
        FROM rule_unit_prices p
        WHERE p.service_type = f.service_type AND p.region_code = f.region_code
          AND (p.severe_class = f.severe_class OR p.severe_class IS NULL)
          AND (p.center_class = f.center_class OR p.center_class IS NULL OR f.center_class IS NULL)
          AND f.price_month BETWEEN p.valid_from AND p.valid_to)
    """,
    law=("service_types", "unit_prices"),
)

ODDITIES = (WITHOUT_REGION, WITHOUT_PRICE)
