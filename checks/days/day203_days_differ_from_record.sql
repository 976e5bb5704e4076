-- code = "DAY203"
-- name = "days-differ-from-record"
-- title = "請求日数と実績記録票の日数が違う"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = []
-- source = "利用日数はサービス種類毎に設定し、加算のみの日も1日と数える (インタフェース仕様書 サービス事業所編 令和7年4月版 p.118、p.121、p.148)"
-- why = "実績記録票の書き漏れや、欠席日を利用日に数えた請求で起こります。"
-- logic = "明細書の日数情報の利用日数を、同じ事業所・受給者・月・種類の実績記録票と比べます。利用日の行数から、それに加算だけの行と加算の項目がある欠席の行を加えた数までが正しい日数です。利用日のない月に上限額管理加算か保育・教育等移行支援加算を算定していれば1日までよいものとします。請求がそれより多ければ返戻相当、少なければ参考です。同じ受給者と月の取り込めなかった実績記録票があるか、加算を確かめるサービスコード表の行がないときは判定しません。"
-- days = true
-- [message]
-- over = "{services}の請求日数は{observed}日ですが、実績記録票の利用日と加算の記録は合わせて{expected}日です。"
-- under = "{services}の請求日数{observed}日が実績記録票の利用日{expected}日より少なくなっています。"
-- [asked]
-- over = "実績記録票と明細書のどちらが正しいかをお知らせください。"
-- under = "請求漏れがないか、実績記録票の記載が正しいかをお知らせください。"
-- [returned]
-- over = "実績記録票と明細書の日数をそろえて{window}に再請求してください。"
-- under = "請求漏れであれば、日数も直して{window}に再請求してください。"
-- [paid]
-- over = "実績記録票と明細書のどちらが正しいかを確かめてください。"
-- under = "請求漏れがないか確かめてください。"
-- [known]
-- over = "次の請求から、実績記録票と明細書の日数をそろえてください。"
-- under = "請求漏れがないか確かめてください。"
-- [undetermined]
-- no_codes = "サービスコード表がないため、利用日のない月に算定できる加算かどうかを確かめられません"
-- refused = "取り込めなかった実績記録票がこの請求のものかもしれません"
-- refused_code = "取り込めなかったサービスコード表の行が、この請求のコードのものです"
-- [refused]
-- claims = "日数情報は明細書とともに欠けるので、指摘も出ない"
-- attendance = "guarded"
-- notices = "今月の明細書と比べるのは今月の実績記録票だけ"
-- history = "今月の明細書と比べるのは今月の実績記録票だけ"
-- service_codes = "guarded"
WITH billed AS (
    SELECT facility_no, recipient_no, service_month, service_type, sum(billed_days) AS days
    FROM claim_days WHERE review_month = review_month() GROUP BY ALL
), recorded AS (
    SELECT facility_no, recipient_no, service_month, service_type, count(*) FILTER (day_kind = 'use') AS least,
           count(*) FILTER (day_kind = 'use' OR has_addon) AS most
    FROM day_rows GROUP BY ALL
), differing AS (
    SELECT facility_no, recipient_no, service_month, service_type, b.days AS billed, coalesce(r.least, 0) AS least,
           coalesce(r.most, 0) AS most,
           -- One day may be billed without any in the record; whether it may say the codes.
           b.days = 1 AND coalesce(r.most, 0) = 0 AS lone_day
    FROM billed b
    JOIN attendance_typed a USING (facility_no, recipient_no, service_month, service_type)
    LEFT JOIN recorded r USING (facility_no, recipient_no, service_month, service_type)
    WHERE b.days < coalesce(r.least, 0) OR b.days > coalesce(r.most, 0)
), judged AS (
    SELECT d.*, l.facility_no IS NOT NULL AND d.lone_day AS by_codes, l.without_use, l.refused, l.unknown,
           key_refused('attendance', d.facility_no, d.recipient_no, d.service_month) AS record_refused
    FROM differing d LEFT JOIN lines_without_use l USING (facility_no, recipient_no, service_month, service_type)
)
SELECT facility_no, recipient_no, service_month, service_type, billed::VARCHAR AS observed,
       CASE WHEN billed > most THEN most ELSE least END::VARCHAR AS expected,
       CASE WHEN billed > most THEN billed - most END AS days_at_issue,
       CASE WHEN billed > most THEN 'over' ELSE 'under' END AS reason,
       CASE WHEN billed > most THEN 'return' ELSE 'notice' END AS severity,
       CASE WHEN by_codes AND unknown THEN unless_unreadable('service_codes') END AS at_most,
       CASE WHEN record_refused THEN 'refused'
            WHEN by_codes AND NOT code_table() THEN 'no_codes'
            WHEN by_codes AND refused THEN 'refused_code' END AS undetermined
FROM judged
WHERE NOT (by_codes AND without_use)
