-- code = "SUB405"
-- name = "claim-already-decided"
-- title = "決定済みの請求の再請求"
-- severity = "return"
-- subject = "claim"
-- at_issue = "claim"
-- needs = ["outcomes", "petitions"]
-- source = "過誤申立のない再請求は重複請求として返戻 (柏崎市・稲城市・四條畷市の公表資料)"
-- federation = ["ED01"]
-- why = "支払済みの請求を直すのに過誤申立を出していない、または処理月より早く再請求すると起こります。"
-- logic = "状態が決定の明細書のうち、この月の締めで処理される過誤申立のないものを挙げます。"
-- role = "already_decided"
-- [message]
-- default = "{month}の請求はすでに支払が決定しています。過誤申立がないため重複請求となります。"
-- [asked]
-- default = "支払の決まった請求を直すものか、二重の請求かをお知らせください。"
-- [returned]
-- default = "請求を直すときは、先に過誤申立書を市へ出し、その処理の月に再請求してください。直すところがなければ、前に支払の決まった請求がそのまま有効です。"
-- [paid]
-- default = "支払の決まった請求を直すものか、二重の請求かを確かめてください。"
-- [known]
-- default = "支払の決まった請求を直すときは、先に過誤申立書を市へ出してください。"
-- [undetermined]
-- unsure = "この請求の決定や返戻を示す審査履歴か返戻等一覧に、読めない行があるか、同じ明細書が取り込めていません。取り込めなかった行を確かめてください"
-- petition = "この請求の過誤申立の行が読めません。台帳の行を直して、もう一度実行してください"
-- [refused]
-- claims = "guarded"
-- notices = "guarded"
-- history = "guarded"
-- petitions = "guarded"
SELECT c.facility_no, c.recipient_no, c.service_month,
       coalesce(unless_unreadable('petitions'), unless_unreadable('history')) AS at_most,
       CASE WHEN key_row_refused('petitions', c.facility_no, c.recipient_no, c.service_month) THEN 'petition'
            WHEN key_refused('claim', c.facility_no, c.recipient_no, c.service_month)
                 OR state_refused(c.facility_no, c.recipient_no, c.service_month) THEN 'unsure' END AS undetermined
FROM claims_now c
JOIN claim_states t USING (facility_no, recipient_no, service_month)
ANTI JOIN petitions_due p USING (facility_no, recipient_no, service_month)
WHERE t.state = 'decided'
