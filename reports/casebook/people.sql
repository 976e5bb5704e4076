-- Whom each case is about: the frames case_list, case_keys and case_reads (evidence.py) in, temporary tables casebook_… out. The
-- first of three steps: these, the shared views of whom they name, places.sql. Every statement ends with `;` at the end of a line.

-- Of a child: all its numbers, in the months of the case.
CREATE OR REPLACE TEMP TABLE casebook_people AS
    SELECT DISTINCT k.number, coalesce(o.recipient_no, k.recipient_no) AS recipient_no, k.service_month
    FROM case_keys k JOIN case_list l USING (number)
    LEFT JOIN v_children c USING (recipient_no) LEFT JOIN v_children o ON o.child_code = c.child_code
    WHERE l.of_child AND k.recipient_no IS NOT NULL;
-- And the other children of its household, whose claims and sheets speak of the same cap.
CREATE OR REPLACE TEMP TABLE casebook_family AS
    SELECT number, recipient_no, service_month, TRUE AS own FROM casebook_people
    UNION ALL
    SELECT DISTINCT p.number, k.sibling_no, p.service_month, FALSE
    FROM casebook_people p JOIN v_kin k USING (recipient_no)
    WHERE NOT EXISTS (FROM casebook_people o WHERE o.number = p.number AND o.recipient_no = k.sibling_no);
-- Whose records are looked at: these, whom the worklist names, and whoever came to a facility that is the cause, in the three
-- months before, too.
CREATE OR REPLACE TEMP TABLE casebook_wanted AS
    WITH at_facilities AS (
        SELECT DISTINCT k.facility_no, k.service_month - INTERVAL 3 MONTH AS since, k.service_month AS until
        FROM case_keys k JOIN case_list l USING (number) WHERE NOT l.of_child
    )
    SELECT recipient_no FROM casebook_family
    UNION SELECT recipient_no FROM case_keys WHERE recipient_no IS NOT NULL
    UNION SELECT x.recipient_no FROM v_claims x JOIN at_facilities f
          ON f.facility_no = x.facility_no AND x.service_month BETWEEN f.since AND f.until
    UNION SELECT x.recipient_no FROM v_attendance x JOIN at_facilities f
          ON f.facility_no = x.facility_no AND x.service_month BETWEEN f.since AND f.until;
