-- code = "DAY208"
-- name = "absence-while-elsewhere"
-- title = "他で利用した日の欠席時対応"
-- severity = "return"
-- subject = "claim"
-- needs = []
-- source = "欠席した日に他の通所支援を利用した場合、欠席時対応加算は算定できない (平成30年度報酬改定 Q&A VOL.1 問109)"
-- why = "保護者が利用先を変えたことを知らずに、欠席時対応加算を算定すると起こります。"
-- logic = "欠席の記録がある日に、その児童(児童コードが同じ受給者証番号は一人の児童)が同じか他の事業所で児童発達支援・放課後等デイサービス・居宅訪問型を利用しているものを、欠席を記録した側の明細書で挙げます。取り込めなかったものがある以前の決定は、理由にしません。"
-- days = true
-- [message]
-- default = "欠席とした日に通所支援の利用が記録されています（{dates}）。その日の欠席時対応加算は算定できません。"
-- [asked]
-- default = "その日の欠席の記録が正しいかを確かめ、お知らせください。"
-- [returned]
-- default = "該当日の欠席時対応加算と欠席の記録を除いて{window}に再請求してください。"
-- [paid]
-- default = "該当日の欠席の記録を確かめてください。"
-- [known]
-- default = "次の請求から、ほかで利用した日の欠席時対応加算がないか確かめてください。"
-- [refused]
-- claims = "guarded"
-- attendance = "guarded"
-- notices = "guarded"
-- history = "guarded"
-- recipients = "行がなければ番号ごとに見るだけで、指摘は増えない"
SELECT a.facility_no, a.recipient_no, a.service_month, a.service_type, a.use_date,
       nullif(u.facility_no, a.facility_no) AS other_facility, u.decided_before AS decided_part,
       CASE WHEN u.decided_before THEN unless_unreadable('history') END AS at_most
FROM absences_by_child a
JOIN use_days_by_child u ON u.child = a.child AND u.use_date = a.use_date
SEMI JOIN daily_services d ON d.service_type = u.service_type
SEMI JOIN claims_now c ON c.facility_no = a.facility_no AND c.recipient_no = a.recipient_no
                      AND c.service_month = a.service_month
