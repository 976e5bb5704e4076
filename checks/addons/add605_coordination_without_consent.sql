-- code = "ADD605"
-- name = "coordination-without-consent"
-- title = "保護者の同意のない事業所間連携加算"
-- severity = "review"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["plans", "service_codes"]
-- source = "事業所間連携加算は保護者の同意(事業所間連携加算確認書)を得て行う (こども家庭庁事務連絡 令和6年5月2日 Ⅱの1・2②)"
-- why = "確認書への署名を後回しにしたり、市への提出が遅れたりすると起こります。"
-- logic = "事業所間連携加算を算定した児童のうち、月に重なるセルフプランのどの行にも、その月の末日までの保護者同意日がないものを挙げます。"
-- [message]
-- default = "事業所間連携加算を算定していますが、{month}について月末までの保護者の同意が市の記録にありません。"
-- [asked]
-- default = "事業所間連携加算確認書の同意の日を確かめ、写しを市へ出してください。"
-- [returned]
-- default = "同意が月末までにあれば確認書の写しを市へ出し、なければ加算を除いて、{window}に再請求してください。"
-- [paid]
-- default = "事業所間連携加算確認書の同意の日を確かめ、写しを市へ出してください。"
-- [known]
-- default = "加算を算定する前に、保護者の同意を受けた確認書の写しを市へ出してください。"
-- [undetermined]
-- refused_plan = "利用計画(plans.csv)に、取り込めなかったこの児童の行があります"
-- [refused]
-- claims = "取り込めなかった明細書には指摘も出ず、他の事業所の明細書は見ない"
-- plans = "guarded"
-- service_codes = "行がなければ加算がわからず、指摘も出ない"
SELECT k.facility_no, k.recipient_no, k.service_month,
       coalesce(k.core_units, 0) + coalesce(k.other_units, 0) AS units_at_issue, unless_unreadable('plans') AS at_most,
       CASE WHEN row_refused('plans', k.recipient_no) THEN 'refused_plan' END AS undetermined
FROM coordination_claims k
WHERE NOT k.decided_before
  AND NOT EXISTS (FROM self_plans p WHERE p.recipient_no = k.recipient_no AND p.service_month = k.service_month
                                      AND p.consent_date <= month_end(k.service_month))
