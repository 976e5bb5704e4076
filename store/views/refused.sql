-- What was refused, as those see it whom a finding would accuse (contract 5: it accuses nobody).

-- In macros a name without its table, or with the alias of a table in the macro, would be the macro's own column: so these
-- columns have names that nothing else has.
-- shared
CREATE OR REPLACE VIEW refused_columns AS
    SELECT unit AS of_unit, recipient_no AS of_recipient, service_month AS of_month, facility_no AS of_facility,
           control_facility_no AS of_file
    FROM refused_now;
-- shared
CREATE OR REPLACE VIEW refused_row_columns AS
    SELECT ledger AS of_name, recipient_no AS of_recipient, facility_no AS of_facility, service_month AS of_month,
           service_code AS of_code
    FROM refused_rows_now;
-- shared
CREATE OR REPLACE VIEW refused_recipient_columns AS
    SELECT ledger AS of_name, recipient_no AS of_recipient FROM refused_recipients;
-- The recipients of a facility, as far as anything that is held says so; some of them twice.
CREATE OR REPLACE VIEW facility_recipients AS
    SELECT facility_no, recipient_no FROM claims WHERE review_month <= review_month()
    UNION ALL SELECT facility_no, recipient_no FROM attendance WHERE review_month <= review_month()
    UNION ALL SELECT facility_no, recipient_no FROM sheets WHERE review_month <= review_month()
    UNION ALL SELECT row_facility_no, coalesce(child_recipient_no, recipient_no) FROM sheet_rows
          WHERE review_month <= review_month()
    UNION ALL SELECT facility_no, recipient_no FROM now_cap_managers;
-- What was refused in this review month. A group of a facility whose recipient cannot be read may be each one's of the
-- facility; a file that was refused whole has such a group, of the facility that its control record names and of those
-- that its lines name, of any facility where neither is there. `unit` is null where not even the kind could be read.
-- shared
CREATE OR REPLACE VIEW refused_now AS
    WITH read_groups AS (
        SELECT g.* EXCLUDE (review_month), f.control_facility_no
        FROM refused_groups g JOIN files f ON f.review_month = g.review_month AND f.file = g.file
        WHERE g.review_month = review_month()
    )
    FROM read_groups
    UNION ALL
    SELECT DISTINCT g.file, g.unit, k.facility_no, k.recipient_no, g.service_month, g.control_facility_no
    FROM (SELECT DISTINCT * FROM read_groups WHERE recipient_no IS NULL) g
    JOIN facility_recipients k ON k.facility_no = coalesce(g.facility_no, g.control_facility_no);
-- A refused group could be the missing one: same recipient and month, or an unreadable recipient in a file of the
-- facility, or of nobody knows which.
CREATE OR REPLACE MACRO could_be_refused(missing, recipient, month, facility) AS EXISTS (
    FROM refused_columns
    WHERE (of_unit = missing OR of_unit IS NULL)
      AND ((of_recipient = recipient AND (of_month = month OR of_month IS NULL))
           OR (of_recipient IS NULL
               AND (of_facility = facility OR of_file = facility OR (of_facility IS NULL AND of_file IS NULL)))));

-- A refused group could be the one of this very key; then an earlier one of the key is a reason for nothing.
CREATE OR REPLACE MACRO key_refused(missing, facility, recipient, month) AS EXISTS (
    FROM refused_columns
    WHERE (of_unit = missing OR of_unit IS NULL)
      AND (of_recipient = recipient OR of_recipient IS NULL)
      AND (of_month = month OR of_month IS NULL)
      AND coalesce(of_facility, of_file, facility) = facility);

-- Children with several numbers: the child of a number that has one.
-- shared
CREATE OR REPLACE VIEW children AS
    SELECT recipient_no, min(child_code) AS child_code FROM now_recipients
    WHERE child_code IS NOT NULL GROUP BY recipient_no;
-- Refused rows of ledgers in this review month.
-- shared
CREATE OR REPLACE VIEW refused_rows_now AS
    SELECT * EXCLUDE (review_month) FROM refused_rows WHERE review_month = review_month();
-- Whom a refused row of a ledger may be about: its recipient, the other numbers of its child, the household it names.
-- shared
CREATE OR REPLACE VIEW refused_recipients AS
    SELECT ledger, recipient_no FROM refused_rows_now WHERE recipient_no IS NOT NULL
    UNION
    SELECT r.ledger, o.recipient_no FROM refused_rows_now r
    JOIN children c ON c.recipient_no = r.recipient_no JOIN children o ON o.child_code = c.child_code
    UNION
    SELECT r.ledger, o.recipient_no FROM refused_rows_now r JOIN children o ON o.child_code = r.child_code
    UNION
    SELECT r.ledger, h.recipient_no FROM refused_rows_now r JOIN now_recipients h ON h.household_no = r.household_no;
-- Whether a row of a ledger (a name) was refused that could remove a finding on this recipient, facility, key or code.
CREATE OR REPLACE MACRO row_refused(of_ledger, recipient) AS EXISTS (
    FROM refused_recipient_columns WHERE of_name = of_ledger AND of_recipient = recipient);
CREATE OR REPLACE MACRO facility_row_refused(of_ledger, facility) AS EXISTS (
    FROM refused_row_columns WHERE of_name = of_ledger AND of_facility = facility);
CREATE OR REPLACE MACRO key_row_refused(of_ledger, facility, recipient, month) AS EXISTS (
    FROM refused_row_columns WHERE of_name = of_ledger AND of_facility = facility AND of_recipient = recipient
                               AND of_month = month);
CREATE OR REPLACE MACRO code_row_refused(code) AS EXISTS (
    FROM refused_row_columns WHERE of_name = 'service_codes' AND of_code = code);
-- 'review' where a row of the ledger was refused of which nobody can say whom it is about, for `at_most`.
CREATE OR REPLACE MACRO unless_unreadable(of_ledger) AS (
    SELECT CASE WHEN bool_or(CASE WHEN r.ledger IN ('petitions', 'history')
                                  THEN r.facility_no IS NULL OR r.recipient_no IS NULL OR r.service_month IS NULL
                                  WHEN r.ledger IN ('facilities', 'facility_addons') THEN r.facility_no IS NULL
                                  WHEN r.ledger = 'service_codes' THEN r.service_code IS NULL
                                  ELSE r.recipient_no IS NULL END) THEN 'review' END
    FROM refused_rows_now r WHERE r.ledger = of_ledger);
-- What says the state of a key may have been refused: a return by 国保連, a row of the history.
CREATE OR REPLACE MACRO state_refused(facility, recipient, month) AS
    (key_refused('notice', facility, recipient, month) OR key_row_refused('history', facility, recipient, month));
-- Keys of earlier review months of which something was refused in this one: their claim or what says its state (`claim`),
-- their attendance (`attendance`). What was there before is then a reason for nothing.
-- shared
CREATE OR REPLACE VIEW keys_doubted AS
    SELECT * FROM (
        SELECT facility_no, recipient_no, service_month,
               key_refused('claim', facility_no, recipient_no, service_month)
               OR state_refused(facility_no, recipient_no, service_month) AS claim,
               key_refused('attendance', facility_no, recipient_no, service_month) AS attendance
        FROM (SELECT facility_no, recipient_no, service_month FROM claims WHERE review_month < review_month()
              UNION SELECT facility_no, recipient_no, service_month FROM claim_states)
        -- Nothing was refused in most months: then no key need be looked at.
        CROSS JOIN (SELECT TRUE FROM refused_now UNION SELECT TRUE FROM refused_rows_now)
    ) WHERE claim OR attendance;
