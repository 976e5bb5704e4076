-- code = "DAY206"
-- name = "contract-over-allowance"
-- title = "契約支給量の合計が支給量を超える"
-- severity = "review"
-- subject = "claim"
-- needs = ["grants"]
-- source = "契約支給量の総量は支給量を超えてはならない (指定通所基準 第13条第2項)。原則の日数は data/rules/allowance.csv"
-- federation = ["EG28"]
-- why = "他の事業所との契約の残りを受給者証で確かめずに契約すると起こります。"
-- logic = "月のどこかの日に有効な契約支給量(契約情報の基本の決定サービスコード)を受給者証番号ごとに全事業所で合計し、最大の日の合計を支給量(児童の番号のうち最大)と比べます。日数情報に終了年月日がある明細書の契約は、その日までとします。原則日数の支給決定は契約の日数で見ます。取り込めなかった支給決定の行がこの児童のものなら判定しません。"
-- days = true
-- [message]
-- default = "{services}の契約支給量の合計が{observed}日となり、支給量{expected}日を超えています。"
-- [asked]
-- default = "受給者証の事業者記入欄で契約支給量を確かめ、お知らせください。"
-- [returned]
-- default = "契約支給量を直して{window}に再請求してください。契約内容報告書も市へ出してください。"
-- [paid]
-- default = "受給者証の事業者記入欄で契約支給量を確かめ、変わっていれば契約内容報告書を市へ出してください。"
-- [known]
-- default = "契約支給量が変わったら、契約内容報告書を市へ出してください。"
-- [undetermined]
-- no_allowance = "支給量も支給量算定もない支給決定があるため、契約支給量を比べられません"
-- refused = "取り込めなかった支給決定の行がこの児童のものです"
-- [refused]
-- claims = "guarded"
-- attendance = "利用日は、支給量を調べる児童を選ぶだけ"
-- notices = "guarded"
-- history = "guarded"
-- recipients = "返戻相当を出さない確認で、一人の児童の番号を合わせるためだけに読む"
-- grants = "guarded"
WITH peaks AS (
    SELECT p.recipient_no, p.service_month, p.service_type, max(p.days) AS days
    FROM contract_peaks p WHERE p.facility_no IS NULL GROUP BY ALL
)
SELECT k.facility_no, k.recipient_no, k.service_month, k.service_type,
       format('{:g}', p.days / 100) AS observed, a.contract_days::VARCHAR AS expected,
       k.recipient_no AS group_recipient, k.service_type AS group_of, o.facility_no AS other_facility,
       coalesce(o.decided_before, FALSE) AS decided_part,
       coalesce(unless_unreadable('grants'), unless_unreadable('recipients'),
                CASE WHEN row_refused('recipients', k.recipient_no) THEN 'review'
                     WHEN o.decided_before THEN unless_unreadable('history') END) AS at_most,
       CASE WHEN a.open THEN 'no_allowance'
            WHEN row_refused('grants', k.recipient_no) THEN 'refused' END AS undetermined
FROM peaks p
JOIN allowances a USING (recipient_no, service_month, service_type)
JOIN contracts_standing k USING (recipient_no, service_month, service_type)
LEFT JOIN contracts_standing o ON o.recipient_no = k.recipient_no AND o.service_month = k.service_month
     AND o.service_type = k.service_type AND o.facility_no <> k.facility_no
WHERE NOT k.decided_before AND p.days > coalesce(a.contract_days, -1) * 100
