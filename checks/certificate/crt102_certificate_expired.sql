-- code = "CRT102"
-- name = "certificate-expired"
-- title = "支給決定期間外の利用"
-- severity = "return"
-- subject = "claim"
-- at_issue = "days"
-- needs = ["grants"]
-- source = "給付は通所給付決定の有効期間内の利用に限る (川越市 令和6年度 集団指導資料 ⒀①)"
-- federation = ["EG13"]
-- why = "更新の手続きの遅れや、決定期間の途中の変更に気づかず利用した月に起こります。"
-- logic = "利用日ごとに、そのサービス種類の基本の支給決定がその日に有効かを見ます(開始日と終了日を含みます)。支給決定が一つもない種類は CRT103 で扱います。取り込めなかった支給決定の行がこの児童のものなら判定せず、誰のものか読めない行があるときは要確認にとどめます。"
-- [message]
-- default = "{services}の支給決定の有効期間外に利用しています（{dates}）。"
-- [asked]
-- default = "受給者証の有効期間を保護者と確かめ、更新後の受給者証があればお知らせください。"
-- [returned]
-- default = "有効期間外の日を除いて{window}に再請求してください。更新後の受給者証があるときは、先に市へ連絡してください。"
-- [paid]
-- default = "受給者証の有効期間を保護者と確かめてください。"
-- [known]
-- default = "次の利用の前に、受給者証の有効期間を保護者と確かめてください。"
-- [undetermined]
-- refused = "取り込めなかった支給決定の行がこの児童のものです"
-- [refused]
-- claims = "明細書がなければ指摘も出ない"
-- attendance = "実績記録票がなければ利用日もなく、指摘も出ない"
-- notices = "決定済みの明細書の記録は今月の明細書には使わない"
-- history = "決定済みの明細書の記録は今月の明細書には使わない"
-- recipients = "guarded"
-- grants = "guarded"
WITH suspects AS (
    SELECT u.facility_no, u.recipient_no, u.service_month, u.service_type,
           coalesce(unless_unreadable('grants'), unless_unknown(u.recipient_no)) AS at_most,
           CASE WHEN row_refused('grants', u.recipient_no) THEN 'refused' END AS undetermined
    FROM claim_use_counts u
    ANTI JOIN unknown_recipients x ON x.recipient_no = u.recipient_no
    SEMI JOIN base_grants g ON g.recipient_no = u.recipient_no AND g.service_type = u.service_type
    -- A grant that is valid on the first and on the last of the days is valid on all of them.
    WHERE NOT EXISTS (
        FROM base_grants g WHERE g.recipient_no = u.recipient_no AND g.service_type = u.service_type
                             AND in_force(g.valid_from, g.valid_to, u.first_use)
                             AND in_force(g.valid_from, g.valid_to, u.last_use))
)
SELECT u.facility_no, u.recipient_no, u.service_month, u.service_type, u.use_date, s.at_most, s.undetermined
FROM claim_use_days u JOIN suspects s USING (facility_no, recipient_no, service_month, service_type)
WHERE NOT EXISTS (
    FROM base_grants g WHERE g.recipient_no = u.recipient_no AND g.service_type = u.service_type
                         AND in_force(g.valid_from, g.valid_to, u.use_date))
