-- code = "CAP303"
-- name = "cap-sheet-facilities-differ"
-- title = "上限額管理結果票の事業所が請求と違う"
-- severity = "return"
-- subject = "sheet"
-- needs = []
-- source = "結果票には、その月に利用した事業所をもれなく記載する (インタフェース仕様書 サービス事業所編 令和7年4月版 pp.128-130)"
-- why = "月の途中から使い始めた事業所や、一覧表を送らなかった事業所が、結果票から漏れることで起こります。"
-- logic = "結果票にある事業所と、その月に請求のある事業所を比べます。請求のある事業所が結果票になければ返戻相当、結果票にだけあって請求がなければ(月遅れのことがあるので)要確認です。請求のない事業所の0円だけの行は数えません。複数児童用の結果票は、児童と事業所の組ごとに比べます。作成区分「3 取消」は比べません。"
-- [message]
-- not_on_sheet = "{month}に請求のある事業所が、上限額管理結果票に記載されていません。"
-- no_claim = "上限額管理結果票にある事業所の、{month}の請求がありません。"
-- [asked]
-- not_on_sheet = "利用したすべての事業所から利用者負担額一覧表を受け取っているかを確かめ、お知らせください。"
-- no_claim = "その事業所の請求が遅れているのか、利用がなかったのかを確かめ、お知らせください。"
-- [returned]
-- not_on_sheet = "利用したすべての事業所から利用者負担額一覧表を受け取って結果票を作り直し、作成区分{kind}で{window}に送ってください。"
-- no_claim = "利用のない事業所を除いて結果票を作り直し、作成区分{kind}で{window}に送ってください。"
-- [paid]
-- not_on_sheet = "利用したすべての事業所の負担額が入っているかを確かめてください。"
-- no_claim = "その事業所の請求が遅れているのか、利用がなかったのかを確かめてください。"
-- [known]
-- default = "結果票を作る前に、利用したすべての事業所から利用者負担額一覧表を受け取ってください。"
-- [undetermined]
-- refused = "取り込めなかった明細書が、結果票にある事業所のものかもしれません。取り込めなかった行を確かめてください"
-- [refused]
-- claims = "guarded"
-- sheets = "結果票がなければ指摘も出ません"
-- notices = "返戻等一覧が読めなければ、その請求は決定済みの請求に数えません"
-- history = "guarded"
WITH listed AS (
    SELECT facility_no, recipient_no, service_month, file, group_line, row_facility_no, child_no,
           coalesce(cost = 0 AND burden = 0 AND managed = 0, FALSE) AS nothing
    FROM sheet_amounts WHERE live
), claimed AS (
    SELECT s.facility_no, s.recipient_no, s.service_month, s.file, s.group_line, c.facility_no AS row_facility_no,
           c.recipient_no AS child_no, c.decided_before
    FROM live_sheets s
    JOIN sheet_children k USING (review_month, file, group_line)
    JOIN claims_standing c ON c.recipient_no = k.recipient_no AND c.service_month = s.service_month
), compared AS (
    SELECT *, l.row_facility_no IS NOT NULL AS on_sheet, c.row_facility_no IS NOT NULL AS has_claim
    FROM (SELECT *, row_facility_no AS place_no FROM listed) l
    FULL JOIN (SELECT *, row_facility_no AS place_no FROM claimed) c
      USING (facility_no, recipient_no, service_month, file, group_line, child_no, place_no)
), flagged AS (
    SELECT *, NOT has_claim AND NOT nothing AS idle FROM compared
), wrong AS (
    SELECT file, group_line FROM flagged GROUP BY ALL HAVING bool_or(NOT on_sheet) OR bool_or(idle)
), named AS (
    -- A household's sheet names the child beside the facility.
    SELECT *, place_no || CASE WHEN child_no <> recipient_no THEN '(' || child_no || ')' ELSE '' END AS place
    FROM flagged SEMI JOIN wrong USING (file, group_line)
), sheets_compared AS (
    SELECT facility_no, recipient_no, service_month, file, group_line,
           string_agg(place, ';' ORDER BY place) FILTER (on_sheet AND (has_claim OR idle)) AS observed,
           string_agg(place, ';' ORDER BY place) FILTER (has_claim) AS expected,
           bool_or(NOT on_sheet) AS lacking, bool_or(idle) AS surplus,
           bool_or(idle AND (could_be_refused('claim', child_no, service_month, place_no)
                             OR EXISTS (FROM claims_doubted d WHERE d.recipient_no = child_no AND d.facility_no = place_no
                                                                AND d.service_month = named.service_month))) AS refused,
           bool_or(NOT on_sheet AND coalesce(decided_before, FALSE)) AS decided_part,
           -- A claim of this month that the sheet lacks needs no history.
           bool_or(NOT on_sheet AND NOT decided_before) AS certain
    FROM named GROUP BY ALL
)
SELECT facility_no, recipient_no, service_month, observed, expected, decided_part,
       CASE WHEN lacking THEN 'not_on_sheet' ELSE 'no_claim' END AS reason,
       CASE WHEN lacking THEN 'return' ELSE 'review' END AS severity,
       CASE WHEN NOT certain THEN unless_unreadable('history') END AS at_most,
       CASE WHEN NOT lacking AND refused THEN 'refused' END AS undetermined
FROM sheets_compared
