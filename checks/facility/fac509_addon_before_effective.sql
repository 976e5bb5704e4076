-- code = "FAC509"
-- name = "addon-before-effective"
-- title = "届出の適用月より前の加算"
-- severity = "notice"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["facilities", "facility_addons", "service_codes"]
-- source = "体制届(単位増)の提出期限 data/rules/filing.csv、閉庁日 data/rules/closed_days.csv (各行の出典による)"
-- why = "届出をした月からすぐに算定できると思い違いすると起こります。"
-- logic = "届出の要る加算で、月に重なる届出はあるが、提出期限から数えるとその月に適用される届出がないものを挙げます。15日(閉庁日なら直前の開庁日)までの届出は翌月から、過ぎれば翌々月からで、有効開始日より前にはなりません。届出日のない届出は有効開始日からです。"
-- [message]
-- default = "{services}で算定している{observed}は、届出日から数えると適用が{expected}からです。"
-- [asked]
-- default = "体制届の提出日と適用開始月を確かめ、お知らせください。"
-- [returned]
-- default = "適用前の加算を外して{window}に再請求してください。"
-- [paid]
-- default = "体制届の提出日と適用開始月を確かめてください。"
-- [known]
-- default = "体制届の提出日と適用開始月を確かめてください。"
-- [undetermined]
-- unknown = "事業所が障害児施設台帳(facilities.csv)にありません"
-- no_rule = "この月の届出の期限が登録されていません(data/rules/filing.csv)"
-- refused_row = "体制届(facility_addons.csv)に、取り込めなかったこの事業所の行があります"
-- [refused]
-- claims = "取り込めなかった明細書には指摘も出ない"
-- attendance = "読まない月の明細書を除くためだけに読む"
-- facilities = "台帳にない事業所を判定しないためだけに読む"
-- facility_addons = "guarded"
-- service_codes = "行がなければ加算がわからず、指摘も出ない"
WITH filed AS (
    SELECT r.*, f.deadline_day IS NULL AND r.filed_on IS NOT NULL AS open, f.months_on_time, f.months_late,
           make_date(year(r.filed_on), month(r.filed_on), f.deadline_day) AS deadline
    FROM registrations r
    LEFT JOIN rule_filing f ON f.event = '体制届' AND r.service_month BETWEEN f.valid_from AND f.valid_to
    WHERE r.class = '加算'
), closed AS (
    SELECT d.day FROM (
        SELECT unnest(generate_series(m - INTERVAL 20 DAY, m, INTERVAL 1 DAY))::DATE AS day
        FROM (SELECT DISTINCT deadline AS m FROM filed WHERE deadline IS NOT NULL)) d
    JOIN rule_closed_days c ON d.day BETWEEN c.valid_from AND c.valid_to
     AND c.value = CASE c.kind WHEN 'weekday' THEN isodow(d.day)::VARCHAR WHEN 'yearly' THEN strftime(d.day, '%m-%d')
                               ELSE strftime(d.day, '%Y-%m-%d') END
), deadlines AS (
    -- The deadline itself, or the last open day before it.
    SELECT f.deadline, max(t.day) AS last_day
    FROM (SELECT DISTINCT deadline FROM filed WHERE deadline IS NOT NULL) f,
         LATERAL (SELECT unnest(generate_series(f.deadline - INTERVAL 20 DAY, f.deadline, INTERVAL 1 DAY))::DATE AS day) t
    WHERE NOT EXISTS (FROM closed c WHERE c.day = t.day)
    GROUP BY ALL
), effective AS (
    SELECT f.*, CASE WHEN f.filed_on IS NULL THEN f.valid_from
                     ELSE greatest(f.valid_from, CAST(date_trunc('month', f.filed_on) + to_months(
                              CASE WHEN f.filed_on <= d.last_day THEN f.months_on_time ELSE f.months_late END) AS DATE))
                END AS counts_from
    FROM filed f LEFT JOIN deadlines d USING (deadline)
)
SELECT l.facility_no, l.recipient_no, l.service_month, l.service_type, coalesce(l.name, '') || '(' || l.service_code || ')' AS observed,
       strftime(min(e.counts_from), '%Y-%m-%d') AS expected, max(l.line_units) AS units_at_issue,
       CASE WHEN x.facility_no IS NOT NULL THEN 'unknown' WHEN bool_or(e.open) THEN 'no_rule'
            WHEN facility_row_refused('facility_addons', l.facility_no) THEN 'refused_row' END AS undetermined
FROM filed_lines l
JOIN effective e USING (facility_no, service_month, service_type, addon_key)
LEFT JOIN unknown_facilities x ON x.facility_no = l.facility_no
GROUP BY l.facility_no, l.recipient_no, l.service_month, l.service_type, l.service_code, l.name, l.addon_key, x.facility_no
HAVING NOT bool_or(coalesce(NOT e.open AND e.counts_from <= least(month_end(l.service_month), e.valid_to), FALSE))
