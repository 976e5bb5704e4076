-- code = "CAP307"
-- name = "manager-differs-from-filing"
-- title = "届出と違う事業所の上限額管理結果票"
-- severity = "return"
-- subject = "sheet"
-- needs = ["cap_managers"]
-- source = "上限額管理を行うのは、利用者負担上限額管理事務依頼届出書の事業所 (宇土市の公表資料、川越市 令和6年度集団指導資料 ⒀②)"
-- why = "上限額管理事業所を変えたのに、変更の届出が出ていないか、前の事業所が結果票を作ると起こります。"
-- logic = "月に重なる上限額管理の届出があり、結果票の管理事業所がそのどれでもないものを挙げます。複数児童用の結果票は、票の受給者の届出で見ます。届出がまったくないものは見ません。"
-- federation = ["EG17"]
-- [message]
-- default = "上限額管理結果票を作った事業所が、{month}に届出のある上限額管理事業所と違います。"
-- [asked]
-- default = "保護者に届出の内容を確かめ、管理事業所が変わったかどうかをお知らせください。"
-- [returned]
-- default = "管理事業所が変わったのであれば、変更の届出を市へ出し、結果票を作成区分{kind}で{window}に送ってください。変わっていなければ、結果票は届出のある事業所が作ります。"
-- [paid]
-- default = "保護者に届出の内容を確かめ、管理事業所が変わっていれば変更の届出を市へ出してください。"
-- [known]
-- default = "保護者に届出の内容を確かめ、管理事業所が変わっていれば変更の届出を市へ出してください。"
-- [undetermined]
-- unread = "上限額管理の届出に読めない行があり、この受給者のものかもしれません。台帳の行を直して、もう一度実行してください"
-- [refused]
-- sheets = "結果票がなければ指摘も出ません"
-- recipients = "同じ児童の番号を知るためだけに読みます"
-- cap_managers = "guarded"
SELECT s.facility_no, s.recipient_no, s.service_month, s.facility_no AS observed,
       string_agg(DISTINCT m.facility_no, ';' ORDER BY m.facility_no) AS expected,
       unless_unreadable('cap_managers') AS at_most,
       CASE WHEN row_refused('cap_managers', s.recipient_no) THEN 'unread' END AS undetermined
FROM (SELECT DISTINCT facility_no, recipient_no, service_month FROM live_sheets) s
JOIN now_cap_managers m ON m.recipient_no = s.recipient_no
                       AND overlaps_month(m.valid_from, m.valid_to, s.service_month)
GROUP BY s.facility_no, s.recipient_no, s.service_month
HAVING NOT bool_or(m.facility_no = s.facility_no)
