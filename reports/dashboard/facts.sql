-- What the dashboard counts, claim by claim; packed.sql makes what the page gets of it. It speaks of the months in `closed_months` (review_month, month: 0 for the oldest), the
-- newest of which is the current review month. Keys of claims stay in the temporary tables.

-- Received claims, what became of them, and the service types they hold ('61 63').
CREATE OR REPLACE TEMP TABLE shown_claims AS
    WITH typed AS (
        SELECT review_month, file, group_line, string_agg(DISTINCT service_type, ' ' ORDER BY service_type) AS types
        FROM v_claim_totals GROUP BY ALL
    )
    SELECT m.month, r.*, coalesce(t.types, '') AS types,
           r.returned AND EXISTS (
               FROM v_outcomes e
               WHERE e.kind = '明' AND e.outcome = '返戻' AND e.outcome_month < r.review_month
                 AND e.facility_no = r.facility_no AND e.recipient_no = r.recipient_no
                 AND e.service_month = r.service_month) AS again
    FROM v_received r
    JOIN closed_months m USING (review_month)
    LEFT JOIN typed t USING (review_month, file, group_line);

-- Why claims were returned, one row a claim and check. `found`: a return finding, or one that the brake downgraded. The
-- city's returns are put down to the strongest findings of the claim, and without any to the team's own word. Why the
-- federation returned a claim, henrei does not know.
CREATE OR REPLACE TEMP TABLE shown_reasons AS
    WITH said AS (
        SELECT review_month, facility_no, recipient_no, service_month, check_code,
               min(CASE WHEN severity = 'return' OR downgraded THEN 0 WHEN severity = 'review' THEN 1 ELSE 2 END) AS rank
        FROM v_findings WHERE subject = 'claim' GROUP BY ALL
    ), joined AS (
        SELECT c.*, s.check_code, s.rank,
               min(s.rank) OVER (
                   PARTITION BY c.review_month, c.facility_no, c.recipient_no, c.service_month) AS strongest
        FROM shown_claims c LEFT JOIN said s USING (review_month, facility_no, recipient_no, service_month)
    )
    SELECT month, facility_no, types, benefit_yen, coalesce(check_code, 'team') AS check_code,
           coalesce(rank = 0, FALSE) AS found,
           returned AND returned_by_city AND rank IS NOT DISTINCT FROM strongest AS returned
    FROM joined
    UNION ALL
    SELECT month, facility_no, types, benefit_yen, 'federation', FALSE, TRUE
    FROM shown_claims WHERE returned AND NOT returned_by_city;

-- Returned claims that leave nothing standing, and so must come again. `lag`: months until they did; null: not yet. A
-- 返戻 of a key that stands decided changes nothing, so nobody waits for it.
CREATE OR REPLACE TEMP TABLE shown_reclaims AS
    WITH settled AS (
        SELECT facility_no, recipient_no, service_month, outcome,
               date_diff('month', DATE '1900-01-01', outcome_month) * 2 + (outcome <> '取下げ')::INT AS place
        FROM v_outcomes WHERE kind = '明' AND outcome <> '返戻'
    ), waiting AS (
        SELECT c.*, date_diff('month', DATE '1900-01-01', c.review_month) * 2 + 1 AS place
        FROM shown_claims c WHERE c.returned
    )
    SELECT w.month, w.facility_no, w.types, w.benefit_yen, date_diff('month', w.review_month, n.review_month) AS lag
    FROM waiting w
    ASOF LEFT JOIN settled s
      ON w.facility_no = s.facility_no AND w.recipient_no = s.recipient_no AND w.service_month = s.service_month
     AND w.place > s.place
    ASOF LEFT JOIN shown_claims n
      ON w.facility_no = n.facility_no AND w.recipient_no = n.recipient_no AND w.service_month = n.service_month
     AND w.review_month < n.review_month
    WHERE s.outcome IS DISTINCT FROM '決定';

-- Claims taken back (取下げ), and whether they came again in the same month (`same`: 'decided' or 'returned') or
-- later. Where no petition says otherwise, a re-claim was planned (contract 3.2).
CREATE OR REPLACE TEMP TABLE shown_withdrawals AS
    WITH taken AS (
        SELECT m.month, m.review_month, o.facility_no, o.recipient_no, o.service_month, coalesce(o.benefit_yen, 0) AS yen
        FROM v_outcomes_standing o JOIN closed_months m ON m.review_month = o.outcome_month
        WHERE o.kind = '明' AND o.outcome = '取下げ'
    ), asked AS (
        SELECT review_month, facility_no, recipient_no, service_month,
               arg_max(coalesce(reclaim, '有'), coalesce(process_month, next_month(petition_month))) AS reclaim
        FROM v_petitions WHERE coalesce(process_month, next_month(petition_month)) <= review_month GROUP BY ALL
    )
    SELECT t.month, t.facility_no, coalesce(o.types, n.types, '') AS types, t.yen,
           coalesce(a.reclaim, '有') = '有' AS planned,
           CASE WHEN n.review_month = t.review_month THEN if(n.returned, 'returned', 'decided') END AS same,
           n.review_month > t.review_month AS later
    FROM taken t
    LEFT JOIN asked a USING (review_month, facility_no, recipient_no, service_month)
    ASOF LEFT JOIN shown_claims o
      ON t.facility_no = o.facility_no AND t.recipient_no = o.recipient_no AND t.service_month = o.service_month
     AND t.review_month > o.review_month
    ASOF LEFT JOIN shown_claims n
      ON t.facility_no = n.facility_no AND t.recipient_no = n.recipient_no AND t.service_month = n.service_month
     AND t.review_month <= n.review_month;

-- Subjects that could not be judged, with the types of the claim of their key.
CREATE OR REPLACE TEMP TABLE shown_open AS
    SELECT m.month, u.facility_no, coalesce(c.types, '') AS types, u.check_code
    FROM v_undetermined u
    JOIN closed_months m USING (review_month)
    LEFT JOIN shown_claims c USING (review_month, facility_no, recipient_no, service_month)
    WHERE u.facility_no IS NOT NULL;

-- What each check itself found, one row a check and claim, sheet, …: whether it is to be returned (or was, before the brake),
-- and whether that very claim or sheet was, whoever returned it.
CREATE OR REPLACE TEMP TABLE shown_found AS
    WITH found AS (
        SELECT review_month, check_code, subject, facility_no, recipient_no, service_month,
               bool_or(severity = 'return' OR downgraded) AS to_return
        FROM v_findings GROUP BY ALL
    ), sheets_returned AS (
        SELECT DISTINCT outcome_month, facility_no, recipient_no, service_month
        FROM v_outcomes_standing WHERE kind = '利' AND outcome = '返戻'
    )
    SELECT m.month, f.check_code, f.facility_no, coalesce(c.types, '') AS types,
           f.to_return AND f.subject IN ('claim', 'sheet') AS to_return,
           coalesce(c.returned, s.facility_no IS NOT NULL) AS returned
    FROM found f
    JOIN closed_months m USING (review_month)
    LEFT JOIN shown_claims c
      ON f.subject = 'claim' AND c.review_month = f.review_month AND c.facility_no = f.facility_no
     AND c.recipient_no = f.recipient_no AND c.service_month = f.service_month
    LEFT JOIN sheets_returned s
      ON f.subject = 'sheet' AND s.outcome_month = f.review_month AND s.facility_no = f.facility_no
     AND s.recipient_no = f.recipient_no AND s.service_month = f.service_month;
