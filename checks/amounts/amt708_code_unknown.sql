-- code = "AMT708"
-- name = "code-unknown"
-- title = "サービスコード表にないコード"
-- severity = "review"
-- subject = "claim"
-- needs = ["service_codes"]
-- source = "明細情報のサービスコードはその提供年月に有効なもの (サービスコード表 service_codes.csv)"
-- why = "廃止されたコードで請求したり、サービスコード表の更新が遅れたりすると起こります。"
-- logic = "明細情報のサービスコードのうち、その月に有効なサービスコード表にないものを挙げます。"
-- [message]
-- default = "{month}のサービスコード表にないコードで請求しています（{observed}）。"
-- [action]
-- default = "サービスコードと提供年月を確かめ、正しいコードに直して再請求してください。コードが正しければ市へ連絡してください。"
SELECT l.facility_no, l.recipient_no, l.service_month, left(l.service_code, 2) AS service_type,
       l.service_code AS observed
FROM claim_lines l ANTI JOIN codes_of_month s USING (service_code, service_month)
WHERE l.review_month = review_month()
