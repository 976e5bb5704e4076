-- code = "FAC505"
-- name = "reduction-not-applied"
-- title = "届出のある減算をしていない"
-- severity = "return"
-- subject = "claim"
-- needs = ["facilities", "facility_addons", "service_codes"]
-- source = "単位減は事由の生じた日から行う (川越市 令和6年度集団指導資料 ⑴)。始まりの日は data/rules/reduction_starts.csv"
-- why = "減算の届出をしたのに、請求ソフトの設定を変え忘れると起こります。"
-- logic = "事業所・種類の減算(児童を名指ししたものはその児童)の期間に利用日があり、基本報酬のある明細書で、その減算の行も、同時には算定しない減算(data/rules/reduction_exclusions.csv)の行もないものを挙げます。50%の段階のある減算は、どちらかがあれば FAC510 で見ます。定員超過と開所時間の減算、児童を名指ししない計画未作成減算は見ません。"
-- role = "state_of_facility"
-- [message]
-- default = "{month}の{services}に、届出のある減算({observed})が適用されていません。"
-- [asked]
-- default = "減算の理由と期間を確かめ、理由がなくなっていれば、そのことをお知らせください。"
-- [returned]
-- default = "減算を適用して{window}に再請求してください。減算の理由がなくなっているときは、先に終了の届出を出してください。"
-- [paid]
-- default = "減算の理由と期間を確かめてください。"
-- [known]
-- default = "減算の理由がなくなったら、終了の届出を出してください。"
-- [undetermined]
-- unknown = "事業所が障害児施設台帳(facilities.csv)にありません"
-- not_begun = "届出の減算が、その減算の始まる前の月にかかっています(data/rules/reduction_starts.csv)"
-- refused_row = "体制届(facility_addons.csv)に、取り込めなかったこの事業所の行があります"
-- refused_code = "サービスコード表(service_codes.csv)に、この明細書のコードの取り込めなかった行があります"
-- refused_claim = "取り込めなかったこの児童・月の明細書があります"
-- [refused]
-- claims = "guarded"
-- attendance = "取り込めなければ利用日が減るだけで、指摘は増えない"
-- facilities = "台帳にない事業所を判定しないためだけに読む"
-- facility_addons = "guarded"
-- service_codes = "guarded"
SELECT r.facility_no, r.recipient_no, r.service_month, r.service_type, addon_name(r.staged_key) AS observed,
       CASE WHEN x.facility_no IS NOT NULL THEN 'unknown'
            WHEN EXISTS (FROM rule_reduction_starts s
                         WHERE s.addon_key = r.staged_key AND s.service_type = r.service_type)
                 AND NOT EXISTS (FROM rule_reduction_starts s
                                 WHERE s.addon_key = r.staged_key AND s.service_type = r.service_type
                                   AND r.service_month BETWEEN s.valid_from AND s.valid_to)
            THEN 'not_begun'
            WHEN facility_row_refused('facility_addons', r.facility_no) THEN 'refused_row'
            WHEN c.facility_no IS NOT NULL THEN 'refused_code'
            WHEN claim_refused_beside(r.facility_no, r.recipient_no, r.service_month) THEN 'refused_claim'
            END AS undetermined,
       coalesce(unless_unreadable('facility_addons'), unless_unreadable('service_codes')) AS at_most
FROM reductions_due r
ANTI JOIN reductions_answered a USING (facility_no, recipient_no, service_month, service_type, staged_key)
LEFT JOIN unknown_facilities x USING (facility_no)
LEFT JOIN codes_refused c USING (facility_no, recipient_no, service_month, service_type)
