-- code = "ADD607"
-- name = "coordination-other-alone"
-- title = "コア連携事業所の算定がない事業所間連携加算(Ⅱ)"
-- severity = "review"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["service_codes"]
-- source = "(Ⅱ)はコア連携事業所の行う事業所間連携会議に参加し、個別支援計画を出した月に算定する (こども家庭庁事務連絡 令和6年5月2日 Ⅱの3・4)"
-- why = "会議のあった月と違う月に算定したり、コア連携事業所が算定を忘れたりすると起こります。"
-- logic = "事業所間連携加算(Ⅱ)を算定した児童に、その月に(Ⅰ)を算定した明細書が一つもないものを挙げます。取り込めなかった明細書が(Ⅰ)のものかもしれないときは判定しません。"
-- [message]
-- default = "事業所間連携加算(Ⅱ)を算定していますが、{month}のコア連携事業所の(Ⅰ)の算定がありません。"
-- [asked]
-- default = "事業所間連携会議のあった月をコア連携事業所に確かめ、お知らせください。"
-- [returned]
-- default = "会議がこの月になければ、加算を除いて{window}に再請求してください。会議のあった月が違うだけなら、その月の請求で算定してください。"
-- [paid]
-- default = "事業所間連携会議のあった月を、コア連携事業所に確かめてください。"
-- [known]
-- default = "加算(Ⅱ)を算定する前に、会議のあった月をコア連携事業所に確かめてください。"
-- [undetermined]
-- refused = "取り込めなかった明細書がコア連携事業所のものかもしれません"
-- refused_code = "サービスコード表(service_codes.csv)に、この児童の明細書のコードの取り込めなかった行があります"
-- [refused]
-- claims = "guarded"
-- plans = "行がなければ、取り込めなかった明細書を見る事業所が減るだけである"
-- service_codes = "guarded"
SELECT k.facility_no, k.recipient_no, k.service_month, k.other_units AS units_at_issue,
       CASE WHEN r.recipient_no IS NOT NULL THEN 'refused' WHEN c.recipient_no IS NOT NULL THEN 'refused_code' END AS undetermined,
       unless_unreadable('service_codes') AS at_most
FROM coordination_claims k
LEFT JOIN claims_maybe_refused r USING (recipient_no, service_month)
LEFT JOIN (SELECT DISTINCT s.recipient_no, s.service_month
           FROM claims_standing s JOIN claim_lines l USING (review_month, file, group_line)
           WHERE code_row_refused(l.service_code)) c USING (recipient_no, service_month)
WHERE k.other AND NOT k.decided_before
  AND NOT EXISTS (FROM coordination_claims o
                  WHERE o.recipient_no = k.recipient_no AND o.service_month = k.service_month AND o.core)
