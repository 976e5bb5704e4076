-- code = "DAY215"
-- name = "time-class-over-record"
-- title = "算定時間数の記録より長い時間区分"
-- severity = "review"
-- subject = "claim"
-- needs = ["service_codes"]
-- source = "時間区分の時間の範囲 data/rules/time_classes.csv (各行の出典による)"
-- why = "早く帰った日や短い日にも、いつもの時間区分の基本報酬を算定すると起こります。"
-- logic = "児童発達支援と放課後等デイサービスの基本報酬のうち、時間区分が区分2以上・区分3以上の回数の合計を、それぞれの時間区分の下限(data/rules/time_classes.csv)に算定時間数が届く利用日の行数と比べ、多いものを挙げます。実績記録票がないか、算定時間数のない利用日の行があれば見ません。取り込めなかったサービスコード表の行がそのコードのものなら判定しません。"
-- days = true
-- [message]
-- default = "{services}の基本報酬の時間区分が、実績記録票の算定時間数より長くなっています（算定：{observed}、記録：{expected}）。"
-- [asked]
-- default = "計画の時間と実際の時間を確かめ、計画の時間による算定であれば、そのことをお知らせください。"
-- [returned]
-- default = "実績記録票の算定時間数か、基本報酬の時間区分を直して{window}に再請求してください。"
-- [paid]
-- default = "計画の時間と実際の時間を確かめてください。"
-- [known]
-- default = "次の請求から、時間区分を実績記録票の算定時間数と比べてください。"
-- [undetermined]
-- no_rule = "この月の時間区分の決まりが登録されていません(data/rules/time_classes.csv)"
-- refused_code = "サービスコード表(service_codes.csv)に、この明細書のコードの取り込めなかった行があります"
-- [refused]
-- claims = "明細書はまとめて取り込むか、まとめて取り込まないので、取り込めなければ指摘も出ない"
-- attendance = "その種類の実績記録票がなければ見ない"
-- notices = "今月の明細書と比べるのは今月の実績記録票だけ"
-- history = "今月の明細書と比べるのは今月の実績記録票だけ"
-- service_codes = "guarded"
WITH classes AS (
    -- A class that begins with no minute at all is reached by every day.
    SELECT service_type, time_class, minutes_over, valid_from, valid_to FROM rule_time_classes WHERE minutes_over > 0
), recorded AS (
    SELECT a.facility_no, a.recipient_no, a.service_month, a.service_type,
           coalesce(list(d.hours) FILTER (d.hours IS NOT NULL), []) AS hours
    FROM attendance_typed a
    LEFT JOIN (FROM day_rows WHERE day_kind = 'use') d USING (facility_no, recipient_no, service_month, service_type)
    GROUP BY ALL
    -- Hours of zero are how the official software writes "not set".
    HAVING count(d.use_date) = count(*) FILTER (d.hours > 0)
), billed AS (
    SELECT l.facility_no, l.recipient_no, l.service_month, l.service_type, k.time_class, k.minutes_over,
           sum(l.line_count) AS times, bool_or(code_row_refused(l.service_code)) AS code_refused
    FROM coded_lines l
    -- In a month that no row covers, a class is known by its name alone.
    JOIN (SELECT m.service_month, k.service_type, k.time_class,
                 max(k.minutes_over) FILTER (m.service_month BETWEEN k.valid_from AND k.valid_to) AS minutes_over
          FROM classes k CROSS JOIN (SELECT DISTINCT service_month FROM claims_now) m GROUP BY ALL) k
      ON k.service_month = l.service_month AND k.service_type = l.service_type AND l.time_class >= k.time_class
    WHERE l.class = '基本'
    GROUP BY ALL
), compared AS (
    -- The item holds hundredths of an hour.
    SELECT b.*, len(list_filter(r.hours, lambda h: h * 60 >= b.minutes_over * 100)) AS days
    FROM billed b JOIN recorded r USING (facility_no, recipient_no, service_month, service_type)
)
SELECT facility_no, recipient_no, service_month, service_type, format('区分{}以上 {}回', time_class, times) AS observed,
       format('{}日', days) AS expected, unless_unreadable('service_codes') AS at_most,
       CASE WHEN minutes_over IS NULL THEN 'no_rule' WHEN code_refused THEN 'refused_code' END AS undetermined
FROM compared WHERE times > days OR minutes_over IS NULL
