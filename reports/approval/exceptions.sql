-- What was decided otherwise than the checks say: `judged` (content.Given) against the findings of the current month. A
-- sheet that was cancelled and sent again has two outcomes and is one.

CREATE OR REPLACE TEMP VIEW judged_findings AS
    WITH said AS (
        SELECT subject, facility_no, recipient_no, service_month,
               list(DISTINCT check_code ORDER BY check_code) FILTER (severity = 'return' OR downgraded) AS to_return,
               list(DISTINCT check_code ORDER BY check_code)
                   FILTER (severity = 'review' AND NOT downgraded) AS to_review
        FROM v_findings
        WHERE review_month = review_month() AND subject IN ('claim', 'sheet')
        GROUP BY ALL
    )
    SELECT j.*, s.to_return, s.to_review
    FROM judged j LEFT JOIN said s USING (subject, facility_no, recipient_no, service_month);
CREATE OR REPLACE TEMP VIEW paid_against_finding AS
    SELECT to_return AS codes, FALSE AS by_federation, by_rest, note, message,
           count(*) FILTER (subject = 'claim') AS claims, count(DISTINCT (facility_no, recipient_no, service_month)) FILTER (subject = 'sheet') AS sheets,
           coalesce(sum(benefit_yen) FILTER (subject = 'claim'), 0)::BIGINT AS yen
    FROM judged_findings
    WHERE to_return IS NOT NULL AND (outcome = '決定' OR (outcome = '取下げ' AND subject = 'sheet'))
    GROUP BY ALL;
CREATE OR REPLACE TEMP VIEW returned_without_finding AS
    SELECT CASE WHEN NOT by_federation THEN to_review END AS codes, by_federation, by_rest, note, message,
           count(*) FILTER (subject = 'claim') AS claims, count(DISTINCT (facility_no, recipient_no, service_month)) FILTER (subject = 'sheet') AS sheets,
           coalesce(sum(benefit_yen) FILTER (subject = 'claim'), 0)::BIGINT AS yen
    FROM judged_findings
    WHERE to_return IS NULL AND outcome = '返戻'
    GROUP BY ALL;
