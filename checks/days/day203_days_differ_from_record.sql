-- code = "DAY203"
-- name = "days-differ-from-record"
-- title = "請求日数と実績記録票の日数が違う"
-- severity = "return"
-- subject = "claim"
-- needs = []
-- source = "利用日数はサービス種類毎に設定する (インタフェース仕様書 サービス事業所編 令和7年4月版 p.118)"
-- why = "実績記録票の書き漏れや、欠席日を利用日に数えた請求で起こります。"
-- logic = "明細書の日数情報の利用日数と、同じ事業所・受給者・月・種類の実績記録票の利用日の行数を比べます。請求が多ければ返戻相当、少なければ参考です。"
-- days = true
-- [message]
-- over = "{services}の請求日数は{observed}日ですが、実績記録票の利用日は{expected}日です。"
-- under = "{services}の請求日数{observed}日が実績記録票の利用日{expected}日より少なくなっています。"
-- [action]
-- over = "実績記録票と明細書のどちらが正しいか確かめ、そろえて{window}に再請求してください。"
-- under = "請求漏れがないか確かめてください。支払後に直すときは過誤申立が必要です。"
WITH billed AS (
    SELECT facility_no, recipient_no, service_month, service_type, sum(billed_days) AS days
    FROM claim_days WHERE review_month = review_month() GROUP BY ALL
), recorded AS (
    SELECT a.facility_no, a.recipient_no, a.service_month, a.service_type, coalesce(sum(u.rows), 0) AS days
    FROM attendance_typed a LEFT JOIN use_counts u USING (facility_no, recipient_no, service_month, service_type)
    GROUP BY ALL
)
SELECT facility_no, recipient_no, service_month, service_type, b.days::VARCHAR AS observed,
       r.days::VARCHAR AS expected,
       CASE WHEN b.days > r.days THEN 'over' ELSE 'under' END AS reason,
       CASE WHEN b.days > r.days THEN 'return' ELSE 'notice' END AS severity
FROM billed b JOIN recorded r USING (facility_no, recipient_no, service_month, service_type)
WHERE b.days <> r.days
