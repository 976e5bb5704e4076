-- The facility ledger and the registrations, as the months of claims see them.

-- Facilities and months that claims or attendance speak of.
CREATE OR REPLACE VIEW facility_months AS
    SELECT facility_no, service_month FROM claims_standing
    UNION SELECT facility_no, service_month FROM attendance_standing;
-- Facilities that the ledger does not hold at all; empty where there is no ledger.
-- shared
CREATE OR REPLACE VIEW unknown_facilities AS
    SELECT DISTINCT c.facility_no FROM facility_months c
    WHERE (SELECT present FROM ledgers_used WHERE review_month = review_month() AND ledger = 'facilities')
      AND NOT EXISTS (FROM now_facilities f WHERE f.facility_no = c.facility_no);
-- The ledger rows of a facility that overlap the month, cut to it.
-- shared
CREATE OR REPLACE VIEW units_of_month AS
    SELECT c.facility_no, c.service_month, f.service_type, f.capacity, f.fee_capacity, f.severe_class, f.center_class,
           f.region_code, f.corporation_no, f.line, greatest(f.valid_from, c.service_month) AS first_day,
           least(f.valid_to, month_end(c.service_month)) AS last_day
    FROM facility_months c
    JOIN now_facilities f ON f.facility_no = c.facility_no AND overlaps_month(f.valid_from, f.valid_to, c.service_month);
-- Self plans (計画区分 2) of a recipient that overlap the month of a claim.
-- shared
CREATE OR REPLACE VIEW self_plans AS
    SELECT c.recipient_no, c.service_month, p.core_facility_no, p.consent_date, p.record_date, p.unbilled_reason
    FROM (SELECT DISTINCT recipient_no, service_month FROM claims_standing) c
    JOIN now_plans p ON p.recipient_no = c.recipient_no AND p.plan_kind = '2'
                    AND overlaps_month(p.valid_from, p.valid_to, c.service_month);

-- The days of a month on which a number has several rows of 61 and 63 in force: which of them a child belongs to, and
-- by which capacity its fee goes, the ledger does not say.
-- shared
CREATE OR REPLACE VIEW shared_numbers AS
    SELECT DISTINCT a.facility_no, a.service_month, greatest(a.first_day, b.first_day) AS first_day,
           least(a.last_day, b.last_day) AS last_day
    FROM units_of_month a
    JOIN units_of_month b USING (facility_no, service_month)
    WHERE a.line < b.line AND a.service_type IN ('61', '63') AND b.service_type IN ('61', '63')
      AND a.first_day <= b.last_day AND b.first_day <= a.last_day;
-- 加算 and 減算 rows that overlap the month of a claim of the facility; `staged_key` is the key without its 50 % mark.
-- shared
CREATE OR REPLACE VIEW registrations AS
    SELECT c.facility_no, c.service_month, a.service_type, a.class, a.addon_key,
           regexp_replace(a.addon_key, '_half$', '') AS staged_key, a.recipient_no, a.filed_on, a.valid_from, a.valid_to
    FROM (SELECT DISTINCT facility_no, service_month FROM claims_now) c
    JOIN now_facility_addons a ON a.facility_no = c.facility_no
                              AND overlaps_month(a.valid_from, a.valid_to, c.service_month);
-- Registered reductions that a claim with a use day in their time and a base line of the type must show: not those
-- that go by counts of days, and a missing plan only for its own child.
-- shared
CREATE OR REPLACE VIEW reductions_due AS
    SELECT DISTINCT r.facility_no, u.recipient_no, r.service_month, r.service_type, r.staged_key,
           r.addon_key <> r.staged_key AS half_registered, r.valid_from
    FROM registrations r
    JOIN claim_use_days u ON u.facility_no = r.facility_no AND u.service_month = r.service_month
                         AND u.service_type = r.service_type AND in_force(r.valid_from, r.valid_to, u.use_date)
    SEMI JOIN coded_lines l ON l.facility_no = r.facility_no AND l.recipient_no = u.recipient_no
          AND l.service_month = r.service_month AND l.service_type = r.service_type AND l.class = '基本'
    WHERE r.class = '減算' AND (r.recipient_no IS NULL OR r.recipient_no = u.recipient_no)
      AND r.staged_key NOT IN ('reduction_over_capacity', 'reduction_opening_hours')
      AND (r.staged_key <> 'reduction_plan_missing' OR r.recipient_no IS NOT NULL);
-- Lines whose code must have been filed, one row an add-on of the code.
CREATE OR REPLACE VIEW filed_lines AS
    SELECT l.*, k.name, k.addon_key FROM coded_lines l JOIN code_keys k USING (service_code, service_month)
    WHERE l.filing_needed AND NOT starts_with(k.addon_key, 'reduction_');
-- Keys of a claim's lines, by service type.
-- shared
CREATE OR REPLACE VIEW claim_keys AS
    SELECT DISTINCT l.facility_no, l.recipient_no, l.service_month, l.service_type, k.addon_key
    FROM coded_lines l JOIN code_keys k USING (service_code, service_month);
-- Reductions that a claim shows, and those that what it shows excludes (rule_reduction_exclusions), without the 50 % mark.
CREATE OR REPLACE VIEW reductions_answered AS
    WITH shown AS (
        SELECT facility_no, recipient_no, service_month, service_type, regexp_replace(addon_key, '_half$', '') AS staged_key
        FROM claim_keys WHERE starts_with(addon_key, 'reduction_')
    )
    FROM shown
    UNION
    SELECT s.facility_no, s.recipient_no, s.service_month, s.service_type, x.addon_key
    FROM shown s JOIN rule_reduction_exclusions x
      ON x.excluded_by = s.staged_key AND s.service_month BETWEEN x.valid_from AND x.valid_to;
-- A claim of the recipient and month was refused that may be of this facility: it may be this claim as it should be.
CREATE OR REPLACE MACRO claim_refused_beside(facility, recipient, month) AS EXISTS (
    FROM refused_columns
    WHERE (of_unit = 'claim' OR of_unit IS NULL) AND of_recipient = recipient
      AND (of_month = month OR of_month IS NULL) AND coalesce(of_facility, of_file, facility) = facility);
-- Since which review month henrei holds the records of every month; history.csv gives outcomes only.
CREATE OR REPLACE VIEW records_since AS
    WITH closed AS (SELECT DISTINCT review_month AS month FROM own_outcomes WHERE review_month < review_month()),
    placed AS (
        SELECT month, date_diff('month', month, review_month()) AS ago, row_number() OVER (ORDER BY month DESC) AS place
        FROM closed
    )
    SELECT coalesce(min(month), review_month()) AS month FROM placed WHERE ago = place;
CREATE OR REPLACE MACRO before_records(m) AS (next_month(m) < (SELECT month FROM records_since));
-- Months of a facility with a decided claim whose record is not held.
-- shared
CREATE OR REPLACE VIEW months_without_records AS
    SELECT DISTINCT s.facility_no, s.service_month FROM claim_states s
    ANTI JOIN claims c ON c.facility_no = s.facility_no AND c.recipient_no = s.recipient_no
                      AND c.service_month = s.service_month AND c.review_month = s.decided_month
    WHERE s.state = 'decided';
-- Children of a facility and type on a day, this city's only, and what its ledger row of the day allows.
-- shared
CREATE OR REPLACE VIEW children_of_day AS
    SELECT facility_no, service_month, service_type, use_date, count(*) AS children
    FROM use_days GROUP BY ALL;
-- The same with the capacity of the ledger's row of the day, of months and types with a day of use under review: `several`
-- where the number has several rows that day, `unknown` where the ledger does not hold it.
-- shared
CREATE OR REPLACE VIEW capacity_days AS
    WITH touched AS (
        SELECT c.*, s.facility_no IS NOT NULL AS several
        FROM children_of_day c
        SEMI JOIN (SELECT DISTINCT u.facility_no, u.service_month, u.service_type FROM use_days u
                   WHERE NOT u.decided_before) n USING (facility_no, service_month, service_type)
        LEFT JOIN shared_numbers s ON s.facility_no = c.facility_no AND s.service_month = c.service_month
             AND c.service_type IN ('61', '63') AND c.use_date BETWEEN s.first_day AND s.last_day
    )
    SELECT t.*, u.capacity, x.facility_no IS NOT NULL AS unknown, u.facility_no IS NOT NULL AS has_row
    FROM touched t
    LEFT JOIN unknown_facilities x USING (facility_no)
    LEFT JOIN units_of_month u ON u.facility_no = t.facility_no AND u.service_month = t.service_month
         AND u.service_type = t.service_type AND t.use_date BETWEEN u.first_day AND u.last_day;
-- Of these the days above the capacity, as checks say them: the most children of the month, the capacity, and why nobody can
-- judge a facility, its month and type (`undetermined`; without a day where it is not about one).
CREATE OR REPLACE VIEW over_capacity_days AS
    SELECT facility_no, service_month, service_type, use_date, (max(children) OVER facility)::VARCHAR AS observed,
           capacity::VARCHAR AS expected,
           CASE WHEN facility_row_refused('facilities', facility_no) THEN 'refused_row' END AS undetermined
    FROM capacity_days WHERE NOT several AND children > capacity
    WINDOW facility AS (PARTITION BY facility_no, service_month, service_type)
    UNION ALL
    SELECT DISTINCT facility_no, service_month, service_type, NULL::DATE, NULL, NULL,
           CASE WHEN unknown THEN 'unknown' WHEN several THEN 'several_units' ELSE 'no_capacity' END
    FROM capacity_days
    WHERE unknown OR several OR (has_row AND capacity IS NULL AND service_type IN ('61', '63'));
