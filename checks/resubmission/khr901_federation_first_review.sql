-- code = "KHR901"
-- name = "federation-first-review"
-- title = "国保連の一次審査の結果"
-- severity = "return"
-- subject = "claim"
-- needs = ["first_review"]
-- source = "国保連の一次審査で警告となったものは市町村が支払か返戻かを決める (インタフェース仕様書 共通編 令和7年4月版 pp.11-12)"
-- why = "国保連は受給者台帳・事業所台帳と突き合わせて警告と返戻予定を出し、市の判断を待ちます。"
-- logic = "first_review.csv の行のうち、この審査月の明細書(種別 明・実)と結果票(利)についてのものを、対象ごとに一件挙げます。返戻予定があれば返戻相当、警告だけなら要確認です。"
-- role = "first_review"
-- [message]
-- return = "国保連の一次審査で返戻予定とされました：{detail}。"
-- warning = "国保連の一次審査で警告とされました：{detail}。"
-- [asked]
-- default = "国保連の示した点を確かめ、誤りがあるかどうかをお知らせください。"
-- [returned]
-- return = "国保連の示した点を直して{window}に再請求してください。"
-- warning = "国保連の示した点に誤りがあれば直して{window}に再請求してください。"
-- [paid]
-- default = "国保連の示した点を確かめてください。"
-- [known]
-- default = "国保連の示した点を確かめてください。"
-- [refused]
-- claims = "明細書がなければ指摘も出ません"
-- sheets = "結果票がなければ指摘も出ません"
-- first_review = "行がなければ指摘も出ません"
WITH listed AS (
    SELECT CASE kind WHEN '利' THEN 'sheet' ELSE 'claim' END AS subject, facility_no, recipient_no, service_month,
           bool_or(class = '返戻予定') AS returned,
           string_agg(DISTINCT error_code, ';' ORDER BY error_code) AS codes,
           string_agg(DISTINCT rtrim(coalesce(wording, error_code), '。'), '。' ORDER BY rtrim(coalesce(wording, error_code), '。'))
               AS detail
    FROM now_first_review GROUP BY ALL
)
SELECT t.subject, t.facility_no, t.recipient_no, t.service_month, t.codes AS observed, t.detail,
       CASE WHEN t.returned THEN 'return' ELSE 'warning' END AS reason,
       CASE WHEN t.returned THEN 'return' ELSE 'review' END AS severity
FROM listed t
WHERE (t.subject = 'claim' AND EXISTS (
           FROM claims_now c WHERE c.facility_no = t.facility_no AND c.recipient_no = t.recipient_no
                               AND c.service_month = t.service_month))
   OR (t.subject = 'sheet' AND EXISTS (
           FROM sheets_now s WHERE s.facility_no = t.facility_no AND s.recipient_no = t.recipient_no
                               AND s.service_month = t.service_month))
