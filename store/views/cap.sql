-- 上限額管理: filings, sheets and whom they concern.

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
-- shared
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
-- shared
CREATE OR REPLACE VIEW sheet_amounts AS
    SELECT live, review_month, file, group_line, facility_no, recipient_no, service_month, cap_result,
           row_facility_no, child_no, min(row_no) AS row_no, sum(row_cost) AS cost, sum(row_burden) AS burden,
           sum(row_managed) AS managed
    FROM sheet_lines GROUP BY ALL;
-- shared
CREATE OR REPLACE VIEW cap_managers_filed AS
    SELECT DISTINCT c.recipient_no, c.service_month, m.facility_no
    FROM claims_standing c JOIN now_cap_managers m
      ON m.recipient_no = c.recipient_no AND overlaps_month(m.valid_from, m.valid_to, c.service_month);
-- shared
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
-- shared
CREATE OR REPLACE VIEW facilities_concerned AS
    SELECT recipient_no, service_month, facility_no FROM cap_managers_filed
    UNION SELECT recipient_no, service_month, facility_no FROM claims_standing;
