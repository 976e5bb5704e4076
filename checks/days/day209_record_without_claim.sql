-- code = "DAY209"
-- name = "record-without-claim"
-- title = "実績記録票があるのに請求がない"
-- severity = "review"
-- subject = "attendance"
-- needs = []
-- source = "実績記録票は明細書とともに送る (インタフェース仕様書 サービス事業所編 令和7年4月版 p.127, p.148)"
-- why = "明細書の作成で児童を選び漏らすか、月遅れの実績記録票だけを先に送ると起こります。"
-- logic = "利用日のある実績記録票に、同じ事業所・受給者・月の明細書がこの審査月になく、過去の決定にもないものを挙げます。取り込めなかった明細書がそれかもしれないときは判定しません。"
-- days = true
-- [message]
-- default = "{month}の実績記録票({observed}日の利用)がありますが、請求がありません。"
-- [action]
-- default = "請求するものなら、明細書を実績記録票とともに{window}に送ってください。実績記録票の誤りなら、市へ知らせてください。"
-- [undetermined]
-- refused = "取り込めなかった明細書がこの実績記録票のものかもしれません"
SELECT u.facility_no, u.recipient_no, u.service_month, u.service_type, u.days::VARCHAR AS observed,
       CASE WHEN could_be_refused('claim', u.recipient_no, u.service_month, u.facility_no) THEN 'refused' END
           AS undetermined
FROM use_counts u
SEMI JOIN attendance_now a USING (facility_no, recipient_no, service_month)
ANTI JOIN claims_standing c USING (facility_no, recipient_no, service_month)
ANTI JOIN (FROM claim_states WHERE state = 'decided') s USING (facility_no, recipient_no, service_month)
