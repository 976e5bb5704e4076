-- The tables of a card, in their order: over the casebook_… tables of places.sql, each row with the number of its case
-- (`case`) and, where it comes from a file, `file` and `line`. Each begins with `-- table: name | labels of | title`; where
-- the second part is empty, the labels are those of columns.py alone.

-- table: claims | claims | 明細書 基本情報(01)
SELECT c.number AS "case", c.state, c.own, x.review_month, x.service_month, x.facility_no, x.recipient_no, x.child_name,
       x.region_code, x.burden_cap, x.cap_manager_no, x.cap_result, x.cap_result_yen, x.total_units, x.total_cost,
       x.capped_burden, x.adjusted_burden, x.managed_burden, x.decided_burden, x.benefit_yen, x.subsidy_yen,
       f.path AS file, x.line
FROM casebook_claims c JOIN v_claims x USING (review_month, file, group_line)
LEFT JOIN v_files f USING (review_month, file)
ORDER BY c.number, NOT c.own, c.recipient_no, c.service_month, c.facility_no, c.review_month DESC;
-- table: claim_days | claim_days | 明細書 日数情報(02)
SELECT c.number AS "case", c.state, x.facility_no, x.recipient_no, x.service_type, x.start_date, x.end_date, x.billed_days,
       f.path AS file, x.line
FROM casebook_claims c JOIN v_claim_days x USING (review_month, file, group_line)
LEFT JOIN v_files f USING (review_month, file) WHERE c.own AND c.state <> 'before'
ORDER BY c.number, x.recipient_no, x.facility_no, x.service_type, x.line;
-- table: claim_lines | claim_lines | 明細書 明細情報(03)
WITH named AS (
    SELECT service_code, arg_max(name, valid_from) AS code_name FROM v_now_service_codes GROUP BY ALL
)
SELECT c.number AS "case", c.state, x.facility_no, x.recipient_no, x.service_code, n.code_name, x.units, x.line_count,
       x.line_units, f.path AS file, x.line
FROM casebook_claims c JOIN case_list l ON l.number = c.number
JOIN v_claim_lines x USING (review_month, file, group_line)
LEFT JOIN named n USING (service_code) LEFT JOIN v_files f USING (review_month, file)
WHERE c.own AND c.state <> 'before'
  AND (l.of_child OR EXISTS (FROM case_reads r WHERE r.number = c.number AND r.reads = 'service_codes'))
ORDER BY c.number, x.recipient_no, x.facility_no, x.line;
-- table: claim_totals | claim_totals | 明細書 集計情報(04)
SELECT c.number AS "case", c.state, x.facility_no, x.recipient_no, x.service_type, x.class_no, x.units, x.unit_price,
       x.total_cost, x.tenth, x.burden, x.capped_burden, x.adjusted_burden, x.managed_burden, x.decided_burden,
       x.benefit_yen, x.subsidy_yen, f.path AS file, x.line
FROM casebook_claims c JOIN v_claim_totals x USING (review_month, file, group_line)
LEFT JOIN v_files f USING (review_month, file) WHERE c.own AND c.state <> 'before'
ORDER BY c.number, x.recipient_no, x.facility_no, x.service_type, x.line;
-- table: contracts | contracts | 明細書 契約情報(05)
SELECT c.number AS "case", c.state, x.facility_no, x.recipient_no, x.grant_code, x.contracted_days, x.contract_from,
       x.contract_to, f.path AS file, x.line
FROM casebook_claims c JOIN v_contracts x USING (review_month, file, group_line)
LEFT JOIN v_files f USING (review_month, file) WHERE c.own AND c.state <> 'before'
ORDER BY c.number, x.recipient_no, x.facility_no, x.grant_code;
-- table: invoices | invoices | 請求書 基本情報(K112-01)
SELECT k.number AS "case", x.facility_no, x.service_month, x.billed_yen, x.total_count, x.total_units, x.total_cost,
       x.total_benefit, x.total_special, x.total_burden, x.total_subsidy, f.path AS file, x.line
FROM case_keys k SEMI JOIN (FROM case_reads WHERE reads = 'invoices') r USING (number)
JOIN v_invoices x ON x.facility_no = k.facility_no AND x.service_month = k.service_month AND x.review_month = review_month()
LEFT JOIN v_files f ON f.review_month = x.review_month AND f.file = x.file
ORDER BY k.number, x.line;
-- table: invoice_totals | invoice_totals | 請求書 明細情報(K112-02)
SELECT k.number AS "case", x.facility_no, x.benefit_class, x.service_type, x.units, x.total_cost, x.benefit_yen, x.burden,
       f.path AS file, x.line
FROM case_keys k SEMI JOIN (FROM case_reads WHERE reads = 'invoices') r USING (number)
JOIN v_invoice_totals x ON x.facility_no = k.facility_no AND x.service_month = k.service_month
                       AND x.review_month = review_month()
LEFT JOIN v_files f ON f.review_month = x.review_month AND f.file = x.file
ORDER BY k.number, x.line;
-- table: sheets | sheets | 上限額管理結果票(01)
SELECT s.number AS "case", x.record, x.review_month, x.service_month, x.facility_no, x.recipient_no, x.submission_kind,
       x.burden_cap, x.cap_result, x.total_cost, x.total_burden, x.total_managed, f.path AS file, x.line, x.group_line AS sheet
FROM casebook_sheets s JOIN v_sheets x USING (review_month, file, group_line)
LEFT JOIN v_files f USING (review_month, file)
ORDER BY s.number, x.review_month DESC, x.line;
-- table: sheet_rows | sheet_rows | 上限額管理結果票 事業所ごと(02)
SELECT s.number AS "case", x.review_month, x.row_no, x.row_facility_no, x.child_recipient_no, x.row_cost, x.row_burden,
       x.row_managed, f.path AS file, x.line, x.group_line AS sheet
FROM casebook_sheets s JOIN v_sheet_rows x USING (review_month, file, group_line)
LEFT JOIN v_files f USING (review_month, file)
ORDER BY s.number, x.review_month DESC, x.group_line, x.row_no, x.line;
-- table: records | attendance | 実績記録票 基本情報(01)
SELECT p.number AS "case", x.review_month, x.facility_no, x.recipient_no, x.form, COLUMNS('^total_'), f.path AS file, x.line
FROM v_attendance_standing x JOIN casebook_people p USING (recipient_no, service_month)
LEFT JOIN v_files f USING (review_month, file)
ORDER BY p.number, x.recipient_no, x.facility_no, x.form;
-- table: days | attendance_rows | 実績記録票 日ごと(02)
SELECT d.number AS "case", d.facility_no, d.recipient_no, d.service_type, d.use_date, d.day_kind, d.decided_before,
       d.start_time, d.end_time, d.hours, d.provision, d.status, x.counted_day, x.pickup_out, x.pickup_back, x.meal,
       x.medical_cooperation, x.family_support, x.extension, x.bathing, x.specialist_support, x.first_visit,
       x.independence_commute, x.parenting_support, x.visitor_special, x.multi_profession, x.severe_behavior,
       x.intensive_support, x.independence_support, f.path AS file, d.line
FROM casebook_days d
LEFT JOIN v_attendance_rows x ON x.review_month = d.review_month AND x.file = d.file AND x.group_line = d.group_line
     AND x.line = d.line AND x.use_day = d.use_date
LEFT JOIN v_files f ON f.review_month = d.review_month AND f.file = d.file
ORDER BY d.number, d.recipient_no, d.service_type, d.facility_no, d.use_date, d.line;
-- table: limits | | 日数のまとめ
WITH used AS (
    SELECT number, recipient_no, service_type, facility_no,
           count(DISTINCT use_date) FILTER (day_kind = 'use') AS used, count(*) FILTER (day_kind = 'use') AS used_rows,
           count(DISTINCT use_date) FILTER (day_kind = 'absence') AS absent
    FROM casebook_days d SEMI JOIN (FROM case_list WHERE of_child) l USING (number) GROUP BY ALL
), billed AS (
    SELECT c.number, x.recipient_no, x.service_type, x.facility_no, sum(x.billed_days)::BIGINT AS billed
    FROM casebook_claims c JOIN v_claim_days x USING (review_month, file, group_line)
    SEMI JOIN (FROM case_list WHERE of_child) l USING (number)
    WHERE c.own AND c.state <> 'before' GROUP BY ALL
), lines AS (
    FROM used FULL JOIN billed USING (number, recipient_no, service_type, facility_no)
)
SELECT l.number AS "case", l.recipient_no, l.service_type, l.facility_no, coalesce(l.used, 0) AS used, l.used_rows, l.absent,
       l.billed, k.days::BIGINT AS contracted, sum(coalesce(l.used, 0)) OVER child::BIGINT AS used_all, t.days::BIGINT AS contracted_all,
       CASE WHEN NOT a.open THEN a.days END AS allowance, CASE WHEN NOT a.open THEN a.contract_days END AS contract_allowance
FROM lines l JOIN casebook_people p ON p.number = l.number AND p.recipient_no = l.recipient_no
LEFT JOIN v_allowances a ON a.recipient_no = l.recipient_no AND a.service_month = p.service_month
                        AND a.service_type = l.service_type
LEFT JOIN v_contract_peaks k ON k.facility_no = l.facility_no AND k.recipient_no = l.recipient_no
                            AND k.service_month = p.service_month AND k.service_type = l.service_type
LEFT JOIN v_contract_peaks t ON t.facility_no IS NULL AND t.recipient_no = l.recipient_no
                            AND t.service_month = p.service_month AND t.service_type = l.service_type
WINDOW child AS (PARTITION BY l.number, l.service_type)
ORDER BY l.number, l.recipient_no, l.service_type, l.facility_no;
-- table: facility_days | | その日の利用児童の数(この市の児童だけ)
WITH wanted AS (
    SELECT DISTINCT l.number, k.facility_no, k.service_month, l.day
    FROM case_list l JOIN case_keys k USING (number) SEMI JOIN (FROM case_reads WHERE reads = 'attendance') r USING (number)
    WHERE NOT l.of_child AND k.service_month IS NOT NULL
), counted AS (
    SELECT facility_no, service_month, service_type, use_date, count(*) AS children, sum(row_count)::BIGINT AS row_count
    FROM v_use_days u SEMI JOIN wanted USING (facility_no, service_month) GROUP BY ALL
)
SELECT w.number AS "case", c.facility_no, c.service_type, c.use_date, c.children,
       string_agg(DISTINCT n.capacity::VARCHAR, '・' ORDER BY n.capacity::VARCHAR) AS capacity
FROM wanted w JOIN counted c USING (facility_no, service_month)
LEFT JOIN v_now_facilities n ON n.facility_no = c.facility_no AND n.service_type = c.service_type
     AND in_force(n.valid_from, n.valid_to, c.use_date)
WHERE w.day IS NULL OR w.day = c.use_date
GROUP BY ALL ORDER BY w.number, c.service_type, c.use_date;
-- table: facility_months | | 月ごとの延べ利用児童の数(この市の児童だけ)
WITH wanted AS (
    SELECT DISTINCT l.number, k.facility_no, k.service_month
    FROM case_list l JOIN case_keys k USING (number) SEMI JOIN (FROM case_reads WHERE reads = 'attendance') r USING (number)
    WHERE NOT l.of_child AND l.day IS NULL AND k.service_month IS NOT NULL
), counted AS (
    SELECT facility_no, service_month, service_type, count(*) AS use_count, count(DISTINCT use_date) AS open_days
    FROM v_use_days u SEMI JOIN wanted USING (facility_no) GROUP BY ALL
)
SELECT w.number AS "case", c.facility_no, c.service_type, c.service_month, c.use_count, c.open_days
FROM wanted w JOIN counted c ON c.facility_no = w.facility_no
 AND c.service_month BETWEEN w.service_month - INTERVAL 3 MONTH AND w.service_month
ORDER BY w.number, c.service_type, c.service_month;
-- table: payment | | 事業所の支払額(給付費)
WITH paid AS (
    SELECT DISTINCT k.number, k.facility_no FROM case_keys k SEMI JOIN (FROM case_reads WHERE reads = 'petitions') r USING (number)
    WHERE k.recipient_no IS NULL
)
SELECT w.number AS "case", w.facility_no, coalesce(c.yen, 0) AS claimed, coalesce(d.yen, 0) AS withdrawn,
       coalesce(c.yen, 0) - coalesce(d.yen, 0) AS net
FROM paid w
LEFT JOIN (SELECT facility_no, sum(benefit_yen)::BIGINT AS yen FROM v_claims_now GROUP BY ALL) c USING (facility_no)
LEFT JOIN (SELECT facility_no, sum(benefit_yen)::BIGINT AS yen FROM v_withdrawals_due GROUP BY ALL) d USING (facility_no)
ORDER BY ALL;
-- table: recipients | recipients | 受給者台帳
SELECT f.number AS "case", f.own, x.* EXCLUDE (review_month, file, line), p.path AS file, x.line
FROM (SELECT DISTINCT number, recipient_no, own FROM casebook_family) f JOIN v_now_recipients x USING (recipient_no)
LEFT JOIN v_files p ON p.review_month = x.review_month AND p.file = x.file
ORDER BY f.number, NOT f.own, x.recipient_no, x.valid_from, x.line;
-- table: grants | grants | 支給決定
SELECT f.number AS "case", x.* EXCLUDE (review_month, file, line), p.path AS file, x.line
FROM (SELECT DISTINCT number, recipient_no FROM casebook_people) f JOIN v_now_grants x USING (recipient_no)
LEFT JOIN v_files p ON p.review_month = x.review_month AND p.file = x.file
ORDER BY f.number, x.recipient_no, x.grant_code, x.valid_from, x.line;
-- table: cap_managers | cap_managers | 上限額管理事務依頼届
SELECT f.number AS "case", x.* EXCLUDE (review_month, file, line), p.path AS file, x.line
FROM (SELECT DISTINCT number, recipient_no FROM casebook_family) f JOIN v_now_cap_managers x USING (recipient_no)
LEFT JOIN v_files p ON p.review_month = x.review_month AND p.file = x.file
ORDER BY f.number, x.recipient_no, x.valid_from, x.line;
-- table: plans | plans | 利用計画
SELECT f.number AS "case", x.* EXCLUDE (review_month, file, line), p.path AS file, x.line
FROM (SELECT DISTINCT number, recipient_no FROM casebook_people) f JOIN v_now_plans x USING (recipient_no)
LEFT JOIN v_files p ON p.review_month = x.review_month AND p.file = x.file
ORDER BY f.number, x.recipient_no, x.valid_from, x.line;
-- table: facilities | facilities | 障害児施設台帳
SELECT f.number AS "case", x.* EXCLUDE (review_month, file, line), p.path AS file, x.line
FROM casebook_facilities f JOIN v_now_facilities x USING (facility_no)
LEFT JOIN v_files p ON p.review_month = x.review_month AND p.file = x.file
ORDER BY f.number, x.facility_no, x.service_type, x.valid_from, x.line;
-- table: facility_addons | facility_addons | 体制届
SELECT f.number AS "case", x.* EXCLUDE (review_month, file, line), p.path AS file, x.line
FROM (SELECT DISTINCT number, facility_no FROM case_facilities
      SEMI JOIN (FROM case_reads WHERE reads = 'facility_addons') r USING (number)) f
JOIN v_now_facility_addons x USING (facility_no)
LEFT JOIN v_files p ON p.review_month = x.review_month AND p.file = x.file
WHERE x.recipient_no IS NULL OR EXISTS (FROM case_keys k WHERE k.number = f.number AND k.recipient_no = x.recipient_no)
ORDER BY f.number, x.facility_no, x.service_type, x.addon_key, x.valid_from, x.line;
-- table: service_codes | service_codes | サービスコード表
SELECT f.number AS "case", x.* EXCLUDE (review_month, file, line), p.path AS file, x.line
FROM casebook_codes f JOIN v_now_service_codes x USING (service_code)
LEFT JOIN v_files p ON p.review_month = x.review_month AND p.file = x.file
ORDER BY f.number, x.service_code, x.valid_from, x.line;
-- table: petitions | petitions | 過誤申立
WITH wanted AS (
    SELECT DISTINCT f.number, x.file, x.line FROM casebook_people f JOIN v_now_petitions x USING (recipient_no)
    UNION
    SELECT k.number, x.file, x.line FROM case_keys k JOIN v_now_petitions x USING (facility_no)
    WHERE k.recipient_no IS NULL AND EXISTS (FROM case_reads r WHERE r.number = k.number AND r.reads = 'petitions')
)
SELECT w.number AS "case", x.* EXCLUDE (review_month, file, line), p.path AS file, x.line
FROM wanted w JOIN v_now_petitions x USING (file, line)
LEFT JOIN v_files p ON p.review_month = x.review_month AND p.file = x.file
ORDER BY w.number, x.service_month, x.facility_no, x.line;
-- table: history | history | 審査履歴
WITH wanted AS (
    SELECT f.number, x.file, x.line FROM casebook_family f JOIN v_now_history x USING (recipient_no, service_month)
    UNION
    SELECT k.number, x.file, x.line FROM case_keys k JOIN v_now_petitions t USING (facility_no)
    JOIN v_now_history x ON x.facility_no = t.facility_no AND x.recipient_no = t.recipient_no
                        AND x.service_month = t.service_month
    WHERE k.recipient_no IS NULL AND EXISTS (FROM case_reads r WHERE r.number = k.number AND r.reads = 'petitions')
)
SELECT w.number AS "case", x.* EXCLUDE (review_month, file, line), p.path AS file, x.line
FROM wanted w JOIN v_now_history x USING (file, line)
LEFT JOIN v_files p ON p.review_month = x.review_month AND p.file = x.file
ORDER BY w.number, x.kind, x.outcome_month, x.line;
-- table: first_review | first_review | 一次審査結果
SELECT f.number AS "case", x.* EXCLUDE (review_month, file, line), p.path AS file, x.line
FROM casebook_people f JOIN v_now_first_review x USING (recipient_no, service_month)
LEFT JOIN v_files p ON p.review_month = x.review_month AND p.file = x.file
ORDER BY f.number, x.line;
-- table: outcomes | history | これまでの結果
WITH wanted AS (
    SELECT number, recipient_no, service_month, NULL AS facility_no FROM casebook_family
    UNION
    SELECT k.number, t.recipient_no, t.service_month, t.facility_no FROM case_keys k JOIN v_now_petitions t USING (facility_no)
    WHERE k.recipient_no IS NULL AND EXISTS (FROM case_reads r WHERE r.number = k.number AND r.reads = 'petitions')
)
SELECT DISTINCT w.number AS "case", x.outcome_month, x.kind, x.facility_no, x.recipient_no, x.service_month, x.outcome,
       x.benefit_yen
FROM wanted w JOIN v_outcomes x ON x.recipient_no = w.recipient_no AND x.service_month = w.service_month
                               AND (w.facility_no IS NULL OR x.facility_no = w.facility_no)
WHERE x.outcome_month < review_month()
ORDER BY w.number, x.outcome_month DESC, x.kind, x.facility_no, x.recipient_no, x.outcome;
-- table: returned_lists | notices | 国保連の返戻等一覧(K721)
SELECT f.number AS "case", x.accepted_month, x.kind, x.facility_no, x.recipient_no, x.service_month, x.reason_code,
       x.reason_text, p.path AS file, x.line
FROM casebook_people f JOIN v_notices x USING (recipient_no, service_month)
LEFT JOIN v_files p ON p.review_month = x.review_month AND p.file = x.file
WHERE x.review_month <= review_month() ORDER BY f.number, x.accepted_month DESC, x.line;
-- table: found_before | | 前の審査月の指摘
SELECT k.number AS "case", x.review_month, x.subject, x.facility_no, x.recipient_no, x.service_month, x.check_code,
       x.severity, x.message
FROM v_findings x JOIN case_keys k ON k.subject = x.subject AND k.facility_no = x.facility_no
     AND k.recipient_no = x.recipient_no AND k.service_month = x.service_month
WHERE x.review_month < review_month() ORDER BY k.number, x.review_month DESC, x.check_code;
-- table: refused_records | | 取り込めなかった記録
SELECT DISTINCT p.number AS "case", x.unit, x.facility_no, x.recipient_no, x.service_month, f.path AS file
FROM casebook_family p JOIN v_refused_groups x ON x.recipient_no = p.recipient_no
 AND (x.service_month = p.service_month OR x.service_month IS NULL) AND x.review_month = review_month()
LEFT JOIN v_files f ON f.review_month = x.review_month AND f.file = x.file
ORDER BY ALL;
-- table: refused_rows | | 取り込めなかった台帳の行
SELECT DISTINCT p.number AS "case", x.ledger, x.recipient_no, x.facility_no, x.service_month
FROM casebook_family p JOIN v_refused_rows x USING (recipient_no) WHERE x.review_month = review_month()
ORDER BY ALL;
