-- code = "FAC503"
-- name = "unit-price-differs"
-- title = "単位数単価・地域区分が台帳と違う"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["facilities"]
-- source = "一単位の単価は地域区分・重心区分・児童発達支援センターかどうかによる data/rules/unit_prices.csv (各行の出典による)"
-- why = "地域区分の見直しや、重心の届出の変更の後に、請求ソフトの設定を直し忘れると起こります。"
-- logic = "集計情報の単位数単価(項番11)を、台帳の地域区分・重心区分・センター区分とサービス種類・月から求めた単価と、基本情報の地域区分(項番10)を台帳の地域区分と比べます。台帳の行がいくつかあれば、どれかと合えばよいものとします。センター区分が空なら、センターの単価でもそうでない単価でもよいものとします。センターと保育所等訪問支援の単価は出典が一つなので、違っても要確認です。地域区分が空なら判定しません。"
-- federation = ["EE20"]
-- role = "state_of_facility"
-- [message]
-- price = "{services}の単位数単価{observed}が、台帳の地域区分・重心区分・センター区分による単価{expected}と違います。"
-- region = "地域区分コード{observed}が、台帳の{expected}と違います。"
-- [asked]
-- price = "事業所の地域区分・重心区分と、児童発達支援センターかどうかを確かめ、お知らせください。"
-- region = "事業所の地域区分を確かめ、お知らせください。"
-- [returned]
-- price = "正しい単位数単価に直し、総費用額から計算し直して{window}に再請求してください。届出の内容が変わっているときは、先に市へ連絡してください。"
-- region = "正しい地域区分と単位数単価に直して{window}に再請求してください。"
-- [paid]
-- default = "事業所の地域区分・重心区分と、児童発達支援センターかどうかを確かめてください。"
-- [known]
-- default = "事業所の地域区分・重心区分と、児童発達支援センターかどうかを確かめてください。"
-- [undetermined]
-- unknown = "事業所が障害児施設台帳(facilities.csv)にありません"
-- no_price = "この種類と月の単価が登録されていません(data/rules/unit_prices.csv)"
-- no_region = "台帳に地域区分がありません"
-- refused_row = "障害児施設台帳(facilities.csv)に、取り込めなかったこの事業所の行があります"
-- [refused]
-- claims = "取り込めなかった明細書には指摘も出ない"
-- attendance = "事業所のある月を知るためだけに読む"
-- facilities = "guarded"
WITH totals AS (
    SELECT t.facility_no, t.recipient_no, t.service_month, t.service_type, t.class_no, t.units, t.unit_price, c.region_code
    FROM claim_totals t JOIN claims_now c USING (review_month, file, group_line)
), units AS (
    -- Where the ledger does not say whether it is a centre, its price may be of each class that the law has for the type.
    SELECT u.facility_no, u.service_month, u.service_type, u.line, u.region_code, u.severe_class, k.center_class
    FROM units_of_month u
    LEFT JOIN (SELECT DISTINCT service_type, center_class FROM rule_unit_prices) k
      ON k.service_type = u.service_type
     AND (k.center_class IS NULL OR u.center_class IS NULL OR k.center_class = u.center_class)
), prices AS (
    SELECT u.facility_no, u.service_month, u.service_type, u.line, u.region_code,
           bool_or(p.unit_price IS NULL) AS unpriced, bool_and(coalesce(p.severity = 'review', FALSE)) AS uncertain,
           coalesce(list(DISTINCT p.unit_price) FILTER (p.unit_price IS NOT NULL), []) AS prices
    FROM units u
    LEFT JOIN rule_unit_prices p
      ON p.service_type = u.service_type AND p.region_code = u.region_code
     AND (p.severe_class = u.severe_class OR p.severe_class IS NULL) AND p.center_class IS NOT DISTINCT FROM u.center_class
     AND u.service_month BETWEEN p.valid_from AND p.valid_to
    GROUP BY ALL
), compared AS (
    SELECT t.*, u.* EXCLUDE (facility_no, service_month, service_type, region_code), u.region_code AS ledger_region,
           u.region_code = t.region_code AS same_region, list_contains(u.prices, t.unit_price) AS same_price
    FROM totals t JOIN prices u USING (facility_no, service_month, service_type)
), wrong AS (
    -- One row must fit as a whole; one whose price is not known may.
    SELECT facility_no, recipient_no, service_month, service_type, class_no, units, unit_price, region_code
    FROM compared GROUP BY ALL HAVING NOT coalesce(bool_or(same_region AND same_price), FALSE)
), judged AS (
    SELECT facility_no, recipient_no, service_month, service_type, class_no, units, unit_price, region_code,
           coalesce(bool_or(same_region), FALSE) AS region_fits,
           coalesce(bool_or(same_region AND unpriced), FALSE) AS open,
           bool_or(ledger_region IS NULL) AS no_region, coalesce(bool_or(same_region AND uncertain), FALSE) AS uncertain,
           string_agg(DISTINCT ledger_region, 'または' ORDER BY ledger_region) AS regions,
           min(list_min([abs(p - unit_price) FOR p IN prices])) AS price_off,
           array_to_string([printf('%.3f円', p / 1000)
                            FOR p IN list_sort(list_distinct(flatten(list(prices) FILTER (same_region))))], 'または') AS prices
    FROM compared
    WHERE EXISTS (FROM wrong w WHERE w.facility_no = compared.facility_no AND w.recipient_no = compared.recipient_no
                                 AND w.service_month = compared.service_month AND w.service_type = compared.service_type
                                 AND w.class_no IS NOT DISTINCT FROM compared.class_no
                                 AND w.units IS NOT DISTINCT FROM compared.units
                                 AND w.unit_price IS NOT DISTINCT FROM compared.unit_price
                                 AND w.region_code IS NOT DISTINCT FROM compared.region_code)
    GROUP BY ALL
)
SELECT facility_no, recipient_no, service_month, service_type,
       CASE WHEN region_fits THEN 'price' ELSE 'region' END AS reason,
       CASE WHEN region_fits THEN printf('%.3f円', unit_price / 1000) ELSE region_code END AS observed,
       CASE WHEN region_fits THEN prices ELSE regions END AS expected, units * price_off // 1000 AS at_issue,
       CASE WHEN uncertain THEN 'review' ELSE unless_unreadable('facilities') END AS at_most,
       CASE WHEN facility_row_refused('facilities', facility_no) THEN 'refused_row'
            WHEN no_region THEN 'no_region' WHEN open THEN 'no_price' END AS undetermined
FROM judged
UNION ALL
SELECT DISTINCT facility_no, recipient_no, service_month, service_type, NULL, NULL, NULL, NULL, NULL, 'unknown'
FROM totals SEMI JOIN unknown_facilities x USING (facility_no)
