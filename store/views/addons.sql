-- Add-ons on claims and in the records, and the coordination add-on.

-- Division of integers that rounds down, below zero too (reductions have negative units).
CREATE OR REPLACE MACRO floor_div(a, b) AS ((a - ((a % b) + b) % b) // b);
-- The add-ons of claims, one row a claim, service type and key.
CREATE OR REPLACE VIEW addons_billed AS
    SELECT l.facility_no, l.recipient_no, l.service_month, l.service_type, k.addon_key, l.line_count, l.line_units,
           l.severe_class, k.name
    FROM coded_lines l JOIN code_keys k USING (service_code, service_month);
-- Facilities with a claim of the child for 児童発達支援 or 放課後等デイサービス, which 事業所間連携 is about.
CREATE OR REPLACE VIEW day_facilities AS
    SELECT c.recipient_no, c.service_month, c.facility_no, bool_or(c.decided_before) AS decided_before
    FROM claims_standing c
    SEMI JOIN (SELECT review_month, file, group_line FROM claim_totals WHERE service_type IN ('61', '63')
               UNION SELECT review_month, file, group_line FROM claim_lines WHERE left(service_code, 2) IN ('61', '63')) t
        USING (review_month, file, group_line)
    GROUP BY ALL;
-- Claims with a line of 事業所間連携加算: as the core facility, as another one.
-- shared
CREATE OR REPLACE VIEW coordination_claims AS
    SELECT c.facility_no, c.recipient_no, c.service_month, c.decided_before,
           bool_or(list_contains(s.addon_keys, 'coordination_core')) AS core,
           bool_or(list_contains(s.addon_keys, 'coordination_other')) AS other,
           sum(l.line_units) FILTER (list_contains(s.addon_keys, 'coordination_core')) AS core_units,
           sum(l.line_units) FILTER (list_contains(s.addon_keys, 'coordination_other')) AS other_units
    FROM claims_standing c
    JOIN claim_lines l ON l.review_month = c.review_month AND l.file = c.file AND l.group_line = c.group_line
    JOIN codes_of_month s ON s.service_code = l.service_code AND s.service_month = c.service_month
    WHERE list_has_any(s.addon_keys, ['coordination_core', 'coordination_other'])
    GROUP BY ALL;
-- Months of a child in which a claim may be among the refused: of one of its facilities, by what was decided before or by
-- a record of its days, too, or of its core facility.
CREATE OR REPLACE VIEW claims_maybe_refused AS
    WITH concerned AS (
        SELECT recipient_no, service_month, facility_no FROM claims_now
        UNION SELECT recipient_no, service_month, facility_no FROM attendance_now
        UNION SELECT s.recipient_no, s.service_month, s.facility_no FROM claim_states s
              SEMI JOIN claims_now c USING (recipient_no, service_month) WHERE s.state = 'decided'
        UNION SELECT recipient_no, service_month, core_facility_no FROM self_plans
    )
    SELECT DISTINCT n.recipient_no, n.service_month FROM concerned n
    WHERE could_be_refused('claim', n.recipient_no, n.service_month, n.facility_no);
-- What the rows of this review month's attendance records say of hours, days and add-ons: of a record each item and value, and
-- in how many of its rows it is (`row_count`); codes and numbers alike as numbers. A count of zero is none.
-- shared
CREATE OR REPLACE VIEW record_values AS
    WITH items AS (
        SELECT r.file, r.group_line, r.form,
               nullif(r.hours, 0)::INTEGER AS hours, r.counted_day::INTEGER AS counted_day,
               nullif(r.pickup_out, 0)::INTEGER AS pickup_out, nullif(r.pickup_back, 0)::INTEGER AS pickup_back,
               r.family_support::INTEGER AS family_support, r.extension::INTEGER AS extension,
               r.medical_cooperation::INTEGER AS medical_cooperation,
               r.specialist_support::INTEGER AS specialist_support, r.bathing::INTEGER AS bathing,
               r.meal::INTEGER AS meal, r.first_visit::INTEGER AS first_visit,
               nullif(r.independence_commute, 0)::INTEGER AS independence_commute,
               r.parenting_support::INTEGER AS parenting_support, r.visitor_special::INTEGER AS visitor_special,
               r.multi_profession::INTEGER AS multi_profession, r.severe_behavior::INTEGER AS severe_behavior,
               r.intensive_support::INTEGER AS intensive_support, r.independence_support::INTEGER AS independence_support
        FROM attendance_rows r WHERE r.review_month = review_month()
    ), counted AS (
        -- By the place of the record, which is a number; whose it is comes after.
        SELECT file, group_line, form, record_item, value, count(*) AS row_count
        FROM items UNPIVOT (value FOR record_item IN (
            hours, counted_day, pickup_out, pickup_back, family_support, extension, medical_cooperation,
            specialist_support, bathing, meal, first_visit, independence_commute, parenting_support, visitor_special,
            multi_profession, severe_behavior, intensive_support, independence_support))
        GROUP BY ALL
    )
    SELECT c.*, a.facility_no, a.recipient_no, a.service_month, f.service_type
    FROM counted c
    JOIN attendance_now a USING (file, group_line)
    JOIN rule_forms f ON f.form = c.form AND a.service_month BETWEEN f.valid_from AND f.valid_to;
