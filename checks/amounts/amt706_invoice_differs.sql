-- code = "AMT706"
-- name = "invoice-differs"
-- title = "請求書の合計が明細書と違う"
-- severity = "review"
-- subject = "facility"
-- needs = []
-- source = "請求書の合計欄は明細書の件数と金額の合計 (インタフェース仕様書 サービス事業所編 令和7年4月版 K112-01 項目17〜20)"
-- why = "明細書を足したり消したりした後に、請求書を作り直さなかったときに起こります。"
-- logic = "請求書の合計の件数・単位数・費用合計・給付費請求額を、同じファイルの同じ事業所・提供年月の明細書の件数と合計に比べ、違うものを挙げます。その中に取り込めなかった明細書があれば判定しません。"
-- [message]
-- default = "{month}の請求書の合計が、同じファイルの明細書の合計と合いません（請求書：{observed}、明細書：{expected}）。"
-- [action]
-- default = "請求書と明細書のどちらが正しいか確かめ、足りない明細書や誤った請求書がないか市へ連絡してください。"
-- [undetermined]
-- refused = "同じファイルに取り込めなかった明細書があります"
WITH claimed AS (
    SELECT file, facility_no, municipality_no, service_month, count(*) AS claims, sum(total_units) AS units,
           sum(total_cost) AS cost, sum(benefit_yen) AS benefit
    FROM claims_now GROUP BY ALL
), compared AS (
    SELECT i.facility_no, i.service_month,
           EXISTS (FROM refused_now r
                   WHERE r.file = i.file AND coalesce(r.unit, 'claim') = 'claim'
                     AND coalesce(r.facility_no, i.facility_no) = i.facility_no
                     AND coalesce(r.service_month, i.service_month) = i.service_month) AS refused,
           unnest([
               {'item': '件数', 'is': i.total_count, 'must': coalesce(c.claims, 0)},
               {'item': '単位数', 'is': i.total_units, 'must': coalesce(c.units, 0)},
               {'item': '費用合計', 'is': i.total_cost, 'must': coalesce(c.cost, 0)},
               {'item': '給付費請求額', 'is': i.total_benefit, 'must': coalesce(c.benefit, 0)}]) AS part
    FROM invoices i LEFT JOIN claimed c USING (file, facility_no, municipality_no, service_month)
    WHERE i.review_month = review_month()
)
SELECT facility_no, NULL AS recipient_no, service_month, format('{} {}', part.item, part.is) AS observed,
       format('{} {}', part.item, part.must) AS expected, CASE WHEN refused THEN 'refused' END AS undetermined
FROM compared WHERE refused OR part.is <> part.must
