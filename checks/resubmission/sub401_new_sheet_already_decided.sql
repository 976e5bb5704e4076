-- code = "SUB401"
-- name = "new-sheet-already-decided"
-- title = "決定済みの結果票を新規で提出"
-- severity = "return"
-- subject = "sheet"
-- needs = ["outcomes"]
-- source = "作成区分: 決定済みの票の変更は修正 (インタフェース仕様書 サービス事業所編 令和7年4月版 p.128; 川越市 令和6年度 集団指導資料 ⒀④)"
-- why = "請求を直すときに、結果票まで新規として送り直すと起こります。"
-- logic = "作成区分が「1 新規」の結果票のうち、同じキーの結果票が過去の審査月に決定しているものを挙げます。"
-- needless = ["same"]
-- [message]
-- default = "{month}の上限額管理結果票はすでに決定していますが、作成区分「1 新規」で提出されています。"
-- same = "{month}の上限額管理結果票はすでに決定していますが、同じ内容の結果票が作成区分「1 新規」で提出されています。"
-- [asked]
-- default = "決定した結果票から変えるところがあるかを確かめ、お知らせください。"
-- same = "決定した結果票から変えるところがあるかを確かめ、お知らせください。"
-- [returned]
-- default = "決定した結果票から変えるところを直し、作成区分「2 修正」で{window}に送ってください。"
-- same = "決定した結果票がそのまま有効なので、結果票を送る必要はありません。変えるところがあるときは、作成区分「2 修正」で送ってください。"
-- [paid]
-- default = "決定した結果票から変えるところがあるかを確かめてください。"
-- [known]
-- default = "決定した結果票を変えるときは、次回から作成区分「2 修正」で送ってください。"
-- [undetermined]
-- unsure = "この結果票の決定や返戻を示す審査履歴か返戻等一覧に、読めない行があるか、同じ結果票が取り込めていません。取り込めなかった行を確かめてください"
-- [refused]
-- sheets = "guarded"
-- claims = "結果票の状態は、明細書によりません"
-- notices = "guarded"
-- history = "guarded"
WITH wrong AS (
    SELECT s.facility_no, s.recipient_no, s.service_month
    FROM sheets_now s JOIN sheet_states t USING (facility_no, recipient_no, service_month)
    WHERE s.submission_kind = '1' AND t.state = 'decided'
), contents AS (
    -- What sheets of one key say, the new ones (here) and the decided one whose record is held.
    SELECT s.facility_no, s.recipient_no, s.service_month, s.here, s.file, s.group_line,
           concat_ws('/', s.burden_cap, s.cap_result, s.total_cost, s.total_burden, s.total_managed,
                     string_agg(concat_ws('/', r.row_facility_no, r.child_recipient_no, r.row_cost, r.row_burden, r.row_managed),
                                ' ' ORDER BY r.row_no, r.line)) AS content
    FROM (SELECT *, TRUE AS here FROM sheets_now UNION ALL SELECT *, FALSE FROM sheets_held) s
    SEMI JOIN wrong USING (facility_no, recipient_no, service_month)
    LEFT JOIN sheet_rows r USING (review_month, file, group_line)
    GROUP BY s.facility_no, s.recipient_no, s.service_month, s.here, s.review_month, s.file, s.group_line, s.burden_cap,
             s.cap_result, s.total_cost, s.total_burden, s.total_managed
), unchanged AS (
    SELECT facility_no, recipient_no, service_month FROM contents GROUP BY ALL
    HAVING count(*) FILTER (here) = 1 AND count(*) FILTER (NOT here) = 1 AND count(DISTINCT content) = 1
)
SELECT s.facility_no, s.recipient_no, s.service_month, unless_unreadable('history') AS at_most,
       CASE WHEN EXISTS (FROM unchanged u WHERE u.facility_no = s.facility_no AND u.recipient_no = s.recipient_no
                                            AND u.service_month = s.service_month) THEN 'same' END AS reason,
       CASE WHEN key_refused('sheet', s.facility_no, s.recipient_no, s.service_month)
                 OR state_refused(s.facility_no, s.recipient_no, s.service_month)
            THEN 'unsure' END AS undetermined
FROM wrong s
