// A case in, its card out: the head always, the body when it is looked at or printed.

function titleOf(one) {
  const month = one.month ? ` ${monthText(one.month)}分` : "";
  if (one.people.length) return `${one.people.map(childName).join("・")}${month}`;
  const check = one.check ? ` ${checkName(one.check)}` : "";
  return `${facilityName(one.facilities[0] ?? "")}${check}${one.day ? ` ${dayText(one.day)}` : month}`;
}

function head(one) {
  const title = element("h2", "", `事例 ${one.number}　${titleOf(one)}`);
  title.id = `title-${one.number}`;
  const rows = one.places.map(([sheet, row]) => `シート「${sheet}」${row}行`).join("、");
  const made = element("article", "", element("div", "lead", title, element("span", `sign ${one.sign}`, SIGNS[one.sign]),
    one.open ? element("span", "sign", "未決定") : null,
    one.yen ? element("span", "", `請求の給付費 ${grouped(one.yen)}円`) : null));
  if (rows) made.append(element("p", "where", `worklist.xlsx ${rows}`));
  made.append(element("p", "soft", one.codes.map(checkName).join("、")));
  if (one.link) {
    const link = element("a", "", "この事例を開く");
    link.href = `${one.link}#${one.number}`;
    made.append(element("p", "links", link));
  } else {
    made.append(element("div", "body"));
  }
  made.id = String(one.number);
  made.tabIndex = -1;
  made.setAttribute("aria-labelledby", title.id);
  return made;
}

function section(title, ...children) {
  const there = children.flat().filter(Boolean);
  return there.length ? element("section", "", element("h3", "", title), ...there) : null;
}

function pairs(...rows) {
  const list = element("dl", "pairs");
  for (const [name, value] of rows) if (value) list.append(element("dt", "", name), element("dd", "", value));
  return list;
}

// Findings of one check are said once, and those that it is about stand in a table below.
function findingsOf(number, findings) {
  const made = [];
  for (const code of new Set(findings.map((row) => row.check_code))) {
    const rows = findings.filter((row) => row.check_code === code);
    made.push(finding(rows[0], rows.length));
    if (rows.length > 1) {
      const same = ["message", "observed", "expected"].filter((name) => rows.every((row) => row[name] === rows[0][name]));
      const without = ["check_code", "severity", "downgraded", "action", "source_file", "source_lines", ...same];
      made.push(evidence("findings", number, { only: (row) => row.check_code === code, without, title: `${checkName(code)} ${rows.length}件の対象` }));
    }
  }
  return made;
}

function finding(row, count) {
  const [, source, logic] = facts.checks[row.check_code] ?? ["", "", ""];
  const sign = row.downgraded === "true" ? "downgraded" : row.severity;
  const made = element("div", "finding", element("h4", "", element("span", `sign ${sign}`, SIGNS[sign]), ` ${checkName(row.check_code)}`));
  const subject = columnOf("findings", "subject");
  made.append(pairs(
    ["指摘", row.message],
    ["事業所がすること", row.action],
    ["対象", count > 1 ? `${count}件(下の表)` : `${written(row.subject, subject)} ${facilityName(row.facility_no)}${row.recipient_no ? ` ${childName(row.recipient_no)}` : ""}${row.service_type ? ` ${serviceName(row.service_type)}` : ""}`],
    ["請求や記録の値", row.observed],
    ["正しいと見る値", row.expected],
    ["日付", row.use_dates ? WRITTEN.dates(row.use_dates) : ""],
    ["関係する事業所", row.other_facilities ? WRITTEN.facilities(row.other_facilities) : ""],
    ["給付費", row.amount_yen === null || count > 1 ? "" : yen(row.amount_yen)],
    ["誤りが関わる額", row.at_issue_yen === null || count > 1 ? "" : yen(row.at_issue_yen)],
    ["ファイルと行", row.source_file && count === 1 ? `${row.source_file} ${row.source_lines}行` : ""],
    ["決まり", source],
  ));
  if (logic) made.append(element("details", "", element("summary", "", "確かめ方"), element("p", "", logic)));
  return made;
}

// Closed on the screen, where the calendar shows the same; on paper it is open.
function folded(title, ...children) {
  const there = children.filter(Boolean);
  return there.length ? element("details", "", element("summary", "", title), ...there) : null;
}

// What the check could not find is said, too: a card without a certificate is not one whose certificate is not shown.
function orNone(name, title, number, options) {
  return evidence(name, number, options) ?? element("p", "", `${title}: —(該当する行がありません)`);
}

function body(one) {
  const number = one.number;
  const findings = rowsOf("findings", number);
  const hits = new Set(findings.flatMap((row) => (row.use_dates ?? "").split(";").filter(Boolean)));
  const child = one.people.length > 0;
  const month = one.month || facts.month;
  return [
    section("見つかったこと", findingsOf(number, findings)),
    section("判定できなかったこと", evidence("undetermined", number, { without: ["service_month"] })),
    section("決定・結果・回答", evidence("decisions", number), evidence("closed", number), evidence("answers", number)),
    section("利用日", child ? calendar(number, month, hits) : [evidence("facility_days", number), evidence("facility_months", number), evidence("days", number, { title: "その場にいた児童(この市の児童だけ)の記録" })]),
    section("期間", periods(number, month, child)),
    section("請求と結果票", sideBySide(number), child ? claimSums(number) : null, evidence("payment", number)),
    section("明細書と請求書", evidence("claims", number, { onSide: child }), evidence("claim_days", number), evidence("claim_lines", number, { sums: child ? [["line_units"]] : [] }),
      evidence("claim_totals", number, { onSide: true }), evidence("contracts", number), evidence("invoices", number, { onSide: true }), evidence("invoice_totals", number)),
    section("上限額管理結果票", evidence("sheets", number, { onSide: true }), evidence("sheet_rows", number)),
    child ? section("実績記録票", folded("記録された値を見る", evidence("records", number, { onSide: true }), evidence("days", number))) : null,
    section("台帳", child ? [orNone("recipients", "受給者台帳", number), orNone("grants", "支給決定", number), orNone("cap_managers", "上限額管理事務依頼届", number), evidence("plans", number)] : null,
      orNone("facilities", "障害児施設台帳", number), ...["facility_addons", "service_codes", "petitions", "history", "first_review", "refused_rows", "refused_records"].map((name) => evidence(name, number))),
    section("これまで", evidence("outcomes", number), evidence("decided_before", number), evidence("found_before", number), evidence("returned_lists", number),
      evidence("record_of_facilities", number), evidence("record_of_checks", number)),
  ].filter(Boolean);
}
