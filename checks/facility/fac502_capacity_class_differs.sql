-- code = "FAC502"
-- name = "capacity-class-differs"
-- title = "定員区分・重心区分が台帳と違う基本報酬"
-- severity = "return"
-- subject = "claim"
-- needs = ["facilities", "service_codes"]
-- source = "基本報酬は利用定員と主たる対象(重心)の区分による (川越市 令和6年度集団指導資料 報酬の表、⒀③)"
-- why = "定員の変更や多機能型への変更の後、請求ソフトの設定を直し忘れると起こります。"
-- logic = "基本報酬の定員の範囲と重心区分を、その月に有効な同じ種類の台帳の行と比べます。定員は算定定員があればそれ、なければ定員です。定員の上限・下限のないコードは、その側を見ません。台帳の行がいくつかあれば、どれかと合えばよいものとします。重心の事業所が重心以外のコードで請求しているだけなら要確認です。多機能型で算定定員がなければ判定しません。"
-- role = "state_of_facility"
-- [message]
-- default = "基本報酬({observed})が、台帳の定員・重心区分({expected})と合いません。"
-- severe = "重心の届出のある事業所ですが、重心以外の基本報酬({observed})で請求しています(台帳: {expected})。"
-- [asked]
-- default = "運営規程の定員と届出の内容を確かめ、正しい区分をお知らせください。"
-- severe = "重心以外の児童を受け入れている事業所かどうかをお知らせください。"
-- [returned]
-- default = "届出に合う定員区分・重心区分の基本報酬に直して{window}に再請求してください。届出の内容が変わっているときは、先に市へ連絡してください。"
-- severe = "重心の基本報酬に直して{window}に再請求してください。重心以外の児童を受け入れている事業所であるときは、先に市へ連絡してください。"
-- [paid]
-- default = "運営規程の定員と、届出の内容を確かめてください。"
-- [known]
-- default = "運営規程の定員と、届出の内容を確かめてください。"
-- [undetermined]
-- unknown = "事業所が障害児施設台帳(facilities.csv)にありません"
-- no_capacity = "台帳の定員・重心区分が足りないか、多機能型の算定定員がありません"
-- refused_row = "障害児施設台帳(facilities.csv)に、取り込めなかったこの事業所の行があります"
-- refused_code = "サービスコード表(service_codes.csv)に、この明細書のコードの取り込めなかった行があります"
-- [refused]
-- claims = "取り込めなかった明細書には指摘も出ない"
-- attendance = "事業所のある月を知るためだけに読む"
-- facilities = "guarded"
-- service_codes = "guarded"
WITH base_lines AS (
    SELECT DISTINCT facility_no, recipient_no, service_month, service_type, service_code, capacity_from, capacity_to,
           severe_class AS code_class
    FROM coded_lines WHERE class = '基本'
), units AS (
    SELECT u.*, coalesce(u.fee_capacity, u.capacity) AS fee_by,
           u.fee_capacity IS NULL AND u.service_type IN ('61', '63')
             AND EXISTS (FROM shared_numbers s
                         WHERE s.facility_no = u.facility_no AND s.service_month = u.service_month
                           AND s.first_day <= u.last_day AND u.first_day <= s.last_day) AS unclear
    FROM units_of_month u
), compared AS (
    SELECT l.*, u.fee_by, u.severe_class,
           u.unclear OR (u.fee_by IS NULL AND (l.capacity_from IS NOT NULL OR l.capacity_to IS NOT NULL))
             OR (u.severe_class IS NULL AND l.code_class IS NOT NULL) AS open,
           coalesce(u.fee_by >= l.capacity_from, TRUE) AND coalesce(u.fee_by <= l.capacity_to, TRUE) AS capacity_fits,
           coalesce(u.severe_class = l.code_class, TRUE) AS class_fits
    FROM base_lines l
    JOIN units u USING (facility_no, service_month, service_type)
), wrong AS (
    SELECT facility_no, recipient_no, service_month, service_type, service_code
    FROM compared GROUP BY ALL HAVING NOT bool_or(capacity_fits AND class_fits AND NOT open)
), judged AS (
    SELECT facility_no, recipient_no, service_month, service_type, service_code, bool_or(open) AS open,
           -- The plain fee at a 重心 facility, and nothing else that does not fit.
           bool_or(capacity_fits AND code_class = '1' AND severe_class = '2') AS only_severe,
           array_to_string(list_sort(list(DISTINCT '定員' || coalesce(fee_by::VARCHAR, '不明') || ' '
                      || CASE severe_class WHEN '1' THEN '重心以外' WHEN '2' THEN '重心' ELSE '重心区分なし' END)), 'または')
               AS units
    FROM compared SEMI JOIN wrong USING (facility_no, recipient_no, service_month, service_type, service_code)
    GROUP BY ALL
)
SELECT j.facility_no, j.recipient_no, j.service_month, j.service_type, j.service_code AS observed, j.units AS expected,
       CASE WHEN j.only_severe THEN 'severe' ELSE 'default' END AS reason,
       CASE WHEN j.only_severe THEN 'review' ELSE 'return' END AS severity,
       coalesce(unless_unreadable('facilities'), unless_unreadable('service_codes')) AS at_most,
       CASE WHEN facility_row_refused('facilities', j.facility_no) THEN 'refused_row'
            WHEN code_row_refused(j.service_code) THEN 'refused_code'
            WHEN j.open THEN 'no_capacity' END AS undetermined
FROM judged j
UNION ALL
SELECT DISTINCT l.facility_no, l.recipient_no, l.service_month, l.service_type, NULL, NULL, NULL, NULL, NULL, 'unknown'
FROM base_lines l SEMI JOIN unknown_facilities x USING (facility_no)
