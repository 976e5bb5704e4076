-- code = "ADD602"
-- name = "absence-count-differs"
-- title = "欠席時対応加算の回数が記録と違う"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["service_codes"]
-- source = "欠席時対応加算は実績記録票のサービス提供の状況「8 欠席」に記録する (インタフェース仕様書 サービス事業所編 令和7年4月版 pp.143-146)"
-- why = "欠席の記録を付け忘れたり、連絡や相談援助のない欠席まで算定したりすると起こります。"
-- logic = "明細書の欠席時対応加算の回数の合計と、同じ事業所・受給者・月の実績記録票の「8 欠席」の行数を比べます(実績記録票がなければ0)。算定が多ければ返戻相当、少なければ参考です。取り込めなかった実績記録票に欠席の記録があるかもしれないときは判定しません。"
-- [message]
-- over = "欠席時対応加算を{observed}回算定していますが、実績記録票の欠席の記録は{expected}回です。"
-- under = "欠席時対応加算の算定{observed}回が、実績記録票の欠席の記録{expected}回より少なくなっています。"
-- [asked]
-- over = "欠席の記録を確かめ、欠席時対応加算の正しい回数をお知らせください。"
-- under = "欠席時対応加算の請求漏れがないか確かめ、お知らせください。"
-- [returned]
-- over = "欠席時対応加算の回数か実績記録票を直して{window}に再請求してください。"
-- under = "請求漏れであれば、欠席時対応加算の回数も直して{window}に再請求してください。"
-- [paid]
-- over = "欠席の記録と、欠席時対応加算の回数を確かめてください。"
-- under = "欠席時対応加算の請求漏れがないか確かめてください。"
-- [known]
-- over = "次の請求から、欠席時対応加算の回数を欠席の記録と比べてください。"
-- under = "欠席時対応加算の請求漏れがないか確かめてください。"
-- [undetermined]
-- refused = "取り込めなかった実績記録票に欠席の記録があるかもしれません"
-- refused_code = "サービスコード表(service_codes.csv)に、この明細書のコードの取り込めなかった行があります"
-- [refused]
-- claims = "明細書はまとめて取り込むか、まとめて取り込まないので、取り込めなければ指摘も出ない"
-- attendance = "guarded"
-- service_codes = "guarded"
WITH billed AS (
    SELECT facility_no, recipient_no, service_month, sum(line_count) AS times, sum(line_units) AS units
    FROM addons_billed WHERE addon_key = 'absence' GROUP BY ALL
), recorded AS (
    SELECT facility_no, recipient_no, service_month, count(*) AS times
    FROM day_rows WHERE day_kind = 'absence' GROUP BY ALL
), compared AS (
    SELECT c.facility_no, c.recipient_no, c.service_month, coalesce(b.times, 0) AS billed,
           coalesce(r.times, 0) AS recorded, b.units
    FROM claims_now c
    LEFT JOIN billed b USING (facility_no, recipient_no, service_month)
    LEFT JOIN recorded r USING (facility_no, recipient_no, service_month)
)
SELECT c.facility_no, c.recipient_no, c.service_month, c.billed::VARCHAR AS observed, c.recorded::VARCHAR AS expected,
       CASE WHEN c.billed > c.recorded THEN c.units * (c.billed - c.recorded) // c.billed END AS units_at_issue,
       CASE WHEN c.billed > c.recorded THEN 'over' ELSE 'under' END AS reason,
       CASE WHEN c.billed > c.recorded THEN 'return' ELSE 'notice' END AS severity,
       -- More records can only come to light among the refused, and more that is billed among the codes, never less.
       CASE WHEN c.billed > c.recorded AND key_refused('attendance', c.facility_no, c.recipient_no, c.service_month)
            THEN 'refused'
            WHEN c.billed < c.recorded
                 AND EXISTS (FROM codes_refused d WHERE d.facility_no = c.facility_no AND d.recipient_no = c.recipient_no
                                                    AND d.service_month = c.service_month)
            THEN 'refused_code' END AS undetermined
FROM compared c
WHERE c.billed <> c.recorded
