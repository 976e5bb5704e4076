-- Claims that stand for a service month, their contracts and coded lines.

-- shared
CREATE OR REPLACE VIEW claims_standing AS
    SELECT *, FALSE AS decided_before FROM claims_now
    UNION ALL
    SELECT c.*, TRUE FROM claims c
    JOIN claim_states s USING (facility_no, recipient_no, service_month)
    WHERE s.state = 'decided' AND c.review_month = s.decided_month
      AND NOT EXISTS (FROM claims_now n WHERE n.facility_no = c.facility_no AND n.recipient_no = c.recipient_no
                                          AND n.service_month = c.service_month)
      AND NOT EXISTS (FROM keys_doubted d WHERE d.claim AND d.facility_no = c.facility_no
                                            AND d.recipient_no = c.recipient_no AND d.service_month = c.service_month);
-- 決定サービスコード of contracts: base codes only, days in whole and hundredths.
-- shared
CREATE OR REPLACE VIEW contracts_standing AS
    SELECT k.facility_no, k.recipient_no, k.service_month, left(k.grant_code, 2) AS service_type, k.grant_code,
           k.contracted_days, k.contract_from, k.contract_to, c.decided_before,
           -- A service that has ended uses up no contract afterwards.
           least(k.contract_to, d.end_date) AS used_to
    FROM contracts k JOIN claims_standing c
      ON k.review_month = c.review_month AND k.file = c.file AND k.group_line = c.group_line
    LEFT JOIN (
        SELECT review_month, file, group_line, service_type,
               CASE WHEN count(end_date) = count(*) THEN max(end_date) END AS end_date
        FROM claim_days GROUP BY ALL
    ) d ON d.review_month = k.review_month AND d.file = k.file AND d.group_line = k.group_line
       AND d.service_type = left(k.grant_code, 2)
    WHERE substr(k.grant_code, 3, 1) <> '0';
-- The largest sum of 契約支給量 in force on any one day of the month, in hundredths of a day: per facility, and over
-- all facilities where facility_no is null, of services that have ended until their end. Sums only grow on the first of
-- the month or where a contract begins.
-- shared
CREATE OR REPLACE VIEW contract_peaks AS
    WITH turns AS (
        SELECT DISTINCT recipient_no, service_month, service_type,
               greatest(contract_from, service_month) AS turn
        FROM contracts_standing WHERE contract_from <= month_end(service_month)
    ), sums AS (
        SELECT k.facility_no, k.recipient_no, k.service_month, k.service_type, t.turn,
               sum(k.contracted_days) FILTER (in_force(k.contract_from, k.contract_to, t.turn)) AS own_days,
               sum(k.contracted_days) FILTER (in_force(k.contract_from, k.used_to, t.turn)) AS all_days
        FROM contracts_standing k LEFT JOIN turns t USING (recipient_no, service_month, service_type)
        GROUP BY GROUPING SETS ((k.facility_no, k.recipient_no, k.service_month, k.service_type, t.turn),
                                (k.recipient_no, k.service_month, k.service_type, t.turn))
    )
    SELECT facility_no, recipient_no, service_month, service_type,
           coalesce(max(CASE WHEN facility_no IS NULL THEN all_days ELSE own_days END), 0) AS days
    FROM sums GROUP BY ALL;
-- What service_codes says of the codes that are billed in a month, several rows of a code taken together. The table may hold
-- forty thousand codes, of which a city's claims bear a few hundred.
-- shared
CREATE OR REPLACE VIEW codes_of_month AS
    SELECT m.service_month, s.service_code, min(s.class) AS class, min(s.severe_class) AS severe_class,
           bool_or(coalesce(s.filing_needed, '') = '1') AS filing_needed, min(s.name) AS name, max(s.month_limit) AS month_limit,
           min(s.time_class) AS time_class, min(s.day_kind) AS day_kind, min(s.medical_care_class) AS medical_care_class,
           -- An empty bound bounds nothing; of several rows the widest counts.
           CASE WHEN count(s.capacity_from) = count(*) THEN min(s.capacity_from) END AS capacity_from,
           CASE WHEN count(s.capacity_to) = count(*) THEN max(s.capacity_to) END AS capacity_to,
           list_distinct(flatten(list(coalesce(string_split(replace(s.addon_keys, ' ', ''), ';'), [])))) AS addon_keys,
           -- None where the code goes by a rate.
           CASE WHEN NOT bool_or(s.class = '率' OR s.units IS NULL) THEN list(DISTINCT s.units) END AS fixed_units
    FROM now_service_codes s
    JOIN (SELECT DISTINCT l.service_month, l.service_code FROM claim_lines l
          SEMI JOIN claims_now c USING (service_month)) m
        ON m.service_code = s.service_code AND overlaps_month(s.valid_from, s.valid_to, m.service_month)
    GROUP BY ALL;
-- The add-on keys of codes, one row each, with the code's name: names and lists stay with the few codes, not with the lines.
-- shared
CREATE OR REPLACE VIEW code_keys AS
    SELECT service_month, service_code, name, unnest(addon_keys) AS addon_key FROM codes_of_month;
-- Lines of a claim with what service_codes says of their code in the month.
-- shared
CREATE OR REPLACE VIEW coded_lines AS
    SELECT l.facility_no, l.recipient_no, l.service_month, l.service_code, left(l.service_code, 2) AS service_type,
           l.units, l.line_count, l.line_units, s.class, s.severe_class, s.filing_needed, s.month_limit, s.time_class,
           s.day_kind, s.medical_care_class, s.capacity_from, s.capacity_to
    FROM claim_lines l JOIN codes_of_month s USING (service_code, service_month)
    WHERE l.review_month = review_month();
-- Claims with a line of a type whose code is on a refused row of the code table: what they do not show, it may say.
-- shared
CREATE OR REPLACE VIEW codes_refused AS
    SELECT DISTINCT facility_no, recipient_no, service_month, left(service_code, 2) AS service_type
    FROM claim_lines WHERE review_month = review_month() AND code_row_refused(service_code);
-- Whether there is a code table in this month.
CREATE OR REPLACE MACRO code_table() AS EXISTS (
    FROM ledgers_used u WHERE u.review_month = review_month() AND u.ledger = 'service_codes' AND u.present);
-- Add-ons that are billed in months without a day of use, by claim and type: whether a line has one (without_use), whether
-- all lines but rates have (only_without_use), and whether they would if refused rows of the code table, or rows of which
-- nobody can say what code they are about, said so.
-- shared
CREATE OR REPLACE VIEW lines_without_use AS
    WITH codes AS (
        SELECT service_code, service_month, list_has_any(addon_keys, ['cap_management', 'transition_support']) AS carries,
               coalesce(class = '率', FALSE) AS is_rate
        FROM codes_of_month
    ), lines AS (
        SELECT l.facility_no, l.recipient_no, l.service_month, left(l.service_code, 2) AS service_type,
               coalesce(s.carries, FALSE) AS carries, coalesce(s.is_rate AND NOT s.carries, FALSE) AS aside,
               code_row_refused(l.service_code) AS refused, s.service_code IS NULL AS unknown
        FROM claim_lines l LEFT JOIN codes s USING (service_code, service_month)
        WHERE l.review_month = review_month()
    )
    SELECT facility_no, recipient_no, service_month, service_type, bool_or(carries) AS without_use,
           bool_or(refused) AS refused, bool_or(unknown) AS unknown,
           bool_or(carries) AND bool_and(carries OR aside) AS only_without_use,
           bool_or(carries OR refused) AND bool_and(carries OR aside OR refused) AS only_unless_refused,
           bool_or(carries OR refused OR unknown) AND bool_and(carries OR aside OR refused OR unknown) AS only_unless_unknown
    FROM lines GROUP BY ALL;
