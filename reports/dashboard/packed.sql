-- What the page gets of what facts.sql counts: the fact_… views, counts and yen by unit (a facility and the service types of
-- a claim) and month. `shown_causes` (month, facility_no, types, check_code, causes) is made by facts.py.

CREATE OR REPLACE TEMP TABLE shown_facilities AS
    WITH named AS (
        SELECT facility_no, arg_max(facility_name, (review_month, valid_from)) AS name
        FROM v_facilities WHERE review_month <= review_month() GROUP BY ALL
    ), seen AS (
        SELECT facility_no FROM shown_claims
        UNION SELECT facility_no FROM shown_withdrawals
        UNION SELECT facility_no FROM shown_open
        UNION SELECT facility_no FROM shown_found
    )
    SELECT facility_no, coalesce(n.name, '') AS name, row_number() OVER (ORDER BY facility_no) - 1 AS facility
    FROM seen LEFT JOIN named n USING (facility_no);
CREATE OR REPLACE TEMP TABLE shown_units AS
    WITH seen AS (
        SELECT facility_no, types FROM shown_claims
        UNION SELECT facility_no, types FROM shown_withdrawals
        UNION SELECT facility_no, types FROM shown_open
        UNION SELECT facility_no, types FROM shown_found
        UNION SELECT facility_no, types FROM shown_causes
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
CREATE OR REPLACE TEMP VIEW fact_judged AS
    SELECT unit, month, check_code, count(*) AS findings, count(*) FILTER (to_return) AS found,
           count(*) FILTER (to_return AND returned) AS returned
    FROM shown_found JOIN shown_units USING (facility_no, types) GROUP BY ALL ORDER BY ALL;
CREATE OR REPLACE TEMP VIEW fact_causes AS
    SELECT unit, month, check_code, causes FROM shown_causes JOIN shown_units USING (facility_no, types) ORDER BY ALL;
CREATE OR REPLACE TEMP VIEW fact_open AS
    SELECT unit, month, check_code, count(*) AS subjects
    FROM shown_open JOIN shown_units USING (facility_no, types) GROUP BY ALL ORDER BY ALL;
-- Checks that could not be judged at all in a month, and why.
CREATE OR REPLACE TEMP VIEW fact_unjudged AS
    SELECT DISTINCT month, check_code, reason FROM v_undetermined JOIN closed_months USING (review_month)
    WHERE facility_no IS NULL ORDER BY ALL;
