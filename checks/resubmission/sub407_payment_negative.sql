-- code = "SUB407"
-- name = "payment-negative"
-- title = "支払額がマイナスになる見込み"
-- severity = "notice"
-- subject = "facility"
-- needs = ["outcomes", "petitions"]
-- source = "取下げ額が当月の支払額を超えると支払がマイナスとなり、事前の調整が要る (江東区・小山市の公表資料)"
-- why = "過誤申立をまとめて出したり、大きな請求の再請求が間に合わなかったりすると起こります。"
-- logic = "事業所のこの審査月の請求の給付費の合計から、この月の締めで取り下げる請求の決定済みの給付費の合計を引き、0円を下回るものを挙げます。決定済みの給付費がわからない取下げがあれば判定しません。"
-- [message]
-- default = "取り下げる給付費が請求額を上回り、差引の支払額が{observed}円となります。"
-- [asked]
-- default = "過誤申立の時期を分けるかどうかをお知らせください。"
-- [known]
-- default = "差額の精算のしかたを、市と国保連に相談してください。"
-- [undetermined]
-- unknown_benefit = "取り下げる請求の決定済みの給付費がわかりません"
-- refused = "この事業所の取り込めなかった明細書か、読めない過誤申立・審査履歴・返戻等一覧の行があります"
-- [refused]
-- claims = "guarded"
-- notices = "guarded"
-- history = "guarded"
-- petitions = "guarded"
WITH withdrawn AS (
    SELECT facility_no, sum(benefit_yen) AS yen, bool_or(benefit_yen IS NULL) AS unknown,
           bool_or(state_refused(facility_no, recipient_no, service_month)
                   OR key_row_refused('petitions', facility_no, recipient_no, service_month)) AS unsure
    FROM withdrawals_due GROUP BY ALL
), claimed AS (
    SELECT facility_no, sum(benefit_yen) AS yen FROM claims_now GROUP BY ALL
)
SELECT t.facility_no, NULL AS recipient_no, NULL::DATE AS service_month,
       (coalesce(c.yen, 0) - t.yen)::VARCHAR AS observed, '0' AS expected,
       coalesce(c.yen, 0) - t.yen AS amount_yen,
       CASE WHEN t.unknown THEN 'unknown_benefit'
            WHEN t.unsure OR EXISTS (FROM refused_now r
                                     WHERE (r.unit = 'claim' OR r.unit IS NULL)
                                       AND coalesce(r.facility_no, r.control_facility_no, t.facility_no) = t.facility_no)
            THEN 'refused' END AS undetermined
FROM withdrawn t LEFT JOIN claimed c USING (facility_no)
WHERE t.unknown OR coalesce(c.yen, 0) - t.yen < 0
