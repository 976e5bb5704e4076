-- What each case is about, in the store: the tables of people.sql and the frames case_keys, case_list, case_facilities and
-- case_reads in, temporary tables casebook_… out. Made before the queries of evidence.sql.

-- Claims: all of the child and its family in the months, of whatever review month; of a cause those that it is about.
CREATE OR REPLACE TEMP TABLE casebook_claims AS
    WITH of_people AS (
        SELECT f.number, f.own, c.review_month, c.file, c.group_line, c.facility_no, c.recipient_no, c.service_month
        FROM v_claims c JOIN casebook_family f USING (recipient_no, service_month)
        WHERE c.review_month <= review_month()
    ), of_causes AS (
        SELECT k.number, TRUE AS own, c.review_month, c.file, c.group_line, c.facility_no, c.recipient_no, c.service_month
        FROM case_keys k JOIN case_list l USING (number)
        JOIN v_claims_now c ON c.facility_no = k.facility_no
         AND (k.recipient_no IS NULL OR c.recipient_no = k.recipient_no)
         AND (k.service_month IS NULL OR c.service_month = k.service_month)
        WHERE NOT l.of_child
    ), found AS (
        SELECT DISTINCT * FROM (FROM of_people UNION ALL FROM of_causes)
    )
    SELECT f.*, CASE WHEN f.review_month = review_month() THEN 'now' WHEN s.file IS NOT NULL THEN 'decided' ELSE 'before' END
               AS state
    FROM found f LEFT JOIN v_claims_standing s USING (review_month, file, group_line);
-- Result sheets that name the child.
CREATE OR REPLACE TEMP TABLE casebook_sheets AS
    SELECT DISTINCT f.number, s.review_month, s.file, s.group_line
    FROM v_sheets s JOIN casebook_family f USING (recipient_no, service_month) WHERE s.review_month <= review_month()
    UNION
    SELECT DISTINCT f.number, r.review_month, r.file, r.group_line
    FROM v_sheet_rows r JOIN casebook_family f ON f.recipient_no = r.child_recipient_no AND f.service_month = r.service_month
    WHERE r.review_month <= review_month();
-- Days: of the child at every facility; of a day at a facility every child of it; of another cause those of its claims.
CREATE OR REPLACE TEMP TABLE casebook_days AS
    SELECT p.number, d.* FROM v_day_rows d JOIN casebook_people p USING (recipient_no, service_month)
    UNION ALL
    SELECT l.number, d.* FROM v_day_rows d JOIN case_list l ON l.facility_no = d.facility_no AND l.day = d.use_date
    WHERE NOT l.of_child
    UNION ALL
    SELECT l.number, d.*
    FROM case_keys k JOIN case_list l USING (number) SEMI JOIN (FROM case_reads WHERE reads = 'attendance') r USING (number)
    JOIN v_day_rows d ON d.facility_no = k.facility_no AND d.recipient_no = k.recipient_no
                     AND d.service_month = k.service_month
    WHERE NOT l.of_child AND l.day IS NULL;
-- Every facility that a case names.
CREATE OR REPLACE TEMP TABLE casebook_facilities AS
    SELECT number, facility_no FROM case_facilities
    UNION SELECT number, facility_no FROM casebook_claims WHERE own
    UNION SELECT number, facility_no FROM casebook_days
    UNION SELECT s.number, r.row_facility_no FROM casebook_sheets s JOIN v_sheet_rows r USING (review_month, file, group_line)
    UNION SELECT p.number, m.facility_no FROM casebook_people p JOIN v_now_cap_managers m USING (recipient_no)
    UNION SELECT p.number, m.core_facility_no FROM casebook_people p JOIN v_now_plans m USING (recipient_no)
          WHERE m.core_facility_no IS NOT NULL;
-- The codes on its claims, where a check of the case reads the table of codes.
CREATE OR REPLACE TEMP TABLE casebook_codes AS
    SELECT DISTINCT c.number, l.service_code
    FROM casebook_claims c SEMI JOIN (FROM case_reads WHERE reads = 'service_codes') r USING (number)
    JOIN v_claim_lines l USING (review_month, file, group_line)
    WHERE c.own AND c.state <> 'before';
