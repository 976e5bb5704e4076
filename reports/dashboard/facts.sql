-- What the dashboard counts. It speaks of the months in `closed_months` (review_month, month: 0 for the oldest), the
-- newest of which is the current review month. Keys of claims stay in the temporary tables; the page gets the
-- fact_… views: counts and yen by unit (a facility and the service types of a claim) and month.

-- Received claims, what became of them, and the service types they hold ('61 63').
CREATE OR REPLACE TEMP TABLE shown_claims AS
    WITH typed AS (
        SELECT review_month, file, group_line, string_agg(DISTINCT service_type, ' ' ORDER BY service_type) AS types
        FROM v_claim_totals GROUP BY ALL
    )
    SELECT m.month, r.*, coalesce(t.types, '') AS types,
           r.returned AND EXISTS (
               FROM v_outcomes e
               WHERE e.kind = '明' AND e.outcome = '返戻' AND e.outcome_month < r.review_month
                 AND e.facility_no = r.facility_no AND e.recipient_no = r.recipient_no
                 AND e.service_month = r.service_month) AS again
    FROM v_received r
    JOIN closed_months m USING (review_month)
    LEFT JOIN typed t USING (review_month, file, group_line);

-- Why claims were returned, one row a claim and check. `found`: a return finding, or one that the brake downgraded. The
-- city's returns are put down to the strongest findings of the claim, and without any to the team's own word. Why the
-- federation returned a claim, henrei does not know.
CREATE OR REPLACE TEMP TABLE shown_reasons AS
    WITH said AS (
        SELECT review_month, facility_no, recipient_no, service_month, check_code,
               min(CASE WHEN severity = 'return' OR downgraded THEN 0 WHEN severity = 'review' THEN 1 ELSE 2 END) AS rank
        FROM v_findings WHERE subject = 'claim' GROUP BY ALL
    ), joined AS (
        SELECT c.*, s.check_code, s.rank,
               min(s.rank) OVER (
                   PARTITION BY c.review_month, c.facility_no, c.recipient_no, c.service_month) AS strongest
        FROM shown_claims c LEFT JOIN said s USING (review_month, facility_no, recipient_no, service_month)
    )
    SELECT month, facility_no, types, benefit_yen, coalesce(check_code, 'team') AS check_code,
           coalesce(rank = 0, FALSE) AS found,
           returned AND returned_by_city AND rank IS NOT DISTINCT FROM strongest AS returned
    FROM joined
    UNION ALL
    SELECT month, facility_no, types, benefit_yen, 'federation', FALSE, TRUE
    FROM shown_claims WHERE returned AND NOT returned_by_city;

-- Returned claims that leave nothing standing, and so must come again. `lag`: months until they did; null: not yet. A
-- 返戻 of a key that stands decided changes nothing, so nobody waits for it.
CREATE OR REPLACE TEMP TABLE shown_reclaims AS
    WITH settled AS (
        SELECT facility_no, recipient_no, service_month, outcome,
               date_diff('month', DATE '1900-01-01', outcome_month) * 2 + (outcome <> '取下げ')::INT AS place
        FROM v_outcomes WHERE kind = '明' AND outcome <> '返戻'
    ), waiting AS (
        SELECT c.*, date_diff('month', DATE '1900-01-01', c.review_month) * 2 + 1 AS place
        FROM shown_claims c WHERE c.returned
    )
    SELECT w.month, w.facility_no, w.types, w.benefit_yen, date_diff('month', w.review_month, n.review_month) AS lag
    FROM waiting w
    ASOF LEFT JOIN settled s
      ON w.facility_no = s.facility_no AND w.recipient_no = s.recipient_no AND w.service_month = s.service_month
     AND w.place > s.place
    ASOF LEFT JOIN shown_claims n
      ON w.facility_no = n.facility_no AND w.recipient_no = n.recipient_no AND w.service_month = n.service_month
     AND w.review_month < n.review_month
    WHERE s.outcome IS DISTINCT FROM '決定';

-- Claims taken back (取下げ), and whether they came again in the same month (`same`: 'decided' or 'returned') or
-- later. Where no petition says otherwise, a re-claim was planned (contract 3.2).
CREATE OR REPLACE TEMP TABLE shown_withdrawals AS
    WITH taken AS (
        SELECT m.month, m.review_month, o.facility_no, o.recipient_no, o.service_month, coalesce(o.benefit_yen, 0) AS yen
        FROM v_outcomes_standing o JOIN closed_months m ON m.review_month = o.outcome_month
        WHERE o.kind = '明' AND o.outcome = '取下げ'
    ), asked AS (
        SELECT review_month, facility_no, recipient_no, service_month,
               arg_max(coalesce(reclaim, '有'), coalesce(process_month, next_month(petition_month))) AS reclaim
        FROM v_petitions WHERE coalesce(process_month, next_month(petition_month)) <= review_month GROUP BY ALL
    )
    SELECT t.month, t.facility_no, coalesce(o.types, n.types, '') AS types, t.yen,
           coalesce(a.reclaim, '有') = '有' AS planned,
           CASE WHEN n.review_month = t.review_month THEN if(n.returned, 'returned', 'decided') END AS same,
           n.review_month > t.review_month AS later
    FROM taken t
    LEFT JOIN asked a USING (review_month, facility_no, recipient_no, service_month)
    ASOF LEFT JOIN shown_claims o
      ON t.facility_no = o.facility_no AND t.recipient_no = o.recipient_no AND t.service_month = o.service_month
     AND t.review_month > o.review_month
    ASOF LEFT JOIN shown_claims n
      ON t.facility_no = n.facility_no AND t.recipient_no = n.recipient_no AND t.service_month = n.service_month
     AND t.review_month <= n.review_month;

-- Subjects that could not be judged, with the types of the claim of their key.
CREATE OR REPLACE TEMP TABLE shown_open AS
    SELECT m.month, u.facility_no, coalesce(c.types, '') AS types, u.check_code
    FROM v_undetermined u
    JOIN closed_months m USING (review_month)
    LEFT JOIN shown_claims c USING (review_month, facility_no, recipient_no, service_month)
    WHERE u.facility_no IS NOT NULL;

-- What the page gets --------------------------------------------------------------------------------------------
CREATE OR REPLACE TEMP TABLE shown_facilities AS
    WITH named AS (
        SELECT facility_no, arg_max(facility_name, (review_month, valid_from)) AS name
        FROM v_facilities WHERE review_month <= review_month() GROUP BY ALL
    ), seen AS (
        SELECT facility_no FROM shown_claims
        UNION SELECT facility_no FROM shown_withdrawals
        UNION SELECT facility_no FROM shown_open
    )
    SELECT facility_no, coalesce(n.name, '') AS name, row_number() OVER (ORDER BY facility_no) - 1 AS facility
    FROM seen LEFT JOIN named n USING (facility_no);
CREATE OR REPLACE TEMP TABLE shown_units AS
    WITH seen AS (
        SELECT facility_no, types FROM shown_claims
        UNION SELECT facility_no, types FROM shown_withdrawals
        UNION SELECT facility_no, types FROM shown_open
    )
    SELECT facility_no, facility, types, row_number() OVER (ORDER BY facility_no, types) - 1 AS unit
    FROM seen JOIN shown_facilities USING (facility_no);

CREATE OR REPLACE TEMP VIEW fact_facilities AS
    SELECT facility_no, name FROM shown_facilities ORDER BY facility;
CREATE OR REPLACE TEMP VIEW fact_units AS
    SELECT facility, types FROM shown_units ORDER BY unit;
CREATE OR REPLACE TEMP VIEW fact_received AS
    SELECT unit, month, count(*) AS claims, sum(benefit_yen)::BIGINT AS yen, count(*) FILTER (first) AS first
    FROM shown_claims JOIN shown_units USING (facility_no, types) GROUP BY ALL ORDER BY ALL;
CREATE OR REPLACE TEMP VIEW fact_returned AS
    SELECT unit, month, count(*) AS claims, sum(benefit_yen)::BIGINT AS yen,
           count(*) FILTER (returned_by_city) AS by_city, count(*) FILTER (first) AS first,
           count(*) FILTER (again) AS again
    FROM shown_claims JOIN shown_units USING (facility_no, types) WHERE returned GROUP BY ALL ORDER BY ALL;
CREATE OR REPLACE TEMP VIEW fact_reasons AS
    SELECT unit, month, check_code, count(*) FILTER (found) AS found, count(*) FILTER (returned) AS returned,
           coalesce(sum(benefit_yen) FILTER (returned), 0)::BIGINT AS yen
    FROM shown_reasons JOIN shown_units USING (facility_no, types)
    WHERE found OR returned GROUP BY ALL ORDER BY ALL;
CREATE OR REPLACE TEMP VIEW fact_reclaims AS
    SELECT unit, month, coalesce(lag, 0) AS lag, count(*) AS claims, sum(benefit_yen)::BIGINT AS yen
    FROM shown_reclaims JOIN shown_units USING (facility_no, types) GROUP BY ALL ORDER BY ALL;
CREATE OR REPLACE TEMP VIEW fact_withdrawals AS
    SELECT unit, month,
           CASE WHEN same IS NOT NULL THEN same WHEN NOT planned THEN 'unplanned'
                WHEN later THEN 'later' ELSE 'missing' END AS became,
           count(*) AS claims, sum(yen)::BIGINT AS yen
    FROM shown_withdrawals JOIN shown_units USING (facility_no, types) GROUP BY ALL ORDER BY ALL;
CREATE OR REPLACE TEMP VIEW fact_open AS
    SELECT unit, month, check_code, count(*) AS subjects
    FROM shown_open JOIN shown_units USING (facility_no, types) GROUP BY ALL ORDER BY ALL;
-- Checks that could not be judged at all in a month, and why.
CREATE OR REPLACE TEMP VIEW fact_unjudged AS
    SELECT DISTINCT month, check_code, reason FROM v_undetermined JOIN closed_months USING (review_month)
    WHERE facility_no IS NULL ORDER BY ALL;
