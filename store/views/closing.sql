-- What close and the figures over closed months need.

-- Claims and sheets on which a person must decide: a return finding, or one that the brake downgraded.
CREATE OR REPLACE VIEW decision_needed AS
    SELECT DISTINCT subject, facility_no, recipient_no, service_month FROM findings
    WHERE review_month = review_month() AND subject IN ('claim', 'sheet') AND (severity = 'return' OR downgraded);

-- Outcomes of each closed month as they stand: what close decided, and of the same keys what is official. An official
-- row without its 給付費 is worth what close took back, or what was claimed.
CREATE OR REPLACE VIEW outcomes_standing AS
    SELECT outcome_month, kind, facility_no, recipient_no, service_month, outcome, benefit_yen FROM own_standing
    UNION
    SELECT f.outcome_month, f.kind, f.facility_no, f.recipient_no, f.service_month, f.outcome,
           coalesce(any_value(h.benefit_yen), any_value(o.benefit_yen) FILTER (o.outcome = '取下げ' AND f.outcome = '取下げ'),
                    any_value(f.benefit_yen), any_value(o.benefit_yen) FILTER (o.outcome <> '取下げ'))
    FROM outcomes f
    JOIN own_outcomes o ON o.kind = f.kind AND o.facility_no = f.facility_no AND o.recipient_no = f.recipient_no
                       AND o.service_month = f.service_month AND o.review_month = f.outcome_month
    JOIN official_outcomes h ON h.kind = f.kind AND h.facility_no = f.facility_no AND h.recipient_no = f.recipient_no
                            AND h.service_month = f.service_month AND h.outcome_month = f.outcome_month
                            AND h.outcome = f.outcome
    GROUP BY ALL;
CREATE OR REPLACE VIEW payments AS
    SELECT outcome_month, facility_no,
           coalesce(sum(benefit_yen) FILTER (outcome = '決定'), 0)::BIGINT AS decided_yen,
           coalesce(sum(benefit_yen) FILTER (outcome = '取下げ'), 0)::BIGINT AS withdrawn_yen
    FROM outcomes_standing WHERE kind = '明' AND outcome <> '返戻' GROUP BY ALL;
-- Claims received in each closed month, with what became of them.
CREATE OR REPLACE VIEW received AS
    SELECT c.review_month, c.file, c.group_line, c.facility_no, c.recipient_no, c.service_month, c.benefit_yen,
           EXISTS (FROM outcomes_standing o
                   WHERE o.kind = '明' AND o.outcome = '返戻' AND o.outcome_month = c.review_month
                     AND o.facility_no = c.facility_no AND o.recipient_no = c.recipient_no
                     AND o.service_month = c.service_month) AS returned,
           EXISTS (FROM own_outcomes o
                   WHERE o.kind = '明' AND o.outcome = '返戻' AND o.review_month = c.review_month
                     AND o.facility_no = c.facility_no AND o.recipient_no = c.recipient_no
                     AND o.service_month = c.service_month) AS returned_by_city,
           NOT EXISTS (FROM outcomes e
                       WHERE e.kind = '明' AND e.outcome_month < c.review_month AND e.facility_no = c.facility_no
                         AND e.recipient_no = c.recipient_no AND e.service_month = c.service_month) AS first
    FROM claims c WHERE c.review_month <= review_month();
CREATE OR REPLACE VIEW return_counts AS
    SELECT review_month, count(*) AS claims_received, count(*) FILTER (returned) AS claims_returned,
           sum(benefit_yen)::BIGINT AS yen_received, coalesce(sum(benefit_yen) FILTER (returned), 0)::BIGINT AS yen_returned,
           count(*) FILTER (first) AS first_claims_received,
           count(*) FILTER (first AND returned) AS first_claims_returned,
           count(*) FILTER (returned AND NOT returned_by_city) AS returned_by_federation,
           count(*) FILTER (returned AND returned_by_city) AS returned_by_city
    FROM received GROUP BY ALL;
