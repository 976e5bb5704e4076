-- code = "AMT701"
-- name = "line-units"
-- title = "サービス単位数の計算の誤り"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = []
-- source = "明細情報のサービス単位数は単位数に回数を掛けたもの (インタフェース仕様書 サービス事業所編 令和7年4月版 K122-03 項目8〜10)"
-- why = "請求ソフトを使わずに作ったファイルや、回数だけを手で直したファイルで起こります。"
-- logic = "明細書の明細情報の行のうち、サービス単位数が単位数×回数と違うものを挙げます。"
-- [message]
-- default = "明細のサービス単位数が単位数×回数と合いません（請求：{observed}、計算：{expected}）。"
-- [asked]
-- default = "単位数・回数・サービス単位数のどれが誤りかを確かめ、お知らせください。"
-- [returned]
-- default = "単位数・回数・サービス単位数を直し、合計と請求額も計算し直して{window}に再請求してください。"
-- [paid]
-- default = "単位数・回数・サービス単位数を確かめてください。"
-- [known]
-- default = "請求ソフトの計算に誤りがないか確かめてください。"
-- [refused]
-- claims = "明細書はまとめて取り込むか、まとめて取り込まないので、取り込めなければ指摘も出ない"
SELECT l.facility_no, l.recipient_no, l.service_month, left(l.service_code, 2) AS service_type,
       format('{} {}単位', l.service_code, l.line_units) AS observed,
       format('{} {}単位', l.service_code, l.units * l.line_count) AS expected,
       abs(l.line_units - l.units * l.line_count) AS units_at_issue
FROM claim_lines l
WHERE l.review_month = review_month() AND l.line_units <> l.units * l.line_count
