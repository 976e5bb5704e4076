-- What the certificate grants.

-- Recipients that the ledger does not hold at all; empty where there is no ledger.
CREATE OR REPLACE VIEW unknown_recipients AS
    SELECT DISTINCT c.recipient_no FROM claims_now c
    WHERE (SELECT present FROM ledgers_used WHERE review_month = review_month() AND ledger = 'recipients')
      AND NOT EXISTS (FROM now_recipients r WHERE r.recipient_no = c.recipient_no);
-- Days a month of the base grants of a recipient and type that overlap the month: the largest, for days of use and
-- for contracts; `open` where a grant gives neither 支給量 nor 算定, or by a rule no dated row covers.
-- shared
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
