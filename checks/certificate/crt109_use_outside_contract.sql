-- code = "CRT109"
-- name = "use-outside-contract"
-- title = "契約期間外の利用"
-- severity = "review"
-- subject = "claim"
-- at_issue = "days"
-- needs = []
-- source = "契約情報は当月の最新の契約だけを決定サービスコードごとに送り、終了日は省略できる (インタフェース仕様書 サービス事業所編 令和7年4月版 p.126)"
-- why = "契約の更新や終了を請求ソフトの契約情報に反映し忘れると起こります。"
-- logic = "明細書の契約情報のうち基本の決定サービスコードのものを種類ごとに見て、すべてに終了日があればその最後の日より後の利用日を、日数情報の開始年月日が最初の契約の開始日より前でなければその開始日より前の利用日を挙げます。サービスの開始が契約より前なら、前の契約があったもの(最新の契約だけを送るため)として、開始日では見ません。"
-- days = true
-- [message]
-- default = "{services}の契約の期間（{expected}）の外に利用しています（{dates}）。"
-- [asked]
-- default = "契約が続いているか、始まりの日が正しいかを保護者と確かめ、お知らせください。"
-- [returned]
-- default = "契約情報の期間を直すか、期間の外の日を除いて{window}に再請求してください。契約内容報告書を出していなければ、市へ出してください。"
-- [paid]
-- default = "契約の期間を保護者と確かめ、契約内容報告書を出していなければ市へ出してください。"
-- [known]
-- default = "契約の期間を確かめ、次の請求から契約情報に正しく書いてください。"
-- [refused]
-- claims = "契約情報と日数情報は明細書とともに欠けるので、指摘も出ない"
-- attendance = "実績記録票がなければ利用日もなく、指摘も出ない"
-- notices = "今月の明細書の契約情報と実績記録票だけを見る"
-- history = "今月の明細書の契約情報と実績記録票だけを見る"
WITH contracted AS (
    SELECT facility_no, recipient_no, service_month, left(grant_code, 2) AS service_type,
           min(contract_from) AS first_from,
           -- A contract without an end may still run.
           CASE WHEN count(contract_to) = count(*) THEN max(contract_to) END AS last_to
    FROM contracts WHERE review_month = review_month() AND substr(grant_code, 3, 1) <> '0' GROUP BY ALL
), started AS (
    SELECT facility_no, recipient_no, service_month, service_type, min(start_date) AS start_date
    FROM claim_days WHERE review_month = review_month() GROUP BY ALL
)
SELECT u.facility_no, u.recipient_no, u.service_month, u.service_type, u.use_date,
       format('{}から{}', k.first_from, coalesce(k.last_to || 'まで', '')) AS expected
FROM claim_use_days u JOIN contracted k USING (facility_no, recipient_no, service_month, service_type)
LEFT JOIN started s USING (facility_no, recipient_no, service_month, service_type)
WHERE u.use_date > k.last_to
   -- A service that began before the contract had an older contract, which is not sent.
   OR (u.use_date < k.first_from AND s.start_date >= k.first_from)
