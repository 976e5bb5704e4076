-- What became, in the closed months, of what a check found and of what a facility sent: the second part of evidence.sql,
-- over the same tables and `case_checks` (number, check_code).

-- table: record_of_checks | | この確認のこれまで(締めた月)
WITH closed AS (
    SELECT DISTINCT review_month FROM v_own_outcomes WHERE review_month < review_month()
), ended AS (
    SELECT outcome_month AS review_month, CASE kind WHEN '明' THEN 'claim' ELSE 'sheet' END AS subject, facility_no,
           recipient_no, service_month, bool_or(outcome = '返戻') AS returned, bool_or(outcome = '決定') AS paid
    FROM v_outcomes_standing WHERE outcome_month IN (FROM closed) GROUP BY ALL
), found AS (
    SELECT DISTINCT f.check_code, f.review_month, f.subject, f.facility_no, f.recipient_no, f.service_month
    FROM v_findings f SEMI JOIN case_checks c USING (check_code)
    WHERE f.review_month IN (FROM closed) AND f.subject IN ('claim', 'sheet')
), counted AS (
    SELECT f.check_code, f.facility_no, grouping(f.facility_no) = 1 AS everywhere, count(*) AS found,
           count(*) FILTER (o.returned) AS returned, count(*) FILTER (o.paid AND NOT o.returned) AS paid
    FROM found f LEFT JOIN ended o USING (review_month, subject, facility_no, recipient_no, service_month)
    GROUP BY GROUPING SETS ((f.check_code), (f.check_code, f.facility_no))
)
SELECT c.number AS "case", c.check_code, '市内のすべて' AS scope, (SELECT count(*) FROM closed) AS months,
       coalesce(n.found, 0) AS found, coalesce(n.returned, 0) AS returned, coalesce(n.paid, 0) AS paid
FROM case_checks c LEFT JOIN counted n ON n.check_code = c.check_code AND n.everywhere
UNION ALL
SELECT c.number, c.check_code, k.facility_no, (SELECT count(*) FROM closed), coalesce(n.found, 0), coalesce(n.returned, 0),
       coalesce(n.paid, 0)
FROM case_checks c JOIN (SELECT DISTINCT number, facility_no FROM case_keys) k USING (number)
LEFT JOIN counted n ON n.check_code = c.check_code AND n.facility_no = k.facility_no AND NOT n.everywhere
ORDER BY 1, 2, 3 DESC;
-- table: record_of_facilities | | この事業所のこれまで(締めた月)
WITH closed AS (
    SELECT DISTINCT review_month FROM v_own_outcomes WHERE review_month < review_month()
), counted AS (
    SELECT facility_no, count(*) AS received, count(*) FILTER (returned) AS returned
    FROM v_received SEMI JOIN closed USING (review_month) GROUP BY ALL
)
SELECT k.number AS "case", k.facility_no, (SELECT count(*) FROM closed) AS months, coalesce(n.received, 0) AS received,
       coalesce(n.returned, 0) AS returned
FROM (SELECT DISTINCT number, facility_no FROM case_keys) k LEFT JOIN counted n USING (facility_no)
ORDER BY ALL;
