-- code = "DAY201"
-- name = "same-day-twice"
-- title = "同じ日の重複利用"
-- severity = "return"
-- subject = "claim"
-- needs = []
-- source = "同一日に複数の障害児通所支援の報酬は算定できない。保育所等訪問支援は他の通所支援と同日に算定できるが一日一回 (令和6年度報酬改定 Q&A VOL.1 問1)"
-- why = "事業所どうしは互いの利用日を知りません。振替や午前・午後の使い分けで起こります。"
-- logic = "同じ児童の同じ日の利用日が二つ以上の(事業所・サービス種類)にあり、data/rules/exclusive_services.csv で同日に算定できない組み合わせのものを、関わるすべての明細書で挙げます。時間帯は見ません。"
-- days = true
-- [message]
-- default = "同じ日に他の通所支援の利用が記録されています（{dates}）。同じ日に算定できるのは一つだけです。"
-- [action]
-- default = "サービス提供記録と保護者への確認で、実際に利用した日を確かめてください。利用していない日があれば、その日を除いた実績記録票と明細書を{window}に再請求してください。誤りがなければ、そのことを市へ知らせてください。"
WITH RECURSIVE hits AS (
    SELECT DISTINCT a.facility_no, a.recipient_no, a.service_month, a.service_type, a.use_date,
           b.facility_no AS other, b.decided_before
    FROM use_days a
    JOIN use_days b ON b.recipient_no = a.recipient_no AND b.use_date = a.use_date
    JOIN rule_exclusive_services r
      ON r.service_type = a.service_type AND r.other_type = b.service_type
     AND a.service_month BETWEEN r.valid_from AND r.valid_to
    WHERE a.facility_no <> b.facility_no OR (r.scope = 'any' AND a.service_type <> b.service_type)
), reach AS (
    -- One overlap: claims that are linked by shared dates, directly or through others.
    SELECT DISTINCT recipient_no, service_month, facility_no, other FROM hits
    UNION
    SELECT r.recipient_no, r.service_month, r.facility_no, h.other
    FROM reach r JOIN hits h
      ON h.recipient_no = r.recipient_no AND h.service_month = r.service_month AND h.facility_no = r.other
), named AS (
    SELECT recipient_no, service_month, facility_no, min(other) AS first
    FROM reach GROUP BY ALL
)
SELECT h.facility_no, h.recipient_no, h.service_month, h.service_type, h.use_date,
       nullif(h.other, h.facility_no) AS other_facility, h.decided_before AS decided_part,
       h.recipient_no || h.service_month || n.first AS group_key
FROM hits h
JOIN named n USING (recipient_no, service_month, facility_no)
SEMI JOIN claims_now c USING (facility_no, recipient_no, service_month)
