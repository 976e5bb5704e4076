-- code = "FAC505"
-- name = "reduction-not-applied"
-- title = "届出のある減算をしていない"
-- severity = "return"
-- subject = "claim"
-- needs = ["facilities", "facility_addons", "service_codes"]
-- source = "単位減は事由の生じた日から行う (川越市 令和6年度集団指導資料 ⑴)。始まりの日は data/rules/reduction_starts.csv"
-- why = "減算の届出をしたのに、請求ソフトの設定を変え忘れると起こります。"
-- logic = "事業所・種類の減算(児童を名指ししたものはその児童)の期間に利用日があり、基本報酬のある明細書で、その減算の行がないものを挙げます。50%の段階のある減算は、どちらかがあれば FAC510 で見ます。定員超過と開所時間の減算、児童を名指ししない計画未作成減算は見ません。"
-- [message]
-- default = "{month}の{services}に、届出のある減算({observed})が適用されていません。"
-- [action]
-- default = "減算の理由と期間を確かめ、減算を適用して{window}に再請求してください。理由がなくなっているときは、終了の届出を出して市へ連絡してください。"
-- [undetermined]
-- unknown = "事業所が障害児施設台帳(facilities.csv)にありません"
-- not_begun = "届出の減算が、その減算の始まる前の月にかかっています(data/rules/reduction_starts.csv)"
SELECT r.facility_no, r.recipient_no, r.service_month, r.service_type, addon_name(r.staged_key) AS observed,
       CASE WHEN x.facility_no IS NOT NULL THEN 'unknown'
            WHEN EXISTS (FROM rule_reduction_starts s
                         WHERE s.addon_key = r.staged_key AND s.service_type = r.service_type)
                 AND NOT EXISTS (FROM rule_reduction_starts s
                                 WHERE s.addon_key = r.staged_key AND s.service_type = r.service_type
                                   AND r.service_month BETWEEN s.valid_from AND s.valid_to)
            THEN 'not_begun' END AS undetermined
FROM reductions_due r
LEFT JOIN unknown_facilities x USING (facility_no)
WHERE NOT EXISTS (
    FROM claim_keys k
    WHERE k.facility_no = r.facility_no AND k.recipient_no = r.recipient_no AND k.service_month = r.service_month
      AND k.service_type = r.service_type AND k.addon_key IN (r.staged_key, r.staged_key || '_half'))
