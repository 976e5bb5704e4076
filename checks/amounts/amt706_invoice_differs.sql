-- code = "AMT706"
-- name = "invoice-differs"
-- title = "請求書の合計が明細書と違う"
-- severity = "review"
-- subject = "facility"
-- needs = []
-- source = "請求書の合計欄は明細書の件数と金額の合計 (インタフェース仕様書 サービス事業所編 令和7年4月版 K112-01 項目6・17〜23、K112-02 項目9〜13)"
-- why = "明細書を足したり消したりした後に、請求書を作り直さなかったときに起こります。"
-- logic = "請求書の合計の件数・単位数・費用合計・給付費請求額・利用者負担額を、同じファイルの同じ事業所・市町村・提供年月の明細書の件数と合計に比べ、違うものを挙げます。件数は明細書の数でも、サービス種類ごとに数えた数でもかまいません。利用者負担額は自治体助成分を引いたものです。請求金額は合計の給付費・特別対策費・自治体助成額の和と、種類ごとの明細(給付種別1)は明細書のその種類の合計と比べます。その中に取り込めなかった明細書があれば判定しません。"
-- [message]
-- default = "{month}の請求書の合計が、同じファイルの明細書の合計と合いません（{detail}）。"
-- [asked]
-- default = "請求書と明細書のどちらが正しいか、足りない明細書がないかを確かめ、お知らせください。"
-- [known]
-- default = "請求書と明細書を比べ、足りない明細書や誤った請求書があれば市へ連絡してください。"
-- [undetermined]
-- refused = "同じファイルに取り込めなかった明細書があります"
-- [refused]
-- claims = "guarded"
-- invoices = "請求書がなければ指摘も出ない"
WITH claimed AS (
    SELECT c.file, c.facility_no, c.municipality_no, c.service_month, count(*) AS claims, sum(t.types) AS services,
           sum(c.total_units) AS units, sum(c.total_cost) AS cost, sum(c.benefit_yen) AS benefit,
           sum(c.decided_burden - coalesce(c.subsidy_yen, 0)) AS burden
    FROM claims_now c
    LEFT JOIN (SELECT review_month, file, group_line, count(DISTINCT service_type) AS types FROM claim_totals GROUP BY ALL) t
        USING (review_month, file, group_line)
    GROUP BY ALL
), claimed_services AS (
    SELECT c.file, c.facility_no, c.municipality_no, c.service_month, t.service_type, sum(t.units) AS units,
           sum(t.total_cost) AS cost, sum(t.benefit_yen) AS benefit,
           sum(t.decided_burden - coalesce(t.subsidy_yen, 0)) AS burden
    FROM claims_now c JOIN claim_totals t USING (review_month, file, group_line)
    GROUP BY ALL
), compared AS (
    SELECT i.file, i.facility_no, i.service_month, unnest([
        {'item': '件数', 'is': i.total_count,
         'must': CASE WHEN i.total_count = c.services THEN c.services ELSE coalesce(c.claims, 0) END},
        {'item': '単位数', 'is': i.total_units, 'must': coalesce(c.units, 0)},
        {'item': '費用合計', 'is': i.total_cost, 'must': coalesce(c.cost, 0)},
        {'item': '給付費請求額', 'is': i.total_benefit, 'must': coalesce(c.benefit, 0)},
        {'item': '利用者負担額', 'is': i.total_burden, 'must': coalesce(c.burden, 0)},
        {'item': '請求金額', 'is': i.billed_yen,
         'must': i.total_benefit + coalesce(i.total_special, 0) + coalesce(i.total_subsidy, 0)}]) AS part
    FROM invoices i LEFT JOIN claimed c USING (file, facility_no, municipality_no, service_month)
    WHERE i.review_month = review_month()
    UNION ALL
    SELECT i.file, i.facility_no, i.service_month, unnest([
        {'item': i.service_type || 'の単位数', 'is': i.units, 'must': coalesce(c.units, 0)},
        {'item': i.service_type || 'の費用合計', 'is': i.total_cost, 'must': coalesce(c.cost, 0)},
        {'item': i.service_type || 'の給付費請求額', 'is': i.benefit_yen, 'must': coalesce(c.benefit, 0)},
        {'item': i.service_type || 'の利用者負担額', 'is': i.burden, 'must': coalesce(c.burden, 0)}])
    FROM invoice_totals i LEFT JOIN claimed_services c USING (file, facility_no, municipality_no, service_month, service_type)
    WHERE i.review_month = review_month() AND i.benefit_class = '1'
), judged AS (
    SELECT *, EXISTS (FROM refused_now r
                      WHERE r.file = c.file AND coalesce(r.unit, 'claim') = 'claim'
                        AND coalesce(r.facility_no, c.facility_no) = c.facility_no
                        AND coalesce(r.service_month, c.service_month) = c.service_month) AS refused
    FROM compared c
)
SELECT facility_no, NULL AS recipient_no, service_month, format('{} {}', part.item, part.is) AS observed,
       format('{} {}', part.item, part.must) AS expected,
       format('{}: 請求書 {}{}、明細書 {}{}', coalesce(t.label || substr(part.item, 3), part.item), part.is, unit, part.must, unit)
           AS detail,
       CASE WHEN refused THEN 'refused' END AS undetermined
FROM judged j
LEFT JOIN rule_service_types t ON t.service_type = left(part.item, 2),
LATERAL (SELECT CASE WHEN j.part.item = '件数' THEN '件' WHEN j.part.item LIKE '%単位数' THEN '単位' ELSE '円' END AS unit)
WHERE refused OR part.is <> part.must
