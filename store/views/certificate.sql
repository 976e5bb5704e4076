-- What the certificate grants.

-- Recipients that the ledger does not hold at all; empty where there is no ledger. A refused row that names a recipient
-- is a row of it all the same.
-- shared
CREATE OR REPLACE VIEW unknown_recipients AS
    SELECT DISTINCT c.recipient_no FROM claims_now c
    WHERE (SELECT present FROM ledgers_used WHERE review_month = review_month() AND ledger = 'recipients')
      AND NOT EXISTS (FROM now_recipients r WHERE r.recipient_no = c.recipient_no)
      AND NOT EXISTS (FROM refused_rows_now r WHERE r.ledger = 'recipients' AND r.recipient_no = c.recipient_no);
-- 'review' where nobody can say whether the ledger knows the recipient, for `at_most`: it was refused whole; or it never
-- came, and the recipient has no grant by which the city knows the number.
CREATE OR REPLACE VIEW granted_columns AS SELECT DISTINCT recipient_no AS of_granted FROM now_grants;
CREATE OR REPLACE VIEW recipients_columns AS
    SELECT ledger AS of_ledger FROM ledgers_used WHERE review_month = review_month() AND ledger = 'recipients' AND present;
CREATE OR REPLACE MACRO unless_unknown(recipient) AS (
    CASE WHEN NOT EXISTS (FROM recipients_columns)
              AND NOT EXISTS (FROM refused_row_columns WHERE of_name = 'recipients' AND of_recipient = recipient)
              AND (EXISTS (FROM refused_row_columns WHERE of_name = 'recipients')
                   OR NOT EXISTS (FROM granted_columns WHERE of_granted = recipient)) THEN 'review' END);
-- What an add-on key, or a base code of 重心区分 2 or of a 医ケア区分, needs on the certificate; a higher class does for
-- a lower one.
CREATE OR REPLACE VIEW entitlements AS
    SELECT service_type, addon_key, severe_class, NULL::VARCHAR AS medical_care_class, grant_code, severity,
           valid_from, valid_to
    FROM rule_entitlements
    UNION ALL
    SELECT k.service_type, NULL, NULL, k.medical_care_class, g.grant_code, NULL, g.valid_from, g.valid_to
    FROM (SELECT DISTINCT service_type, medical_care_class FROM rule_medical_care_grants) k
    JOIN rule_medical_care_grants g
      ON g.service_type = k.service_type AND g.medical_care_class >= k.medical_care_class;
-- Days a month of the base grants of a child (a recipient without 児童コード is one by itself) and type that overlap the
-- month: the largest, for days of use and for contracts; `open` where a grant gives neither 支給量 nor 算定, or by a rule
-- no dated row covers. A row for each of the child's numbers.
-- shared
CREATE OR REPLACE VIEW allowances AS
    WITH needed AS (
        SELECT recipient_no, service_month, service_type FROM use_counts
        UNION SELECT recipient_no, service_month, service_type FROM contracts_standing
    ), numbers AS (
        SELECT n.recipient_no, coalesce(o.recipient_no, n.recipient_no) AS number
        FROM (SELECT DISTINCT recipient_no FROM needed) n
        LEFT JOIN children c USING (recipient_no)
        LEFT JOIN children o ON o.child_code = c.child_code
    )
    SELECT u.recipient_no, u.service_month, u.service_type,
           max(CASE WHEN g.allowance_rule IS NULL THEN g.allowance_days
                    ELSE day(month_end(u.service_month)) - a.days_off END) AS days,
           max(CASE WHEN g.allowance_rule IS NULL THEN g.allowance_days ELSE a.contract_days END) AS contract_days,
           bool_or(CASE WHEN g.allowance_rule IS NULL THEN g.allowance_days IS NULL
                        ELSE a.days_off IS NULL END) AS open
    FROM needed u
    JOIN numbers n USING (recipient_no)
    JOIN base_grants g ON g.recipient_no = n.number AND g.service_type = u.service_type
                      AND overlaps_month(g.valid_from, g.valid_to, u.service_month)
    LEFT JOIN rule_allowance a ON a.rule = g.allowance_rule AND u.service_month BETWEEN a.valid_from AND a.valid_to
    GROUP BY ALL;
