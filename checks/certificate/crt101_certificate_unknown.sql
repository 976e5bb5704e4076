-- code = "CRT101"
-- name = "certificate-unknown"
-- title = "受給者証番号が受給者台帳にない"
-- severity = "return"
-- subject = "claim"
-- at_issue = "claim"
-- needs = ["recipients"]
-- source = "受給者台帳に該当の受給者情報が存在しない請求は資格審査で返戻 (東京都国保連 エラーコード及びその対処方法)"
-- federation = ["EG02"]
-- why = "受給者証番号の書き誤り、転出入による番号の変更、他市の受給者の請求で起こります。"
-- logic = "明細書の受給者証番号が受給者台帳のどの行にもないものを挙げます。この受給者には他の受給者証の確認と CAP301 を行いません。取り込めなかった台帳の行がこの受給者のものかもしれないときは判定せず、誰のものか読めない行があるときは要確認にとどめます。"
-- [message]
-- default = "受給者証番号が市の受給者台帳にありません。"
-- [asked]
-- default = "受給者証の番号と市町村番号を確かめ、正しい番号をお知らせください。"
-- [returned]
-- default = "受給者証の番号と市町村番号を確かめ、正しい番号に直して{window}に再請求してください。"
-- [paid]
-- default = "受給者証の番号と市町村番号を確かめてください。"
-- [known]
-- default = "次の請求の前に、受給者証の番号と市町村番号を確かめてください。"
-- [undetermined]
-- refused = "取り込めなかった受給者台帳の行がこの受給者のものかもしれません"
-- [refused]
-- claims = "明細書がなければ指摘も出ない"
-- recipients = "guarded"
SELECT c.facility_no, c.recipient_no, c.service_month, unless_unreadable('recipients') AS at_most,
       CASE WHEN row_refused('recipients', c.recipient_no) THEN 'refused' END AS undetermined
FROM claims_now c ANTI JOIN now_recipients r USING (recipient_no)
