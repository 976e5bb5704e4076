-- code = "FAC511"
-- name = "staffing-addon-while-short"
-- title = "人員欠如の月の加配などの加算"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["facilities", "facility_addons", "service_codes"]
-- source = "人員欠如の月は加配などの加算を算定できない (川越市 令和6年度集団指導資料 ⑸、会計検査院 令和4年度決算検査報告)"
-- why = "欠如減算の届出をしても、児童指導員等加配などの加算をそのままにすると起こります(会計検査院が119事業所を指摘しました)。"
-- logic = "従業者欠如か児童発達支援管理責任者欠如の減算が月に重なる事業所・種類で、児童指導員等加配・専門的支援体制・看護職員加配のいずれかのある明細書を挙げます。"
-- role = "state_of_facility"
-- [message]
-- default = "{month}は人員欠如減算の期間ですが、{services}で{observed}を算定しています。"
-- [asked]
-- default = "人員欠如の期間を確かめ、欠如が解消していれば、そのことをお知らせください。"
-- [returned]
-- default = "人員欠如の期間の加算を外して{window}に再請求してください。欠如が解消しているときは、先に終了の届出を出してください。"
-- [paid]
-- default = "人員欠如の期間を確かめてください。"
-- [known]
-- default = "人員欠如が解消したら、終了の届出を出してください。"
-- [undetermined]
-- unknown = "事業所が障害児施設台帳(facilities.csv)にありません"
-- [refused]
-- claims = "取り込めなかった明細書には指摘も出ない"
-- attendance = "読まない月の明細書を除くためだけに読む"
-- facilities = "台帳にない事業所を判定しないためだけに読む"
-- facility_addons = "減算の行がなければ、指摘も出ない"
-- service_codes = "行がなければ加算がわからず、指摘も出ない"
SELECT l.facility_no, l.recipient_no, l.service_month, l.service_type, coalesce(s.name, '') || '(' || l.service_code || ')' AS observed,
       l.line_units AS units_at_issue, CASE WHEN x.facility_no IS NOT NULL THEN 'unknown' END AS undetermined
FROM coded_lines l
JOIN codes_of_month s USING (service_code, service_month)
LEFT JOIN unknown_facilities x USING (facility_no)
WHERE list_has_any(s.addon_keys, ['staffing_plus', 'specialist_system', 'nurse_plus'])
  AND EXISTS (
      FROM registrations r
      WHERE r.class = '減算' AND r.staged_key IN ('reduction_staff_shortage', 'reduction_manager_shortage')
        AND r.facility_no = l.facility_no AND r.service_month = l.service_month AND r.service_type = l.service_type
        AND (r.recipient_no IS NULL OR r.recipient_no = l.recipient_no))
