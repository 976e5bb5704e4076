-- code = "SUB406"
-- name = "reclaim-missing"
-- title = "過誤申立後の再請求がない"
-- severity = "review"
-- subject = "petition"
-- needs = ["outcomes", "petitions"]
-- source = "同月過誤で再請求がなければ取下げとなり、元の給付費の全額が差し引かれる (川越市 令和6年度 集団指導資料 ⒀⑤; 長野市の公表資料)"
-- why = "過誤申立をした翌月の請求で、再請求を忘れると起こります。"
-- logic = "再請求予定が「有」で、この月の締めで処理される過誤申立のうち、元の請求が決定していて、同じキーの請求がこの月にないものを挙げます。金額は差し引かれる給付費です。"
-- [message]
-- default = "{month}の請求は過誤申立が出ていますが再請求がありません。このままでは給付費の全額が差し引かれます。"
-- [action]
-- default = "再請求する場合は、直した明細書を実績記録票とともにこの月の締めまでに市へ知らせて送ってください。間に合わないときは全額の取下げとなるため、{window}に請求してください。"
-- [undetermined]
-- refused = "取り込めなかった明細書が再請求かもしれません"
SELECT DISTINCT p.facility_no, p.recipient_no, p.service_month, p.benefit_yen AS amount_yen,
       CASE WHEN could_be_refused('claim', p.recipient_no, p.service_month, p.facility_no)
            THEN 'refused' END AS undetermined
FROM petitions_due p
ANTI JOIN claims_now c USING (facility_no, recipient_no, service_month)
WHERE p.reclaim = '有' AND p.state = 'decided'
