-- check = "CRT102"
-- title = "支給決定の期間が切れる"
-- needs = ["grants"]
-- logic = "前の月に請求のあった児童とサービス種類について、次の請求の月の日のうち、児童のどの番号の基本の支給決定も有効でない日を挙げます。その日から別の種類(児童発達支援から放課後等デイサービスなど)の支給決定が始まるとき、終了年月日のある請求、支給決定が一つもない種類、取り込めなかった行がこの児童のものであるときは挙げません。"
-- [message]
-- ended = "{services}の支給決定は{detail}で終わり、その後の支給決定がありません。"
-- gap = "{services}の支給決定のない日が{month}にあります（{detail}）。"
-- [action]
-- ended = "このままでは{month}は請求できません。更新後の受給者証があるかを保護者と確かめ、あれば請求の前に市へ知らせてください。"
-- gap = "その日の利用は請求に含めないでください。更新後の受給者証があれば、請求の前に市へ知らせてください。"
WITH wanted AS (
    SELECT DISTINCT s.recipient_no, s.service_type FROM services_last s
    SEMI JOIN base_grants g ON g.recipient_no = s.recipient_no AND g.service_type = s.service_type
    WHERE NOT row_refused('grants', s.recipient_no)
      -- Of a number that the city does not know nothing is known (CRT101).
      AND (NOT EXISTS (FROM recipients_columns) OR EXISTS (FROM now_recipients r WHERE r.recipient_no = s.recipient_no))
), granted AS (
    SELECT w.recipient_no, w.service_type, g.valid_from, g.valid_to
    FROM wanted w
    JOIN numbers_last n USING (recipient_no)
    JOIN base_grants g ON g.recipient_no = n.number AND g.service_type = w.service_type
), days AS (
    SELECT unnest(generate_series(coming_month(), month_end(coming_month()), INTERVAL 1 DAY))::DATE AS day
), uncovered AS (
    SELECT w.recipient_no, w.service_type, d.day FROM wanted w CROSS JOIN days d
    WHERE NOT EXISTS (FROM granted g WHERE g.recipient_no = w.recipient_no AND g.service_type = w.service_type
                                       AND in_force(g.valid_from, g.valid_to, d.day))
), runs AS (
    -- Days that follow one another lie as far from their number among the uncovered ones.
    SELECT recipient_no, service_type, min(day) AS low, max(day) AS high
    FROM (SELECT *, day - row_number() OVER (PARTITION BY recipient_no, service_type ORDER BY day)::INT AS place
          FROM uncovered)
    GROUP BY recipient_no, service_type, place
), gaps AS (
    SELECT r.recipient_no, r.service_type, min(r.low) AS since,
           min(r.low) = coming_month() AND max(r.high) = month_end(coming_month()) AND count(*) = 1 AS whole,
           string_agg(CASE WHEN r.low = r.high THEN day_text(r.low) ELSE day_text(r.low) || 'から' || day_text(r.high) || 'まで' END,
                      '、' ORDER BY r.low) AS ranges
    FROM runs r GROUP BY ALL
), ended AS (
    SELECT p.recipient_no, p.service_type, max(g.valid_to) AS until
    FROM gaps p JOIN granted g ON g.recipient_no = p.recipient_no AND g.service_type = p.service_type AND g.valid_to < p.since
    GROUP BY ALL
), replaced AS (
    -- From nursery to school, say: another service that is used day by day begins where this one ended.
    SELECT DISTINCT e.recipient_no, e.service_type
    FROM gaps p JOIN ended e USING (recipient_no, service_type)
    JOIN numbers_last n USING (recipient_no)
    JOIN base_grants o ON o.recipient_no = n.number AND o.service_type <> e.service_type
                      AND o.valid_from > e.until AND in_force(o.valid_from, o.valid_to, p.since)
    WHERE e.service_type IN (FROM daily_services) AND o.service_type IN (FROM daily_services)
)
SELECT s.facility_no, s.recipient_no, coming_month() AS service_month, s.service_type, p.since,
       CASE WHEN e.until IS NOT NULL AND p.whole THEN day_text(e.until) ELSE p.ranges END AS detail,
       CASE WHEN e.until IS NOT NULL AND p.whole THEN 'ended' ELSE 'gap' END AS reason
FROM services_last s
JOIN gaps p USING (recipient_no, service_type)
LEFT JOIN ended e USING (recipient_no, service_type)
ANTI JOIN replaced r ON r.recipient_no = s.recipient_no AND r.service_type = s.service_type
