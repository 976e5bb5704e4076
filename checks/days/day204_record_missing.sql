-- code = "DAY204"
-- name = "record-missing"
-- title = "実績記録票がない"
-- severity = "return"
-- subject = "claim"
-- needs = []
-- source = "利用日のある請求には様式ごとの実績記録票を送る (インタフェース仕様書 サービス事業所編 令和7年4月版 p.127, p.148)"
-- why = "実績記録票ファイルの送り忘れや、児童の選び漏れで起こります。"
-- logic = "明細書の利用日数が0を超える種類に、同じ事業所・受給者・月の実績記録票がないものを挙げます。取り込めなかった実績記録票がそれかもしれないときは判定しません。"
-- days = true
-- [message]
-- default = "{services}の利用日数{observed}日の請求に、実績記録票がありません。"
-- [action]
-- default = "実績記録票を作り、明細書とともに{window}に再請求してください。"
-- [undetermined]
-- refused = "取り込めなかった実績記録票がこの請求のものかもしれません"
WITH billed AS (
    SELECT facility_no, recipient_no, service_month, service_type, sum(billed_days) AS days
    FROM claim_days WHERE review_month = review_month() GROUP BY ALL HAVING sum(billed_days) > 0
)
SELECT b.facility_no, b.recipient_no, b.service_month, b.service_type, b.days::VARCHAR AS observed,
       CASE WHEN could_be_refused('attendance', b.recipient_no, b.service_month, b.facility_no)
            THEN 'refused' END AS undetermined
FROM billed b ANTI JOIN attendance_typed a USING (facility_no, recipient_no, service_month, service_type)
