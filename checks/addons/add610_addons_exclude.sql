-- code = "ADD610"
-- name = "addons-exclude"
-- title = "同じ月に算定できない加算の組み合わせ"
-- severity = "review"
-- subject = "claim"
-- needs = ["service_codes"]
-- source = "同じ月に算定できない加算 data/rules/exclusive_addons.csv (各行の出典による)"
-- why = "似た名前の加算の違いを確かめずに、両方を算定すると起こります。"
-- logic = "明細書に、同じ月に算定できないと決まりの表(data/rules/exclusive_addons.csv)にある二つの加算の行がともにあるものを挙げます。"
-- [message]
-- default = "{month}に{observed}を算定していますが、この二つは同じ月に算定できません。"
-- [asked]
-- default = "どちらの加算の要件に当たるかを記録で確かめ、お知らせください。"
-- [returned]
-- default = "要件に当たらない方の加算を除いて{window}に再請求してください。"
-- [paid]
-- default = "どちらの加算の要件に当たるかを記録で確かめてください。"
-- [known]
-- default = "次の請求から、この二つの加算を同じ月に算定していないか確かめてください。"
-- [undetermined]
-- no_rule = "この月の、同じ月に算定できない加算の決まりが登録されていません(data/rules/exclusive_addons.csv)"
-- [refused]
-- claims = "明細書はまとめて取り込むか、まとめて取り込まないので、取り込めなければ指摘も出ない"
-- service_codes = "行がなければ加算がわからず、指摘も出ない"
SELECT a.facility_no, a.recipient_no, a.service_month,
       format('{}と{}', addon_name(r.addon_key), addon_name(r.other_key)) AS observed,
       max(r.severity) FILTER (a.service_month BETWEEN r.valid_from AND r.valid_to) AS at_most,
       CASE WHEN NOT bool_or(a.service_month BETWEEN r.valid_from AND r.valid_to) THEN 'no_rule' END AS undetermined
FROM rule_exclusive_addons r
JOIN claim_keys a ON a.addon_key = r.addon_key
JOIN claim_keys b ON b.addon_key = r.other_key AND b.facility_no = a.facility_no AND b.recipient_no = a.recipient_no
                 AND b.service_month = a.service_month
WHERE r.scope = 'month'
GROUP BY a.facility_no, a.recipient_no, a.service_month, r.addon_key, r.other_key
