-- code = "SUB401"
-- name = "new-sheet-already-decided"
-- title = "決定済みの結果票を新規で提出"
-- severity = "return"
-- subject = "sheet"
-- needs = ["outcomes"]
-- source = "作成区分: 決定済みの票の変更は修正 (インタフェース仕様書 サービス事業所編 令和7年4月版 p.128; 川越市 令和6年度 集団指導資料 ⒀④)"
-- why = "請求を直すときに、結果票まで新規として送り直すと起こります。"
-- logic = "作成区分が「1 新規」の結果票のうち、同じキーの結果票が過去の審査月に決定しているものを挙げます。"
-- [message]
-- default = "{month}の上限額管理結果票はすでに決定していますが、作成区分「1 新規」で提出されています。"
-- [action]
-- default = "内容を変更する場合は作成区分「2 修正」で{window}に送ってください。変更がなければ再提出は不要です。"
-- [undetermined]
-- unsure = "この結果票の決定や返戻を示す審査履歴か返戻等一覧に、読めない行があるか、同じ結果票が取り込めていません。取り込めなかった行を確かめてください"
-- [refused]
-- sheets = "guarded"
-- claims = "結果票の状態は、明細書によりません"
-- notices = "guarded"
-- history = "guarded"
SELECT s.facility_no, s.recipient_no, s.service_month, unless_unreadable('history') AS at_most,
       CASE WHEN key_refused('sheet', s.facility_no, s.recipient_no, s.service_month)
                 OR state_refused(s.facility_no, s.recipient_no, s.service_month)
            THEN 'unsure' END AS undetermined
FROM sheets_now s JOIN sheet_states t USING (facility_no, recipient_no, service_month)
WHERE s.submission_kind = '1' AND t.state = 'decided'
