-- code = "FAC502"
-- name = "capacity-class-differs"
-- title = "定員区分・重心区分が台帳と違う基本報酬"
-- severity = "return"
-- subject = "claim"
-- needs = ["facilities", "service_codes"]
-- source = "基本報酬は利用定員と主たる対象(重心)の区分による (川越市 令和6年度集団指導資料 報酬の表、⒀③)"
-- why = "定員の変更や多機能型への変更の後、請求ソフトの設定を直し忘れると起こります。"
-- logic = "基本報酬の定員の範囲と重心区分を、その月に有効な同じ種類の台帳の行と比べます。定員は算定定員があればそれ、なければ定員です。台帳の行がいくつかあれば、どれかと合えばよいものとします。多機能型で算定定員がなければ判定しません。"
-- [message]
-- default = "基本報酬({observed})が、台帳の定員・重心区分({expected})と合いません。"
-- [action]
-- default = "運営規程の定員と届出の内容を確かめ、正しい定員区分・重心区分の基本報酬で{window}に再請求してください。台帳が古いときは、変更の届出を出して市へ連絡してください。"
-- [undetermined]
-- unknown = "事業所が障害児施設台帳(facilities.csv)にありません"
-- no_capacity = "台帳の定員・重心区分が足りないか、多機能型の算定定員がありません"
WITH base_lines AS (
    SELECT DISTINCT l.facility_no, l.recipient_no, l.service_month, l.service_type, l.service_code
    FROM coded_lines l WHERE l.class = '基本'
), bounds AS (
    SELECT DISTINCT c.service_code, m.service_month, c.capacity_from, c.capacity_to, c.severe_class
    FROM now_service_codes c
    JOIN (SELECT DISTINCT service_month FROM claims_now) m ON overlaps_month(c.valid_from, c.valid_to, m.service_month)
    WHERE c.class = '基本'
), units AS (
    SELECT u.*, coalesce(u.fee_capacity, u.capacity) AS fee_by,
           u.fee_capacity IS NULL AND u.service_type IN ('61', '63')
             AND EXISTS (FROM shared_numbers s
                         WHERE s.facility_no = u.facility_no AND s.service_month = u.service_month
                           AND s.first_day <= u.last_day AND u.first_day <= s.last_day) AS unclear
    FROM units_of_month u
), compared AS (
    SELECT l.facility_no, l.recipient_no, l.service_month, l.service_type, l.service_code, u.fee_by, u.severe_class,
           u.unclear OR (u.fee_by IS NULL AND (b.capacity_from IS NOT NULL OR b.capacity_to IS NOT NULL))
             OR (u.severe_class IS NULL AND b.severe_class IS NOT NULL) AS open,
           coalesce(u.fee_by >= b.capacity_from, TRUE) AND coalesce(u.fee_by <= b.capacity_to, TRUE)
             AND coalesce(u.severe_class = b.severe_class, TRUE) AS fits
    FROM base_lines l
    JOIN units u USING (facility_no, service_month, service_type)
    JOIN bounds b USING (service_code, service_month)
)
SELECT facility_no, recipient_no, service_month, service_type, service_code AS observed,
       array_to_string(list_sort(list(DISTINCT '定員' || coalesce(fee_by::VARCHAR, '不明') || ' '
                  || CASE severe_class WHEN '1' THEN '重心以外' WHEN '2' THEN '重心' ELSE '重心区分なし' END)), 'または')
           AS expected,
       CASE WHEN bool_or(open) THEN 'no_capacity' END AS undetermined
FROM compared
GROUP BY ALL HAVING NOT bool_or(fits AND NOT open)
UNION ALL
SELECT DISTINCT l.facility_no, l.recipient_no, l.service_month, l.service_type, NULL, NULL, 'unknown'
FROM base_lines l SEMI JOIN unknown_facilities x USING (facility_no)
