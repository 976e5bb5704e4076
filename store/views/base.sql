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
-- What people call an add-on or a reduction.
CREATE OR REPLACE MACRO addon_name(k) AS coalesce((SELECT max(label) FROM rule_addon_names WHERE addon_key = k), k);

-- The ledgers of this review month are views made from schemas/ledgers/ledgers.toml: now_<ledger>.
CREATE OR REPLACE VIEW base_grants AS
    SELECT recipient_no, grant_code, left(grant_code, 2) AS service_type, allowance_days, allowance_rule,
           valid_from, valid_to
    FROM now_grants WHERE substr(grant_code, 3, 1) <> '0';

-- claims and sheets of this review month
-- shared
CREATE OR REPLACE VIEW claims_now AS SELECT * FROM claims WHERE review_month = review_month();
-- shared
CREATE OR REPLACE VIEW sheets_now AS SELECT * FROM sheets WHERE review_month = review_month();
