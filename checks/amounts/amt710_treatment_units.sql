-- code = "AMT710"
-- name = "treatment-units"
-- title = "処遇改善加算の単位数の誤り"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["service_codes"]
-- source = "処遇改善加算の率 data/rules/treatment_rates.csv (各行の出典による)。端数は四捨五入"
-- why = "明細を直した後に処遇改善加算を計算し直さなかったり、前の率のまま計算したりすると起こります。"
-- logic = "サービス種類ごとに、率で算定する処遇改善加算の行の単位数(明細情報の項番8)を、その種類のほかのすべての行のサービス単位数の合計に、その月のその区分の率(data/rules/treatment_rates.csv)を掛け、1単位未満を四捨五入したものと比べ、違うものを挙げます。ほかにも率の行があるときや、率が確かでないときは要確認です。処遇改善加算の行がいくつもあるとき、率がわからないときは判定しません。"
-- [message]
-- default = "処遇改善加算の単位数が計算と合いません（請求：{observed}、計算：{expected}）。"
-- other_rate = "処遇改善加算の単位数が、ほかのすべての行の合計に率を掛けたものと違います（請求：{observed}、計算：{expected}）。率で算定する行がほかにもあります。"
-- [asked]
-- default = "{services}の明細の合計と処遇改善加算の率を確かめ、正しい単位数をお知らせください。"
-- other_rate = "{services}の率で算定する行の順序を確かめ、計算のしかたをお知らせください。"
-- [returned]
-- default = "{services}の明細の合計に処遇改善加算の率を掛け直し、請求額も計算し直して{window}に再請求してください。"
-- other_rate = "{services}の率で算定する行を正しい順序で計算し直して{window}に再請求してください。"
-- [paid]
-- default = "{services}の処遇改善加算の計算を確かめてください。"
-- [known]
-- default = "次の請求から、処遇改善加算の計算を確かめてください。"
-- [undetermined]
-- several = "同じサービス種類に処遇改善加算の行がいくつもあり、どの行の合計に率を掛けたかわかりません"
-- no_rate = "この月のこの区分の処遇改善加算の率が登録されていません(data/rules/treatment_rates.csv)"
-- refused_code = "サービスコード表(service_codes.csv)に、この明細書のコードの取り込めなかった行があります"
-- [refused]
-- claims = "明細書はまとめて取り込むか、まとめて取り込まないので、取り込めなければ指摘も出ない"
-- service_codes = "guarded"
WITH rates AS (
    SELECT l.*, k.addon_key IS NOT NULL AS treatment
    FROM coded_lines l
    LEFT JOIN (FROM code_keys WHERE addon_key = 'treatment_improvement') k USING (service_code, service_month)
    WHERE l.class = '率'
), treatments AS (
    SELECT facility_no, recipient_no, service_month, service_type, count(*) FILTER (treatment) AS lines,
           count(*) FILTER (NOT treatment) AS other_rates, min(service_code) FILTER (treatment) AS service_code,
           min(units) FILTER (treatment) AS units, sum(line_units) FILTER (treatment) AS own_units
    FROM rates GROUP BY ALL HAVING lines > 0
), sums AS (
    SELECT facility_no, recipient_no, service_month, left(service_code, 2) AS service_type, sum(line_units) AS units
    FROM claim_lines WHERE review_month = review_month() GROUP BY ALL
), judged AS (
    SELECT t.*, r.permille, r.severity AS sure,
           -- Half a unit is rounded up.
           floor_div((s.units - coalesce(t.own_units, 0))::BIGINT * r.permille + 500, 1000) AS right_units
    FROM treatments t
    JOIN sums s USING (facility_no, recipient_no, service_month, service_type)
    LEFT JOIN rule_treatment_rates r ON r.service_code = t.service_code
                                    AND t.service_month BETWEEN r.valid_from AND r.valid_to
)
SELECT j.facility_no, j.recipient_no, j.service_month, j.service_type,
       format('{} {}単位', j.service_code, coalesce(j.units, 0)) AS observed,
       format('{} {}単位', j.service_code, j.right_units) AS expected,
       abs(coalesce(j.units, 0) - j.right_units) AS units_at_issue,
       CASE WHEN j.other_rates > 0 THEN 'other_rate' END AS reason,
       CASE WHEN j.other_rates > 0 THEN 'review' END AS severity,
       coalesce(j.sure, unless_unreadable('service_codes')) AS at_most,
       CASE WHEN j.lines > 1 THEN 'several' WHEN j.permille IS NULL THEN 'no_rate'
            WHEN c.facility_no IS NOT NULL THEN 'refused_code' END AS undetermined
FROM judged j LEFT JOIN codes_refused c USING (facility_no, recipient_no, service_month, service_type)
WHERE j.lines > 1 OR j.permille IS NULL OR coalesce(j.units, 0) <> j.right_units
