-- code = "ADD604"
-- name = "coordination-wrong-role"
-- title = "事業所間連携加算の(Ⅰ)と(Ⅱ)の取り違え"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["plans", "service_codes"]
-- source = "(Ⅰ)は市町村が決めたコア連携事業所、(Ⅱ)はその他の事業所が算定する (こども家庭庁事務連絡 令和6年5月2日 Ⅱの2④・3・4)"
-- why = "コア連携事業所がどこに決まったかを確かめずに算定すると起こります。"
-- logic = "(Ⅰ)を算定した事業所が、月に重なるセルフプランのどの行でもコア連携事業所とされていないもの、(Ⅱ)を算定した事業所がコア連携事業所とされているものを挙げます。"
-- [message]
-- core = "事業所間連携加算(Ⅰ)を算定していますが、この児童のコア連携事業所として登録されていません。"
-- other = "この児童のコア連携事業所ですが、事業所間連携加算(Ⅱ)を算定しています。"
-- [asked]
-- core = "事業所間連携加算確認書で、コア連携事業所となっているかを確かめ、お知らせください。"
-- other = "コア連携事業所の役割を果たした月かどうかを確かめ、お知らせください。"
-- [returned]
-- core = "事業所間連携加算を(Ⅱ)に直すか、除いて{window}に再請求してください。確認書でコア連携事業所となっているときは、先に市へ連絡してください。"
-- other = "コア連携事業所の役割を果たした月であれば(Ⅰ)に直し、そうでなければ加算を除いて{window}に再請求してください。"
-- [paid]
-- default = "事業所間連携加算確認書で、(Ⅰ)と(Ⅱ)のどちらに当たるかを確かめてください。"
-- [known]
-- default = "次の請求から、確認書で(Ⅰ)と(Ⅱ)のどちらに当たるかを確かめてください。"
-- [undetermined]
-- refused_plan = "利用計画(plans.csv)に、取り込めなかったこの児童の行があります"
-- [refused]
-- claims = "取り込めなかった明細書には指摘も出ず、他の事業所の明細書は見ない"
-- plans = "guarded"
-- service_codes = "行がなければ加算がわからず、指摘も出ない"
WITH roles AS (
    SELECT k.facility_no, k.recipient_no, k.service_month, k.core, k.other, k.core_units, k.other_units,
           coalesce(bool_or(p.core_facility_no = k.facility_no), FALSE) AS named
    FROM coordination_claims k LEFT JOIN self_plans p USING (recipient_no, service_month)
    WHERE NOT k.decided_before
    GROUP BY ALL
)
SELECT r.facility_no, r.recipient_no, r.service_month, CASE WHEN r.named THEN 'other' ELSE 'core' END AS reason,
       CASE WHEN r.named THEN '(Ⅱ)' ELSE '(Ⅰ)' END AS observed, p.core_facility_no AS other_facility,
       CASE WHEN r.named THEN r.other_units ELSE r.core_units END AS units_at_issue,
       CASE WHEN NOT r.named THEN unless_unreadable('plans') END AS at_most,
       CASE WHEN NOT r.named AND row_refused('plans', r.recipient_no) THEN 'refused_plan' END AS undetermined
FROM roles r
LEFT JOIN self_plans p ON p.recipient_no = r.recipient_no AND p.service_month = r.service_month
                      AND p.core_facility_no <> r.facility_no
WHERE (r.core AND NOT r.named) OR (r.other AND r.named)
