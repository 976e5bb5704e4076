-- code = "AMT708"
-- name = "code-unknown"
-- title = "サービスコード表にないコード"
-- severity = "review"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["service_codes"]
-- source = "明細情報のサービスコードはその提供年月に有効なもの (サービスコード表 service_codes.csv)"
-- why = "廃止されたコードで請求したり、サービスコード表の更新が遅れたりすると起こります。"
-- logic = "明細情報のサービスコードのうち、その月に有効なサービスコード表にないものを挙げます。"
-- [message]
-- default = "{month}のサービスコード表にないコードで請求しています（{observed}）。"
-- [asked]
-- default = "サービスコードと提供年月を確かめ、正しいコードをお知らせください。"
-- [returned]
-- default = "正しいサービスコードに直して{window}に再請求してください。コードが正しいときは、先に市へ連絡してください。"
-- [paid]
-- default = "サービスコードと提供年月を確かめてください。"
-- [known]
-- default = "請求ソフトのサービスコード表が新しいものか確かめてください。"
-- [undetermined]
-- refused_code = "サービスコード表(service_codes.csv)に、この明細書のコードの取り込めなかった行があります"
-- [refused]
-- claims = "明細書はまとめて取り込むか、まとめて取り込まないので、取り込めなければ指摘も出ない"
-- service_codes = "guarded"
SELECT l.facility_no, l.recipient_no, l.service_month, left(l.service_code, 2) AS service_type,
       l.service_code AS observed, l.line_units AS units_at_issue, unless_unreadable('service_codes') AS at_most,
       CASE WHEN code_row_refused(l.service_code) THEN 'refused_code' END AS undetermined
FROM claim_lines l ANTI JOIN codes_of_month s USING (service_code, service_month)
WHERE l.review_month = review_month()
