-- code = "ADD606"
-- name = "pickup-over-two"
-- title = "利用日1日の限度を超えた送迎加算"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["service_codes"]
-- source = "送迎加算は片道につき1回 data/rules/day_limits.csv (各行の出典による)"
-- why = "欠席した日の送迎を消し忘れたり、往復を1回でなく2回ずつ数えたりすると起こります。"
-- logic = "サービス種類ごとに、送迎加算の回数の合計が、実績記録票の利用日の行数に1日の限度回数を掛けた数を超えるものを挙げます。その種類の実績記録票がなければ見ません。"
-- [message]
-- default = "{services}の送迎加算を{observed}回算定していますが、実績記録票の利用日から数えた限度は{expected}回です。"
-- [asked]
-- default = "送迎の記録を確かめ、送迎した正しい回数をお知らせください。"
-- [returned]
-- default = "送迎加算の回数か実績記録票を直して{window}に再請求してください。"
-- [paid]
-- default = "送迎の記録と、送迎加算の回数を確かめてください。"
-- [known]
-- default = "次の請求から、送迎加算の回数が利用日の数に合うか確かめてください。"
-- [undetermined]
-- no_rule = "この月の送迎加算の限度回数が登録されていません(data/rules/day_limits.csv)"
-- refused = "取り込めなかった実績記録票に利用日の記録があるかもしれません"
-- [refused]
-- claims = "明細書はまとめて取り込むか、まとめて取り込まないので、取り込めなければ指摘も出ない"
-- attendance = "guarded"
-- service_codes = "行がなければ加算がわからず、指摘も出ない"
WITH billed AS (
    SELECT b.facility_no, b.recipient_no, b.service_month, b.service_type, b.addon_key, sum(b.line_count) AS times,
           sum(b.line_units) AS units
    FROM addons_billed b SEMI JOIN rule_day_limits r ON r.addon_key = b.addon_key
    GROUP BY ALL HAVING sum(b.line_count) > 0
), used AS (
    SELECT facility_no, recipient_no, service_month, service_type, sum(row_count) AS days
    FROM claim_use_days GROUP BY ALL
)
SELECT b.facility_no, b.recipient_no, b.service_month, b.service_type, b.times::VARCHAR AS observed,
       (r.day_limit * coalesce(u.days, 0))::VARCHAR AS expected,
       b.units * (b.times - r.day_limit * coalesce(u.days, 0)) // b.times AS units_at_issue,
       CASE WHEN r.day_limit IS NULL THEN 'no_rule'
            WHEN key_refused('attendance', b.facility_no, b.recipient_no, b.service_month) THEN 'refused' END AS undetermined
FROM billed b
SEMI JOIN attendance_typed a USING (facility_no, recipient_no, service_month, service_type)
LEFT JOIN used u USING (facility_no, recipient_no, service_month, service_type)
LEFT JOIN rule_day_limits r ON r.addon_key = b.addon_key AND b.service_month BETWEEN r.valid_from AND r.valid_to
WHERE r.day_limit IS NULL OR b.times > r.day_limit * coalesce(u.days, 0)
