-- What became of claims and sheets in earlier review months.

-- Official: history.csv, and 国保連's own returns (K721) of this month's folder and of earlier ones.
CREATE OR REPLACE VIEW official_outcomes AS
    SELECT kind, facility_no, recipient_no, service_month, outcome_month, outcome, benefit_yen
    FROM now_history
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
-- shared
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
-- shared
CREATE OR REPLACE VIEW petitions_due AS
    SELECT p.*, s.state, s.benefit_yen
    FROM now_petitions p LEFT JOIN claim_states s USING (facility_no, recipient_no, service_month)
    WHERE p.process_month <= review_month() AND (s.newest_month IS NULL OR s.newest_month < p.process_month);

-- Claims of earlier review months, for the months of this one, of which nobody can say whether they count: their key is
-- among what was refused, or may have another state; or there is no history at all and no outcome of them.
-- shared
CREATE OR REPLACE VIEW claims_doubted AS
    SELECT DISTINCT c.facility_no, c.recipient_no, c.service_month
    FROM claims c LEFT JOIN claim_states s USING (facility_no, recipient_no, service_month)
    WHERE c.review_month < review_month() AND c.service_month IN (SELECT service_month FROM claims_now)
      AND NOT EXISTS (FROM claims_now n WHERE n.facility_no = c.facility_no AND n.recipient_no = c.recipient_no
                                          AND n.service_month = c.service_month)
      AND (EXISTS (FROM keys_doubted d WHERE d.claim AND d.facility_no = c.facility_no
                                         AND d.recipient_no = c.recipient_no AND d.service_month = c.service_month)
           OR (s.state IS NULL AND NOT EXISTS (
                   FROM ledgers_used u WHERE u.review_month = review_month() AND u.ledger = 'history' AND u.present)));
-- Petitions with 再請求予定 有 that come due without their claim. `unsure`: why nobody can say that it is missing.
-- shared
CREATE OR REPLACE VIEW reclaims_missing AS
    SELECT p.*, CASE WHEN could_be_refused('claim', p.recipient_no, p.service_month, p.facility_no) THEN 'refused'
                     WHEN state_refused(p.facility_no, p.recipient_no, p.service_month) THEN 'state'
                     WHEN key_row_refused('petitions', p.facility_no, p.recipient_no, p.service_month) THEN 'petition'
                END AS unsure
    FROM petitions_due p ANTI JOIN claims_now c USING (facility_no, recipient_no, service_month)
    WHERE p.reclaim = '有' AND p.state = 'decided';
-- A petition of which nobody can judge whether its claim came waits; the others take the decided claim out.
CREATE OR REPLACE VIEW withdrawals_due AS
    SELECT p.facility_no, p.recipient_no, p.service_month, max(p.benefit_yen) AS benefit_yen
    FROM petitions_due p
    WHERE p.state = 'decided'
      AND NOT (p.reclaim = '有' AND EXISTS (
                   FROM reclaims_missing m WHERE m.facility_no = p.facility_no AND m.recipient_no = p.recipient_no
                                             AND m.service_month = p.service_month AND m.unsure IS NOT NULL))
    GROUP BY ALL;
