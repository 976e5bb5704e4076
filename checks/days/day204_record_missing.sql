-- code = "DAY204"
-- name = "record-missing"
-- title = "実績記録票がない"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = []
-- source = "利用日のある請求には様式ごとの実績記録票を送る。上限額管理加算のみの月は送らない (インタフェース仕様書 サービス事業所編 令和7年4月版 p.121、p.127、p.148)"
-- why = "実績記録票ファイルの送り忘れや、児童の選び漏れで起こります。"
-- logic = "明細書の利用日数が0を超える種類に、同じ事業所・受給者・月の実績記録票がないものを挙げます。その種類の明細情報が(率の加算を除き)上限額管理加算か保育・教育等移行支援加算だけなら、実績記録票はいりません。取り込めなかった実績記録票がそれかもしれないときと、加算を確かめるサービスコード表の行がないときは判定しません。"
-- days = true
-- [message]
-- default = "{services}の利用日数{observed}日の請求に、実績記録票がありません。"
-- [asked]
-- default = "実績記録票を作っているかを確かめ、お知らせください。"
-- [returned]
-- default = "実績記録票を作り、明細書とともに{window}に再請求してください。"
-- [paid]
-- default = "実績記録票を作っているかを確かめ、市へ出してください。"
-- [known]
-- default = "次の請求から、実績記録票を明細書とともに送ってください。"
-- [undetermined]
-- no_codes = "サービスコード表がないため、実績記録票のいらない加算だけの請求かどうかを確かめられません"
-- refused = "取り込めなかった実績記録票がこの請求のものかもしれません"
-- refused_code = "取り込めなかったサービスコード表の行が、この請求のコードのものです"
-- [refused]
-- claims = "日数情報は明細書とともに欠けるので、指摘も出ない"
-- attendance = "guarded"
-- notices = "今月の明細書に要るのは今月の実績記録票だけ"
-- history = "今月の明細書に要るのは今月の実績記録票だけ"
-- service_codes = "guarded"
WITH billed AS (
    SELECT facility_no, recipient_no, service_month, service_type, sum(billed_days) AS days
    FROM claim_days WHERE review_month = review_month() GROUP BY ALL HAVING sum(billed_days) > 0
), unrecorded AS (
    FROM billed b ANTI JOIN attendance_typed a USING (facility_no, recipient_no, service_month, service_type)
)
SELECT u.facility_no, u.recipient_no, u.service_month, u.service_type, u.days::VARCHAR AS observed, u.days AS days_at_issue,
       CASE WHEN l.only_unless_unknown THEN unless_unreadable('service_codes') END AS at_most,
       CASE WHEN key_refused('attendance', u.facility_no, u.recipient_no, u.service_month) THEN 'refused'
            WHEN l.facility_no IS NOT NULL AND NOT code_table() THEN 'no_codes'
            WHEN l.only_unless_refused THEN 'refused_code' END AS undetermined
FROM unrecorded u LEFT JOIN lines_without_use l USING (facility_no, recipient_no, service_month, service_type)
WHERE NOT coalesce(l.only_without_use, FALSE)
