-- code = "ADD601"
-- name = "addon-over-limit"
-- title = "月の上限回数を超えた加算"
-- severity = "return"
-- subject = "claim"
-- needs = ["service_codes"]
-- source = "加算の月の上限回数 サービスコード表の月上限、なければ data/rules/month_limits.csv (各行の出典による)"
-- why = "欠席時対応加算や家族支援加算などを、月の上限回数を数えずに算定すると起こります。"
-- logic = "明細書で同じ加算の回数を合計し、算定したコードの月上限(コードにいくつかあれば最大のもの)、なければ決まりの表の上限回数と比べて、超えたものを挙げます。重心型の事業所の欠席時対応加算は、重心型の上限で見ます。"
-- [message]
-- default = "月の回数に上限のある加算を、上限を超えて算定しています（算定：{observed}、上限：{expected}）。"
-- [action]
-- default = "加算の回数を記録で確かめ、上限の回数までに直して{window}に再請求してください。"
-- [undetermined]
-- no_rule = "この月の加算の上限回数が登録されていません(data/rules/month_limits.csv)"
-- unknown_facility = "事業所が障害児施設台帳になく、どちらの上限回数によるか決められません"
WITH limited AS (
    SELECT addon_key FROM rule_month_limits
    UNION SELECT unnest(addon_keys) FROM codes_of_month WHERE month_limit IS NOT NULL
), billed AS (
    SELECT facility_no, recipient_no, service_month, addon_key, min(name) AS name, sum(line_count) AS times,
           max(month_limit) AS code_limit, list(DISTINCT service_type) AS types
    FROM addons_billed SEMI JOIN limited USING (addon_key) GROUP BY ALL
), ruled AS (
    -- What the law says of the key: for all, by 重心区分, and for the 重心区分 of this facility.
    SELECT b.facility_no, b.recipient_no, b.service_month, b.addon_key,
           max(r.month_limit) FILTER (r.severe_class IS NULL AND in_force(r.valid_from, r.valid_to, b.service_month))
               AS common_limit,
           max(r.month_limit) FILTER (r.severe_class IS NOT NULL
                                      AND in_force(r.valid_from, r.valid_to, b.service_month)) AS class_limit,
           max(r.month_limit) FILTER (u.facility_no IS NOT NULL
                                      AND in_force(r.valid_from, r.valid_to, b.service_month)) AS own_limit,
           bool_or(r.severe_class IS NOT NULL) AS by_class, bool_or(u.facility_no IS NOT NULL) AS own_class
    FROM billed b
    JOIN rule_month_limits r ON r.addon_key = b.addon_key
     AND (r.service_type IS NULL OR list_contains(b.types, r.service_type))
    LEFT JOIN units_of_month u
      ON u.facility_no = b.facility_no AND u.service_month = b.service_month
     AND list_contains(b.types, u.service_type) AND u.severe_class = r.severe_class
    GROUP BY ALL
), judged AS (
    SELECT b.*, r.class_limit, r.facility_no IS NOT NULL AS by_law,
           CASE WHEN r.own_class THEN r.own_limit ELSE coalesce(b.code_limit, r.common_limit) END AS top,
           coalesce(r.by_class, FALSE)
               AND NOT EXISTS (FROM now_facilities f WHERE f.facility_no = b.facility_no) AS unknown
    FROM billed b LEFT JOIN ruled r USING (facility_no, recipient_no, service_month, addon_key)
    WHERE b.times > 0
)
SELECT facility_no, recipient_no, service_month, format('{} {}回', name, times) AS observed,
       format('{} {}回', name, CASE WHEN unknown THEN greatest(top, class_limit) ELSE top END) AS expected,
       CASE WHEN top IS NULL THEN 'no_rule'
            WHEN unknown AND times <= coalesce(class_limit, times) THEN 'unknown_facility' END AS undetermined
FROM judged
WHERE times > top OR (top IS NULL AND by_law)
