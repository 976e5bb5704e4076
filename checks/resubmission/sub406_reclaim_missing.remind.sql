-- check = "SUB406"
-- title = "過誤申立の再請求の期日が来る"
-- needs = ["petitions"]
-- logic = "次の審査月に処理する、再請求予定が「有」の過誤申立のうち、元の請求が決定しているもの(前の審査月の請求はまだ締めていなければ決定するとみます)で、再請求がまだ届いていないものを挙げます。申立の行が取り込めないものは挙げません。"
-- [message]
-- default = "{month}の請求の過誤申立は{detail}の審査で処理します。再請求がないと、給付費{observed}の全額が差し引かれます。"
-- with_sheet = "{month}の請求の過誤申立は{detail}の審査で処理します。再請求がないと、給付費{observed}の全額が差し引かれます。この月は上限額管理結果票も決定しています。"
-- unknown = "{month}の請求の過誤申立は{detail}の審査で処理します。再請求がないと、給付費の全額が差し引かれます。"
-- [action]
-- default = "直した明細書と実績記録票を、{by}までに送ってください。"
-- with_sheet = "直した明細書と実績記録票を、{by}までに送ってください。利用者負担額が変わるときは、上限額管理事業所が同じ月に結果票を作成区分「2 修正」で送ります。"
-- unknown = "直した明細書と実績記録票を、{by}までに送ってください。"
WITH open_claims AS (
    -- Claims of the newest review month that is not closed: nobody has decided them, and who petitions takes it that they are.
    SELECT c.facility_no, c.recipient_no, c.service_month, max(c.benefit_yen) AS benefit_yen
    FROM claims c
    WHERE c.review_month = last_review()
      AND NOT EXISTS (FROM outcomes o WHERE o.kind = '明' AND o.outcome_month = c.review_month AND o.facility_no = c.facility_no
                                        AND o.recipient_no = c.recipient_no AND o.service_month = c.service_month)
    GROUP BY ALL
), closed AS (
    SELECT EXISTS (FROM own_outcomes WHERE review_month = last_review()) AS last_is_closed
)
SELECT DISTINCT p.facility_no, p.recipient_no, p.service_month, review_month() AS since,
       yen_text(coalesce(p.benefit_yen, c.benefit_yen)) AS observed, month_of_text(review_month()) AS detail,
       CASE WHEN observed IS NULL THEN 'unknown'
            WHEN EXISTS (FROM sheets_decided s WHERE s.recipient_no = p.recipient_no AND s.service_month = p.service_month)
            THEN 'with_sheet' ELSE 'default' END AS reason
FROM petitions_due p
CROSS JOIN closed
LEFT JOIN open_claims c USING (facility_no, recipient_no, service_month)
ANTI JOIN claims_now n ON n.facility_no = p.facility_no AND n.recipient_no = p.recipient_no AND n.service_month = p.service_month
WHERE p.reclaim = '有' AND (p.state = 'decided' OR c.facility_no IS NOT NULL)
  -- What fell due in a month that is not closed yet is that month's own matter.
  AND (last_is_closed OR p.process_month > last_review())
  AND NOT key_row_refused('petitions', p.facility_no, p.recipient_no, p.service_month)
