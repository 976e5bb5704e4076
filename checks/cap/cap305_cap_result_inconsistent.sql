-- code = "CAP305"
-- name = "cap-result-inconsistent"
-- title = "上限額管理結果票の計算が合わない"
-- severity = "return"
-- subject = "sheet"
-- at_issue = "given"
-- needs = []
-- source = "管理結果1・2・3の意味と優先順の充当 (上限額管理結果票の記載要領。インタフェース仕様書 サービス事業所編 令和7年4月版 pp.128-130)"
-- why = "管理事業所の負担額だけで上限に達したことを見落とすか、充当の途中で計算を誤ると起こります。"
-- logic = "C を上限月額、b を各行の利用者負担額、b0 を管理事業所の行の合計とします。b0≧C なら結果1で管理事業所の行に順に C まで、ほかは0。b0<C で合計が C 以下なら結果2で b のまま。それ以外は結果3で、管理事業所を先頭に結果票の順に C まで充てます。合計欄は各行の合計です(結果1では比べません)。充当の順だけが違うときと、合計がちょうど C で結果だけが2でなく3のときは要確認です。C が0円のものは見ません。"
-- federation = ["EJ08", "EJ16"]
-- [message]
-- result = "上限額管理結果票の管理結果は{expected}となるはずですが、{observed}と記載されています。"
-- amounts = "上限額管理結果票の管理結果後利用者負担額が計算と合いません(結果票: {observed}。計算: {expected})。"
-- totals = "上限額管理結果票の合計欄が各行の合計と合いません(結果票: {observed}。各行の合計: {expected})。"
-- order = "上限額管理結果票の利用者負担額の充当の順が、管理事業所を先頭とする結果票の順と違います(結果票: {observed}。結果票の順: {expected})。"
-- exact = "利用者負担額の合計が上限月額ちょうどなので、上限額管理結果票の管理結果は{expected}となりますが、{observed}と記載されています。金額に誤りはありません。"
-- [asked]
-- result = "利用者負担額の合計と上限月額を確かめ、正しい管理結果をお知らせください。"
-- amounts = "管理結果後利用者負担額を確かめ、正しい額をお知らせください。"
-- totals = "合計欄と各行のどちらが正しいかをお知らせください。"
-- order = "充当の順の理由をお知らせください。"
-- exact = "管理結果を2と読んでよいかをお知らせください。"
-- [returned]
-- result = "管理結果と管理結果後利用者負担額を直し、作成区分{kind}で{window}に送ってください。"
-- amounts = "管理結果後利用者負担額を計算し直し、作成区分{kind}で{window}に送ってください。"
-- totals = "合計欄を直し、作成区分{kind}で{window}に送ってください。"
-- order = "管理事業所を先頭とする順に充当し直し、作成区分{kind}で{window}に送ってください。各事業所の負担額が変わるため、関係する事業所にも知らせてください。"
-- exact = "管理結果を2に直し、作成区分{kind}で{window}に送ってください。"
-- [paid]
-- default = "結果票の計算を確かめてください。"
-- order = "充当の順が正しいかを確かめてください。"
-- exact = "次回から、合計が上限月額以下のときは管理結果を2としてください。"
-- [known]
-- default = "次回から、結果票の計算を確かめてから送ってください。"
-- order = "次回から、管理事業所を先頭とする順に充当してください。"
-- exact = "次回から、合計が上限月額以下のときは管理結果を2としてください。"
-- [refused]
-- sheets = "結果票がなければ指摘も出ません"
-- claims = "結果票の中だけを比べ、明細書は見ません"
-- notices = "今月の結果票だけを比べ、前の結果は見ません"
-- history = "今月の結果票だけを比べ、前の結果は見ません"
WITH lines AS (
    SELECT * EXCLUDE (row_burden, row_managed), coalesce(row_burden, 0) AS row_burden,
           coalesce(row_managed, 0) AS row_managed, row_facility_no = facility_no AS own,
           coalesce(sum(row_burden) OVER (PARTITION BY file, group_line ORDER BY place
                                          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS paid_before
    FROM sheet_lines WHERE live AND burden_cap > 0
), judged AS (
    SELECT *, sum(row_burden) OVER sheet AS burdens,
           coalesce(sum(row_burden) FILTER (own) OVER sheet, 0) AS own_burden
    FROM lines WINDOW sheet AS (PARTITION BY file, group_line)
), ruled AS (
    SELECT *, CASE WHEN own_burden >= burden_cap THEN '1' WHEN burdens <= burden_cap THEN '2' ELSE '3' END AS rule
    FROM judged
), shared AS (
    -- Result 1 hands the cap out over the manager's rows, result 3 over all, in their order, the manager's first.
    SELECT *, CASE WHEN rule = '2' THEN row_burden
                   WHEN rule = '3' OR own THEN least(row_burden, greatest(burden_cap - paid_before, 0))
                   ELSE 0 END AS share
    FROM ruled
), summed AS (
    SELECT facility_no, recipient_no, service_month, file, group_line, cap_result, rule, burden_cap, burdens, total_cost,
           total_burden, total_managed, cap_result IS DISTINCT FROM rule AS result_wrong,
           bool_or(row_managed <> share) AS amounts_wrong, sum(abs(row_managed - share)) AS amounts_off,
           rule <> '1' AND (coalesce(total_cost, 0) <> sum(coalesce(row_cost, 0))
                            OR coalesce(total_burden, 0) <> sum(row_burden)
                            OR coalesce(total_managed, 0) <> sum(row_managed)) AS totals_wrong,
           -- Handed out in another order: full shares, one rest, and nothing, as far as the cap goes.
           rule <> '2' AND bool_and(row_managed BETWEEN 0 AND CASE WHEN rule = '3' OR own THEN row_burden ELSE 0 END)
             AND sum(row_managed) = burden_cap
             AND count(*) FILTER (row_managed > 0 AND row_managed < row_burden) <= 1 AS reordered
    FROM shared
    GROUP BY facility_no, recipient_no, service_month, file, group_line, cap_result, rule, burden_cap, burdens, total_cost,
             total_burden, total_managed
), wrong AS (
    SELECT *, CASE WHEN result_wrong AND NOT amounts_wrong AND NOT totals_wrong
                        AND cap_result = '3' AND rule = '2' AND burdens = burden_cap THEN 'exact'
                   WHEN result_wrong THEN 'result' WHEN amounts_wrong AND NOT totals_wrong AND reordered THEN 'order'
                   WHEN amounts_wrong THEN 'amounts' ELSE 'totals' END AS reason
    FROM summed WHERE result_wrong OR amounts_wrong OR totals_wrong
), named AS (
    SELECT file, group_line, string_agg(row_managed || '円', '・' ORDER BY place) AS managed,
           string_agg(share || '円', '・' ORDER BY place) AS shares,
           '総費用額' || sum(row_cost) || '円 利用者負担額' || sum(row_burden) || '円 管理結果後' || sum(row_managed) || '円'
               AS sums
    FROM shared SEMI JOIN wrong USING (file, group_line) GROUP BY ALL
)
SELECT facility_no, recipient_no, service_month, reason,
       CASE WHEN reason IN ('exact', 'order') THEN 'review' ELSE 'return' END AS severity,
       CASE WHEN result_wrong THEN cap_result WHEN amounts_wrong THEN managed
            ELSE '総費用額' || total_cost || '円 利用者負担額' || total_burden || '円 管理結果後' || total_managed || '円'
       END AS observed,
       CASE WHEN result_wrong THEN rule WHEN amounts_wrong THEN shares ELSE sums END AS expected,
       amounts_off AS at_issue
FROM wrong JOIN named USING (file, group_line)
