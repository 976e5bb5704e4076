-- code = "FAC503"
-- name = "unit-price-differs"
-- title = "単位数単価・地域区分が台帳と違う"
-- severity = "return"
-- subject = "claim"
-- needs = ["facilities"]
-- source = "一単位の単価は地域区分と重心区分による data/rules/unit_prices.csv (各行の出典による)"
-- why = "地域区分の見直しや、重心の届出の変更の後に、請求ソフトの設定を直し忘れると起こります。"
-- logic = "集計情報の単位数単価(項番11)を、台帳の地域区分・重心区分とサービス種類・月から求めた単価と、基本情報の地域区分(項番10)を台帳の地域区分と比べます。台帳の行がいくつかあれば、どれかと合えばよいものとします。"
-- federation = ["EE20"]
-- [message]
-- price = "{services}の単位数単価{observed}が、台帳の地域区分と重心区分による単価{expected}と違います。"
-- region = "地域区分コード{observed}が、台帳の{expected}と違います。"
-- [action]
-- price = "事業所の地域区分と重心区分を確かめ、正しい単価で{window}に再請求してください。"
-- region = "事業所の地域区分を確かめ、正しい地域区分と単価で{window}に再請求してください。"
-- [undetermined]
-- unknown = "事業所が障害児施設台帳(facilities.csv)にありません"
-- no_price = "この種類と月の単価が登録されていません(data/rules/unit_prices.csv)"
WITH totals AS (
    SELECT t.facility_no, t.recipient_no, t.service_month, t.service_type, t.class_no, t.unit_price, c.region_code
    FROM claim_totals t JOIN claims_now c USING (review_month, file, group_line)
), compared AS (
    SELECT t.*, u.region_code AS ledger_region, p.unit_price AS ledger_price,
           u.region_code = t.region_code AS same_region, p.unit_price = t.unit_price AS same_price
    FROM totals t
    JOIN units_of_month u USING (facility_no, service_month, service_type)
    LEFT JOIN rule_unit_prices p
      ON p.service_type = u.service_type AND p.region_code = u.region_code AND p.severe_class = u.severe_class
     AND u.service_month BETWEEN p.valid_from AND p.valid_to
), judged AS (
    SELECT facility_no, recipient_no, service_month, service_type, class_no, unit_price, region_code,
           bool_or(same_region) AS region_fits,
           -- One row must fit as a whole; one whose price is not known may.
           bool_or(same_region AND coalesce(same_price, FALSE)) AS fits,
           bool_or(same_region AND ledger_price IS NULL) AS open,
           string_agg(DISTINCT ledger_region, 'または' ORDER BY ledger_region) AS regions,
           array_to_string(list_sort(list(DISTINCT printf('%.3f円', ledger_price / 1000))
               FILTER (same_region AND ledger_price IS NOT NULL)), 'または') AS prices
    FROM compared GROUP BY ALL
)
SELECT facility_no, recipient_no, service_month, service_type,
       CASE WHEN region_fits THEN 'price' ELSE 'region' END AS reason,
       CASE WHEN region_fits THEN printf('%.3f円', unit_price / 1000) ELSE region_code END AS observed,
       CASE WHEN region_fits THEN prices ELSE regions END AS expected,
       CASE WHEN open THEN 'no_price' END AS undetermined
FROM judged WHERE NOT fits
UNION ALL
SELECT DISTINCT facility_no, recipient_no, service_month, service_type, NULL, NULL, NULL, 'unknown'
FROM totals SEMI JOIN unknown_facilities x USING (facility_no)
