-- code = "DAY201"
-- name = "same-day-twice"
-- title = "同じ日の重複利用"
-- severity = "return"
-- subject = "claim"
-- at_issue = "days"
-- needs = []
-- source = "同一日に複数の障害児通所支援の報酬は算定できない。保育所等訪問支援は他の通所支援と同日に算定できるが一日一回 (令和6年度報酬改定 Q&A VOL.1 問1)"
-- why = "事業所どうしは互いの利用日を知りません。振替や午前・午後の使い分けで起こります。受給者証番号が月の途中で変わった児童では、市も番号ごとには気づけません。"
-- logic = "同じ児童(児童コードが同じ受給者証番号は一人の児童)の同じ日の利用日が二つ以上の(事業所・サービス種類)にあり、data/rules/exclusive_services.csv で同日に算定できない組み合わせのものを、関わるすべての明細書で挙げます。時間帯は見ません。取り込めなかったものがある以前の決定は、理由にしません。"
-- days = true
-- [message]
-- default = "同じ日に他の通所支援の利用が記録されています（{dates}）。同じ日に算定できるのは一つだけです。"
-- [asked]
-- default = "サービス提供記録と保護者への確認で、実際に利用した日をお知らせください。"
-- [returned]
-- default = "利用していない日を除いた実績記録票と明細書を{window}に再請求してください。誤りがなければ、先に市へ連絡してください。"
-- [paid]
-- default = "サービス提供記録で、実際に利用した日を確かめてください。"
-- [known]
-- default = "次の請求から、実際に利用した日だけを記録してください。"
-- [refused]
-- claims = "guarded"
-- attendance = "guarded"
-- notices = "guarded"
-- history = "guarded"
-- recipients = "行がなければ番号ごとに見るだけで、重なりは増えない"
WITH RECURSIVE hits AS (
    SELECT DISTINCT a.child, a.facility_no, a.recipient_no, a.service_month, a.service_type, a.use_date,
           b.facility_no AS other, b.recipient_no AS other_no, b.decided_before
    FROM use_days_by_child a
    JOIN use_days_by_child b ON b.child = a.child AND b.use_date = a.use_date
    JOIN rule_exclusive_services r
      ON r.service_type = a.service_type AND r.other_type = b.service_type
     AND a.service_month BETWEEN r.valid_from AND r.valid_to
    WHERE a.facility_no <> b.facility_no OR (r.scope = 'any' AND a.service_type <> b.service_type)
), reach AS (
    -- One overlap: claims that are linked by shared dates, directly or through others.
    SELECT DISTINCT child, service_month, facility_no, recipient_no, other, other_no FROM hits
    UNION
    SELECT r.child, r.service_month, r.facility_no, r.recipient_no, h.other, h.other_no
    FROM reach r JOIN hits h ON h.child = r.child AND h.service_month = r.service_month
                            AND h.facility_no = r.other AND h.recipient_no = r.other_no
), named AS (
    SELECT child, service_month, facility_no, recipient_no, min(other) AS first,
           arg_min(other_no, (other, other_no)) AS first_no
    FROM reach GROUP BY ALL
)
SELECT h.facility_no, h.recipient_no, h.service_month, h.service_type, h.use_date,
       nullif(h.other, h.facility_no) AS other_facility, h.decided_before AS decided_part,
       n.first_no AS group_recipient, n.first AS group_of,
       CASE WHEN h.decided_before THEN unless_unreadable('history') END AS at_most
FROM hits h
JOIN named n USING (child, service_month, facility_no, recipient_no)
SEMI JOIN claims_now c ON c.facility_no = h.facility_no AND c.recipient_no = h.recipient_no
                      AND c.service_month = h.service_month
