-- code = "DAY202"
-- name = "days-over-allowance"
-- title = "支給量を超えた利用日数"
-- severity = "return"
-- subject = "claim"
-- needs = ["grants"]
-- source = "月の利用日数は全事業所の合計で支給量の範囲内 (川越市 令和6年度 集団指導資料 ⒀②)。原則の日数は data/rules/allowance.csv"
-- federation = ["PQ84"]
-- why = "他の事業所の利用日数を知らずに受け入れると、合計で支給量を超えます。"
-- logic = "受給者・サービス種類・月ごとに全事業所の利用日数を合計し(同じ日の二事業所は2日)、月に重なる基本の支給決定の最大の支給量と比べます。超えたときは、その種類の利用日があるすべての明細書を挙げます。"
-- days = true
-- [message]
-- default = "{services}の{month}の利用は全事業所で{observed}日となり、支給量{expected}日を超えています。"
-- [action]
-- default = "ほかの事業所の利用も含めて、保護者と利用日数を確かめてください。支給量の範囲内に直して{window}に再請求するか、支給量の変更の決定が済んでいれば市へ知らせてください。"
-- [undetermined]
-- no_allowance = "支給量も支給量算定もない支給決定があるため、日数を比べられません"
WITH used AS (
    SELECT recipient_no, service_month, service_type, sum(days)::BIGINT AS days, bool_or(decided_before) AS decided_part
    FROM use_counts GROUP BY ALL
)
SELECT d.facility_no, d.recipient_no, d.service_month, d.service_type,
       u.days::VARCHAR AS observed, a.days::VARCHAR AS expected, u.decided_part,
       d.recipient_no || d.service_month || d.service_type AS group_key,
       o.facility_no AS other_facility,
       CASE WHEN a.open THEN 'no_allowance' END AS undetermined
FROM used u
JOIN allowances a USING (recipient_no, service_month, service_type)
JOIN claim_use_counts d USING (recipient_no, service_month, service_type)
LEFT JOIN use_counts o
     ON o.recipient_no = d.recipient_no AND o.service_month = d.service_month
    AND o.service_type = d.service_type AND o.facility_no <> d.facility_no
WHERE u.days > coalesce(a.days, -1)
