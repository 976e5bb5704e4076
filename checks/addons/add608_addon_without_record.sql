-- code = "ADD608"
-- name = "addon-without-record"
-- title = "実績記録票の記録より多い加算"
-- severity = "review"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["service_codes"]
-- source = "加算ごとの実績記録票の記載 data/rules/evidence.csv (各行の出典による)"
-- why = "実績記録票の加算欄の書き漏れや、行わなかった日の加算の消し忘れで起こります。"
-- logic = "サービス種類ごとに、実績記録票に記録欄のある加算(data/rules/evidence.csv)の回数の合計が、同じ事業所・受給者・月・種類の実績記録票の記録の数より多いものを挙げます。一つの欄に一つの符号しか書けない二つの加算(家族支援の(Ⅰ)と(Ⅱ))がともにあれば、どちらも見ません。その種類の実績記録票がなければ見ません。"
-- [message]
-- default = "加算の回数が、{services}の実績記録票の記録より多くなっています（算定：{observed}、記録：{expected}）。"
-- [asked]
-- default = "加算の記録を確かめ、実績記録票の書き漏れか、算定の誤りかをお知らせください。"
-- [returned]
-- default = "書き漏れであれば実績記録票を、算定の誤りであれば加算の回数を直して{window}に再請求してください。"
-- [paid]
-- default = "加算の記録と回数を確かめてください。"
-- [known]
-- default = "次の請求から、加算の回数を実績記録票の記録と比べてください。"
-- [undetermined]
-- no_rule = "この月の加算の記録のしかたが登録されていません(data/rules/evidence.csv)"
-- refused_code = "サービスコード表(service_codes.csv)に、この明細書のコードの取り込めなかった行があります"
-- [refused]
-- claims = "明細書はまとめて取り込むか、まとめて取り込まないので、取り込めなければ指摘も出ない"
-- attendance = "その種類の実績記録票がなければ見ない"
-- service_codes = "guarded"
WITH billed AS (
    SELECT b.facility_no, b.recipient_no, b.service_month, b.service_type, b.addon_key, min(b.name) AS name,
           sum(b.line_count) AS times, sum(b.line_units) AS units,
           EXISTS (FROM rule_evidence e WHERE e.addon_key = b.addon_key
                                          AND b.service_month BETWEEN e.valid_from AND e.valid_to) AS ruled,
           EXISTS (FROM rule_evidence e JOIN rule_evidence s ON s.record_item = e.record_item AND s.addon_key <> e.addon_key
                   WHERE e.addon_key = b.addon_key) AS shares_item
    FROM addons_billed b
    SEMI JOIN rule_evidence r ON r.addon_key = b.addon_key AND coalesce(r.service_type, b.service_type) = b.service_type
    -- An item of a row holds one code: two add-ons that share it may be on one day with room for one.
    ANTI JOIN (SELECT e.addon_key, o.facility_no, o.recipient_no, o.service_month, o.service_type
               FROM rule_evidence e JOIN rule_evidence s ON s.record_item = e.record_item AND s.addon_key <> e.addon_key
               JOIN addons_billed o ON o.addon_key = s.addon_key) o
        USING (facility_no, recipient_no, service_month, service_type, addon_key)
    SEMI JOIN attendance_typed a ON a.facility_no = b.facility_no AND a.recipient_no = b.recipient_no
                                AND a.service_month = b.service_month AND a.service_type = b.service_type
    GROUP BY ALL
), recorded AS (
    -- Some items hold how many times it was done, the others a code in each row where it was done.
    SELECT v.facility_no, v.recipient_no, v.service_month, v.service_type, e.addon_key,
           sum(v.row_count * CASE e.counted WHEN 'times' THEN v.value ELSE 1 END) AS times
    FROM record_values v
    JOIN rule_evidence e ON e.record_item = v.record_item AND v.value BETWEEN e.value_from AND e.value_to
                        AND coalesce(e.service_type, v.service_type) = v.service_type
                        AND v.service_month BETWEEN e.valid_from AND e.valid_to
    GROUP BY ALL
)
SELECT b.facility_no, b.recipient_no, b.service_month, b.service_type,
       format('{} {}回', b.name, b.times) AS observed, format('{} {}回', b.name, coalesce(r.times, 0)) AS expected,
       b.units * (b.times - coalesce(r.times, 0)) // b.times AS units_at_issue,
       -- Only a code of the add-on that shares the item could take the finding away.
       CASE WHEN NOT b.ruled THEN 'no_rule' WHEN b.shares_item AND c.facility_no IS NOT NULL THEN 'refused_code' END
           AS undetermined,
       unless_unreadable('service_codes') AS at_most
FROM billed b LEFT JOIN recorded r USING (facility_no, recipient_no, service_month, service_type, addon_key)
LEFT JOIN codes_refused c USING (facility_no, recipient_no, service_month, service_type)
WHERE b.times > coalesce(r.times, 0)
