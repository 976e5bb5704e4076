-- code = "SUB405"
-- name = "claim-already-decided"
-- title = "決定済みの請求の再請求"
-- severity = "return"
-- subject = "claim"
-- needs = ["outcomes", "petitions"]
-- source = "過誤申立のない再請求は重複請求として返戻 (柏崎市・稲城市・四條畷市の公表資料)"
-- federation = ["ED01"]
-- why = "支払済みの請求を直すのに過誤申立を出していない、または処理月より早く再請求すると起こります。"
-- logic = "状態が決定の明細書のうち、この月の締めで処理される過誤申立のないものを挙げます。"
-- role = "already_decided"
-- [message]
-- default = "{month}の請求はすでに支払が決定しています。過誤申立がないため重複請求となります。"
-- [action]
-- default = "請求を直す場合は、先に過誤申立を市へ出し、処理の月に合わせて再請求してください。"
SELECT c.facility_no, c.recipient_no, c.service_month
FROM claims_now c
JOIN claim_states t USING (facility_no, recipient_no, service_month)
ANTI JOIN petitions_due p USING (facility_no, recipient_no, service_month)
WHERE t.state = 'decided'
