-- code = "DAY202"
-- name = "days-over-allowance"
-- title = "支給量を超えた利用日数"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["grants"]
-- source = "月の利用日数は全事業所の合計で支給量の範囲内 (川越市 令和6年度 集団指導資料 ⒀②)。原則の日数は data/rules/allowance.csv"
-- federation = ["PQ84"]
-- why = "他の事業所の利用日数を知らずに受け入れると、合計で支給量を超えます。"
-- logic = "児童(児童コードが同じ受給者証番号は一人の児童)・サービス種類・月ごとに全事業所の利用日数を合計し(同じ日の二事業所は2日、一つの事業所の二つの番号は1日)、月に重なる基本の支給決定の最大の支給量と比べます。超えたときは、その種類の利用日があるすべての明細書を挙げます。取り込めなかった支給決定か受給者台帳の行が関わるときは判定せず、誰のものか読めない行があるときは要確認にとどめます。"
-- days = true
-- [message]
-- default = "{services}の{month}の利用は全事業所で{observed}日となり、支給量{expected}日を超えています。"
-- [asked]
-- default = "ほかの事業所の利用も含めて保護者と利用日数を確かめ、お知らせください。支給量の変更の決定が済んでいれば、そのこともお知らせください。"
-- [returned]
-- default = "支給量の範囲内の日数に直して{window}に再請求してください。支給量の変更の決定が済んでいるときは、先に市へ連絡してください。"
-- [paid]
-- default = "ほかの事業所の利用も含めて、保護者と利用日数を確かめてください。"
-- [known]
-- default = "次の利用の前に、ほかの事業所の分も含めて利用日数を保護者と確かめてください。"
-- [undetermined]
-- no_allowance = "支給量も支給量算定もない支給決定があるため、日数を比べられません"
-- refused_grant = "取り込めなかった支給決定の行がこの児童のものです"
-- refused_recipient = "取り込めなかった受給者台帳の行がこの児童か世帯のものです"
-- [refused]
-- claims = "guarded"
-- attendance = "guarded"
-- notices = "guarded"
-- history = "guarded"
-- recipients = "guarded"
-- grants = "guarded"
WITH used AS (
    -- Days of a child at one facility under two numbers are the same days.
    SELECT c.child, c.service_month, c.service_type, sum(c.days)::BIGINT - coalesce(max(t.days), 0) AS days,
           coalesce(sum(c.days) FILTER (NOT c.decided_before), 0)::BIGINT - coalesce(max(t.days_now), 0) AS days_now,
           bool_or(c.decided_before) AS decided_part, min(c.recipient_no) AS first_no
    FROM use_counts_by_child c LEFT JOIN days_under_two_numbers t USING (child, service_month, service_type)
    GROUP BY ALL
)
SELECT d.facility_no, d.recipient_no, d.service_month, d.service_type,
       u.days::VARCHAR AS observed, a.days::VARCHAR AS expected, u.decided_part,
       least(d.days, u.days - a.days) AS days_at_issue,
       u.first_no AS group_recipient, d.service_type AS group_of,
       o.facility_no AS other_facility,
       coalesce(unless_unreadable('grants'), unless_unreadable('recipients'),
                CASE WHEN u.days_now <= a.days THEN unless_unreadable('history') END) AS at_most,
       CASE WHEN a.open THEN 'no_allowance'
            WHEN row_refused('grants', d.recipient_no) THEN 'refused_grant'
            WHEN row_refused('recipients', d.recipient_no) THEN 'refused_recipient' END AS undetermined
FROM use_counts_by_child d
SEMI JOIN claims_now n ON n.facility_no = d.facility_no AND n.recipient_no = d.recipient_no
                      AND n.service_month = d.service_month
JOIN used u USING (child, service_month, service_type)
JOIN allowances a ON a.recipient_no = d.recipient_no AND a.service_month = d.service_month
                 AND a.service_type = d.service_type
LEFT JOIN use_counts_by_child o
     ON o.child = d.child AND o.service_month = d.service_month
    AND o.service_type = d.service_type AND o.facility_no <> d.facility_no
WHERE u.days > coalesce(a.days, -1)
