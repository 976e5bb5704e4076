-- code = "DAY209"
-- name = "record-without-claim"
-- title = "実績記録票があるのに請求がない"
-- severity = "review"
-- subject = "attendance"
-- needs = []
-- source = "実績記録票は明細書とともに送る (インタフェース仕様書 サービス事業所編 令和7年4月版 p.127, p.148)"
-- why = "明細書の作成で児童を選び漏らすか、月遅れの実績記録票だけを先に送ると起こります。"
-- logic = "利用日のある実績記録票に、同じ事業所・受給者・月の明細書がこの審査月になく、過去の決定にもないものを挙げます。取り込めなかった明細書がそれかもしれないときと、取り込めなかった審査履歴の行がその決定かもしれないときは判定しません。"
-- days = true
-- [message]
-- default = "{month}の実績記録票({observed}日の利用)がありますが、請求がありません。"
-- [asked]
-- default = "請求を忘れていないか、実績記録票の誤りかをお知らせください。"
-- [known]
-- default = "請求するものであれば、明細書を実績記録票とともに{window}に送ってください。実績記録票の誤りであれば、市へ連絡してください。"
-- [undetermined]
-- refused = "取り込めなかった明細書がこの実績記録票のものかもしれません"
-- refused_history = "取り込めなかった審査履歴の行が、この実績記録票の明細書のものです"
-- [refused]
-- claims = "guarded"
-- attendance = "実績記録票がなければ指摘も出ない"
-- notices = "返戻の知らせがなければ、決定のままとして指摘しない"
-- history = "guarded"
SELECT u.facility_no, u.recipient_no, u.service_month, u.service_type, u.days::VARCHAR AS observed,
       unless_unreadable('history') AS at_most,
       CASE WHEN key_refused('claim', u.facility_no, u.recipient_no, u.service_month) THEN 'refused'
            WHEN key_row_refused('history', u.facility_no, u.recipient_no, u.service_month) THEN 'refused_history' END
           AS undetermined
FROM use_counts u
SEMI JOIN attendance_now a USING (facility_no, recipient_no, service_month)
ANTI JOIN claims_standing c USING (facility_no, recipient_no, service_month)
ANTI JOIN (FROM claim_states WHERE state = 'decided') s USING (facility_no, recipient_no, service_month)
