-- code = "CRT101"
-- name = "certificate-unknown"
-- title = "受給者証番号が受給者台帳にない"
-- severity = "return"
-- subject = "claim"
-- needs = ["recipients"]
-- source = "受給者台帳に該当の受給者情報が存在しない請求は資格審査で返戻 (東京都国保連 エラーコード及びその対処方法)"
-- federation = ["EG02"]
-- why = "受給者証番号の書き誤り、転出入による番号の変更、他市の受給者の請求で起こります。"
-- logic = "明細書の受給者証番号が受給者台帳のどの行にもないものを挙げます。この受給者には他の受給者証の確認と CAP301 を行いません。"
-- [message]
-- default = "受給者証番号が市の受給者台帳にありません。"
-- [action]
-- default = "受給者証の番号と市町村番号を確かめ、正しい番号で{window}に再請求してください。"
SELECT c.facility_no, c.recipient_no, c.service_month
FROM claims_now c SEMI JOIN unknown_recipients u USING (recipient_no)
