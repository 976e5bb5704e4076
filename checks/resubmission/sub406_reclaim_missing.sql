-- code = "SUB406"
-- name = "reclaim-missing"
-- title = "過誤申立後の再請求がない"
-- severity = "review"
-- subject = "petition"
-- at_issue = "claim"
-- needs = ["outcomes", "petitions"]
-- source = "同月過誤で再請求がなければ取下げとなり、元の給付費の全額が差し引かれる (川越市 令和6年度 集団指導資料 ⒀⑤; 長野市の公表資料)"
-- why = "過誤申立をした翌月の請求で、再請求を忘れると起こります。"
-- logic = "再請求予定が「有」で、この月の締めで処理される過誤申立のうち、元の請求が決定していて、同じキーの請求がこの月にないものを挙げます。金額は差し引かれる給付費です。同じ事業所と月の、同じ児童か世帯の別の受給者証番号の請求があれば、その番号を示します。取り込めなかった行のために判定できない過誤申立は、締めで処理せずに待ちます。"
-- [message]
-- default = "{month}の請求は過誤申立が出ていますが、再請求がありません。"
-- other_number = "{month}の請求は過誤申立が出ていますが、同じ受給者証番号の再請求がありません。同じ児童か世帯の別の受給者証番号（{detail}）の請求は出ています。"
-- [asked]
-- default = "再請求するかどうかを、すぐに市へお知らせください。再請求がないと給付費の全額が差し引かれるため、間に合わないときは{window}に請求してください。"
-- other_number = "再請求の受給者証番号が正しいかを、すぐに市へお知らせください。誤りであれば、元の番号の明細書を実績記録票とともに{window}に送ってください。"
-- [known]
-- default = "元の請求は取下げとなり、給付費の全額が差し引かれます。請求し直すときは、直した明細書を実績記録票とともに{window}に送ってください。"
-- other_number = "元の請求は取下げとなり、給付費の全額が差し引かれます。受給者証番号の誤りであれば、元の番号の明細書を実績記録票とともに{window}に送ってください。"
-- [undetermined]
-- refused = "取り込めなかった明細書が再請求かもしれません。判定できるまで、この過誤申立は処理しません"
-- state = "この請求の決定や返戻を示す審査履歴か返戻等一覧に、読めない行があります。判定できるまで、この過誤申立は処理しません"
-- petition = "この請求の過誤申立の行が読めません。判定できるまで、この過誤申立は処理しません"
-- [refused]
-- claims = "guarded"
-- notices = "guarded"
-- history = "guarded"
-- petitions = "guarded"
-- recipients = "同じ世帯や児童の番号を示すためだけに読みます"
WITH others AS (
    -- Claims of the facility and month under another number of the child or its household.
    SELECT p.facility_no, p.recipient_no, p.service_month,
           string_agg(DISTINCT c.recipient_no, ';' ORDER BY c.recipient_no) AS numbers
    FROM reclaims_missing p
    JOIN claims_now c ON c.facility_no = p.facility_no AND c.service_month = p.service_month
                     AND c.recipient_no <> p.recipient_no
    JOIN now_recipients a ON a.recipient_no = p.recipient_no
    JOIN now_recipients b ON b.recipient_no = c.recipient_no
                         AND (b.child_code = a.child_code OR b.household_no = a.household_no)
    GROUP BY ALL
)
SELECT DISTINCT p.facility_no, p.recipient_no, p.service_month, p.benefit_yen AS amount_yen, o.numbers AS observed, replace(o.numbers, ';', '・') AS detail,
       CASE WHEN o.numbers IS NULL THEN 'default' ELSE 'other_number' END AS reason,
       coalesce(unless_unreadable('petitions'), unless_unreadable('history')) AS at_most, p.unsure AS undetermined
FROM reclaims_missing p LEFT JOIN others o USING (facility_no, recipient_no, service_month)
