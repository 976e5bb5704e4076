-- title = "返戻や取下げの後の再請求が届いていない"
-- needs = []
-- logic = "返戻のままの明細書と、再請求予定が「有」の過誤申立で取り下げたままの明細書のうち、その後の受付期間を一度は過ぎても同じ請求が届いていないものを挙げます。返戻や取下げを決めたばかりで次の受付期間がまだ来ていないものは挙げません。届かない請求を見つける確認はないため、確認コードはありません。"
-- [message]
-- returned = "{month}の請求は{detail}の審査で返戻となり、まだ再請求が届いていません。"
-- withdrawn = "{month}の請求は過誤申立により{detail}の審査で取り下げられ、まだ再請求が届いていません。"
-- [action]
-- returned = "返戻の事由を直し、明細書と実績記録票を{by}までに送ってください。請求しないときは市へ知らせてください。"
-- withdrawn = "直した明細書と実績記録票を{by}までに送ってください。請求しないときは市へ知らせてください。"
WITH waiting AS (
    SELECT s.facility_no, s.recipient_no, s.service_month, s.newest_month, s.state FROM claim_states s
    WHERE s.state IN ('returned', 'withdrawn') AND s.newest_month < last_review()
      -- Of a purged month a hash stands in the place of the number: nobody can be written to about it.
      AND (EXISTS (FROM now_recipients r WHERE r.recipient_no = s.recipient_no)
           OR EXISTS (FROM claims c WHERE c.recipient_no = s.recipient_no))
      AND NOT EXISTS (FROM claims c WHERE c.facility_no = s.facility_no AND c.recipient_no = s.recipient_no
                                      AND c.service_month = s.service_month AND c.review_month > s.newest_month)
)
SELECT w.facility_no, w.recipient_no, w.service_month, next_month(w.newest_month) AS since,
       month_of_text(w.newest_month) AS detail, w.state AS reason
FROM waiting w
WHERE w.state = 'returned'
   OR EXISTS (FROM now_petitions p WHERE p.facility_no = w.facility_no AND p.recipient_no = w.recipient_no
                                     AND p.service_month = w.service_month AND p.reclaim = '有')
