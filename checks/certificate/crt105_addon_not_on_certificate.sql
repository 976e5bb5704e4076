-- code = "CRT105"
-- name = "addon-not-on-certificate"
-- title = "受給者証にない加算・重心・医療的ケアの報酬の算定"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["grants", "service_codes"]
-- source = "受給者証の記載を要する加算と報酬 data/rules/entitlements.csv、医療的ケア区分 data/rules/medical_care_grants.csv (各行の出典による)"
-- why = "更新で個別サポート加算などの内容が変わったことに気づかず、前と同じに請求すると起こります。"
-- logic = "受給者証の記載(支給決定の加算コードなど)を要する加算、重心の基本報酬、医療的ケア区分ごとの基本報酬の回数が、その記載(医療的ケアは同じかそれより高い区分)が有効な利用日の数より多いものを挙げます。市により記載の扱いが異なる加算は要確認です。実績記録票がないか、取り込めなかった支給決定やサービスコード表の行が関わるときは判定しません。誰のものか読めない支給決定の行があるときは要確認にとどめます。"
-- [message]
-- default = "受給者証の記載を要する加算、または重症心身障害児・医療的ケア児の報酬を{observed}回算定していますが、記載が有効な利用日は{expected}日です。"
-- [asked]
-- default = "受給者証の記載内容と有効期間を確かめ、お知らせください。"
-- [returned]
-- default = "受給者証の記載が有効な日の回数に直して{window}に再請求してください。"
-- [paid]
-- default = "受給者証の記載内容と有効期間を確かめてください。"
-- [known]
-- default = "次の請求から、受給者証の記載が有効な日だけ算定してください。"
-- [undetermined]
-- no_attendance = "実績記録票がないため、加算の記載が有効な利用日を数えられません"
-- no_rule = "この月の加算と受給者証の記載の決まりが登録されていません(data/rules/entitlements.csv、medical_care_grants.csv)"
-- refused = "取り込めなかった支給決定の行がこの児童のものです"
-- refused_code = "取り込めなかったサービスコード表の行が、この請求のコードのものです"
-- [refused]
-- claims = "明細書がなければ指摘も出ない"
-- attendance = "実績記録票がなければ判定しない"
-- notices = "決定済みの明細書の記録は今月の明細書には使わない"
-- history = "決定済みの明細書の記録は今月の明細書には使わない"
-- recipients = "guarded"
-- grants = "guarded"
-- service_codes = "guarded"
WITH needs AS (
    -- A city bills a few hundred codes in a great many lines.
    SELECT c.service_code, c.service_month, k.addon_key, k.severe_class, k.medical_care_class
    FROM codes_of_month c
    JOIN (SELECT DISTINCT service_type, addon_key, severe_class, medical_care_class FROM entitlements) k
      ON k.service_type = left(c.service_code, 2)
     AND (list_contains(c.addon_keys, k.addon_key)
          OR (c.class = '基本' AND (c.severe_class = k.severe_class OR c.medical_care_class = k.medical_care_class)))
), needy AS (
    SELECT l.facility_no, l.recipient_no, l.service_month, l.service_type, k.addon_key, k.severe_class,
           k.medical_care_class, sum(l.line_count) AS billed, sum(l.line_units) AS units,
           bool_or(code_row_refused(l.service_code)) AS code_refused
    FROM coded_lines l
    JOIN needs k USING (service_code, service_month)
    ANTI JOIN unknown_recipients x ON x.recipient_no = l.recipient_no
    GROUP BY ALL
), entitling AS (
    SELECT n.* EXCLUDE (billed, units, code_refused), e.grant_code, e.severity
    FROM needy n
    JOIN entitlements e ON e.service_type = n.service_type AND e.addon_key IS NOT DISTINCT FROM n.addon_key
                       AND e.severe_class IS NOT DISTINCT FROM n.severe_class
                       AND e.medical_care_class IS NOT DISTINCT FROM n.medical_care_class
                       AND n.service_month BETWEEN e.valid_from AND e.valid_to
), judged AS (
    SELECT e.facility_no, e.recipient_no, e.service_month, e.service_type, e.addon_key, e.severe_class,
           e.medical_care_class, count(DISTINCT u.use_date) FILTER (g.grant_code IS NOT NULL) AS days,
           max(e.severity) AS at_most
    FROM entitling e
    LEFT JOIN claim_use_days u USING (facility_no, recipient_no, service_month, service_type)
    LEFT JOIN now_grants g ON g.recipient_no = e.recipient_no AND g.grant_code = e.grant_code
                          AND in_force(g.valid_from, g.valid_to, u.use_date)
    GROUP BY ALL
)
SELECT n.facility_no, n.recipient_no, n.service_month, n.service_type, n.billed::VARCHAR AS observed,
       j.days::VARCHAR AS expected,
       -- Of a fee only the difference of two classes is wrong, which is not known here.
       CASE WHEN n.addon_key IS NOT NULL AND n.billed > 0 THEN n.units * (n.billed - j.days) // n.billed END AS units_at_issue,
       coalesce(j.at_most, unless_unreadable('grants'), unless_unknown(n.recipient_no)) AS at_most,
       CASE WHEN j.facility_no IS NULL THEN 'no_rule'
            WHEN a.facility_no IS NULL THEN 'no_attendance'
            WHEN row_refused('grants', n.recipient_no) THEN 'refused'
            WHEN n.code_refused THEN 'refused_code' END AS undetermined
FROM needy n
LEFT JOIN judged j ON j.facility_no = n.facility_no AND j.recipient_no = n.recipient_no
     AND j.service_month = n.service_month AND j.service_type = n.service_type
     AND j.addon_key IS NOT DISTINCT FROM n.addon_key AND j.severe_class IS NOT DISTINCT FROM n.severe_class
     AND j.medical_care_class IS NOT DISTINCT FROM n.medical_care_class
LEFT JOIN attendance_typed a ON a.facility_no = n.facility_no AND a.recipient_no = n.recipient_no
     AND a.service_month = n.service_month AND a.service_type = n.service_type
WHERE n.billed > coalesce(j.days, -1)
