-- The contract's words (section 1), once. All of them speak of the review month in current_review; checks read
-- nothing else. "standing": what counts for a service month in facility sets and day counts: this review month,
-- together with what was decided in earlier review months and whose records are held.

CREATE OR REPLACE MACRO review_month() AS (SELECT max(review_month) FROM current_review);
CREATE OR REPLACE MACRO month_end(m) AS (CAST(m + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE));
CREATE OR REPLACE MACRO next_month(m) AS (CAST(m + INTERVAL 1 MONTH AS DATE));
-- A period with open end, both ends inclusive, has a day in the month that begins with m.
CREATE OR REPLACE MACRO overlaps_month(valid_from, valid_to, m) AS
    (valid_from <= month_end(m) AND (valid_to IS NULL OR valid_to >= m));
CREATE OR REPLACE MACRO in_force(valid_from, valid_to, d) AS
    (valid_from <= d AND (valid_to IS NULL OR valid_to >= d));

-- ledgers of this review month -----------------------------------------------------------------------------
CREATE OR REPLACE VIEW now_recipients AS SELECT * FROM recipients WHERE review_month = review_month();
CREATE OR REPLACE VIEW now_grants AS SELECT * FROM grants WHERE review_month = review_month();
CREATE OR REPLACE VIEW now_cap_managers AS SELECT * FROM cap_managers WHERE review_month = review_month();
CREATE OR REPLACE VIEW now_service_codes AS SELECT * FROM service_codes WHERE review_month = review_month();
CREATE OR REPLACE VIEW now_plans AS SELECT * FROM plans WHERE review_month = review_month();
CREATE OR REPLACE VIEW now_facilities AS SELECT * FROM facilities WHERE review_month = review_month();
CREATE OR REPLACE VIEW now_facility_addons AS SELECT * FROM facility_addons WHERE review_month = review_month();
CREATE OR REPLACE VIEW now_petitions AS
    SELECT * REPLACE (
        coalesce(process_month, next_month(petition_month)) AS process_month,
        coalesce(reclaim, '有') AS reclaim
    )
    FROM petitions WHERE review_month = review_month();
CREATE OR REPLACE VIEW now_first_review AS SELECT * FROM first_review WHERE review_month = review_month();
CREATE OR REPLACE VIEW base_grants AS
    SELECT recipient_no, grant_code, left(grant_code, 2) AS service_type, allowance_days, allowance_rule,
           valid_from, valid_to
    FROM now_grants WHERE substr(grant_code, 3, 1) <> '0';

-- claims and sheets of this review month ----------------------------------------------------------------------
CREATE OR REPLACE VIEW claims_now AS SELECT * FROM claims WHERE review_month = review_month();
CREATE OR REPLACE VIEW sheets_now AS SELECT * FROM sheets WHERE review_month = review_month();

-- what was refused -----------------------------------------------------------------------------------------
-- A refused group could be the missing one: same recipient and month, or an unreadable recipient in a file of the
-- facility. `unit` is null where not even the kind could be read.
CREATE OR REPLACE VIEW refused_now AS
    SELECT g.* EXCLUDE (review_month), f.control_facility_no
    FROM refused_groups g JOIN files f ON f.review_month = g.review_month AND f.file = g.file
    WHERE g.review_month = review_month();
CREATE OR REPLACE MACRO could_be_refused(missing, recipient, month, facility) AS EXISTS (
    FROM refused_now r
    WHERE (r.unit = missing OR r.unit IS NULL)
      AND ((r.recipient_no = recipient AND (r.service_month = month OR r.service_month IS NULL))
           OR (r.recipient_no IS NULL AND coalesce(r.control_facility_no, r.facility_no) = facility)));

-- outcomes and states --------------------------------------------------------------------------------------
-- Official: history.csv, and 国保連's own returns (K721) of this month's folder and of earlier ones.
CREATE OR REPLACE VIEW official_outcomes AS
    SELECT kind, facility_no, recipient_no, service_month, outcome_month, outcome, benefit_yen
    FROM history WHERE review_month = review_month()
    UNION
    SELECT kind, facility_no, recipient_no, service_month, accepted_month, '返戻', NULL
    FROM notices WHERE review_month <= review_month() AND kind IN ('明', '利');
-- Official outcomes replace what close decided of that key and month. Only the 取下げ of a claim stays, which a petition
-- brought about before the claim's own outcome: it gives way to an official 取下げ alone.
CREATE OR REPLACE VIEW own_standing AS
    SELECT kind, facility_no, recipient_no, service_month, review_month AS outcome_month, outcome, benefit_yen
    FROM own_outcomes o
    WHERE NOT EXISTS (
        FROM official_outcomes f
        WHERE f.kind = o.kind AND f.facility_no = o.facility_no AND f.recipient_no = o.recipient_no
          AND f.service_month = o.service_month AND f.outcome_month = o.review_month
          AND (o.kind = '利' OR o.outcome <> '取下げ' OR f.outcome = '取下げ'));
CREATE OR REPLACE VIEW outcomes AS
    FROM own_standing
    UNION ALL
    -- An official decision without its 給付費 is worth what was decided or claimed in that month.
    SELECT f.kind, f.facility_no, f.recipient_no, f.service_month, f.outcome_month, f.outcome,
           coalesce(f.benefit_yen, c.benefit_yen) AS benefit_yen
    FROM official_outcomes f
    LEFT JOIN claims c ON f.kind = '明' AND c.review_month = f.outcome_month AND c.facility_no = f.facility_no
                      AND c.recipient_no = f.recipient_no AND c.service_month = f.service_month;
-- Only what lies before this review month says how far back the books go.
CREATE OR REPLACE VIEW horizon AS
    SELECT coalesce(min(outcome_month), review_month()) AS month, count(outcome_month) > 0 AS known
    FROM outcomes WHERE outcome_month < review_month();
-- The state of a key by its outcomes of earlier review months, 取下げ first within one month. A 返戻 of a key that
-- stood decided leaves it decided: the newest 決定 or 取下げ rules, and 返戻 speaks only after a 取下げ or alone.
CREATE OR REPLACE VIEW states AS
    WITH placed AS (
        SELECT *, date_diff('month', DATE '1900-01-01', outcome_month) * 2 + (outcome <> '取下げ')::INT AS place
        FROM outcomes WHERE outcome_month < review_month()
    ), newest AS (
        SELECT kind, facility_no, recipient_no, service_month,
               max(outcome_month) AS newest_month,
               max(place) FILTER (outcome <> '返戻') AS settled,
               max(place) FILTER (outcome = '返戻') AS returned,
               arg_max(outcome, place) FILTER (outcome <> '返戻') AS settled_as,
               arg_max(row(outcome_month, benefit_yen), place) FILTER (outcome = '決定') AS decision
        FROM placed GROUP BY ALL
    )
    SELECT kind, facility_no, recipient_no, service_month, newest_month,
           CASE WHEN settled_as = '決定' THEN 'decided'
                WHEN returned > coalesce(settled, 0) THEN 'returned'
                ELSE 'withdrawn' END AS state,
           decision[1] AS decided_month, decision[2] AS benefit_yen
    FROM newest;
-- A month whose first possible review month lies before the first known outcome: silence about it means nothing.
CREATE OR REPLACE MACRO before_horizon(m) AS
    (next_month(m) < (SELECT coalesce(month, review_month()) FROM horizon));
CREATE OR REPLACE VIEW claim_states AS SELECT * EXCLUDE (kind) FROM states WHERE kind = '明';
CREATE OR REPLACE VIEW sheet_states AS SELECT * EXCLUDE (kind) FROM states WHERE kind = '利';
-- A petition is open while its claim's newest outcome lies before its 処理年月; this month's close processes it when
-- that month has come.
CREATE OR REPLACE VIEW petitions_due AS
    SELECT p.*, s.state, s.benefit_yen
    FROM now_petitions p LEFT JOIN claim_states s USING (facility_no, recipient_no, service_month)
    WHERE p.process_month <= review_month() AND (s.newest_month IS NULL OR s.newest_month < p.process_month);

-- A petition whose re-claim may be among the refused waits; the others take the decided claim out.
CREATE OR REPLACE VIEW withdrawals_due AS
    SELECT p.facility_no, p.recipient_no, p.service_month, max(p.benefit_yen) AS benefit_yen
    FROM petitions_due p LEFT JOIN claims_now c USING (facility_no, recipient_no, service_month)
    WHERE p.state = 'decided'
      AND NOT (p.reclaim = '有' AND c.file IS NULL
               AND could_be_refused('claim', p.recipient_no, p.service_month, p.facility_no))
    GROUP BY ALL;

-- claims ---------------------------------------------------------------------------------------------------
CREATE OR REPLACE VIEW claims_standing AS
    SELECT *, FALSE AS decided_before FROM claims_now
    UNION ALL
    SELECT c.*, TRUE FROM claims c
    JOIN claim_states s USING (facility_no, recipient_no, service_month)
    WHERE s.state = 'decided' AND c.review_month = s.decided_month
      AND NOT EXISTS (FROM claims_now n WHERE n.facility_no = c.facility_no AND n.recipient_no = c.recipient_no
                                          AND n.service_month = c.service_month);
-- 決定サービスコード of contracts: base codes only, days in whole and hundredths.
CREATE OR REPLACE VIEW contracts_standing AS
    SELECT k.facility_no, k.recipient_no, k.service_month, left(k.grant_code, 2) AS service_type, k.grant_code,
           k.contracted_days, k.contract_from, k.contract_to, c.decided_before
    FROM contracts k JOIN claims_standing c
      ON k.review_month = c.review_month AND k.file = c.file AND k.group_line = c.group_line
    WHERE substr(k.grant_code, 3, 1) <> '0';
-- The largest sum of 契約支給量 in force on any one day of the month, in hundredths of a day: per facility, and over
-- all facilities where facility_no is null. Sums only grow on the first of the month or where a contract begins.
CREATE OR REPLACE VIEW contract_peaks AS
    WITH turns AS (
        SELECT DISTINCT recipient_no, service_month, service_type,
               greatest(contract_from, service_month) AS turn
        FROM contracts_standing WHERE contract_from <= month_end(service_month)
    ), sums AS (
        SELECT k.facility_no, k.recipient_no, k.service_month, k.service_type, t.turn,
               sum(k.contracted_days) FILTER (in_force(k.contract_from, k.contract_to, t.turn)) AS days
        FROM contracts_standing k LEFT JOIN turns t USING (recipient_no, service_month, service_type)
        GROUP BY GROUPING SETS ((k.facility_no, k.recipient_no, k.service_month, k.service_type, t.turn),
                                (k.recipient_no, k.service_month, k.service_type, t.turn))
    )
    SELECT facility_no, recipient_no, service_month, service_type, coalesce(max(days), 0) AS days
    FROM sums GROUP BY ALL;
-- Lines of a claim with what service_codes says of their code in the month, several rows of a code taken together.
CREATE OR REPLACE VIEW codes_of_month AS
    SELECT m.service_month, s.service_code, min(s.class) AS class, min(s.severe_class) AS severe_class,
           bool_or(coalesce(s.filing_needed, '') = '1') AS filing_needed, max(s.month_limit) AS month_limit,
           list_distinct(flatten(list(coalesce(string_split(replace(s.addon_keys, ' ', ''), ';'), [])))) AS addon_keys
    FROM now_service_codes s
    JOIN (SELECT DISTINCT service_month FROM claims_now) m ON overlaps_month(s.valid_from, s.valid_to, m.service_month)
    GROUP BY ALL;
CREATE OR REPLACE VIEW coded_lines AS
    SELECT l.facility_no, l.recipient_no, l.service_month, l.service_code, left(l.service_code, 2) AS service_type,
           l.units, l.line_count, l.line_units, s.class, s.severe_class, s.filing_needed, s.month_limit, s.addon_keys
    FROM claim_lines l JOIN codes_of_month s USING (service_code, service_month)
    WHERE l.review_month = review_month();

-- attendance -----------------------------------------------------------------------------------------------
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
CREATE OR REPLACE VIEW attendance_standing AS
    SELECT *, FALSE AS decided_before FROM attendance_now
    UNION ALL
    SELECT a.*, TRUE FROM attendance_decided a
    WHERE NOT EXISTS (FROM claims_now n WHERE n.facility_no = a.facility_no AND n.recipient_no = a.recipient_no
                                          AND n.service_month = a.service_month)
      AND NOT EXISTS (FROM attendance_now n WHERE n.facility_no = a.facility_no AND n.recipient_no = a.recipient_no
                                              AND n.service_month = a.service_month AND n.form = a.form);
-- Which service types a facility has attendance records of, use days or not.
CREATE OR REPLACE VIEW attendance_typed AS
    SELECT DISTINCT a.facility_no, a.recipient_no, a.service_month, f.service_type
    FROM attendance_standing a
    JOIN rule_forms f ON f.form = a.form AND a.service_month BETWEEN f.valid_from AND f.valid_to;
CREATE OR REPLACE VIEW day_rows AS
    SELECT r.facility_no, r.recipient_no, r.service_month, r.form, f.service_type, r.use_day AS use_date, r.line,
           a.decided_before, r.status,
           -- Times and hours of zero are how the official software writes "not set".
           CASE WHEN r.status = '8' THEN 'absence'
                WHEN r.form IN ('0301', '0501')
                     AND (r.start_time > 0 OR r.end_time > 0 OR r.hours > 0 OR r.provision IS NOT NULL) THEN 'use'
                WHEN r.form IN ('0601', '0701') AND r.counted_day = '1' THEN 'use'
                ELSE 'other' END AS day_kind
    FROM attendance_rows r
    JOIN attendance_standing a
      ON a.review_month = r.review_month AND a.file = r.file AND a.group_line = r.group_line
    JOIN rule_forms f ON f.form = r.form AND r.service_month BETWEEN f.valid_from AND f.valid_to;
-- Distinct dates per facility, recipient and type, with the number of rows behind them.
CREATE OR REPLACE VIEW use_days AS
    SELECT facility_no, recipient_no, service_month, service_type, use_date, count(*) AS row_count,
           bool_or(decided_before) AS decided_before
    FROM day_rows WHERE day_kind = 'use' GROUP BY ALL;
CREATE OR REPLACE VIEW absences AS
    SELECT DISTINCT facility_no, recipient_no, service_month, service_type, use_date FROM day_rows
    WHERE day_kind = 'absence';
-- Services of which a child can use one a day.
CREATE OR REPLACE VIEW daily_services AS
    SELECT DISTINCT service_type FROM rule_exclusive_services WHERE scope = 'any';
-- Use days of claims that are under review in this month.
CREATE OR REPLACE VIEW claim_use_days AS
    SELECT u.* EXCLUDE (decided_before) FROM use_days u
    SEMI JOIN claims_now c USING (facility_no, recipient_no, service_month);

-- facility ledger ---------------------------------------------------------------------------------------------
-- Facilities and months that claims or attendance speak of.
CREATE OR REPLACE VIEW facility_months AS
    SELECT facility_no, service_month FROM claims_standing
    UNION SELECT facility_no, service_month FROM attendance_standing;
-- Facilities that the ledger does not hold at all; empty where there is no ledger.
CREATE OR REPLACE VIEW unknown_facilities AS
    SELECT DISTINCT c.facility_no FROM facility_months c
    WHERE (SELECT present FROM ledgers_used WHERE review_month = review_month() AND ledger = 'facilities')
      AND NOT EXISTS (FROM now_facilities f WHERE f.facility_no = c.facility_no);
-- The ledger rows of a facility that overlap the month, cut to it.
CREATE OR REPLACE VIEW units_of_month AS
    SELECT c.facility_no, c.service_month, f.service_type, f.capacity, f.fee_capacity, f.severe_class, f.region_code,
           f.corporation_no, f.line, greatest(f.valid_from, c.service_month) AS first_day,
           least(f.valid_to, month_end(c.service_month)) AS last_day
    FROM facility_months c
    JOIN now_facilities f ON f.facility_no = c.facility_no AND overlaps_month(f.valid_from, f.valid_to, c.service_month);
-- Self plans (計画区分 2) of a recipient that overlap the month of a claim.
CREATE OR REPLACE VIEW self_plans AS
    SELECT c.recipient_no, c.service_month, p.core_facility_no, p.consent_date, p.unbilled_reason
    FROM (SELECT DISTINCT recipient_no, service_month FROM claims_standing) c
    JOIN now_plans p ON p.recipient_no = c.recipient_no AND p.plan_kind = '2'
                    AND overlaps_month(p.valid_from, p.valid_to, c.service_month);

-- The days of a month on which a number has several rows of 61 and 63 in force: which of them a child belongs to, and
-- by which capacity its fee goes, the ledger does not say.
CREATE OR REPLACE VIEW shared_numbers AS
    SELECT DISTINCT a.facility_no, a.service_month, greatest(a.first_day, b.first_day) AS first_day,
           least(a.last_day, b.last_day) AS last_day
    FROM units_of_month a
    JOIN units_of_month b USING (facility_no, service_month)
    WHERE a.line < b.line AND a.service_type IN ('61', '63') AND b.service_type IN ('61', '63')
      AND a.first_day <= b.last_day AND b.first_day <= a.last_day;
-- 加算 and 減算 rows that overlap the month of a claim of the facility; `staged_key` is the key without its 50 % mark.
CREATE OR REPLACE VIEW registrations AS
    SELECT c.facility_no, c.service_month, a.service_type, a.class, a.addon_key,
           regexp_replace(a.addon_key, '_half$', '') AS staged_key, a.recipient_no, a.filed_on, a.valid_from, a.valid_to
    FROM (SELECT DISTINCT facility_no, service_month FROM claims_now) c
    JOIN now_facility_addons a ON a.facility_no = c.facility_no
                              AND overlaps_month(a.valid_from, a.valid_to, c.service_month);
-- Registered reductions that a claim with a use day in their time and a base line of the type must show: not those
-- that go by counts of days, and a missing plan only for its own child.
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
    SELECT * FROM (SELECT * EXCLUDE (addon_keys), unnest(addon_keys) AS addon_key FROM coded_lines WHERE filing_needed)
    WHERE NOT starts_with(addon_key, 'reduction_');
-- Keys of a claim's lines, by service type.
CREATE OR REPLACE VIEW claim_keys AS
    SELECT DISTINCT facility_no, recipient_no, service_month, service_type, unnest(addon_keys) AS addon_key
    FROM coded_lines;
-- Children of a facility and type on a day, this city's only, and what its ledger row of the day allows.
CREATE OR REPLACE VIEW children_of_day AS
    SELECT facility_no, service_month, service_type, use_date, count(DISTINCT recipient_no) AS children
    FROM use_days GROUP BY ALL;

-- certificate ----------------------------------------------------------------------------------------------
-- Recipients that the ledger does not hold at all; empty where there is no ledger.
CREATE OR REPLACE VIEW unknown_recipients AS
    SELECT DISTINCT c.recipient_no FROM claims_now c
    WHERE (SELECT present FROM ledgers_used WHERE review_month = review_month() AND ledger = 'recipients')
      AND NOT EXISTS (FROM now_recipients r WHERE r.recipient_no = c.recipient_no);
-- Days a month of the base grants of a recipient and type that overlap the month: the largest, for days of use and
-- for contracts; `open` where a grant gives neither 支給量 nor 算定, or by a rule no dated row covers.
CREATE OR REPLACE VIEW allowances AS
    SELECT u.recipient_no, u.service_month, u.service_type,
           max(CASE WHEN g.allowance_rule IS NULL THEN g.allowance_days
                    ELSE day(month_end(u.service_month)) - a.days_off END) AS days,
           max(CASE WHEN g.allowance_rule IS NULL THEN g.allowance_days ELSE a.contract_days END) AS contract_days,
           bool_or(CASE WHEN g.allowance_rule IS NULL THEN g.allowance_days IS NULL
                        ELSE a.days_off IS NULL END) AS open
    FROM (SELECT DISTINCT recipient_no, service_month, service_type FROM use_days
          UNION SELECT DISTINCT recipient_no, service_month, service_type FROM contracts_standing) u
    JOIN base_grants g ON g.recipient_no = u.recipient_no AND g.service_type = u.service_type
                      AND overlaps_month(g.valid_from, g.valid_to, u.service_month)
    LEFT JOIN rule_allowance a ON a.rule = g.allowance_rule AND u.service_month BETWEEN a.valid_from AND a.valid_to
    GROUP BY ALL;

-- 上限額管理 -----------------------------------------------------------------------------------------------
CREATE OR REPLACE VIEW live_sheets AS SELECT * FROM sheets_now WHERE submission_kind IN ('1', '2');
-- Children a sheet stands for: its own, and of a household's sheet every child in its rows.
CREATE OR REPLACE VIEW sheet_children AS
    SELECT review_month, file, group_line, recipient_no FROM sheets
    UNION
    SELECT review_month, file, group_line, child_recipient_no FROM sheet_rows WHERE child_recipient_no IS NOT NULL;
-- Recipient and month for which a sheet is decided, and for which one is there: decided before, or live in this
-- review month.
CREATE OR REPLACE VIEW sheets_decided AS
    SELECT recipient_no, service_month FROM sheet_states WHERE state = 'decided'
    UNION
    SELECT k.recipient_no, s.service_month FROM sheets s
    JOIN sheet_states t USING (facility_no, recipient_no, service_month)
    JOIN sheet_children k USING (review_month, file, group_line)
    WHERE t.state = 'decided' AND s.review_month = t.decided_month;
CREATE OR REPLACE VIEW sheet_there AS
    FROM sheets_decided
    UNION
    SELECT k.recipient_no, s.service_month FROM live_sheets s JOIN sheet_children k USING (review_month, file, group_line);
-- Rows of sheets in their order, the manager's first: the live ones of this review month, and (live = FALSE) those
-- decided before. A row is about its child, or the sheet's own.
CREATE OR REPLACE VIEW sheet_lines AS
    SELECT t.*, r.row_no, r.line AS row_line, r.row_facility_no, coalesce(r.child_recipient_no, t.recipient_no) AS child_no,
           r.row_cost, r.row_burden, r.row_managed,
           row_number() OVER (PARTITION BY t.file, t.group_line, t.review_month
                              ORDER BY r.row_facility_no <> t.facility_no, r.row_no, r.line) AS place
    FROM (SELECT *, TRUE AS live FROM live_sheets
          UNION ALL
          SELECT s.*, FALSE FROM sheets s JOIN sheet_states d USING (facility_no, recipient_no, service_month)
          WHERE d.state = 'decided' AND s.review_month = d.decided_month AND s.submission_kind IN ('1', '2')) t
    JOIN sheet_rows r USING (review_month, file, group_line);
-- What a sheet says of a child at a facility.
CREATE OR REPLACE VIEW sheet_amounts AS
    SELECT live, review_month, file, group_line, facility_no, recipient_no, service_month, cap_result,
           row_facility_no, child_no, min(row_no) AS row_no, sum(row_cost) AS cost, sum(row_burden) AS burden,
           sum(row_managed) AS managed
    FROM sheet_lines GROUP BY ALL;
CREATE OR REPLACE VIEW cap_managers_filed AS
    SELECT DISTINCT c.recipient_no, c.service_month, m.facility_no
    FROM claims_standing c JOIN now_cap_managers m
      ON m.recipient_no = c.recipient_no AND overlaps_month(m.valid_from, m.valid_to, c.service_month);
CREATE OR REPLACE VIEW several_facilities AS
    WITH counted AS (
        SELECT recipient_no, service_month, sum(capped_burden) AS capped_burden
        FROM claims_standing GROUP BY ALL HAVING count(DISTINCT facility_no) >= 2
    )
    SELECT c.*, max(r.burden_cap) AS burden_cap
    FROM counted c JOIN now_recipients r ON r.recipient_no = c.recipient_no
                                        AND overlaps_month(r.valid_from, r.valid_to, c.service_month)
    GROUP BY ALL HAVING max(r.burden_cap) > 0 AND NOT bool_or(coalesce(r.free_of_charge, '') = '2');
-- Other children of the household with a claim in the month.
CREATE OR REPLACE VIEW sibling_claims AS
    SELECT DISTINCT a.recipient_no, c.service_month
    FROM now_recipients a JOIN now_recipients b ON a.household_no = b.household_no AND a.recipient_no <> b.recipient_no
    JOIN claims_standing c ON c.recipient_no = b.recipient_no
     AND overlaps_month(a.valid_from, a.valid_to, c.service_month)
     AND overlaps_month(b.valid_from, b.valid_to, c.service_month);
-- Recipient and month whose sheet must come: several facilities, and a manager is filed.
CREATE OR REPLACE VIEW sheets_expected AS
    FROM several_facilities s
    SEMI JOIN cap_managers_filed m ON m.recipient_no = s.recipient_no AND m.service_month = s.service_month;
-- Whoever could have sent a sheet or a claim of the child: the manager that was filed, the facilities with claims.
CREATE OR REPLACE VIEW facilities_concerned AS
    SELECT recipient_no, service_month, facility_no FROM cap_managers_filed
    UNION SELECT recipient_no, service_month, facility_no FROM claims_standing;

-- add-ons and amounts --
-- Division of integers that rounds down, below zero too (reductions have negative units).
CREATE OR REPLACE MACRO floor_div(a, b) AS ((a - ((a % b) + b) % b) // b);
-- What a code is called in the months of the claims; observed values speak of it.
CREATE OR REPLACE VIEW code_names AS
    SELECT m.service_month, s.service_code, min(s.name) AS name
    FROM now_service_codes s
    JOIN (SELECT DISTINCT service_month FROM claims_now) m ON overlaps_month(s.valid_from, s.valid_to, m.service_month)
    GROUP BY ALL;
-- The add-ons of claims, one row a claim, service type and key.
CREATE OR REPLACE VIEW addons_billed AS
    SELECT l.facility_no, l.recipient_no, l.service_month, l.service_type, unnest(l.addon_keys) AS addon_key,
           l.line_count, l.month_limit, n.name
    FROM coded_lines l JOIN code_names n USING (service_code, service_month);
-- Facilities with a claim of the child for 児童発達支援 or 放課後等デイサービス, which 事業所間連携 is about.
CREATE OR REPLACE VIEW day_facilities AS
    SELECT c.recipient_no, c.service_month, c.facility_no, bool_or(c.decided_before) AS decided_before
    FROM claims_standing c
    SEMI JOIN (FROM claim_totals WHERE service_type IN ('61', '63')) t USING (review_month, file, group_line)
    GROUP BY ALL;
-- Claims with a line of 事業所間連携加算: as the core facility, as another one.
CREATE OR REPLACE VIEW coordination_claims AS
    SELECT c.facility_no, c.recipient_no, c.service_month, c.decided_before,
           bool_or(list_contains(s.addon_keys, 'coordination_core')) AS core,
           bool_or(list_contains(s.addon_keys, 'coordination_other')) AS other
    FROM claims_standing c
    JOIN claim_lines l ON l.review_month = c.review_month AND l.file = c.file AND l.group_line = c.group_line
    JOIN codes_of_month s ON s.service_code = l.service_code AND s.service_month = c.service_month
    WHERE list_has_any(s.addon_keys, ['coordination_core', 'coordination_other'])
    GROUP BY ALL;
-- Months of a child in which a claim may be among the refused: one of its facilities, or of its core facility.
CREATE OR REPLACE VIEW claims_maybe_refused AS
    WITH concerned AS (
        SELECT recipient_no, service_month, facility_no FROM claims_standing
        UNION SELECT recipient_no, service_month, core_facility_no FROM self_plans
    )
    SELECT DISTINCT n.recipient_no, n.service_month FROM concerned n
    WHERE could_be_refused('claim', n.recipient_no, n.service_month, n.facility_no);
-- What the rows of attendance records say of add-ons, one row an item: codes and numbers alike as numbers.
CREATE OR REPLACE VIEW record_values AS
    WITH said AS (
        SELECT r.facility_no, r.recipient_no, r.service_month, f.service_type,
               r.pickup_out::BIGINT AS pickup_out, r.pickup_back::BIGINT AS pickup_back,
               r.family_support::BIGINT AS family_support, r.extension::BIGINT AS extension,
               r.medical_cooperation::BIGINT AS medical_cooperation,
               r.specialist_support::BIGINT AS specialist_support, r.bathing::BIGINT AS bathing
        FROM attendance_rows r
        JOIN attendance_standing a
          ON a.review_month = r.review_month AND a.file = r.file AND a.group_line = r.group_line
        JOIN rule_forms f ON f.form = r.form AND r.service_month BETWEEN f.valid_from AND f.valid_to
    )
    FROM said UNPIVOT (value FOR record_item IN (pickup_out, pickup_back, family_support, extension,
                                                 medical_cooperation, specialist_support, bathing));
