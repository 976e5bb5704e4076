-- code = "CRT108"
-- name = "addon-outside-grant"
-- title = "支給決定期間外の欠席時対応・加算"
-- severity = "return"
-- subject = "claim"
-- needs = ["grants"]
-- source = "給付は通所給付決定の有効期間内に限る (川越市 令和6年度 集団指導資料 ⒀①)"
-- why = "更新の手続きが遅れている間の欠席や家族支援にも、加算を算定すると起こります。"
-- logic = "欠席の行と加算だけの行について、その日にそのサービス種類の基本の支給決定が有効かを見ます(開始日と終了日を含みます)。欠席は返戻相当、加算だけの行は要確認です。利用日は CRT102 で、支給決定が一つもない種類は CRT103 で扱います。取り込めなかった支給決定の行がこの児童のものなら判定せず、誰のものか読めない行があるときは要確認にとどめます。"
-- [message]
-- absence = "{services}の支給決定の有効期間外の日に、欠席時対応を記録しています（{dates}）。"
-- addon = "{services}の支給決定の有効期間外の日に、加算だけの記録があります（{dates}）。"
-- [asked]
-- default = "受給者証の有効期間を保護者と確かめ、更新後の受給者証があればお知らせください。"
-- [returned]
-- absence = "有効期間外の日の欠席時対応加算を除いて{window}に再請求してください。更新後の受給者証があるときは、先に市へ連絡してください。"
-- addon = "有効期間外の日の加算を除いて{window}に再請求してください。更新後の受給者証があるときは、先に市へ連絡してください。"
-- [paid]
-- default = "受給者証の有効期間を保護者と確かめてください。"
-- [known]
-- default = "次の請求から、有効期間外の日の加算がないか確かめてください。"
-- [undetermined]
-- refused = "取り込めなかった支給決定の行がこの児童のものです"
-- [refused]
-- claims = "明細書がなければ指摘も出ない"
-- attendance = "実績記録票がなければ欠席も加算の行もなく、指摘も出ない"
-- notices = "決定済みの明細書の記録は今月の明細書には使わない"
-- history = "決定済みの明細書の記録は今月の明細書には使わない"
-- recipients = "guarded"
-- grants = "guarded"
SELECT DISTINCT d.facility_no, d.recipient_no, d.service_month, d.service_type, d.use_date, d.day_kind AS reason,
       CASE d.day_kind WHEN 'absence' THEN 'return' ELSE 'review' END AS severity,
       coalesce(unless_unreadable('grants'), unless_unknown(d.recipient_no)) AS at_most,
       CASE WHEN row_refused('grants', d.recipient_no) THEN 'refused' END AS undetermined
FROM day_rows d
SEMI JOIN claims_now c USING (facility_no, recipient_no, service_month)
ANTI JOIN unknown_recipients x ON x.recipient_no = d.recipient_no
SEMI JOIN base_grants g ON g.recipient_no = d.recipient_no AND g.service_type = d.service_type
WHERE d.day_kind IN ('absence', 'addon')
  AND NOT EXISTS (
      FROM base_grants g WHERE g.recipient_no = d.recipient_no AND g.service_type = d.service_type
                           AND in_force(g.valid_from, g.valid_to, d.use_date))
