-- code = "CAP308"
-- name = "cap-addon-unjustified"
-- title = "上限額管理加算を算定できない"
-- severity = "return"
-- subject = "claim"
-- needs = ["recipients", "cap_managers", "service_codes"]
-- source = "上限額管理加算は、届出のある管理事業所が、ほかの事業所の利用がある月に1回だけ算定する (川越市 令和6年度集団指導資料 加算の一覧、上限額管理の手引き)"
-- why = "管理事業所でなくなった後も前月と同じに請求するか、ほかの事業所の利用がなかった月に算定すると起こります。"
-- logic = "上限額管理加算のある明細書で、届出のある管理事業所でないもの、1回を超えるもの、ほかの事業所の請求も結果票の行もないものを挙げます。同じ世帯や複数児童用の結果票の別の児童がほかの事業所を利用しているときは要確認です。"
-- federation = ["EG17"]
-- [message]
-- not_filed = "上限額管理加算を算定していますが、{month}に届出のある上限額管理事業所ではありません。"
-- repeated = "上限額管理加算を{observed}回算定しています。算定できるのは月に1回です。"
-- alone = "上限額管理加算を算定していますが、{month}にほかの事業所の利用がありません。"
-- [action]
-- not_filed = "届出の有無を市に確かめ、管理事業所でなければ加算を外して{window}に再請求してください。"
-- repeated = "回数を1回に直して{window}に再請求してください。"
-- alone = "ほかの事業所の利用がなければ、加算を外して{window}に再請求してください。きょうだいの分の管理であるときは、そのことを市に伝えてください。"
-- [undetermined]
-- refused = "取り込めなかった明細書か結果票が、ほかの事業所の利用を示すものかもしれません"
WITH billed AS (
    SELECT facility_no, recipient_no, service_month, sum(line_count) AS times
    FROM coded_lines WHERE list_contains(addon_keys, 'cap_management') GROUP BY ALL
), elsewhere AS (
    SELECT b.facility_no, b.recipient_no, b.service_month FROM billed b
    JOIN claims_standing c ON c.recipient_no = b.recipient_no AND c.service_month = b.service_month
                          AND c.facility_no <> b.facility_no
    UNION
    SELECT b.facility_no, b.recipient_no, b.service_month FROM billed b
    JOIN sheet_lines s ON s.child_no = b.recipient_no AND s.service_month = b.service_month
                      AND s.row_facility_no <> b.facility_no
), kin AS (
    SELECT a.recipient_no, b.recipient_no AS sibling_no, greatest(a.valid_from, b.valid_from) AS valid_from,
           least(a.valid_to, b.valid_to) AS valid_to
    FROM now_recipients a JOIN now_recipients b ON a.household_no = b.household_no AND a.recipient_no <> b.recipient_no
), siblings AS (
    SELECT b.facility_no, b.recipient_no, b.service_month FROM billed b
    JOIN kin k ON k.recipient_no = b.recipient_no AND overlaps_month(k.valid_from, k.valid_to, b.service_month)
    JOIN claims_standing c ON c.recipient_no = k.sibling_no AND c.service_month = b.service_month
                          AND c.facility_no <> b.facility_no
    UNION
    SELECT b.facility_no, b.recipient_no, b.service_month FROM billed b
    JOIN sheet_lines own ON own.child_no = b.recipient_no AND own.service_month = b.service_month
    JOIN sheet_lines s ON s.review_month = own.review_month AND s.file = own.file AND s.group_line = own.group_line
                      AND s.child_no <> b.recipient_no
    JOIN claims_standing c ON c.recipient_no = s.child_no AND c.service_month = b.service_month
                          AND c.facility_no <> b.facility_no
), judged AS (
    SELECT b.*, CASE WHEN k.facility_no IS NULL THEN 'return' ELSE 'review' END AS severity,
           NOT EXISTS (FROM now_cap_managers m
                       WHERE m.recipient_no = b.recipient_no AND m.facility_no = b.facility_no
                         AND overlaps_month(m.valid_from, m.valid_to, b.service_month)) AS not_filed,
           b.times > 1 AS repeated, e.facility_no IS NULL AS alone,
           EXISTS (FROM facilities_concerned m
                   WHERE m.recipient_no = b.recipient_no AND m.service_month = b.service_month
                     AND (could_be_refused('claim', b.recipient_no, b.service_month, m.facility_no)
                          OR could_be_refused('sheet', b.recipient_no, b.service_month, m.facility_no))) AS refused
    FROM billed b
    LEFT JOIN elsewhere e USING (facility_no, recipient_no, service_month)
    LEFT JOIN siblings k USING (facility_no, recipient_no, service_month)
)
SELECT facility_no, recipient_no, service_month, severity, times::VARCHAR AS observed,
       CASE WHEN not_filed THEN 'not_filed' WHEN repeated THEN 'repeated' ELSE 'alone' END AS reason,
       CASE WHEN NOT not_filed AND NOT repeated AND refused THEN 'refused' END AS undetermined
FROM judged WHERE not_filed OR repeated OR alone
