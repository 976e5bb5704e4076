-- code = "SUB403"
-- name = "correction-without-original"
-- title = "元のない結果票の修正・取消"
-- severity = "return"
-- subject = "sheet"
-- needs = ["outcomes"]
-- source = "作成区分: 修正と取消は決定済みの票に対するもの (インタフェース仕様書 サービス事業所編 令和7年4月版 p.128)"
-- why = "初めて送る結果票に修正や取消を選ぶと起こります。"
-- logic = "作成区分「2 修正」で状態がないか取下げのもの、「3 取消」で決定していないものを挙げます。履歴より前の月で状態がないものは判定しません。"
-- needless = ["cancellation"]
-- [message]
-- correction = "{month}の上限額管理結果票には決定済みの元の票がないため、作成区分「2 修正」では受け付けられません。"
-- cancellation = "{month}の上限額管理結果票には決定済みの元の票がないため、作成区分「3 取消」では受け付けられません。"
-- [asked]
-- correction = "前に結果票を送ったことがあるかを確かめ、お知らせください。"
-- cancellation = "どの結果票を取り消すつもりだったかをお知らせください。"
-- [returned]
-- correction = "作成区分「1 新規」に直して{window}に送ってください。"
-- cancellation = "取り消すものがないので、取消を送る必要はありません。"
-- [paid]
-- default = "結果票の作成区分を確かめてください。"
-- [known]
-- default = "初めて送る結果票は、次回から作成区分「1 新規」で送ってください。"
-- [undetermined]
-- before_horizon = "この月の結果票の決定を確かめられる履歴がありません"
-- unsure = "この結果票の決定や返戻を示す審査履歴か返戻等一覧に、読めない行があるか、同じ結果票が取り込めていません。取り込めなかった行を確かめてください"
-- [refused]
-- sheets = "guarded"
-- claims = "結果票の状態は、明細書によりません"
-- notices = "guarded"
-- history = "guarded"
SELECT s.facility_no, s.recipient_no, s.service_month,
       CASE WHEN s.submission_kind = '2' THEN 'correction' ELSE 'cancellation' END AS reason,
       unless_unreadable('history') AS at_most,
       CASE WHEN t.state IS NULL AND before_horizon(s.service_month) THEN 'before_horizon'
            WHEN key_refused('sheet', s.facility_no, s.recipient_no, s.service_month)
                 OR state_refused(s.facility_no, s.recipient_no, s.service_month)
            THEN 'unsure' END AS undetermined
FROM sheets_now s LEFT JOIN sheet_states t USING (facility_no, recipient_no, service_month)
WHERE (s.submission_kind = '2' AND coalesce(t.state, 'withdrawn') = 'withdrawn')
   OR (s.submission_kind = '3' AND coalesce(t.state, 'none') <> 'decided')
