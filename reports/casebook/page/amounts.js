// Claims and result sheets of a case in, both side by side out; what differs has a sign and a border.

const burdenOf = (claim) => (claim.adjusted_burden > 0 ? claim.adjusted_burden : claim.capped_burden);
const yen = (value) => (value === null || value === undefined ? "—" : `${grouped(value)}円`);

function sideBySide(number) {
  const claims = rowsOf("claims", number).filter((row) => row.state !== "before");
  return rowsOf("sheets", number).map((sheet) => {
    const rows = rowsOf("sheet_rows", number).filter((row) => row.sheet === sheet.sheet && row.review_month === sheet.review_month);
    const made = captioned(
      `結果票と明細書(結果票 ${facilityName(sheet.facility_no)} ${monthText(sheet.review_month)}審査 作成区分${written(sheet.submission_kind, columnOf("sheets", "submission_kind"))})`,
      "amounts",
    );
    made.append(element("thead", "", element("tr", "", ...["事業所", "項目", "結果票", "明細書"].map((text) => heading(text, "col")))));
    const body = element("tbody", "");
    const pair = (who, item, ours, theirs) => {
      const differs = theirs !== null && theirs !== undefined && ours !== theirs;
      body.append(element("tr", "", heading(who, "row"), element("td", "", item), element("td", `number${differs ? " differs" : ""}`, yen(ours)), element("td", `number${differs ? " differs" : ""}`, yen(theirs))));
    };
    for (const row of rows) {
      const child = row.child_recipient_no ?? sheet.recipient_no;
      const claim = claims.find((one) => one.facility_no === row.row_facility_no && one.recipient_no === child);
      const who = `${row.row_no ?? ""} ${facilityName(row.row_facility_no)}${row.child_recipient_no ? ` ${childName(child)}` : ""}`.trim();
      pair(who, "総費用額", row.row_cost, claim?.total_cost);
      pair(who, "利用者負担額", row.row_burden, claim ? burdenOf(claim) : null);
      pair(who, "管理結果後利用者負担額", row.row_managed, claim?.cap_result_yen ?? claim?.decided_burden);
      if (claim) {
        pair(who, "利用者負担上限月額", sheet.burden_cap, claim.burden_cap);
        texts(body, who, "管理結果", sheet.cap_result, claim.cap_result);
        texts(body, who, "上限額管理事業所", sheet.facility_no, claim.cap_manager_no);
      } else {
        texts(body, who, "明細書", "結果票にあり", "なし");
      }
    }
    for (const claim of claims) {
      if (claim.recipient_no === sheet.recipient_no && !rows.some((row) => row.row_facility_no === claim.facility_no)) {
        texts(body, facilityName(claim.facility_no), "結果票の行", "なし", "明細書にあり");
      }
    }
    const sum = (column) => rows.reduce((total, row) => total + (row[column] ?? 0), 0);
    pair("合計", "総費用額(結果票の合計と行の合計)", sheet.total_cost, sum("row_cost"));
    pair("合計", "利用者負担額(同)", sheet.total_burden, sum("row_burden"));
    pair("合計", "管理結果後利用者負担額(同)", sheet.total_managed, sum("row_managed"));
    made.append(body);
    return made;
  });
}

function texts(body, who, item, ours, theirs) {
  const differs = (ours ?? "") !== (theirs ?? "");
  body.append(element("tr", "", heading(who, "row"), element("td", "", item), element("td", differs ? "differs" : "", ours ?? "—"), element("td", differs ? "differs" : "", theirs ?? "—")));
}

const columnOf = (table, name) => held[table].columns.find((column) => column.name === name);

// The claim's own sums, which checks of arithmetic compare.
function claimSums(number) {
  const totals = rowsOf("claim_totals", number).filter((row) => row.state === "now");
  const lines = rowsOf("claim_lines", number).filter((row) => row.state === "now");
  const claims = rowsOf("claims", number).filter((row) => row.state === "now" && row.own === "true");
  if (!claims.length || !totals.length) return null;
  const made = captioned("明細書の中の合計(基本情報・集計情報・明細情報)", "amounts");
  made.append(element("thead", "", element("tr", "", ...["明細書", "項目", "書かれた値", "計算した値"].map((text) => heading(text, "col")))));
  const body = element("tbody", "");
  const pair = (who, item, ours, theirs, unit) => {
    const differs = ours !== theirs;
    body.append(element("tr", "", heading(who, "row"), element("td", "", item), element("td", `number${differs ? " differs" : ""}`, `${grouped(ours ?? 0)}${unit}`), element("td", `number${differs ? " differs" : ""}`, `${grouped(theirs)}${unit}`)));
  };
  for (const claim of claims) {
    const mine = (row) => row.facility_no === claim.facility_no && row.recipient_no === claim.recipient_no;
    const own = totals.filter(mine);
    const who = `${facilityName(claim.facility_no)} ${claim.recipient_no}`;
    const sum = (rows, column) => rows.reduce((total, row) => total + (row[column] ?? 0), 0);
    for (const [column, item, unit] of [["units", "20 給付単位数", "単位"], ["total_cost", "21 総費用額", "円"], ["decided_burden", "27 決定利用者負担額", "円"], ["benefit_yen", "28 給付費", "円"]]) {
      pair(who, `基本情報 ${item} と集計情報の合計`, claim[column === "units" ? "total_units" : column], sum(own, column), unit);
    }
    for (const type of new Set(own.map((row) => row.service_type))) {
      const written = own.filter((row) => row.service_type === type);
      const counted = lines.filter((row) => mine(row) && row.service_code.startsWith(type));
      if (counted.length) pair(who, `${serviceName(type)} 集計情報 10 給付単位数と明細情報の合計`, sum(written, "units"), sum(counted, "line_units"), "単位");
      for (const row of written) pair(who, `${serviceName(type)} 13 総費用額と 10×11`, row.total_cost, Math.floor((row.units * row.unit_price) / 1000), "円");
    }
    for (const row of lines.filter(mine)) {
      if (row.units * row.line_count !== row.line_units) pair(who, `${row.service_code} 10 サービス単位数と 8×9`, row.line_units, row.units * row.line_count, "単位");
    }
  }
  made.append(body);
  return made;
}
