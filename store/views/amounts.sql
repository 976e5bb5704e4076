-- The amounts of claims, as they follow from each other, and what a day of one costs.

-- What a claim of this review month bills of a service type, and as a whole where service_type is null: total cost, billed
-- days, and the unit price (in 1/1000 yen) by which the most was billed.
CREATE OR REPLACE VIEW type_costs AS
    WITH days AS (
        SELECT facility_no, recipient_no, service_month, service_type, sum(billed_days)::BIGINT AS days
        FROM claim_days WHERE review_month = review_month() GROUP BY ALL
    ), types AS (
        SELECT facility_no, recipient_no, service_month, service_type, sum(total_cost)::BIGINT AS cost,
               arg_max(unit_price, total_cost) AS unit_price
        FROM claim_totals WHERE review_month = review_month() GROUP BY ALL
    )
    SELECT facility_no, recipient_no, service_month, service_type, sum(t.cost)::BIGINT AS cost,
           arg_max(t.unit_price, t.cost) AS unit_price, sum(d.days)::BIGINT AS days
    FROM types t LEFT JOIN days d USING (facility_no, recipient_no, service_month, service_type)
    GROUP BY GROUPING SETS ((facility_no, recipient_no, service_month, service_type),
                            (facility_no, recipient_no, service_month));

-- What the burdens on a claim of this review month do not follow from, one row an item that is wrong: `place` (item and
-- name), `observed`, `expected`, and for items of 04 rows their service type. A 04 row of 0 yen may be right for a child
-- whose class pays nothing (`by_class`): `open` where nobody knows the class, its row having been refused or the ledger
-- not being there.
-- shared
CREATE OR REPLACE VIEW burden_faults AS
    WITH claims_zeroed AS (
        SELECT file, group_line, facility_no, recipient_no, service_month, coalesce(burden_cap, 0) AS burden_cap,
               cap_result IS NOT NULL AS managed, coalesce(cap_result_yen, 0) AS result, coalesce(capped_burden, 0) AS capped,
               coalesce(adjusted_burden, 0) AS adjusted, coalesce(managed_burden, 0) AS after_management,
               coalesce(decided_burden, 0) AS decided
        FROM claims_now
    ), classes AS (
        SELECT c.recipient_no, c.service_month,
               bool_or(coalesce(r.free_of_charge, '') = '2' OR coalesce(r.sibling_class, '') = '2')
                   FILTER (r.recipient_no IS NOT NULL) AS pays_nothing
        FROM (SELECT DISTINCT recipient_no, service_month FROM claims_zeroed) c
        LEFT JOIN now_recipients r ON r.recipient_no = c.recipient_no
                                  AND overlaps_month(r.valid_from, r.valid_to, c.service_month)
        GROUP BY ALL
    ), rows AS (
        SELECT c.*, t.service_type, coalesce(t.capped_burden, 0) AS row_capped, coalesce(t.decided_burden, 0) AS row_decided,
               least(c.burden_cap, coalesce(t.burden, 0)) AS row_least,
               CASE WHEN c.managed THEN coalesce(t.managed_burden, 0)
                    WHEN c.adjusted > 0 THEN coalesce(t.adjusted_burden, 0) ELSE row_capped END AS row_right
        FROM claims_zeroed c JOIN claim_totals t USING (file, group_line)
        WHERE t.review_month = review_month()
    ), sums AS (
        SELECT file, group_line, sum(row_capped) AS capped_sum FROM rows GROUP BY ALL
    ), items AS (
        SELECT facility_no, recipient_no, service_month, NULL AS service_type, unnest([
            {'place': '基本情報の項番22 上限月額調整', 'is': capped, 'must': coalesce(capped_sum, 0)},
            {'place': '基本情報の項番26 上限額管理後利用者負担額',
             'is': after_management, 'must': CASE WHEN managed THEN result ELSE after_management END},
            {'place': '基本情報の項番27 決定利用者負担額',
             'is': decided, 'must': CASE WHEN managed THEN result WHEN adjusted > 0 THEN adjusted ELSE capped END}]) AS item
        FROM claims_zeroed LEFT JOIN sums USING (file, group_line)
        UNION ALL
        SELECT facility_no, recipient_no, service_month, service_type, unnest([
            {'place': '集計情報の項番16 上限月額調整', 'is': row_capped, 'must': row_least},
            {'place': '集計情報の項番21 決定利用者負担額', 'is': row_decided, 'must': row_right}])
        FROM rows
    ), faults AS (
        SELECT facility_no, recipient_no, service_month, service_type, item.place AS place, item.is AS observed,
               item.must AS expected, starts_with(place, '集計情報の項番16') AND observed = 0 AS by_class
        FROM items WHERE item.is <> item.must
    )
    SELECT f.*, CASE WHEN NOT f.by_class THEN NULL WHEN row_refused('recipients', f.recipient_no) THEN 'refused_row'
                     WHEN c.pays_nothing IS NULL THEN 'no_recipient' END AS open
    FROM faults f JOIN classes c USING (recipient_no, service_month)
    WHERE NOT (f.by_class AND coalesce(c.pays_nothing, FALSE));
