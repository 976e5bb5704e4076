-- code = "CRT110"
-- name = "two-certificates"
-- title = "一人の児童に二つの受給者証番号の請求"
-- severity = "review"
-- subject = "claim"
-- needs = ["recipients"]
-- source = "明細書は受給者証番号ごとに作る (インタフェース仕様書 サービス事業所編 令和7年4月版 pp.115-117)。番号が二つある児童は市の児童コードによる"
-- why = "保護者の変更や転出入で受給者証の番号が変わったのに、前の番号でも請求すると起こります。"
-- logic = "児童コードが同じ二つ以上の受給者証番号の明細書が、一つのサービス提供月に、この審査月か過去の決定(取下げの済んだものを除く)にあるものを、この審査月の明細書のすべてについて挙げます。取り込めなかったものがある以前の決定は、理由にしません。"
-- [message]
-- default = "{month}に、同じ児童の請求が別の受給者証番号でも出ています。"
-- own = "{month}に、同じ児童の請求が別の受給者証番号（{detail}）でも出ています。"
-- [asked]
-- default = "{month}に有効な受給者証の番号を保護者に確かめ、お知らせください。"
-- [returned]
-- default = "その月に有効な受給者証の番号に直して{window}に再請求してください。"
-- [paid]
-- default = "{month}に有効な受給者証の番号を保護者に確かめてください。"
-- [known]
-- default = "次の請求の前に、有効な受給者証の番号を保護者に確かめてください。"
-- [refused]
-- claims = "guarded"
-- notices = "guarded"
-- history = "guarded"
-- recipients = "行がなければ番号ごとの児童と見るだけで、指摘は増えない"
WITH billed AS (
    SELECT facility_no, recipient_no, service_month, FALSE AS decided_before FROM claims_now
    UNION ALL
    SELECT facility_no, recipient_no, service_month, TRUE FROM claim_states
    WHERE state = 'decided'
      AND NOT key_refused('claim', facility_no, recipient_no, service_month)
      AND NOT state_refused(facility_no, recipient_no, service_month)
), children_billed AS (
    SELECT b.*, p.child_code FROM billed b JOIN persons p USING (recipient_no)
)
SELECT c.facility_no, c.recipient_no, c.service_month, o.recipient_no AS observed,
       -- The child's number at another facility is not for this one to know.
       CASE WHEN o.facility_no = c.facility_no THEN o.recipient_no END AS detail,
       CASE WHEN bool_and(o.facility_no = c.facility_no)
                      OVER (PARTITION BY c.facility_no, c.recipient_no, c.service_month) THEN 'own' END AS reason,
       nullif(o.facility_no, c.facility_no) AS other_facility, o.decided_before AS decided_part,
       CASE WHEN o.decided_before THEN unless_unreadable('history') END AS at_most
FROM children_billed c
JOIN children_billed o ON o.child_code = c.child_code AND o.service_month = c.service_month
                      AND o.recipient_no <> c.recipient_no
WHERE NOT c.decided_before
