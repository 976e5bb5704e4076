-- code = "ADD611"
-- name = "coordination-record-missing"
-- title = "会議の記録が市に届いていない事業所間連携加算(Ⅰ)"
-- severity = "review"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["plans", "plans.record_date", "service_codes"]
-- source = "コア連携事業所は事業所間連携会議の記録を市町村に共有する (こども家庭庁事務連絡 令和6年5月2日 Ⅱの3③)"
-- why = "会議の後に記録をまとめるのが遅れたり、市への送付を忘れたりすると起こります。"
-- logic = "事業所間連携加算(Ⅰ)を算定した児童のうち、月に重なるセルフプランのどの行にも、その月の初日以後の記録受領日がないものを挙げます。台帳に記録受領日が一つもなければ、どの明細書も判定しません。"
-- [message]
-- default = "事業所間連携加算(Ⅰ)を算定していますが、{month}の事業所間連携会議の記録を市が受け取っていません。"
-- [asked]
-- default = "{month}に開いた会議の記録を市へ送ってください。会議を開いていなければ、そのことをお知らせください。"
-- [returned]
-- default = "会議を開いていれば記録を市へ送り、開いていなければ加算を除いて、{window}に再請求してください。"
-- [paid]
-- default = "会議を開いていれば、その記録を市へ送ってください。"
-- [known]
-- default = "会議を開いたら、その月のうちに記録を市へ送ってください。"
-- [undetermined]
-- refused_plan = "利用計画(plans.csv)に、取り込めなかったこの児童の行があります"
-- [refused]
-- claims = "取り込めなかった明細書には指摘も出ず、他の事業所の明細書は見ない"
-- plans = "guarded"
-- service_codes = "行がなければ加算がわからず、指摘も出ない"
SELECT k.facility_no, k.recipient_no, k.service_month, k.core_units AS units_at_issue, unless_unreadable('plans') AS at_most,
       CASE WHEN row_refused('plans', k.recipient_no) THEN 'refused_plan' END AS undetermined
FROM coordination_claims k
WHERE k.core AND NOT k.decided_before
  AND NOT EXISTS (FROM self_plans p WHERE p.recipient_no = k.recipient_no AND p.service_month = k.service_month
                                      AND p.record_date >= k.service_month)
