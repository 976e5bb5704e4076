-- code = "DAY207"
-- name = "days-over-contract"
-- title = "契約支給量を超えた利用日数"
-- severity = "review"
-- subject = "claim"
-- at_issue = "given"
-- needs = []
-- source = "契約支給量は事業所ごとに受給者証へ記載し市へ報告する (指定通所基準 第13条)。契約情報は決定サービスコードごとに最新のものだけを送る (インタフェース仕様書 サービス事業所編 令和7年4月版 p.126)"
-- why = "利用日数を増やしたのに契約内容報告を出していないときに起こります。"
-- logic = "事業所の利用日数が、その事業所の契約支給量(月のどこかの日に有効な合計の最大)を超えるものを挙げます。契約情報がないか、月の初日より後に始まる契約があるとき(それより前の契約は送られない)は見ません。"
-- days = true
-- [message]
-- default = "{services}の利用日数{observed}日が、契約支給量{expected}日を超えています。"
-- [asked]
-- default = "契約支給量を確かめ、変更していればお知らせください。"
-- [returned]
-- default = "契約支給量か利用日数を直して{window}に再請求してください。契約を変更したときは、契約内容報告書も市へ出してください。"
-- [paid]
-- default = "契約支給量を確かめ、変更していれば契約内容報告書を市へ出してください。"
-- [known]
-- default = "契約支給量を変更したら、契約内容報告書を市へ出してください。"
-- [refused]
-- claims = "契約情報は明細書とともに欠けるので、指摘も出ない"
-- attendance = "実績記録票がなければ利用日もなく、指摘も出ない"
-- notices = "今月の明細書の契約情報と実績記録票だけを見る"
-- history = "今月の明細書の契約情報と実績記録票だけを見る"
SELECT facility_no, recipient_no, service_month, service_type, u.days::VARCHAR AS observed,
       format('{:g}', p.days / 100) AS expected, (u.days * 100 - p.days) // 100 AS days_at_issue
FROM claim_use_counts u JOIN contract_peaks p USING (facility_no, recipient_no, service_month, service_type)
WHERE u.days * 100 > p.days
  AND NOT EXISTS (FROM contracts_standing k
                  WHERE k.facility_no = u.facility_no AND k.recipient_no = u.recipient_no
                    AND k.service_month = u.service_month AND k.service_type = u.service_type
                    AND k.contract_from > u.service_month)
