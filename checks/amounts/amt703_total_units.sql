-- code = "AMT703"
-- name = "total-units"
-- title = "給付単位数の合計の誤り"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = []
-- source = "集計情報の給付単位数はサービス種類ごとの明細情報の合計 (インタフェース仕様書 サービス事業所編 令和7年4月版 K122-04 項目10)"
-- why = "明細を直した後に、集計を作り直さなかったときに起こります。"
-- logic = "サービス種類ごとに、集計情報の給付単位数の合計と、明細情報のサービス単位数の合計を比べ、違うものを挙げます。どちらかにだけある種類は、もう一方を0とします。"
-- [message]
-- default = "{services}の給付単位数の合計が明細と合いません（集計：{observed}単位、明細の合計：{expected}単位）。"
-- [asked]
-- default = "明細と集計のどちらが正しいかを確かめ、お知らせください。"
-- [returned]
-- default = "明細と集計をそろえ、請求額も計算し直して{window}に再請求してください。"
-- [paid]
-- default = "明細と集計のどちらが正しいかを確かめてください。"
-- [known]
-- default = "請求ソフトの計算に誤りがないか確かめてください。"
-- [refused]
-- claims = "明細書はまとめて取り込むか、まとめて取り込まないので、取り込めなければ指摘も出ない"
WITH lines AS (
    SELECT facility_no, recipient_no, service_month, left(service_code, 2) AS service_type, sum(line_units) AS units
    FROM claim_lines WHERE review_month = review_month() GROUP BY ALL
), totals AS (
    SELECT facility_no, recipient_no, service_month, service_type, sum(units) AS units
    FROM claim_totals WHERE review_month = review_month() GROUP BY ALL
)
SELECT facility_no, recipient_no, service_month, service_type, coalesce(t.units, 0)::VARCHAR AS observed,
       coalesce(l.units, 0)::VARCHAR AS expected, abs(coalesce(t.units, 0) - coalesce(l.units, 0)) AS units_at_issue
FROM totals t FULL JOIN lines l USING (facility_no, recipient_no, service_month, service_type)
WHERE coalesce(t.units, 0) <> coalesce(l.units, 0)
