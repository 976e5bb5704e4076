-- code = "DAY211"
-- name = "start-end-dates"
-- title = "サービスの開始・終了年月日が利用と合わない"
-- severity = "return"
-- subject = "claim"
-- at_issue = "days"
-- needs = []
-- source = "開始年月日は利用契約の下で最初にサービスを提供した日、終了年月日は終わった日 (インタフェース仕様書 サービス事業所編 令和7年4月版 p.118)"
-- federation = ["EL04"]
-- why = "開始年月日に契約日や当月の日付を入れるか、終了した児童が再び利用したのに終了年月日を消し忘れると起こります。"
-- logic = "日数情報の種類ごとに、開始年月日が月の末日より後(a)、終了年月日が開始年月日より前(b)、終了年月日が月より前なのに基本報酬がある(c)ものを返戻相当、開始年月日より前の利用日(d)と終了年月日より後の利用日(e)を要確認とします。一つの種類に日数情報がいくつかあれば最も早い開始年月日で見て、終了年月日はすべてにあるときだけ最も遅いものを見ます。サービスコード表がないか、取り込めなかった行が関わるとき、c は判定しません。"
-- days = true
-- [message]
-- default = "{services}のサービスの開始・終了年月日が合いません（{observed}）。"
-- outside = "{services}のサービスの開始・終了年月日の外に利用があります（{dates}：{observed}）。"
-- [asked]
-- default = "サービス開始年月日(契約の下で最初に提供した日)と終了年月日を確かめ、正しい日をお知らせください。"
-- outside = "サービスの開始・終了年月日と実績記録票の日付のどちらが正しいかをお知らせください。"
-- [returned]
-- default = "サービスの開始・終了年月日を直して{window}に再請求してください。終わったサービスの基本報酬は除いてください。"
-- outside = "サービスの開始・終了年月日か実績記録票の日付を直して{window}に再請求してください。"
-- [paid]
-- default = "サービスの開始・終了年月日と、実績記録票の日付を確かめてください。"
-- [known]
-- default = "次の請求から、サービスの開始・終了年月日を正しく書いてください。"
-- [undetermined]
-- no_codes = "サービスコード表がないため、サービスの終了後に基本報酬があるか確かめられません"
-- refused_code = "サービスコード表(service_codes.csv)に、この明細書のコードの取り込めなかった行があります"
-- [refused]
-- claims = "日数情報は明細書とともに欠けるので、指摘も出ない"
-- attendance = "実績記録票がなければ利用日もなく、指摘も出ない"
-- notices = "今月の明細書の日数情報と実績記録票だけを見る"
-- history = "今月の明細書の日数情報と実績記録票だけを見る"
-- service_codes = "guarded"
WITH services AS (
    SELECT facility_no, recipient_no, service_month, service_type, min(start_date) AS start_date,
           CASE WHEN count(end_date) = count(*) THEN max(end_date) END AS end_date
    FROM claim_days WHERE review_month = review_month() GROUP BY ALL
), base_lines AS (
    SELECT l.facility_no, l.recipient_no, l.service_month, left(l.service_code, 2) AS service_type,
           -- A row that was refused may say something else of a code that the table has.
           bool_or(code_row_refused(l.service_code)) AS code_refused
    FROM claim_lines l LEFT JOIN codes_of_month s USING (service_code, service_month)
    WHERE l.review_month = review_month() AND (s.class = '基本' OR NOT code_table())
    GROUP BY ALL
)
SELECT facility_no, recipient_no, service_month, service_type, NULL AS use_date,
       format('開始年月日{}が月の末日より後', start_date) AS observed, 'default' AS reason, 'return' AS severity, NULL AS at_most,
       NULL AS undetermined
FROM services WHERE start_date > month_end(service_month)
UNION ALL
SELECT facility_no, recipient_no, service_month, service_type, NULL,
       format('終了年月日{}が開始年月日{}より前', end_date, start_date), 'default', 'return', NULL, NULL
FROM services WHERE end_date < start_date
UNION ALL
SELECT s.facility_no, s.recipient_no, s.service_month, s.service_type, NULL,
       format('終了年月日{}より後の基本報酬', s.end_date), 'default', 'return', unless_unreadable('service_codes'),
       CASE WHEN NOT code_table() THEN 'no_codes' WHEN b.code_refused THEN 'refused_code' END
FROM services s JOIN base_lines b USING (facility_no, recipient_no, service_month, service_type)
WHERE s.end_date < s.service_month
UNION ALL
SELECT u.facility_no, u.recipient_no, u.service_month, u.service_type, u.use_date,
       format('開始年月日{}より前の利用', s.start_date), 'outside', 'review', NULL, NULL
FROM claim_use_days u JOIN services s USING (facility_no, recipient_no, service_month, service_type)
WHERE u.use_date < s.start_date
UNION ALL
SELECT u.facility_no, u.recipient_no, u.service_month, u.service_type, u.use_date,
       format('終了年月日{}より後の利用', s.end_date), 'outside', 'review', NULL, NULL
FROM claim_use_days u JOIN services s USING (facility_no, recipient_no, service_month, service_type)
WHERE u.use_date > s.end_date
