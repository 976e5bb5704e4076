-- code = "CRT105"
-- name = "addon-not-on-certificate"
-- title = "受給者証にない加算・重心報酬の算定"
-- severity = "return"
-- subject = "claim"
-- needs = ["grants", "service_codes"]
-- source = "受給者証の記載を要する加算と報酬 data/rules/entitlements.csv (各行の出典による)"
-- why = "更新で個別サポート加算などの内容が変わったことに気づかず、前と同じに請求すると起こります。"
-- logic = "受給者証の記載(支給決定の加算コードなど)を要する加算・重心の基本報酬の回数が、その記載が有効な利用日の数より多いものを挙げます。実績記録票がなければ判定しません。"
-- [message]
-- default = "受給者証の記載を要する加算または重症心身障害児の報酬を{observed}回算定していますが、記載が有効な利用日は{expected}日です。"
-- [action]
-- default = "受給者証の記載内容と有効期間を確かめ、算定できる回数に直して{window}に再請求してください。"
-- [undetermined]
-- no_attendance = "実績記録票がないため、加算の記載が有効な利用日を数えられません"
-- no_rule = "この月の加算と受給者証の記載の決まりが登録されていません(data/rules/entitlements.csv)"
WITH counted AS (
    SELECT l.facility_no, l.recipient_no, l.service_month, l.service_type, e.addon_key, e.severe_class,
           sum(l.line_count) AS billed
    FROM coded_lines l
    JOIN (SELECT DISTINCT service_type, addon_key, severe_class, valid_from, valid_to FROM rule_entitlements) e
      ON e.service_type = l.service_type AND l.service_month BETWEEN e.valid_from AND e.valid_to
     AND (list_contains(l.addon_keys, e.addon_key)
          OR (e.addon_key IS NULL AND l.class = '基本' AND l.severe_class = e.severe_class))
    ANTI JOIN unknown_recipients x ON x.recipient_no = l.recipient_no
    GROUP BY ALL
), entitled AS (
    SELECT u.facility_no, u.recipient_no, u.service_month, u.service_type, e.addon_key, e.severe_class,
           count(DISTINCT u.use_date) AS days
    FROM claim_use_days u
    SEMI JOIN counted c USING (facility_no, recipient_no, service_month, service_type)
    JOIN rule_entitlements e ON e.service_type = u.service_type
                            AND u.service_month BETWEEN e.valid_from AND e.valid_to
    JOIN now_grants g ON g.recipient_no = u.recipient_no AND g.grant_code = e.grant_code
                     AND in_force(g.valid_from, g.valid_to, u.use_date)
    GROUP BY ALL
)
SELECT c.facility_no, c.recipient_no, c.service_month, c.service_type, c.billed::VARCHAR AS observed,
       coalesce(e.days, 0)::VARCHAR AS expected,
       CASE WHEN a.facility_no IS NULL THEN 'no_attendance' END AS undetermined
FROM counted c
LEFT JOIN entitled e ON e.facility_no = c.facility_no AND e.recipient_no = c.recipient_no
     AND e.service_month = c.service_month AND e.service_type = c.service_type
     AND e.addon_key IS NOT DISTINCT FROM c.addon_key AND e.severe_class IS NOT DISTINCT FROM c.severe_class
LEFT JOIN attendance_typed a
     ON a.facility_no = c.facility_no AND a.recipient_no = c.recipient_no
     AND a.service_month = c.service_month AND a.service_type = c.service_type
WHERE c.billed > coalesce(e.days, 0)
UNION ALL
SELECT DISTINCT l.facility_no, l.recipient_no, l.service_month, l.service_type, NULL, NULL, 'no_rule'
FROM coded_lines l
JOIN rule_entitlements e
  ON e.service_type = l.service_type
 AND (list_contains(l.addon_keys, e.addon_key)
      OR (e.addon_key IS NULL AND l.class = '基本' AND l.severe_class = e.severe_class))
ANTI JOIN unknown_recipients x ON x.recipient_no = l.recipient_no
WHERE NOT EXISTS (
    FROM rule_entitlements f
    WHERE f.service_type = e.service_type AND f.addon_key IS NOT DISTINCT FROM e.addon_key
      AND f.severe_class IS NOT DISTINCT FROM e.severe_class
      AND l.service_month BETWEEN f.valid_from AND f.valid_to)
