-- code = "CAP310"
-- name = "managed-without-sheet"
-- title = "上限額管理の記載があるのに結果票がない"
-- severity = "return"
-- subject = "claim"
-- needs = ["recipients", "cap_managers"]
-- source = "明細書の上限額管理欄は、上限額管理を行ったときだけ記載する (インタフェース仕様書 サービス事業所編 令和7年4月版 pp.115-117)"
-- why = "前月の明細書を写して管理事業所の欄を消し忘れるか、管理事業所が結果票を送らないと起こります。"
-- logic = "明細書に上限額管理事業所か管理結果(基本情報 項番15・16)があるのに、その受給者と月の結果票がこの審査月にも過去の決定にもないものを挙げます。CAP302 で挙げたものは挙げません。同じ世帯の別の児童に請求があれば紙の結果票があり得るため、無償化対象の児童は世帯の結果票に載らないことがあるため、要確認とします。"
-- role = "lacks_sheet"
-- [message]
-- default = "明細書に上限額管理の結果が記載されていますが、{month}の上限額管理結果票がありません。"
-- siblings = "明細書に上限額管理の結果が記載されていますが、{month}の上限額管理結果票がありません。きょうだいの利用があるため、複数児童用の結果票が出ているかもしれません。"
-- free = "無償化対象の児童の明細書に上限額管理の結果が記載されていますが、{month}の上限額管理結果票がありません。"
-- [asked]
-- default = "上限額管理を行ったかどうかを確かめ、お知らせください。"
-- "default.manager" = "上限額管理を行ったか、行ったのであれば結果票を送ったかをお知らせください。"
-- "default.related" = "管理事業所から上限額管理の結果を受け取っているかをお知らせください。"
-- siblings = "複数児童用の上限額管理結果票が市へ出ているかを確かめ、お知らせください。"
-- free = "世帯の上限額管理の結果を記載したのか、消し忘れかをお知らせください。"
-- [returned]
-- default = "上限額管理を行っていなければ、管理事業所番号・管理結果・管理結果額を消して{window}に再請求してください。行っているときは、管理事業所が結果票を作成区分「1 新規」で同じ月に送ります。"
-- "default.manager" = "上限額管理を行っていれば、結果票も作成区分「1 新規」で明細書とともに{window}に送ってください。行っていなければ、上限額管理の欄を消して再請求してください。"
-- "default.biller" = "上限額管理の届出がないため、上限額管理の欄を消して{window}に再請求してください。届出が済んでいるときは、先に市へ連絡してください。"
-- "default.related" = "管理事業所に結果票を出すかを確かめ、出さないときは上限額管理の欄を消して、{window}に再請求してください。"
-- siblings = "複数児童用の上限額管理結果票が市へ出ていることを確かめて{window}に再請求してください。"
-- free = "消し忘れであれば、上限額管理の欄を消して{window}に再請求してください。"
-- [paid]
-- default = "上限額管理を行ったかどうかを確かめてください。"
-- siblings = "複数児童用の上限額管理結果票が市へ出ているかを確かめてください。"
-- free = "世帯の上限額管理の結果を記載したのか、消し忘れかを確かめてください。"
-- [known]
-- default = "次の請求から、上限額管理を行わない月は上限額管理の欄を空にしてください。"
-- [undetermined]
-- before_horizon = "この月の結果票の決定を確かめられる履歴がありません"
-- refused = "取り込めなかった結果票がこの月のものか、取り込めなかった明細書がほかの事業所の利用を示すものかもしれません。取り込めなかった行を確かめてください"
-- state = "この月の結果票の決定を示す審査履歴か返戻等一覧に、読めない行があります"
-- unread = "受給者台帳か上限額管理の届出に読めない行があり、この受給者のものかもしれません。台帳の行を直して、もう一度実行してください"
-- [refused]
-- claims = "guarded"
-- sheets = "guarded"
-- attendance = "明細書や結果票を出せる事業所を知るためだけに読みます"
-- notices = "guarded"
-- history = "guarded"
-- recipients = "guarded"
-- cap_managers = "guarded"
WITH judged AS (
    SELECT c.facility_no, c.recipient_no, c.service_month,
           '管理事業所' || coalesce(c.cap_manager_no, 'なし') || ' 結果' || coalesce(c.cap_result, 'なし') AS observed,
           EXISTS (FROM sibling_claims b
                   WHERE b.recipient_no = c.recipient_no AND b.service_month = c.service_month) AS siblings,
           EXISTS (FROM now_recipients r
                   WHERE r.recipient_no = c.recipient_no AND r.free_of_charge = '2'
                     AND overlaps_month(r.valid_from, r.valid_to, c.service_month)) AS free,
           before_horizon(c.service_month)
             AND NOT EXISTS (FROM sheet_states t WHERE t.recipient_no = c.recipient_no
                                                   AND t.service_month = c.service_month) AS too_early,
           -- With the claim of another facility it could be CAP302's: a claim of this month, or one decided before.
           refused_somewhere('sheet', c.recipient_no, c.service_month)
             OR EXISTS (FROM refused_now r WHERE (r.unit = 'claim' OR r.unit IS NULL) AND r.recipient_no = c.recipient_no
                          AND coalesce(r.service_month, c.service_month) = c.service_month
                          AND coalesce(r.facility_no, r.control_facility_no, '') <> c.facility_no)
             OR EXISTS (FROM facilities_concerned f
                        WHERE f.recipient_no = c.recipient_no AND f.service_month = c.service_month
                          AND f.facility_no <> c.facility_no
                          AND could_be_refused('claim', NULL, c.service_month, f.facility_no)) AS refused,
           EXISTS (FROM sheets_doubted d
                   WHERE d.recipient_no = c.recipient_no AND d.service_month = c.service_month)
             OR EXISTS (FROM claims_doubted d WHERE d.recipient_no = c.recipient_no AND d.service_month = c.service_month
                                                AND d.facility_no <> c.facility_no) AS doubted
    FROM claims_now c
    ANTI JOIN sheets_expected e ON e.recipient_no = c.recipient_no AND e.service_month = c.service_month
    ANTI JOIN sheet_there t ON t.recipient_no = c.recipient_no AND t.service_month = c.service_month
    WHERE c.cap_manager_no IS NOT NULL OR c.cap_result IS NOT NULL
)
SELECT facility_no, recipient_no, service_month, observed,
       CASE WHEN siblings THEN 'siblings' WHEN free THEN 'free' ELSE 'default' END AS reason,
       CASE WHEN siblings OR free THEN 'review' ELSE 'return' END AS severity,
       coalesce(unless_unreadable('recipients'), unless_unreadable('cap_managers'), unless_unreadable('history'))
           AS at_most,
       CASE WHEN too_early THEN 'before_horizon' WHEN refused THEN 'refused' WHEN doubted THEN 'state'
            WHEN row_refused('recipients', recipient_no) OR row_refused('cap_managers', recipient_no)
            THEN 'unread' END AS undetermined
FROM judged
