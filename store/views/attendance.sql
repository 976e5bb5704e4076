-- Attendance that stands, and the days of use it tells of.

CREATE OR REPLACE VIEW attendance_now AS SELECT * FROM attendance WHERE review_month = review_month();
-- Attendance of a decided claim: what came with the claim, and what came alone since; the newest of a form.
CREATE OR REPLACE VIEW attendance_decided AS
    SELECT a.* FROM attendance a
    JOIN claim_states s USING (facility_no, recipient_no, service_month)
    WHERE s.state = 'decided' AND a.review_month >= s.decided_month AND a.review_month < review_month()
      AND (a.review_month = s.decided_month
           OR NOT EXISTS (FROM claims c WHERE c.review_month = a.review_month AND c.facility_no = a.facility_no
                          AND c.recipient_no = a.recipient_no AND c.service_month = a.service_month))
    QUALIFY a.review_month = max(a.review_month)
            OVER (PARTITION BY a.facility_no, a.recipient_no, a.service_month, a.form);
-- It stands unless its claim, or its own form, comes again in this month.
-- shared
CREATE OR REPLACE VIEW attendance_standing AS
    SELECT *, FALSE AS decided_before FROM attendance_now
    UNION ALL
    SELECT a.*, TRUE FROM attendance_decided a
    WHERE NOT EXISTS (FROM claims_now n WHERE n.facility_no = a.facility_no AND n.recipient_no = a.recipient_no
                                          AND n.service_month = a.service_month)
      AND NOT EXISTS (FROM attendance_now n WHERE n.facility_no = a.facility_no AND n.recipient_no = a.recipient_no
                                              AND n.service_month = a.service_month AND n.form = a.form)
      AND NOT EXISTS (FROM keys_doubted d WHERE d.facility_no = a.facility_no AND d.recipient_no = a.recipient_no
                                            AND d.service_month = a.service_month);
-- Which service types a facility has attendance records of, use days or not.
-- shared
CREATE OR REPLACE VIEW attendance_typed AS
    SELECT DISTINCT a.facility_no, a.recipient_no, a.service_month, f.service_type
    FROM attendance_standing a
    JOIN rule_forms f ON f.form = a.form AND a.service_month BETWEEN f.valid_from AND f.valid_to;
-- Minutes from one time of day (hours and minutes as four digits) to another; unset where one of them is zero, which is how
-- the official software writes that, too. Below zero where the end comes first.
CREATE OR REPLACE MACRO minutes_between(since, until) AS
    (CASE WHEN since > 0 AND until > 0 THEN until // 100 * 60 + until % 100 - (since // 100 * 60 + since % 100) END);
-- shared
CREATE OR REPLACE VIEW day_rows AS
    SELECT r.facility_no, r.recipient_no, r.service_month, r.form, f.service_type, r.use_day AS use_date, r.line,
           a.decided_before, r.status, r.start_time, r.end_time, r.hours, r.provision,
           -- One of the items by which an add-on is recorded; counts of zero are none.
           coalesce(greatest(r.pickup_out, r.pickup_back, r.independence_commute) > 0, FALSE)
           OR coalesce(r.meal, r.first_visit, r.medical_cooperation, r.family_support, r.bathing, r.specialist_support,
                       r.parenting_support, r.visitor_special, r.multi_profession, r.severe_behavior,
                       r.intensive_support, r.extension, r.independence_support) IS NOT NULL AS has_addon,
           -- Times of zero are how the official software writes "not set"; hours alone are no use.
           CASE WHEN r.status = '8' THEN 'absence'
                WHEN r.form IN ('0301', '0501')
                     AND (r.start_time > 0 OR r.end_time > 0 OR r.provision IS NOT NULL) THEN 'use'
                WHEN r.form IN ('0601', '0701') AND r.counted_day = '1' THEN 'use'
                WHEN has_addon THEN 'addon'
                ELSE 'other' END AS day_kind, r.extension, r.review_month, r.file, r.group_line
    FROM attendance_rows r
    JOIN attendance_standing a
      ON a.review_month = r.review_month AND a.file = r.file AND a.group_line = r.group_line
    JOIN rule_forms f ON f.form = r.form AND r.service_month BETWEEN f.valid_from AND f.valid_to;
-- Distinct dates per facility, recipient and type, with the number of rows behind them.
-- shared
CREATE OR REPLACE VIEW use_days AS
    SELECT facility_no, recipient_no, service_month, service_type, use_date, count(*) AS row_count,
           bool_or(decided_before) AS decided_before
    FROM day_rows WHERE day_kind = 'use' GROUP BY ALL;
-- shared
CREATE OR REPLACE VIEW absences AS
    SELECT DISTINCT facility_no, recipient_no, service_month, service_type, use_date FROM day_rows
    WHERE day_kind = 'absence';
-- Every code that the ledger ever gave a number. Who has a code in common is one child; a number that no row of the
-- ledger gives a code is a child by itself. A refused row can only take a number away from its child.
-- shared
CREATE OR REPLACE VIEW persons AS
    SELECT DISTINCT recipient_no, child_code FROM now_recipients WHERE child_code IS NOT NULL;
-- Days of use and absences by child: what a child does under any of its numbers is its own.
CREATE OR REPLACE VIEW use_days_by_child AS
    SELECT u.*, coalesce('c' || p.child_code, 'n' || u.recipient_no) AS child
    FROM use_days u LEFT JOIN persons p USING (recipient_no);
CREATE OR REPLACE VIEW absences_by_child AS
    SELECT a.*, coalesce('c' || p.child_code, 'n' || a.recipient_no) AS child
    FROM absences a LEFT JOIN persons p USING (recipient_no);
-- Services of which a child can use one a day.
CREATE OR REPLACE VIEW daily_services AS
    SELECT DISTINCT service_type FROM rule_exclusive_services WHERE scope = 'any';
-- Use days of claims that are under review in this month.
-- shared
CREATE OR REPLACE VIEW claim_use_days AS
    SELECT u.* EXCLUDE (decided_before) FROM use_days u
    SEMI JOIN claims_now c USING (facility_no, recipient_no, service_month);
-- The same days counted: how many of a facility, recipient and type in a month, from which to which, and the rows behind
-- them. Where a look at these settles a claim, its days need not be looked at.
-- shared
CREATE OR REPLACE VIEW use_counts AS
    SELECT facility_no, recipient_no, service_month, service_type, count(*) AS days, sum(row_count)::BIGINT AS rows,
           min(use_date) AS first_use, max(use_date) AS last_use, bool_or(decided_before) AS decided_before
    FROM use_days GROUP BY ALL;
-- By child, each number with one code; and how many days of a child stand twice, under two numbers at one facility.
CREATE OR REPLACE VIEW use_counts_by_child AS
    SELECT u.*, coalesce('c' || k.child_code, 'n' || u.recipient_no) AS child
    FROM use_counts u LEFT JOIN children k USING (recipient_no);
CREATE OR REPLACE VIEW days_under_two_numbers AS
    SELECT 'c' || k.child_code AS child, u.service_month, u.service_type,
           count(*) - count(DISTINCT (u.facility_no, u.use_date)) AS days,
           count(*) FILTER (NOT u.decided_before)
           - count(DISTINCT (u.facility_no, u.use_date)) FILTER (NOT u.decided_before) AS days_now
    FROM use_days u
    JOIN children k USING (recipient_no)
    WHERE k.child_code IN (SELECT child_code FROM children GROUP BY child_code HAVING count(*) > 1)
    GROUP BY ALL;
-- shared
CREATE OR REPLACE VIEW claim_use_counts AS
    SELECT u.* EXCLUDE (decided_before) FROM use_counts u
    SEMI JOIN claims_now c USING (facility_no, recipient_no, service_month);
