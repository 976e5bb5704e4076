-- code = "DAY213"
-- name = "holiday-base-over-holidays"
-- title = "休業日の記録より多い休業日の基本報酬"
-- severity = "return"
-- subject = "claim"
-- needs = ["service_codes"]
-- source = "提供形態は授業の終了後1、休業日2 (インタフェース仕様書 サービス事業所編 令和7年4月版 pp.143-146)。学校休業日だけの時間区分は data/rules/time_classes.csv (各行の出典による)"
-- why = "授業のある日に、休業日の基本報酬や最も長い時間区分を算定すると起こります。"
-- logic = "放課後等デイサービスの基本報酬のうち、休業日のコード(提供区分2)と、学校休業日だけの時間区分(data/rules/time_classes.csv)のコードの回数の合計が、実績記録票の提供形態が休業日(2)の利用日の行数より多いものを挙げます。実績記録票がなければ見ません。取り込めなかった実績記録票やサービスコード表の行が関わるときは判定しません。"
-- days = true
-- [message]
-- default = "{services}で休業日の基本報酬が{observed}回算定されていますが、実績記録票の休業日の利用は{expected}日です。"
-- [asked]
-- default = "学校の休業日と提供形態の記載を確かめ、正しい日をお知らせください。"
-- [returned]
-- default = "授業のある日の基本報酬か、実績記録票の提供形態を直して{window}に再請求してください。"
-- [paid]
-- default = "学校の休業日と、提供形態の記載を確かめてください。"
-- [known]
-- default = "次の請求から、休業日の基本報酬を学校の休業日と比べてください。"
-- [undetermined]
-- no_rule = "この月の、学校休業日だけの時間区分の決まりが登録されていません(data/rules/time_classes.csv)"
-- refused = "取り込めなかった実績記録票がこの請求のものかもしれません"
-- refused_code = "サービスコード表(service_codes.csv)に、この明細書のコードの取り込めなかった行があります"
-- [refused]
-- claims = "明細書はまとめて取り込むか、まとめて取り込まないので、取り込めなければ指摘も出ない"
-- attendance = "guarded"
-- notices = "今月の明細書と比べるのは今月の実績記録票だけ"
-- history = "今月の明細書と比べるのは今月の実績記録票だけ"
-- service_codes = "guarded"
WITH base_lines AS (
    SELECT l.facility_no, l.recipient_no, l.service_month, l.service_type, l.line_count,
           coalesce(l.day_kind = '2', FALSE) OR coalesce(r.day_kind = '2', FALSE) AS holiday,
           -- A class of which no row says on which days it is.
           l.time_class IS NOT NULL AND r.time_class IS NULL AS open,
           code_row_refused(l.service_code) AS code_refused
    FROM coded_lines l
    LEFT JOIN rule_time_classes r ON r.service_type = l.service_type AND r.time_class = l.time_class
                                 AND l.service_month BETWEEN r.valid_from AND r.valid_to
    WHERE l.service_type = '63' AND l.class = '基本'
), billed AS (
    SELECT facility_no, recipient_no, service_month, service_type,
           coalesce(sum(line_count) FILTER (holiday), 0) AS times, sum(line_count) FILTER (holiday OR open) AS perhaps,
           coalesce(bool_or(code_refused) FILTER (holiday), FALSE) AS code_refused
    FROM base_lines WHERE holiday OR open GROUP BY ALL
), recorded AS (
    SELECT facility_no, recipient_no, service_month, service_type, count(*) AS days
    FROM day_rows WHERE day_kind = 'use' AND provision = '2' GROUP BY ALL
)
SELECT b.facility_no, b.recipient_no, b.service_month, b.service_type, b.times::VARCHAR AS observed,
       coalesce(r.days, 0)::VARCHAR AS expected, unless_unreadable('service_codes') AS at_most,
       CASE WHEN key_refused('attendance', b.facility_no, b.recipient_no, b.service_month) THEN 'refused'
            WHEN b.code_refused THEN 'refused_code'
            WHEN b.times <= coalesce(r.days, 0) THEN 'no_rule' END AS undetermined
FROM billed b
SEMI JOIN attendance_typed a USING (facility_no, recipient_no, service_month, service_type)
LEFT JOIN recorded r USING (facility_no, recipient_no, service_month, service_type)
WHERE b.perhaps > coalesce(r.days, 0)
