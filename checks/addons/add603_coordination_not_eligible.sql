-- code = "ADD603"
-- name = "coordination-not-eligible"
-- title = "事業所間連携加算の対象でない児童"
-- severity = "return"
-- subject = "claim"
-- needs = ["plans", "facilities", "service_codes"]
-- source = "事業所間連携加算の対象はセルフプランで複数の児童発達支援・放課後等デイサービスを使う児。全事業所が同一法人なら算定しない (こども家庭庁事務連絡 令和6年5月2日 Ⅱの1・6)"
-- why = "障害児相談支援に切り替わったことや、他の事業所の利用をやめたことを知らずに算定すると起こります。"
-- logic = "事業所間連携加算を算定した児童のうち、月に重なるセルフプランがない(a)、児童発達支援・放課後等デイサービスの請求が一つの事業所だけ(b)、二つ以上でもその事業所がすべて一つの法人(c)のどれかに当たるものを挙げます。b だけなら要確認です。他の事業所の明細書が取り込めていないかもしれないとき(b)と、台帳で法人のわからない事業所があるとき(c)は判定しません。"
-- [message]
-- not_eligible = "事業所間連携加算の対象とならない児童に算定しています（{observed}）。"
-- one_facility = "事業所間連携加算を算定していますが、{month}の他の児童発達支援・放課後等デイサービスの請求がありません。"
-- [action]
-- not_eligible = "事業所間連携加算を除いて{window}に再請求してください。計画や利用の状況に誤りがあれば、先に市へ連絡してください。"
-- one_facility = "他の事業所を利用していたか、その事業所の請求が遅れていないか確かめてください。利用がなければ加算を除いて再請求してください。"
-- [undetermined]
-- refused = "取り込めなかった明細書が他の事業所のものかもしれません"
-- unknown_corporation = "利用している事業所の法人が障害児施設台帳でわかりません"
WITH corporations AS (
    SELECT DISTINCT facility_no, service_month, corporation_no
    FROM units_of_month WHERE corporation_no IS NOT NULL
), children AS (
    SELECT d.recipient_no, d.service_month, count(DISTINCT d.facility_no) AS facilities,
           count(DISTINCT n.corporation_no) AS corporations, bool_or(n.corporation_no IS NULL) AS unknown,
           bool_or(d.decided_before) AS decided_part
    FROM day_facilities d LEFT JOIN corporations n USING (facility_no, service_month)
    GROUP BY ALL
), judged AS (
    SELECT k.facility_no, k.recipient_no, k.service_month, p.recipient_no IS NULL AS no_self_plan,
           coalesce(c.facilities, 0) < 2 AS alone, r.recipient_no IS NOT NULL AS refused,
           coalesce(c.unknown, FALSE) AS unknown, c.corporations = 1 AND NOT c.unknown AS one_corporation,
           c.decided_part
    FROM coordination_claims k
    LEFT JOIN (SELECT DISTINCT recipient_no, service_month FROM self_plans) p USING (recipient_no, service_month)
    LEFT JOIN children c USING (recipient_no, service_month)
    LEFT JOIN claims_maybe_refused r USING (recipient_no, service_month)
    WHERE NOT k.decided_before
)
-- One facility is told as one facility (b), not as one corporation (c).
SELECT facility_no, recipient_no, service_month,
       concat_ws('、', CASE WHEN no_self_plan THEN 'セルフプランの児童でない' END,
                 CASE WHEN alone AND NOT refused THEN '利用する事業所が一つだけ' END,
                 CASE WHEN NOT alone AND one_corporation THEN '利用する事業所がすべて同じ法人' END) AS observed,
       NOT alone AND one_corporation AND decided_part AS decided_part,
       CASE WHEN no_self_plan OR NOT alone THEN 'not_eligible' ELSE 'one_facility' END AS reason,
       CASE WHEN no_self_plan OR NOT alone THEN 'return' ELSE 'review' END AS severity,
       CASE WHEN no_self_plan THEN NULL
            WHEN alone AND refused THEN 'refused'
            WHEN NOT alone AND unknown THEN 'unknown_corporation' END AS undetermined
FROM judged
WHERE no_self_plan OR alone OR one_corporation OR unknown
