-- code = "DAY207"
-- name = "days-over-contract"
-- title = "契約支給量を超えた利用日数"
-- severity = "review"
-- subject = "claim"
-- needs = []
-- source = "契約支給量は事業所ごとに受給者証へ記載し市へ報告する (指定通所基準 第13条)"
-- why = "利用日数を増やしたのに契約内容報告を出していないときに起こります。"
-- logic = "事業所の利用日数が、その事業所の契約支給量(月のどこかの日に有効な合計の最大)を超えるものを挙げます。契約情報がなければ見ません。"
-- days = true
-- [message]
-- default = "{services}の利用日数{observed}日が、契約支給量{expected}日を超えています。"
-- [action]
-- default = "契約支給量を確かめ、変更した場合は契約内容報告を市へ出してください。"
SELECT facility_no, recipient_no, service_month, service_type, u.days::VARCHAR AS observed,
       format('{:g}', p.days / 100) AS expected
FROM claim_use_counts u JOIN contract_peaks p USING (facility_no, recipient_no, service_month, service_type)
WHERE u.days * 100 > p.days
