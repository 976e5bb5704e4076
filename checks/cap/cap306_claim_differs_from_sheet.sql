-- code = "CAP306"
-- name = "claim-differs-from-sheet"
-- title = "明細書の上限額管理欄が結果票と違う"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = []
-- source = "明細書の管理結果と管理結果額は結果票による (インタフェース仕様書 サービス事業所編 令和7年4月版 pp.115-117, pp.128-130)"
-- why = "結果票が届く前に請求を作るか、作り直された結果票を明細書に写し忘れると起こります。"
-- logic = "明細書の事業所がこの審査月の結果票(なければ決定済みの結果票)にあるとき、明細書の上限額管理事業所・管理結果・管理結果額(基本情報 項番15・16・17)を、結果票の管理事業所・管理結果・その事業所の管理結果後利用者負担額と比べます。結果票が二つあれば、どちらかと合えばよいものとします。結果票の上限月額が0円のものは比べません。"
-- federation = ["PP01"]
-- [message]
-- default = "明細書の上限額管理欄({detail})が、{month}の上限額管理結果票と違います。"
-- [asked]
-- default = "上限額管理結果票の写しと明細書を比べ、どちらが正しいかをお知らせください。"
-- "default.manager" = "作った結果票と明細書を比べ、どちらが正しいかをお知らせください。"
-- "default.related" = "管理事業所から受け取った結果と明細書を比べ、どちらが正しいかをお知らせください。"
-- [returned]
-- default = "管理事業所番号・管理結果・管理結果額を結果票に合わせて{window}に再請求してください。結果票が誤っているときは、先に管理事業所に連絡してください。"
-- "default.manager" = "管理事業所番号・管理結果・管理結果額を結果票に合わせて{window}に再請求してください。結果票が誤っているときは、先に市へ連絡してください。"
-- "default.related" = "管理事業所番号・管理結果・管理結果額を、管理事業所から受け取った結果に合わせて{window}に再請求してください。結果が誤っているときは、先に管理事業所に連絡してください。"
-- [paid]
-- default = "明細書の上限額管理の欄を、管理事業所の結果と比べてください。"
-- "default.manager" = "明細書の上限額管理の欄を、作った結果票と比べてください。"
-- [known]
-- default = "次の請求から、明細書の上限額管理の欄を結果票に合わせてください。"
-- [undetermined]
-- refused = "取り込めなかった上限額管理結果票が、この明細書と合うものかもしれません。取り込めなかった行を確かめてください"
-- state = "決定済みの結果票を示す審査履歴か返戻等一覧に、読めない行があります"
-- [refused]
-- claims = "明細書がなければ指摘も出ません"
-- sheets = "guarded"
-- attendance = "結果票を出せる事業所を知るためだけに読みます"
-- notices = "guarded"
-- history = "guarded"
-- recipients = "同じ世帯の児童を知るためだけに読みます"
-- cap_managers = "結果票を出せる事業所を知るためだけに読みます"
WITH compared AS (
    SELECT c.facility_no, c.recipient_no, c.service_month, s.live,
           s.burden_cap = 0 OR (c.cap_manager_no IS NOT DISTINCT FROM s.facility_no
             AND c.cap_result IS NOT DISTINCT FROM s.cap_result
             AND coalesce(c.cap_result_yen, 0) = coalesce(s.managed, 0)) AS agrees,
           c.cap_manager_no, c.cap_result, c.cap_result_yen, s.facility_no AS sheet_manager, s.cap_result AS sheet_result,
           s.managed
    FROM claims_now c
    JOIN sheet_amounts s ON s.row_facility_no = c.facility_no AND s.child_no = c.recipient_no
                        AND s.service_month = c.service_month
), valid AS (
    FROM compared
    -- A live sheet of the child takes the place of the decided one, also where it has dropped the facility.
    WHERE live OR NOT EXISTS (FROM sheet_lines s WHERE s.live AND s.child_no = compared.recipient_no
                                                   AND s.service_month = compared.service_month)
), wrong AS (
    SELECT facility_no, recipient_no, service_month, live FROM valid GROUP BY ALL HAVING NOT bool_or(agrees)
), named AS (
    SELECT facility_no, recipient_no, service_month, live,
           '管理事業所' || coalesce(cap_manager_no, 'なし') || ' 結果' || coalesce(cap_result, 'なし') || ' '
               || coalesce(cap_result_yen, 0) || '円' AS observed,
           -- The facility is told which items differ; the numbers of others are for the team.
           concat_ws('・', CASE WHEN cap_manager_no IS DISTINCT FROM sheet_manager THEN '管理事業所' END,
                     CASE WHEN cap_result IS DISTINCT FROM sheet_result THEN '管理結果' END,
                     CASE WHEN coalesce(cap_result_yen, 0) <> coalesce(managed, 0) THEN '管理結果額' END) AS items,
           abs(coalesce(cap_result_yen, 0) - coalesce(managed, 0)) AS off,
           '管理事業所' || sheet_manager || ' 結果' || sheet_result || ' ' || managed || '円' AS expected
    FROM valid SEMI JOIN wrong USING (facility_no, recipient_no, service_month, live)
), differing AS (
    SELECT facility_no, recipient_no, service_month, observed, live,
           string_agg(DISTINCT expected, ' または ' ORDER BY expected) AS expected, arg_min(items, expected) AS detail,
           min(off) AS off
    FROM named GROUP BY ALL
)
SELECT facility_no, recipient_no, service_month, observed, expected, off AS at_issue, detail, NOT live AS decided_part,
       CASE WHEN NOT live THEN unless_unreadable('history') END AS at_most,
       CASE WHEN refused_somewhere('sheet', recipient_no, service_month) THEN 'refused'
            WHEN NOT live AND EXISTS (FROM sheets_doubted d WHERE d.recipient_no = differing.recipient_no
                                                              AND d.service_month = differing.service_month)
            THEN 'state' END AS undetermined
FROM differing
