-- code = "AMT705"
-- name = "burden"
-- title = "利用者負担額と請求額の計算の誤り"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = []
-- source = "請求額集計欄の合計は集計情報の合計、給付費は総費用額から決定利用者負担額を引いたもの (インタフェース仕様書 サービス事業所編 令和7年4月版 K122-01 項目20〜28)"
-- why = "上限額管理の結果を入れ直した後に、合計欄を作り直さなかったときなどに起こります。"
-- logic = "決定利用者負担額が上限月額を超えるもの、給付費が総費用額−決定利用者負担額と違うもの、給付単位数・総費用額・決定利用者負担額・給付費が集計情報の合計と違うものを挙げます。"
-- [message]
-- default = "明細書の合計欄の計算が合いません（請求：{observed}、計算：{expected}）。"
-- [asked]
-- default = "集計情報・合計欄・利用者負担額を確かめ、どこが誤りかをお知らせください。"
-- [returned]
-- default = "集計情報・合計欄・利用者負担額を計算し直して{window}に再請求してください。"
-- [paid]
-- default = "集計情報・合計欄・利用者負担額を確かめてください。"
-- [known]
-- default = "請求ソフトの計算に誤りがないか確かめてください。"
-- [refused]
-- claims = "明細書はまとめて取り込むか、まとめて取り込まないので、取り込めなければ指摘も出ない"
WITH sums AS (
    SELECT review_month, file, group_line, sum(units) AS units, sum(total_cost) AS cost,
           sum(decided_burden) AS burden, sum(benefit_yen) AS benefit
    FROM claim_totals WHERE review_month = review_month() GROUP BY ALL
), compared AS (
    SELECT c.facility_no, c.recipient_no, c.service_month, unnest([
        {'item': '決定利用者負担額', 'wrong': c.decided_burden > c.burden_cap,
         'is': c.decided_burden, 'must': c.burden_cap, 'unit': '円', 'most': '以下'},
        {'item': '給付費', 'wrong': c.benefit_yen <> c.total_cost - c.decided_burden,
         'is': c.benefit_yen, 'must': c.total_cost - c.decided_burden, 'unit': '円', 'most': ''},
        {'item': '給付単位数の合計', 'wrong': c.total_units <> coalesce(s.units, 0),
         'is': c.total_units, 'must': coalesce(s.units, 0), 'unit': '単位', 'most': ''},
        {'item': '総費用額の合計', 'wrong': c.total_cost <> coalesce(s.cost, 0),
         'is': c.total_cost, 'must': coalesce(s.cost, 0), 'unit': '円', 'most': ''},
        {'item': '決定利用者負担額の合計', 'wrong': c.decided_burden <> coalesce(s.burden, 0),
         'is': c.decided_burden, 'must': coalesce(s.burden, 0), 'unit': '円', 'most': ''},
        {'item': '給付費の合計', 'wrong': c.benefit_yen <> coalesce(s.benefit, 0),
         'is': c.benefit_yen, 'must': coalesce(s.benefit, 0), 'unit': '円', 'most': ''}]) AS part
    FROM claims_now c LEFT JOIN sums s USING (review_month, file, group_line)
)
SELECT facility_no, recipient_no, service_month, format('{} {}{}', part.item, part.is, part.unit) AS observed,
       format('{} {}{}{}', part.item, part.must, part.unit, part.most) AS expected,
       -- The items follow from each other: of several the largest difference.
       CASE WHEN row_number() OVER (PARTITION BY facility_no, recipient_no, service_month
                                    ORDER BY part.unit = '円' DESC, abs(part.is - part.must) DESC, part.item) = 1
                 AND part.unit = '円' THEN abs(part.is - part.must) END AS at_issue
FROM compared WHERE part.wrong
