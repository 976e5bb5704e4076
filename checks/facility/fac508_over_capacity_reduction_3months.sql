-- code = "FAC508"
-- name = "over-capacity-reduction-3months"
-- title = "定員超過減算の3か月の基準を超えている"
-- severity = "review"
-- subject = "claim"
-- needs = ["facilities", "service_codes"]
-- source = "定員超過利用減算(過去3月間) data/rules/capacity_quarter_limits.csv (各行の出典による)"
-- why = "毎日少しずつ定員を超える受け入れが続くと起こります。1日の基準だけを見ていると気づきません。"
-- logic = "その月の前3か月の、事業所・種類の延べ利用日数(この市の児童だけ)が基準を超え、定員超過利用減算の行も、同時には算定しない減算(data/rules/reduction_exclusions.csv)の行もない明細書を挙げます。開所日数がわからないので、暦の日数で数えます(事業所に有利)。前3か月の明細書と実績記録票をすべて持っていなければ判定しません(審査履歴だけでは足りません)。"
-- role = "state_of_facility"
-- [message]
-- default = "{month}の前3か月の{services}の延べ利用日数{observed}日(この市の児童だけで数えています)が、定員超過利用減算の基準{expected}日を超えていますが、減算されていません。"
-- [message_all_cities]
-- default = "{month}の前3か月の{services}の延べ利用日数{observed}日(この回の{cities}市町村の児童を合わせて数えています)が、定員超過利用減算の基準{expected}日を超えていますが、減算されていません。"
-- [asked]
-- default = "前3か月の延べ利用児童数と開所日数を、他の市町村の児童も含めてお知らせください。"
-- [returned]
-- default = "{month}の基本報酬に定員超過利用減算を適用して{window}に再請求してください。"
-- [paid]
-- default = "前3か月の延べ利用児童数と開所日数を確かめてください。"
-- [known]
-- default = "前3か月の延べ利用児童数と開所日数を確かめてください。"
-- [undetermined]
-- unknown = "事業所が障害児施設台帳(facilities.csv)にありません"
-- not_reviewed = "前3か月の明細書と実績記録票がそろっていません(審査履歴だけでは数えられません)"
-- several_units = "この番号には児童発達支援・放課後等デイサービスの行が同じ日に複数あり、人数を分けられません"
-- no_capacity = "台帳に定員がありません"
-- no_rule = "この月の定員超過の基準が登録されていません(data/rules/capacity_quarter_limits.csv)"
-- refused_row = "障害児施設台帳(facilities.csv)に、取り込めなかったこの事業所の行があります"
-- refused_code = "サービスコード表(service_codes.csv)に、この明細書のコードの取り込めなかった行があります"
-- [refused]
-- notices = "状態の分からない前の明細書は数えず、利用日が減るだけ"
-- history = "状態の分からない前の明細書は数えず、利用日が減るだけ"
-- claims = "取り込めなかった明細書には指摘も出ない"
-- attendance = "取り込めなければ延べ日数が減るだけで、指摘は増えない"
-- facilities = "guarded"
-- service_codes = "guarded"
WITH typed AS (
    SELECT facility_no, recipient_no, service_month, service_type FROM claim_totals WHERE review_month = review_month()
    UNION SELECT facility_no, recipient_no, service_month, service_type FROM claim_use_counts
), unreduced AS (
    SELECT DISTINCT u.facility_no, u.recipient_no, u.service_month, u.service_type,
           CAST(u.service_month - INTERVAL 3 MONTH AS DATE) AS first_month
    FROM typed u
    ANTI JOIN (FROM reductions_answered WHERE staged_key = 'reduction_over_capacity') a
        USING (facility_no, recipient_no, service_month, service_type)
), used AS (
    SELECT n.facility_no, n.service_month, n.service_type, coalesce(sum(d.days), 0)::BIGINT AS days
    FROM (SELECT DISTINCT facility_no, service_month, service_type, first_month FROM unreduced) n
    LEFT JOIN use_counts d ON d.facility_no = n.facility_no AND d.service_type = n.service_type
         AND d.service_month >= n.first_month AND d.service_month < n.service_month
    GROUP BY ALL
), capacities AS (
    SELECT facility_no, service_month, service_type, max(capacity) AS capacity
    FROM units_of_month GROUP BY ALL
), judged AS (
    SELECT n.*, d.days, u.capacity, u.facility_no IS NOT NULL AS has_row, x.facility_no IS NOT NULL AS unknown,
           n.service_type IN ('61', '63')
             AND EXISTS (FROM shared_numbers s WHERE s.facility_no = n.facility_no
                                                 AND s.service_month = n.service_month) AS several,
           before_records(n.first_month)
             OR EXISTS (FROM months_without_records m
                        WHERE m.facility_no = n.facility_no AND m.service_month >= n.first_month
                          AND m.service_month < n.service_month) AS not_reviewed,
           (u.capacity + l.plus) * l.percent * date_diff('day', n.first_month, n.service_month) AS quarter_limit
    FROM unreduced n
    JOIN used d USING (facility_no, service_month, service_type)
    LEFT JOIN unknown_facilities x USING (facility_no)
    LEFT JOIN capacities u USING (facility_no, service_month, service_type)
    LEFT JOIN rule_capacity_quarter_limits l ON u.capacity BETWEEN l.capacity_from AND l.capacity_to
         AND n.service_month BETWEEN l.valid_from AND l.valid_to
)
SELECT facility_no, j.recipient_no, service_month, service_type, days::VARCHAR AS observed,
       rtrim(rtrim(printf('%.2f', quarter_limit / 100), '0'), '.') AS expected,
       CASE WHEN unknown THEN 'unknown' WHEN several THEN 'several_units'
            WHEN not_reviewed THEN 'not_reviewed'
            WHEN capacity IS NULL THEN 'no_capacity' WHEN quarter_limit IS NULL THEN 'no_rule'
            WHEN facility_row_refused('facilities', facility_no) THEN 'refused_row'
            WHEN c.recipient_no IS NOT NULL THEN 'refused_code' END AS undetermined,
       coalesce(unless_unreadable('facilities'), unless_unreadable('service_codes')) AS at_most
FROM judged j LEFT JOIN codes_refused c USING (facility_no, recipient_no, service_month, service_type)
WHERE unknown OR several OR (has_row AND (capacity IS NOT NULL OR service_type IN ('61', '63'))
                             AND (not_reviewed OR quarter_limit IS NULL OR days * 100 > quarter_limit))
