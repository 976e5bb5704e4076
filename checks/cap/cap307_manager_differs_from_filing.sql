-- code = "CAP307"
-- name = "manager-differs-from-filing"
-- title = "届出と違う事業所の上限額管理結果票"
-- severity = "return"
-- subject = "sheet"
-- needs = ["cap_managers"]
-- source = "上限額管理を行うのは、利用者負担上限額管理事務依頼届出書の事業所 (宇土市の公表資料、川越市 令和6年度集団指導資料 ⒀②)"
-- why = "上限額管理事業所を変えたのに、変更の届出が出ていないか、前の事業所が結果票を作ると起こります。"
-- logic = "月に重なる上限額管理の届出があり、結果票の管理事業所がそのどれでもないものを挙げます。複数児童用の結果票は、児童ごとに見ます。届出がまったくないものは見ません。"
-- federation = ["EG17"]
-- [message]
-- default = "上限額管理結果票を作った事業所が、{month}に届出のある上限額管理事業所と違います。"
-- [action]
-- default = "保護者に届出の内容を確かめてください。管理事業所が変わったときは変更の届出を出し、そうでなければ届出のある事業所が結果票を作り、前に決定したものがあれば作成区分「2 修正」、なければ「1 新規」で{window}に送ってください。"
WITH children AS (
    SELECT DISTINCT s.facility_no, s.recipient_no, s.service_month, k.recipient_no AS child_no
    FROM live_sheets s JOIN sheet_children k USING (review_month, file, group_line)
), compared AS (
    SELECT c.*, string_agg(DISTINCT m.facility_no, ';' ORDER BY m.facility_no) AS filed,
           bool_or(m.facility_no = c.facility_no) AS agrees
    FROM children c
    JOIN now_cap_managers m ON m.recipient_no = c.child_no
                           AND overlaps_month(m.valid_from, m.valid_to, c.service_month)
    GROUP BY ALL
)
SELECT facility_no, recipient_no, service_month, facility_no AS observed, filed AS expected
FROM compared WHERE NOT agrees
