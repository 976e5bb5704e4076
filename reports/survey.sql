-- The counts of the coordination add-on notice, section 7 (令和6年5月2日), for the service month in survey_month, by the
-- ledgers and claims of the current review month and of what was decided before it.
CREATE OR REPLACE TEMP VIEW survey AS
WITH granted AS (
    SELECT DISTINCT g.recipient_no FROM v_base_grants g, survey_month m
    WHERE overlaps_month(g.valid_from, g.valid_to, m.service_month)
), planned AS (
    -- The newest row of a child says why nothing is billed.
    SELECT p.recipient_no, arg_max(coalesce(p.unbilled_reason, ''), p.valid_from) AS reason
    FROM v_now_plans p, survey_month m
    WHERE p.plan_kind = '2' AND overlaps_month(p.valid_from, p.valid_to, m.service_month)
    GROUP BY ALL
), claimed AS (
    SELECT c.* FROM v_claims_standing c SEMI JOIN survey_month m USING (service_month)
), several AS (
    SELECT c.recipient_no, p.reason
    FROM claimed c
    JOIN planned p USING (recipient_no)
    JOIN v_claim_totals t USING (review_month, file, group_line)
    WHERE t.service_type IN ('61', '63')
    GROUP BY ALL HAVING count(DISTINCT c.facility_no) >= 2
), billed AS (
    SELECT DISTINCT c.recipient_no
    FROM claimed c
    JOIN v_claim_lines l USING (review_month, file, group_line)
    JOIN now_service_codes k ON k.service_code = l.service_code
                            AND overlaps_month(k.valid_from, k.valid_to, l.service_month)
    WHERE list_has_any(string_split(replace(k.addon_keys, ' ', ''), ';'), ['coordination_core', 'coordination_other'])
), rest AS (
    SELECT s.recipient_no, s.reason FROM several s ANTI JOIN billed b USING (recipient_no)
)
SELECT (SELECT count(*) FROM granted) AS granted,
       (SELECT count(*) FROM granted SEMI JOIN planned USING (recipient_no)) AS granted_self_plan,
       (SELECT count(DISTINCT recipient_no) FROM claimed) AS claimed,
       (SELECT count(*) FROM several) AS several,
       (SELECT count(*) FROM several SEMI JOIN billed USING (recipient_no)) AS billed,
       (SELECT count(*) FROM rest WHERE reason = '1') AS not_wished,
       (SELECT count(*) FROM rest WHERE reason = '2') AS no_core,
       (SELECT count(*) FROM rest WHERE reason NOT IN ('1', '2')) AS other;
