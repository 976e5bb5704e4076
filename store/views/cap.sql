-- 上限額管理: filings, sheets and whom they concern.

-- shared
CREATE OR REPLACE VIEW live_sheets AS SELECT * FROM sheets_now WHERE submission_kind IN ('1', '2');
-- Children a sheet stands for: its own, but of a household's sheet (K421) those in its rows alone.
CREATE OR REPLACE VIEW sheet_children AS
    SELECT review_month, file, group_line, recipient_no FROM sheets WHERE record IS DISTINCT FROM 'K421-01'
    UNION
    SELECT review_month, file, group_line, child_recipient_no FROM sheet_rows WHERE child_recipient_no IS NOT NULL;
-- Decided sheets whose records are held; and those of which nothing is known but that they were decided.
-- shared
CREATE OR REPLACE VIEW sheets_held AS
    SELECT s.* FROM sheets s JOIN sheet_states d USING (facility_no, recipient_no, service_month)
    WHERE d.state = 'decided' AND s.review_month = d.decided_month AND s.submission_kind IN ('1', '2');
-- shared
CREATE OR REPLACE VIEW sheets_unseen AS
    SELECT d.facility_no, d.recipient_no, d.service_month FROM sheet_states d
    WHERE d.state = 'decided' AND NOT EXISTS (
        FROM sheets_held s WHERE s.facility_no = d.facility_no AND s.recipient_no = d.recipient_no
                             AND s.service_month = d.service_month);
-- Recipient and month for which a sheet is decided.
-- shared
CREATE OR REPLACE VIEW sheets_decided AS
    SELECT recipient_no, service_month FROM sheets_unseen
    UNION
    SELECT k.recipient_no, s.service_month FROM sheets_held s JOIN sheet_children k USING (review_month, file, group_line);
-- Other children of a household, by the rows of both: another 児童コード, or none.
-- shared
CREATE OR REPLACE VIEW kin AS
    SELECT DISTINCT a.recipient_no, b.recipient_no AS sibling_no, a.valid_from AS own_from, a.valid_to AS own_to,
           b.valid_from, b.valid_to
    FROM now_recipients a JOIN now_recipients b ON a.household_no = b.household_no AND a.recipient_no <> b.recipient_no
    LEFT JOIN children own ON own.recipient_no = a.recipient_no
    LEFT JOIN children other ON other.recipient_no = b.recipient_no
    WHERE own.child_code IS NULL OR own.child_code IS DISTINCT FROM other.child_code;
-- Recipient and month for which a sheet is there: decided before, live in this review month, or decided for another
-- child of the household, of which nothing else is known: it may be the household's.
CREATE OR REPLACE VIEW sheet_there AS
    FROM sheets_decided
    UNION
    SELECT k.recipient_no, s.service_month FROM live_sheets s JOIN sheet_children k USING (review_month, file, group_line)
    UNION
    SELECT k.recipient_no, s.service_month FROM sheets_unseen s JOIN kin k ON k.sibling_no = s.recipient_no;
-- Recipient and month for which what was refused (a row of the history, a return list of 国保連) may have changed the
-- state of a sheet: one of the recipient, of another child of the household, or one that names the child.
-- shared
CREATE OR REPLACE VIEW sheets_doubted AS
    WITH keys AS (
        SELECT facility_no, recipient_no, service_month FROM refused_rows_now
        WHERE ledger = 'history' AND recipient_no IS NOT NULL AND service_month IS NOT NULL
        UNION
        SELECT facility_no, recipient_no, service_month FROM sheet_states
        WHERE service_month IN (SELECT service_month FROM claims_now)
          AND key_refused('notice', facility_no, recipient_no, service_month)
    )
    SELECT recipient_no, service_month FROM keys
    UNION
    SELECT k.recipient_no, s.service_month FROM keys s JOIN kin k ON k.sibling_no = s.recipient_no
    UNION
    SELECT k.recipient_no, s.service_month
    FROM keys d JOIN sheets s ON s.recipient_no = d.recipient_no AND s.service_month = d.service_month
                             AND s.facility_no = coalesce(d.facility_no, s.facility_no)
    JOIN sheet_children k USING (review_month, file, group_line)
    WHERE s.review_month < review_month();
-- Rows of sheets in their order, the manager's first: the live ones of this review month, and (live = FALSE) those
-- decided before. A row is about its child, or the sheet's own.
-- shared
CREATE OR REPLACE VIEW sheet_lines AS
    SELECT t.*, r.row_no, r.line AS row_line, r.row_facility_no, coalesce(r.child_recipient_no, t.recipient_no) AS child_no,
           r.row_cost, r.row_burden, r.row_managed,
           row_number() OVER (PARTITION BY t.file, t.group_line, t.review_month
                              ORDER BY r.row_facility_no <> t.facility_no, r.row_no, r.line) AS place
    FROM (SELECT *, TRUE AS live FROM live_sheets UNION ALL SELECT *, FALSE FROM sheets_held) t
    JOIN sheet_rows r USING (review_month, file, group_line);
-- What a sheet says of a child at a facility.
-- shared
CREATE OR REPLACE VIEW sheet_amounts AS
    SELECT live, review_month, file, group_line, facility_no, recipient_no, service_month, burden_cap, cap_result,
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
        SELECT recipient_no, service_month,
               sum(CASE WHEN adjusted_burden > 0 THEN adjusted_burden ELSE capped_burden END) AS burden
        FROM claims_standing GROUP BY ALL HAVING count(DISTINCT facility_no) >= 2
    )
    SELECT c.*, max(r.burden_cap) AS burden_cap
    FROM counted c JOIN now_recipients r ON r.recipient_no = c.recipient_no
                                        AND overlaps_month(r.valid_from, r.valid_to, c.service_month)
    GROUP BY ALL HAVING max(r.burden_cap) > 0 AND NOT bool_or(coalesce(r.free_of_charge, '') = '2');
-- Facilities at which a recipient has a claim in a month, or may have one among what was refused or of which nobody knows the
-- state: what speaks for a claim's sake speaks for such a one, too. The facility is null where it cannot be read; a claim
-- whose recipient cannot be read may be anybody's; but what a file lost, of which nothing but the sender is known (no month),
-- is of the sender's recipients, whom refused_now names.
-- shared
CREATE OR REPLACE VIEW claims_possible AS
    SELECT recipient_no, service_month, facility_no FROM claims_standing
    UNION
    SELECT recipient_no, service_month, facility_no FROM claims_doubted
    UNION
    SELECT coalesce(r.recipient_no, k.recipient_no), m.service_month, coalesce(r.facility_no, r.control_facility_no)
    FROM refused_now r
    JOIN (SELECT DISTINCT service_month FROM claims_now) m ON coalesce(r.service_month, m.service_month) = m.service_month
    LEFT JOIN (SELECT DISTINCT recipient_no FROM now_recipients) k
      ON r.recipient_no IS NULL
     AND (r.service_month IS NOT NULL OR coalesce(r.facility_no, r.control_facility_no) IS NULL)
    WHERE (r.unit = 'claim' OR r.unit IS NULL) AND coalesce(r.recipient_no, k.recipient_no) IS NOT NULL;
-- Facilities at which another child of the household has, or may have, a claim: a review for its sake does not rise to a
-- return because the claim was refused.
-- shared
CREATE OR REPLACE VIEW sibling_claims AS
    SELECT DISTINCT c.recipient_no, c.service_month, s.facility_no
    FROM claims_now c
    JOIN kin k ON k.recipient_no = c.recipient_no AND overlaps_month(k.own_from, k.own_to, c.service_month)
              AND overlaps_month(k.valid_from, k.valid_to, c.service_month)
    JOIN claims_possible s ON s.recipient_no = k.sibling_no AND s.service_month = c.service_month;
-- Recipient and month whose sheet must come: several facilities, and a manager is filed.
CREATE OR REPLACE VIEW sheets_expected AS
    FROM several_facilities s
    SEMI JOIN cap_managers_filed m ON m.recipient_no = s.recipient_no AND m.service_month = s.service_month;
-- Whoever could have sent a sheet or a claim of the child: the manager that was filed or that a claim or sheet names, the
-- facilities with claims, records or rows of a sheet, those of which something was refused; and the same of the other
-- children of the household, whose sheet it may be.
-- shared
CREATE OR REPLACE VIEW facilities_concerned AS
    WITH own AS (
        SELECT recipient_no, service_month, facility_no FROM cap_managers_filed
        UNION SELECT recipient_no, service_month, facility_no FROM claims_standing
        UNION SELECT recipient_no, service_month, facility_no FROM claims_doubted
        UNION SELECT recipient_no, service_month, cap_manager_no FROM claims_now WHERE cap_manager_no IS NOT NULL
        UNION SELECT recipient_no, service_month, facility_no FROM attendance_standing
        UNION SELECT child_no, service_month, facility_no FROM sheet_lines
        UNION SELECT child_no, service_month, row_facility_no FROM sheet_lines
        UNION SELECT recipient_no, service_month, facility_no FROM refused_now
        WHERE recipient_no IS NOT NULL AND service_month IS NOT NULL AND facility_no IS NOT NULL
    )
    FROM own
    UNION
    SELECT k.recipient_no, o.service_month, o.facility_no FROM own o JOIN kin k ON k.sibling_no = o.recipient_no;
-- Whether a refused group could be the one of this recipient and month that is missing, from any facility concerned. The
-- columns have names of their own, or what a caller names would mean them.
CREATE OR REPLACE MACRO refused_somewhere(missing, recipient, month) AS EXISTS (
    FROM (SELECT recipient_no AS whose, service_month AS at_month, facility_no AS place FROM facilities_concerned)
    WHERE whose = recipient AND at_month = month AND could_be_refused(missing, recipient, month, place));
