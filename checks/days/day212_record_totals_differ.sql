-- code = "DAY212"
-- name = "record-totals-differ"
-- title = "実績記録票の合計欄が明細と違う"
-- severity = "notice"
-- subject = "attendance"
-- needs = []
-- source = "実績記録票の合計欄と明細の項目 data/rules/record_totals.csv (インタフェース仕様書 サービス事業所編 令和7年4月版 pp.136-146)"
-- why = "実績記録票の日ごとの行を直したのに、合計欄を計算し直さないと起こります。"
-- logic = "実績記録票の基本の合計欄のうちその様式で使うもの(data/rules/record_totals.csv)を、同じ実績記録票の明細の行の合計と比べます(空欄は0)。算定時間数・送迎加算・通所自立支援加算は数の合計、ほかは項目のある行の数です。"
-- [message]
-- default = "{month}の実績記録票の合計欄が、日ごとの行の合計と違います（{detail}）。"
-- [asked]
-- default = "日ごとの行と合計欄のどちらが正しいかをお知らせください。"
-- [known]
-- default = "次の請求からは、日ごとの行から合計欄を計算し直して送ってください。"
-- [refused]
-- attendance = "合計欄と明細の行は一つの実績記録票とともに欠けるので、指摘も出ない"
-- claims = "今月の実績記録票だけを見る"
-- notices = "今月の実績記録票だけを見る"
-- history = "今月の実績記録票だけを見る"
WITH recorded AS (
    SELECT v.file, v.group_line, r.total_item,
           sum(v.row_count * CASE r.counted WHEN 'rows' THEN 1 ELSE v.value END)::BIGINT AS value
    FROM record_values v
    JOIN rule_record_totals r ON r.record_item = v.record_item AND r.form = v.form
                             AND v.service_month BETWEEN r.valid_from AND r.valid_to
    GROUP BY ALL
), written AS (
    SELECT file, group_line, total_item, value
    FROM (SELECT file, group_line, nullif(COLUMNS('^total_'), 0) FROM attendance_now)
        UNPIVOT (value FOR total_item IN (COLUMNS('^total_')))
), wrong AS (
    -- A total of zero and one that is not set are the same.
    SELECT file, group_line, total_item, coalesce(w.value, 0) AS written, coalesce(r.value, 0) AS counted
    FROM written w FULL JOIN recorded r USING (file, group_line, total_item)
    WHERE coalesce(w.value, 0) <> coalesce(r.value, 0)
), named AS (
    SELECT t.facility_no, t.recipient_no, t.service_month, f.service_type, r.item_no, r.label,
           -- Hours are written in hundredths.
           d.written / CASE r.counted WHEN 'hours' THEN 100 ELSE 1 END AS written,
           d.counted / CASE r.counted WHEN 'hours' THEN 100 ELSE 1 END AS counted
    FROM wrong d
    JOIN attendance_now t USING (file, group_line)
    JOIN (SELECT DISTINCT item_no, total_item, form, counted, label, valid_from, valid_to FROM rule_record_totals) r
      ON r.total_item = d.total_item AND r.form = t.form AND t.service_month BETWEEN r.valid_from AND r.valid_to
    JOIN rule_forms f ON f.form = t.form AND t.service_month BETWEEN f.valid_from AND f.valid_to
)
SELECT facility_no, recipient_no, service_month, service_type,
       string_agg(item_no, '・' ORDER BY item_no) AS observed,
       string_agg(format('{} 合計欄{:g}、明細{:g}', label, written, counted), '。' ORDER BY item_no) AS detail
FROM named GROUP BY ALL
