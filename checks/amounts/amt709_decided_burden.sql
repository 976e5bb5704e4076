-- code = "AMT709"
-- name = "decided-burden"
-- title = "決定利用者負担額の誤り"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = []
-- source = "決定利用者負担額は、上限額管理後利用者負担額、なければ調整後利用者負担額、なければ上限月額調整による (インタフェース仕様書 サービス事業所編 令和7年4月版 K122-01 項目22〜27、K122-04 項目16〜21)"
-- why = "上限額管理の結果や調整後の額を入れ直した後に、決定利用者負担額を作り直さなかったり、桁を落としたりすると起こります。"
-- logic = "基本情報では、管理結果(項番16)があれば項番26と27が管理結果額(項番17)と、なければ項番27が調整後利用者負担額(項番25。0か未設定なら上限月額調整 項番22)と違うもの、項番22が集計情報の項番16の合計と違うものを挙げます。集計情報の行では、項番16が上限月額①と利用者負担額②の小さい方と違うもの(無償化か第3子以降の児童は0円でもよい)、項番21が項番20(管理結果があるとき)、19(調整後利用者負担額があるとき)、16(どちらもないとき)と違うものを挙げます。"
-- federation = ["EJ13", "PP01"]
-- [message]
-- default = "決定利用者負担額の計算が合いません（請求：{observed}、計算：{expected}）。"
-- [asked]
-- default = "上限月額調整・調整後利用者負担額・上限額管理の結果を確かめ、正しい決定利用者負担額をお知らせください。"
-- [returned]
-- default = "決定利用者負担額と給付費を計算し直して{window}に再請求してください。"
-- [paid]
-- default = "上限月額調整・調整後利用者負担額・上限額管理の結果を確かめてください。"
-- [known]
-- default = "次の請求から、決定利用者負担額の計算を確かめてください。"
-- [undetermined]
-- no_recipient = "受給者台帳(recipients.csv)にこの児童のこの月の行がなく、無償化か第3子以降の児童かどうかわかりません"
-- refused_row = "受給者台帳(recipients.csv)に、取り込めなかったこの児童か世帯の行があり、無償化か第3子以降の児童かどうかわかりません"
-- refused_claim = "取り込めなかったこの児童・月の明細書があります"
-- [refused]
-- claims = "guarded"
-- recipients = "guarded"
SELECT facility_no, recipient_no, service_month, service_type, format('{} {}円', place, observed) AS observed,
       format('{} {}円', place, expected) AS expected,
       -- The items follow from each other: of several the largest difference.
       CASE WHEN row_number() OVER (PARTITION BY facility_no, recipient_no, service_month
                                    ORDER BY abs(observed - expected) DESC, place, service_type) = 1
            THEN abs(observed - expected) END AS at_issue,
       CASE WHEN by_class THEN unless_unreadable('recipients') END AS at_most,
       CASE WHEN claim_refused_beside(facility_no, recipient_no, service_month) THEN 'refused_claim'
            ELSE open END AS undetermined
FROM burden_faults
