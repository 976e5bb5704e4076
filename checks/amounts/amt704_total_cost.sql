-- code = "AMT704"
-- name = "total-cost"
-- title = "総費用額の計算の誤り"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = []
-- source = "総費用額は給付単位数に単位数単価を掛けて1円未満を切り捨てたもの (インタフェース仕様書 サービス事業所編 令和7年4月版 K122-04 項目10・11・13)"
-- why = "単価を直した後に計算し直さなかったり、端数を四捨五入したりすると起こります。"
-- logic = "集計情報の行ごとに、総費用額が給付単位数×単位数単価(1円未満切捨て)と違うものを挙げます。"
-- [message]
-- default = "{services}の総費用額が給付単位数×単位数単価（1円未満切捨て）と合いません（請求：{observed}、計算：{expected}）。"
-- [asked]
-- default = "給付単位数と単位数単価を確かめ、正しい総費用額をお知らせください。"
-- [returned]
-- default = "総費用額と、それをもとにした金額を計算し直して{window}に再請求してください。"
-- [paid]
-- default = "給付単位数・単位数単価・総費用額を確かめてください。"
-- [known]
-- default = "請求ソフトの計算に誤りがないか確かめてください。"
-- [refused]
-- claims = "明細書はまとめて取り込むか、まとめて取り込まないので、取り込めなければ指摘も出ない"
SELECT t.facility_no, t.recipient_no, t.service_month, t.service_type,
       format('{}単位 {}円', t.units, t.total_cost) AS observed,
       format('{}単位 {}円', t.units, floor_div(t.units * t.unit_price, 1000)) AS expected,
       abs(t.total_cost - floor_div(t.units * t.unit_price, 1000)) AS at_issue
FROM claim_totals t  -- its unit price is in 1/1000 yen
WHERE t.review_month = review_month() AND t.total_cost <> floor_div(t.units * t.unit_price, 1000)
