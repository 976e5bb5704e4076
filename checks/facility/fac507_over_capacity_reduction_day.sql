-- code = "FAC507"
-- name = "over-capacity-reduction-day"
-- title = "定員超過減算の日の基準を超えている"
-- severity = "return"
-- subject = "claim"
-- needs = ["facilities", "service_codes"]
-- source = "定員超過利用減算(1日) data/rules/capacity_day_limits.csv (各行の出典による。51人以上の式は henrei.toml [rules] capacity_51_or_more で選ぶ)"
-- why = "減算の基準を定員と思い違いするか、日ごとの人数を確かめていないと起こります。"
-- logic = "利用日のうち、その日の利用児童(この市の児童だけ)の数がその日の定員による1日の基準(1人未満の端数は切り上げ)を超える日があり、定員超過利用減算の行も、同時には算定しない減算(data/rules/reduction_exclusions.csv)の行もない明細書を挙げます。基準ちょうどは超えていません。61と63の行が同じ日にいくつもある番号は判定しません。"
-- role = "day_of_facility"
-- together = "{dates}の{services}の利用児童は、この市の児童だけを数えても定員超過利用減算の1日の基準を超えていますが、減算されていません。"
-- [message]
-- default = "{dates}の{services}の利用児童(この市の児童だけで数えています。最多{observed}人)が、定員超過利用減算の1日の基準{expected}人を超えていますが、減算されていません。"
-- [message_all_cities]
-- default = "{dates}の{services}の利用児童(この回の{cities}市町村の児童を合わせて数えています。最多{observed}人)が、定員超過利用減算の1日の基準{expected}人を超えていますが、減算されていません。"
-- [asked]
-- default = "その日に利用した児童は、他の市町村の児童も含めて何人でしたか。"
-- [returned]
-- default = "その日の基本報酬に定員超過利用減算を適用して{window}に再請求してください。"
-- [paid]
-- default = "その日に利用した児童の数を、他の市町村の児童も含めて確かめてください。"
-- [known]
-- default = "定員を守れるよう、他の市町村の児童も含めて受け入れの予定を見直してください。"
-- [undetermined]
-- unknown = "事業所が障害児施設台帳(facilities.csv)にありません"
-- several_units = "この番号には児童発達支援・放課後等デイサービスの行が同じ日に複数あり、人数を分けられません"
-- no_capacity = "台帳に定員がありません"
-- no_rule = "この月の定員超過の基準が登録されていません(data/rules/capacity_day_limits.csv)"
-- refused_row = "障害児施設台帳(facilities.csv)に、取り込めなかったこの事業所の行があります"
-- refused_code = "サービスコード表(service_codes.csv)に、この明細書のコードの取り込めなかった行があります"
-- refused_claim = "取り込めなかったこの児童・月の明細書があります"
-- [refused]
-- claims = "guarded"
-- attendance = "取り込めなければ児童も利用日も減るだけで、指摘は増えない"
-- facilities = "guarded"
-- service_codes = "guarded"
WITH limits AS (
    SELECT l.* FROM rule_capacity_day_limits l
    JOIN rule_variants v ON v.setting = 'capacity_51_or_more' AND v.variant = l.variant
), days AS (
    SELECT c.*, u.capacity, u.facility_no IS NOT NULL AS has_row, x.facility_no IS NOT NULL AS unknown,
           s.facility_no IS NOT NULL AS several,
           -- In hundredths of a child, rounded up to whole children.
           (u.capacity * l.capacity_percent + (u.capacity - l.above) * l.above_percent + l.plus * 100 + 99) // 100
               AS day_limit
    FROM children_of_day c
    LEFT JOIN unknown_facilities x USING (facility_no)
    LEFT JOIN units_of_month u ON u.facility_no = c.facility_no AND u.service_month = c.service_month
         AND u.service_type = c.service_type AND c.use_date BETWEEN u.first_day AND u.last_day
    LEFT JOIN shared_numbers s ON s.facility_no = c.facility_no AND s.service_month = c.service_month
         AND c.service_type IN ('61', '63') AND c.use_date BETWEEN s.first_day AND s.last_day
    LEFT JOIN limits l ON u.capacity BETWEEN l.capacity_from AND l.capacity_to
         AND c.service_month BETWEEN l.valid_from AND l.valid_to
), judged AS (
    SELECT *, NOT several AND children > day_limit AS is_over,
           unknown OR several OR (has_row AND service_type IN ('61', '63') AND day_limit IS NULL) AS is_open
    FROM days WHERE is_over OR is_open
), unreduced AS (
    SELECT u.recipient_no, t.* FROM claim_use_days u
    JOIN judged t USING (facility_no, service_month, service_type, use_date)
    ANTI JOIN (FROM reductions_answered WHERE staged_key = 'reduction_over_capacity') a
        USING (facility_no, recipient_no, service_month, service_type)
)
SELECT facility_no, u.recipient_no, service_month, service_type, use_date, (max(children) OVER claim)::VARCHAR AS observed,
       day_limit::VARCHAR AS expected,
       coalesce(unless_unreadable('facilities'), unless_unreadable('service_codes')) AS at_most,
       CASE WHEN facility_row_refused('facilities', facility_no) THEN 'refused_row'
            WHEN c.recipient_no IS NOT NULL THEN 'refused_code'
            WHEN claim_refused_beside(facility_no, u.recipient_no, service_month) THEN 'refused_claim' END AS undetermined
FROM unreduced u LEFT JOIN codes_refused c USING (facility_no, recipient_no, service_month, service_type)
WHERE is_over
WINDOW claim AS (PARTITION BY facility_no, u.recipient_no, service_month, service_type)
UNION ALL
SELECT DISTINCT facility_no, recipient_no, service_month, service_type, NULL::DATE, NULL, NULL, NULL,
       CASE WHEN unknown THEN 'unknown' WHEN several THEN 'several_units'
            WHEN capacity IS NULL THEN 'no_capacity' ELSE 'no_rule' END
FROM unreduced WHERE is_open
