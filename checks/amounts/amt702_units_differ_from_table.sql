-- code = "AMT702"
-- name = "units-differ-from-table"
-- title = "単位数がサービスコード表と違う"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["service_codes"]
-- source = "明細情報の単位数はサービスコードの単位数 (サービスコード表 service_codes.csv)"
-- why = "報酬改定の前の単位数で請求したり、コードだけを直したりすると起こります。"
-- logic = "明細情報の行の単位数を、その月に有効なサービスコード表の単位数と比べ、どの行とも違うものを挙げます。率で計算するコードと、表にないコードは見ません。"
-- [message]
-- default = "明細の単位数がサービスコード表と違います（請求：{observed}、コード表：{expected}）。"
-- [asked]
-- default = "サービスコードと{month}の単位数を確かめ、どちらが誤りかをお知らせください。"
-- [returned]
-- default = "サービスコードか単位数を直し、合計と請求額も計算し直して{window}に再請求してください。"
-- [paid]
-- default = "サービスコードと{month}の単位数を確かめてください。"
-- [known]
-- default = "請求ソフトのサービスコード表が新しいものか確かめてください。"
-- [undetermined]
-- refused_code = "サービスコード表(service_codes.csv)に、この明細書のコードの取り込めなかった行があります"
-- [refused]
-- claims = "明細書はまとめて取り込むか、まとめて取り込まないので、取り込めなければ指摘も出ない"
-- service_codes = "guarded"
SELECT DISTINCT l.facility_no, l.recipient_no, l.service_month, left(l.service_code, 2) AS service_type,
       format('{} {}単位', l.service_code, l.units) AS observed,
       format('{} {}単位', l.service_code, array_to_string(list_sort([u::VARCHAR FOR u IN k.fixed_units]), 'か')) AS expected,
       list_min([abs(l.units - u) FOR u IN k.fixed_units]) * l.line_count AS units_at_issue,
       unless_unreadable('service_codes') AS at_most,
       CASE WHEN code_row_refused(l.service_code) THEN 'refused_code' END AS undetermined
FROM claim_lines l JOIN codes_of_month k USING (service_code, service_month)
WHERE l.review_month = review_month() AND NOT list_contains(k.fixed_units, l.units)
