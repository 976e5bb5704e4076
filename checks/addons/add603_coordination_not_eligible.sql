-- code = "ADD603"
-- name = "coordination-not-eligible"
-- title = "事業所間連携加算の対象でない児童"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["plans", "facilities", "service_codes"]
-- source = "事業所間連携加算の対象はセルフプランで複数の児童発達支援・放課後等デイサービスを使う児。全事業所が同一法人なら算定しない (こども家庭庁事務連絡 令和6年5月2日 Ⅱの1・6)"
-- why = "障害児相談支援に切り替わったことや、他の事業所の利用をやめたことを知らずに算定すると起こります。"
-- logic = "事業所間連携加算を算定した児童のうち、月に重なるセルフプランがない(a)、児童発達支援・放課後等デイサービスの請求が一つの事業所だけ(b)、二つ以上でもその事業所がすべて一つの法人(c)のどれかに当たるものを挙げます。b だけなら要確認です。他の事業所の明細書が取り込めていないかもしれないとき(bとc)と、台帳で法人のわからない事業所があり、わかる法人が二つないとき(c)は判定しません。"
-- [message]
-- not_eligible = "事業所間連携加算の対象とならない児童に算定しています（{observed}）。"
-- one_facility = "事業所間連携加算を算定していますが、{month}の他の児童発達支援・放課後等デイサービスの請求がありません。"
-- [asked]
-- not_eligible = "児童の計画と利用の状況を確かめ、加算の対象になる理由があればお知らせください。"
-- one_facility = "児童がほかの事業所を利用していたかを確かめ、お知らせください。"
-- [returned]
-- not_eligible = "事業所間連携加算を除いて{window}に再請求してください。計画や利用の状況が市の記録と違うときは、先に市へ連絡してください。"
-- one_facility = "事業所間連携加算を除いて{window}に再請求してください。ほかの事業所の利用があったときは、先に市へ連絡してください。"
-- [paid]
-- not_eligible = "児童の計画と利用の状況を確かめてください。"
-- one_facility = "児童がほかの事業所を利用していたかを確かめてください。"
-- [known]
-- default = "事業所間連携加算を算定する前に、児童の計画と、ほかの事業所の利用を確かめてください。"
-- [undetermined]
-- refused = "取り込めなかった明細書が他の事業所のものかもしれません"
-- unknown_corporation = "利用している事業所の法人が障害児施設台帳でわかりません"
-- refused_plan = "利用計画(plans.csv)に、取り込めなかったこの児童の行があります"
-- refused_row = "障害児施設台帳(facilities.csv)に、利用している事業所の取り込めなかった行があります"
-- [refused]
-- claims = "guarded"
-- attendance = "利用した事業所を広げて見るためだけに読み、それは判定しない方へ働く"
-- plans = "guarded"
-- facilities = "guarded"
-- service_codes = "行がなければ加算がわからず、指摘も出ない"
WITH corporations AS (
    SELECT DISTINCT facility_no, service_month, corporation_no
    FROM units_of_month WHERE corporation_no IS NOT NULL
), used AS (
    SELECT d.recipient_no, d.service_month, count(DISTINCT d.facility_no) AS facilities,
           count(DISTINCT n.corporation_no) AS corporations, bool_or(n.corporation_no IS NULL) AS unknown,
           bool_or(facility_row_refused('facilities', d.facility_no)) AS row_refused, bool_or(d.decided_before) AS decided_part
    FROM day_facilities d LEFT JOIN corporations n USING (facility_no, service_month)
    GROUP BY ALL
), judged AS (
    SELECT k.facility_no, k.recipient_no, k.service_month, p.recipient_no IS NULL AS no_self_plan,
           coalesce(c.facilities, 0) < 2 AS alone, r.recipient_no IS NOT NULL AS refused,
           coalesce(c.unknown, FALSE) AS unknown, coalesce(c.corporations, 0) < 2 AS one_corporation,
           coalesce(c.row_refused, FALSE) AS row_refused, c.decided_part,
           coalesce(k.core_units, 0) + coalesce(k.other_units, 0) AS units
    FROM coordination_claims k
    LEFT JOIN (SELECT DISTINCT recipient_no, service_month FROM self_plans) p USING (recipient_no, service_month)
    LEFT JOIN used c USING (recipient_no, service_month)
    LEFT JOIN claims_maybe_refused r USING (recipient_no, service_month)
    WHERE NOT k.decided_before
)
SELECT facility_no, recipient_no, service_month, 'セルフプランの児童でない' AS observed, FALSE AS decided_part, units AS units_at_issue,
       'not_eligible' AS reason, 'return' AS severity, unless_unreadable('plans') AS at_most,
       CASE WHEN row_refused('plans', recipient_no) THEN 'refused_plan' END AS undetermined
FROM judged WHERE no_self_plan
UNION ALL
SELECT facility_no, recipient_no, service_month, '利用する事業所が一つだけ', FALSE, units, 'one_facility', 'review', NULL,
       CASE WHEN refused THEN 'refused' END
FROM judged WHERE alone
UNION ALL
-- One facility is told as one facility (b), not as one corporation (c).
SELECT facility_no, recipient_no, service_month, '利用する事業所がすべて同じ法人', decided_part, units, 'not_eligible', 'return',
       unless_unreadable('facilities'),
       CASE WHEN refused THEN 'refused' WHEN row_refused THEN 'refused_row'
            WHEN unknown THEN 'unknown_corporation' END
FROM judged WHERE NOT alone AND one_corporation
