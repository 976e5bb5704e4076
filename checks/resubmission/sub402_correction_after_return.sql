-- code = "SUB402"
-- name = "correction-after-return"
-- title = "返戻された結果票を修正で提出"
-- severity = "return"
-- subject = "sheet"
-- needs = ["outcomes"]
-- source = "作成区分: 返戻後の再提出は新規 (インタフェース仕様書 サービス事業所編 令和7年4月版 p.128; 川越市 令和6年度 集団指導資料 ⒀④)"
-- why = "返戻された結果票を「直したから修正」と考えて送ると起こります。"
-- logic = "作成区分が「2 修正」の結果票のうち、同じキーの結果票の状態が返戻であるものを挙げます。"
-- [message]
-- default = "{month}の上限額管理結果票は返戻されているため、作成区分「2 修正」では受け付けられません。"
-- [asked]
-- default = "返戻された結果票を直したものかどうかをお知らせください。"
-- [returned]
-- default = "作成区分「1 新規」に直して{window}に送ってください。"
-- [paid]
-- default = "結果票の作成区分を確かめてください。"
-- [known]
-- default = "返戻された結果票を直したときは、次回から作成区分「1 新規」で送ってください。"
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
WHERE s.submission_kind = '2' AND t.state = 'returned'
