-- code = "DAY214"
-- name = "short-use"
-- title = "時間の短すぎる利用"
-- severity = "review"
-- subject = "claim"
-- at_issue = "days"
-- needs = []
-- source = "基本報酬を算定できる最も短い時間 data/rules/least_minutes.csv (各行の出典による)"
-- why = "途中で帰った日や時間の書き誤りのある日に、基本報酬を算定すると起こります。"
-- logic = "児童発達支援と放課後等デイサービスの利用日のうち、開始時間と終了時間の間が最も短い時間(data/rules/least_minutes.csv)に満たない日を挙げます。終了が開始より前の日も挙げ、どちらかの時間がない日は見ません。重心の事業所は見ません。事業所の重心区分が障害児施設台帳でわからなければ判定しません。"
-- days = true
-- [message]
-- default = "{services}の利用時間が{expected}分に満たない日があります（{dates}）。"
-- [asked]
-- default = "開始時間と終了時間の記載を確かめ、短い利用を市が認めているときは、そのこともお知らせください。"
-- [returned]
-- default = "時間の書き誤りであれば直し、そうでなければその日を除いて{window}に再請求してください。短い利用を市が認めているときは、先に市へ連絡してください。"
-- [paid]
-- default = "開始時間と終了時間の記載を確かめてください。"
-- [known]
-- default = "次の請求から、短い利用の日を算定できるかを確かめてください。"
-- [undetermined]
-- no_rule = "この月の、基本報酬を算定できる最も短い時間が登録されていません(data/rules/least_minutes.csv)"
-- unknown = "事業所の重心区分が障害児施設台帳(facilities.csv)でわかりません"
-- refused_row = "障害児施設台帳(facilities.csv)に、取り込めなかったこの事業所の行があります"
-- [refused]
-- claims = "明細書がなければ指摘も出ない"
-- attendance = "実績記録票がなければ利用日もなく、指摘も出ない"
-- notices = "決定済みの明細書の記録は今月の明細書には使わない"
-- history = "決定済みの明細書の記録は今月の明細書には使わない"
-- facilities = "guarded"
WITH timed AS (
    SELECT d.facility_no, d.recipient_no, d.service_month, d.service_type, d.use_date,
           minutes_between(d.start_time, d.end_time) AS lasted
    FROM day_rows d SEMI JOIN claims_now c USING (facility_no, recipient_no, service_month)
    WHERE d.day_kind = 'use' AND lasted IS NOT NULL AND d.service_type IN (SELECT service_type FROM rule_least_minutes)
), short AS (
    SELECT t.facility_no, t.recipient_no, t.service_month, t.service_type, t.use_date, r.minutes, r.severity
    FROM timed t LEFT JOIN rule_least_minutes r ON r.service_type = t.service_type
                                               AND t.service_month BETWEEN r.valid_from AND r.valid_to
    WHERE t.lasted < r.minutes OR r.minutes IS NULL
), placed AS (
    -- The ledger's rows of the day; of several one that is 重心 is enough.
    SELECT s.*, coalesce(bool_or(f.severe_class = '2'), FALSE) AS severe,
           bool_or(f.facility_no IS NOT NULL AND f.severe_class IS NULL) AS unclear
    FROM short s
    LEFT JOIN now_facilities f ON f.facility_no = s.facility_no AND f.service_type = s.service_type
                              AND in_force(f.valid_from, f.valid_to, s.use_date)
    GROUP BY ALL
)
SELECT facility_no, recipient_no, service_month, service_type, use_date, minutes::VARCHAR AS expected,
       coalesce(severity, unless_unreadable('facilities')) AS at_most,
       CASE WHEN minutes IS NULL THEN 'no_rule'
            WHEN facility_row_refused('facilities', facility_no) THEN 'refused_row'
            WHEN unclear OR NOT EXISTS (FROM now_facilities k WHERE k.facility_no = p.facility_no) THEN 'unknown' END AS undetermined
FROM placed p WHERE NOT severe
