-- code = "AMT711"
-- name = "treatment-class-ended"
-- title = "この月に算定できない処遇改善加算の区分"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = []
-- source = "処遇改善加算の区分のある期間 data/rules/treatment_rates.csv (各行の出典による)"
-- why = "処遇改善加算の区分が廃止されたり変わったりした後も、前の区分のコードのまま請求すると起こります。"
-- logic = "明細情報のサービスコードが処遇改善加算の区分の表(data/rules/treatment_rates.csv)にあり、サービス提供年月に有効な行が一つもないものを挙げます。そのコードに確かでない行があれば要確認です。"
-- [message]
-- default = "{month}には算定できない区分の処遇改善加算({observed})を算定しています。"
-- [asked]
-- default = "{month}に届け出ている処遇改善加算の区分を確かめ、お知らせください。"
-- [returned]
-- default = "届け出ている区分に合わせて、{services}のコード・単位数・請求額を直して{window}に再請求してください。"
-- [paid]
-- default = "{month}に届け出ている処遇改善加算の区分を確かめてください。"
-- [known]
-- default = "次の請求から、届け出ている処遇改善加算の区分で算定してください。"
-- [refused]
-- claims = "明細書はまとめて取り込むか、まとめて取り込まないので、取り込めなければ指摘も出ない"
SELECT l.facility_no, l.recipient_no, l.service_month, left(l.service_code, 2) AS service_type, l.service_code AS observed,
       max(r.severity) AS at_most, max(l.line_units) AS units_at_issue
FROM claim_lines l JOIN rule_treatment_rates r USING (service_code)
WHERE l.review_month = review_month()
GROUP BY ALL HAVING NOT bool_or(l.service_month BETWEEN r.valid_from AND r.valid_to)
