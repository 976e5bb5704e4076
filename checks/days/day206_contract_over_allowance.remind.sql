-- check = "DAY206"
-- title = "契約支給量の合計が支給量を超える"
-- needs = ["grants"]
-- logic = "前の請求の契約情報の契約支給量のうち、次の請求の月に有効なものを受給者証番号とサービス種類ごとに全事業所で合計し、いちばん多い日の合計が、その月に重なる支給決定の支給量(児童の番号のうち最大、原則日数は契約の日数)を超えるものを挙げます。終了年月日のある請求の契約は数えません。一つ前の請求と開始日が同じで日数だけ違う契約は書き誤りとみて、その児童と種類は挙げません。取り込めなかった行がこの児童のものであるときも挙げません。"
-- [message]
-- default = "{services}の契約支給量の合計が{observed}日で、{month}の支給量{expected}日を超えています。"
-- [action]
-- default = "受給者証の事業者記入欄で契約支給量を確かめ、請求の前に契約内容報告を市へ出し直してください。"
WITH contracted AS (
    SELECT c.facility_no, c.recipient_no, s.service_type, c.review_month, k.grant_code, k.contracted_days, k.contract_from, k.contract_to
    FROM claims_last c
    JOIN contracts k USING (review_month, file, group_line)
    JOIN services_last s ON s.facility_no = c.facility_no AND s.recipient_no = c.recipient_no
                        AND s.service_type = left(k.grant_code, 2)
    WHERE substr(k.grant_code, 3, 1) <> '0' AND NOT row_refused('grants', c.recipient_no)
), older AS (
    -- The same contract on the facility's claim before.
    SELECT k.facility_no, k.recipient_no, k.grant_code, k.contract_from, arg_max(k.contracted_days, k.review_month) AS days
    FROM contracts k SEMI JOIN contracted c USING (facility_no, recipient_no)
    WHERE k.review_month < last_review() GROUP BY ALL
), miswritten AS (
    SELECT DISTINCT c.recipient_no, c.service_type
    FROM contracted c JOIN older o USING (facility_no, recipient_no, grant_code, contract_from)
    WHERE o.days <> c.contracted_days
), turns AS (
    SELECT DISTINCT recipient_no, service_type, greatest(contract_from, coming_month()) AS turn FROM contracted
    WHERE contract_from <= month_end(coming_month())
), peaks AS (
    SELECT recipient_no, service_type, max(days) AS days
    FROM (SELECT c.recipient_no, c.service_type, t.turn, sum(c.contracted_days) AS days
          FROM contracted c JOIN turns t ON t.recipient_no = c.recipient_no AND t.service_type = c.service_type
                                        AND in_force(c.contract_from, c.contract_to, t.turn)
          GROUP BY ALL)
    GROUP BY ALL
), limits AS (
    SELECT p.recipient_no, p.service_type,
           max(CASE WHEN g.allowance_rule IS NULL THEN g.allowance_days ELSE a.contract_days END) AS days,
           bool_or(CASE WHEN g.allowance_rule IS NULL THEN g.allowance_days IS NULL ELSE a.contract_days IS NULL END) AS open
    FROM peaks p
    JOIN numbers_last n USING (recipient_no)
    JOIN base_grants g ON g.recipient_no = n.number AND g.service_type = p.service_type
                      AND overlaps_month(g.valid_from, g.valid_to, coming_month())
    LEFT JOIN rule_allowance a ON a.rule = g.allowance_rule AND coming_month() BETWEEN a.valid_from AND a.valid_to
    GROUP BY ALL
)
SELECT DISTINCT c.facility_no, c.recipient_no, coming_month() AS service_month, c.service_type, coming_month() AS since,
       format('{:g}', p.days / 100) AS observed, l.days::VARCHAR AS expected
FROM contracted c
JOIN peaks p USING (recipient_no, service_type)
JOIN limits l USING (recipient_no, service_type)
ANTI JOIN miswritten m ON m.recipient_no = c.recipient_no AND m.service_type = c.service_type
WHERE NOT l.open AND p.days > l.days * 100
  AND (c.contract_to IS NULL OR c.contract_to >= coming_month())
