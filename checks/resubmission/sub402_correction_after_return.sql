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
-- [action]
-- default = "作成区分「1 新規」で{window}に送り直してください。"
SELECT s.facility_no, s.recipient_no, s.service_month
FROM sheets_now s JOIN sheet_states t USING (facility_no, recipient_no, service_month)
WHERE s.submission_kind = '2' AND t.state = 'returned'
