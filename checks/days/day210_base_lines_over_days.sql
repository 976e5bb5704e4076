-- code = "DAY210"
-- name = "base-lines-over-days"
-- title = "基本報酬の回数が実績記録票の利用日と違う"
-- severity = "return"
-- subject = "claim"
-- at_issue = "given"
-- needs = ["service_codes"]
-- source = "基本報酬は一日につき算定する。利用日は実績記録票に日ごとに記載する (インタフェース仕様書 サービス事業所編 令和7年4月版 pp.118-124、pp.143-148)"
-- why = "欠席した日や加算だけの日に、基本報酬も算定すると起こります。"
-- logic = "明細情報のある種類ごとに、基本報酬の行の回数の合計を、同じ事業所・受給者・月・種類の実績記録票の利用日の行数と比べます。多ければ返戻相当、少なければ参考です。実績記録票がなければ見ません。少なくても、サービスコード表にないコードがその種類にあれば判定しません。取り込めなかった実績記録票やサービスコード表の行が関わるときも判定しません。"
-- days = true
-- [message]
-- over = "{services}の基本報酬が{observed}回算定されていますが、実績記録票の利用日は{expected}日です。"
-- under = "{services}の基本報酬の算定は{observed}回で、実績記録票の利用日{expected}日より少なくなっています。"
-- [asked]
-- over = "欠席や加算だけの日に基本報酬を算定していないかを確かめ、お知らせください。"
-- under = "請求漏れがないか、実績記録票の記載が正しいかをお知らせください。"
-- [returned]
-- over = "実績記録票と明細書の回数をそろえて{window}に再請求してください。"
-- under = "請求漏れであれば、基本報酬の回数も直して{window}に再請求してください。"
-- [paid]
-- over = "欠席や加算だけの日に基本報酬を算定していないかを確かめてください。"
-- under = "請求漏れがないか確かめてください。"
-- [known]
-- over = "次の請求から、基本報酬の回数を利用日と比べてください。"
-- under = "請求漏れがないか確かめてください。"
-- [undetermined]
-- unknown_code = "サービスコード表にないコードがあるため、基本報酬の回数を数えられません"
-- refused = "取り込めなかった実績記録票がこの請求のものかもしれません"
-- refused_code = "サービスコード表(service_codes.csv)に、この明細書のコードの取り込めなかった行があります"
-- [refused]
-- claims = "明細書はまとめて取り込むか、まとめて取り込まないので、取り込めなければ指摘も出ない"
-- attendance = "guarded"
-- notices = "今月の明細書と比べるのは今月の実績記録票だけ"
-- history = "今月の明細書と比べるのは今月の実績記録票だけ"
-- service_codes = "guarded"
WITH billed AS (
    SELECT l.facility_no, l.recipient_no, l.service_month, left(l.service_code, 2) AS service_type,
           coalesce(sum(l.line_count) FILTER (s.class = '基本'), 0) AS times,
           bool_or(s.service_code IS NULL) AS unknown_code,
           -- A row that was refused may say something else of a code that the table has.
           coalesce(bool_or(code_row_refused(l.service_code)) FILTER (s.class = '基本'), FALSE) AS base_refused
    FROM claim_lines l LEFT JOIN codes_of_month s USING (service_code, service_month)
    WHERE l.review_month = review_month()
    GROUP BY ALL
), differing AS (
    SELECT b.*, coalesce(u.rows, 0) AS days, b.times > coalesce(u.rows, 0) AS over
    FROM billed b
    SEMI JOIN attendance_typed a USING (facility_no, recipient_no, service_month, service_type)
    LEFT JOIN claim_use_counts u USING (facility_no, recipient_no, service_month, service_type)
    WHERE b.times <> coalesce(u.rows, 0)
)
SELECT facility_no, recipient_no, service_month, service_type, times::VARCHAR AS observed, days::VARCHAR AS expected,
       CASE WHEN over THEN times - days END AS days_at_issue,
       CASE WHEN over THEN 'over' ELSE 'under' END AS reason, CASE WHEN over THEN 'return' ELSE 'notice' END AS severity,
       unless_unreadable('service_codes') AS at_most,
       CASE WHEN key_refused('attendance', facility_no, recipient_no, service_month) THEN 'refused'
            WHEN base_refused THEN 'refused_code'
            WHEN NOT over AND unknown_code THEN 'unknown_code' END AS undetermined
FROM differing
