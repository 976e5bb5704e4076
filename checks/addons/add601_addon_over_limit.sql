-- code = "ADD601"
-- name = "addon-over-limit"
-- title = "月の上限回数を超えた加算"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["service_codes"]
-- source = "加算の月の上限回数 サービスコード表の月上限と data/rules/month_limits.csv (各行の出典による)"
-- why = "欠席時対応加算や家族支援加算などを、月の上限回数を数えずに算定すると起こります。"
-- logic = "サービス種類ごとに、同じコードの回数の合計がそのコードの月上限を超えるものと、同じ加算の回数の合計が決まりの表の上限回数を超えるものを挙げます。利用日数で上限の変わる加算は実績記録票の利用日数で、実績記録票がなければ最も多い上限で見ます。欠席時対応加算は、重心のコードがあるか、重心区分のないコードで重心の事業所なら、重心の上限で見ます。"
-- [message]
-- default = "月の回数に上限のある加算を、上限を超えて算定しています（算定：{observed}、上限：{expected}）。"
-- [asked]
-- default = "加算の回数を記録で確かめ、正しい回数をお知らせください。"
-- [returned]
-- default = "加算を上限の回数までに直して{window}に再請求してください。"
-- [paid]
-- default = "加算の回数を記録で確かめてください。"
-- [known]
-- default = "次の請求から、加算が月の上限の回数を超えていないか確かめてください。"
-- [undetermined]
-- no_rule = "この月の加算の上限回数が登録されていません(data/rules/month_limits.csv)"
-- unknown_limit = "関係機関連携加算の(Ⅰ)から(Ⅳ)の別がサービスコード表(service_codes.csv)の加算キーでわからず、上限回数を決められません"
-- unknown_facility = "事業所の重心区分が障害児施設台帳(facilities.csv)でわからず、どちらの上限回数によるか決められません"
-- refused_row = "障害児施設台帳(facilities.csv)に、取り込めなかったこの事業所の行があります"
-- refused_code = "サービスコード表(service_codes.csv)に、この明細書のコードの取り込めなかった行があります"
-- refused_claim = "取り込めなかったこの児童・月の明細書があります"
-- [refused]
-- claims = "guarded"
-- attendance = "実績記録票がなければ最も多い上限で見る"
-- facilities = "guarded"
-- service_codes = "guarded"
WITH billed AS (
    SELECT facility_no, recipient_no, service_month, service_type, addon_key, min(name) AS name, sum(line_count) AS times,
           sum(line_units) AS units, coalesce(bool_or(severe_class = '2'), FALSE) AS severe_code, bool_or(severe_class IS NULL) AS silent_code
    FROM addons_billed SEMI JOIN rule_month_limits USING (addon_key)
    GROUP BY ALL HAVING sum(line_count) > 0
), classes AS (
    SELECT facility_no, service_month, service_type, coalesce(bool_or(severe_class = '2'), FALSE) AS severe,
           bool_or(severe_class IS NULL) AS unclear
    FROM units_of_month GROUP BY ALL
), placed AS (
    SELECT b.*, b.severe_code OR (b.silent_code AND coalesce(c.severe, FALSE)) AS severe,
           NOT b.severe_code AND b.silent_code AND facility_row_refused('facilities', b.facility_no) AS row_refused,
           NOT b.severe_code AND b.silent_code
               AND (coalesce(c.unclear, FALSE)
                    OR NOT EXISTS (FROM now_facilities f WHERE f.facility_no = b.facility_no)) AS unclear,
           -- Null where there is no record: then any number of days may have been.
           CASE WHEN a.facility_no IS NOT NULL THEN coalesce(u.days, 0) END AS days
    FROM billed b
    LEFT JOIN classes c USING (facility_no, service_month, service_type)
    LEFT JOIN attendance_typed a USING (facility_no, recipient_no, service_month, service_type)
    LEFT JOIN use_counts u USING (facility_no, recipient_no, service_month, service_type)
), ruled AS (
    SELECT p.*, r.month_limit, r.severity, coalesce(r.severe_class IS NULL OR p.severe, FALSE) AS applies,
           in_force(r.valid_from, r.valid_to, p.service_month) AS in_force
    FROM placed p
    JOIN rule_month_limits r ON r.addon_key = p.addon_key AND (r.service_type IS NULL OR r.service_type = p.service_type)
     AND (r.use_days_from IS NULL OR p.days IS NULL OR p.days BETWEEN r.use_days_from AND r.use_days_to)
), limits AS (
    -- `most`: the limit of the other 重心区分, too.
    SELECT facility_no, recipient_no, service_month, service_type, addon_key, name, times, units, silent_code, unclear, row_refused,
           max(month_limit) FILTER (in_force AND applies) AS top, max(month_limit) FILTER (in_force) AS most,
           arg_max(coalesce(severity, 'return'), month_limit) FILTER (in_force AND applies) AS sure,
           coalesce(bool_or(in_force AND month_limit IS NULL), FALSE) AS unknown
    FROM ruled GROUP BY ALL
), judged AS (
    -- `by_class`: another 重心区分, which any code of the type may bring, would allow as many.
    SELECT facility_no, recipient_no, service_month, service_type, name, times, units, times <= most AS by_class,
           NULL::VARCHAR AS service_code, CASE WHEN unclear OR row_refused THEN most ELSE top END AS top,
           CASE WHEN sure = 'review' THEN 'review'
                WHEN silent_code AND times <= most THEN unless_unreadable('facilities') END AS at_most,
           CASE WHEN unknown THEN 'unknown_limit' WHEN top IS NULL THEN 'no_rule'
                WHEN times > most THEN NULL
                WHEN row_refused THEN 'refused_row' WHEN unclear THEN 'unknown_facility' END AS undetermined
    FROM limits WHERE unknown OR top IS NULL OR times > top
    UNION ALL
    SELECT l.facility_no, l.recipient_no, l.service_month, l.service_type, min(s.name), sum(l.line_count), sum(l.line_units),
           FALSE, l.service_code, max(l.month_limit), NULL, NULL
    FROM coded_lines l JOIN codes_of_month s USING (service_code, service_month)
    WHERE l.month_limit IS NOT NULL
    GROUP BY l.facility_no, l.recipient_no, l.service_month, l.service_type, l.service_code
    HAVING sum(l.line_count) > max(l.month_limit)
)
SELECT j.facility_no, j.recipient_no, j.service_month, j.service_type, format('{} {}回', j.name, j.times) AS observed,
       format('{} {}回', j.name, j.top) AS expected,
       j.units * (j.times - j.top) // j.times AS units_at_issue,
       coalesce(j.at_most, unless_unreadable('service_codes')) AS at_most,
       CASE WHEN j.undetermined IS NOT NULL THEN j.undetermined
            WHEN (j.by_class AND c.facility_no IS NOT NULL) OR code_row_refused(j.service_code) THEN 'refused_code'
            WHEN claim_refused_beside(j.facility_no, j.recipient_no, j.service_month) THEN 'refused_claim' END AS undetermined
FROM judged j LEFT JOIN codes_refused c USING (facility_no, recipient_no, service_month, service_type)
