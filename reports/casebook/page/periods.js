// What holds for a time in, bars over the months around the service month out: certificate, grants, caps, filings, contracts.

const PERIODS = [
  ["recipients", "受給者証", (row) => `上限月額 ${grouped(row.burden_cap)}円${row.free_of_charge === "2" ? " 無償化" : ""}${row.own === "false" ? `(${childName(row.recipient_no)})` : ""}`],
  ["grants", "支給決定", (row) => `${row.grant_code} ${row.allowance_rule ?? (row.allowance_days === null ? "" : `${row.allowance_days}日`)}`],
  ["cap_managers", "上限額管理の届", (row) => facilityName(row.facility_no)],
  ["plans", "利用計画", (row) => (row.plan_kind === "2" ? "セルフプラン" : "障害児相談支援")],
  ["contracts", "契約", (row) => `${facilityName(row.facility_no)} ${row.grant_code} ${row.contracted_days === null ? "" : `${row.contracted_days / 100}日`}`],
  ["facilities", "指定", (row) => `${facilityName(row.facility_no)} ${serviceName(row.service_type)}${row.capacity === null ? "" : ` 定員${row.capacity}人`}`],
  ["facility_addons", "体制届", (row) => `${row.class} ${row.addon_key}`],
];

function periods(number, month, child) {
  const [year, of] = parts(month);
  const from = Date.UTC(year, of - 13, 1);
  const until = Date.UTC(year, of + 6, 1);
  const place = (time) => Math.max(0, Math.min(1, (time - from) / (until - from))) * 600;
  const body = element("tbody", "");
  for (const [name, title, text] of PERIODS) {
    if (name === "contracts" && !child) continue; // those of every child that was there
    for (const row of rowsOf(name, number)) {
      const [first, last] = name === "contracts" ? [row.contract_from, row.contract_to] : [row.valid_from, row.valid_to];
      const ends = `${first ? fullDay(first) : "—"}から${last ? `${fullDay(last)}まで` : "(終わりなし)"}`;
      const begin = first ? Date.UTC(...shifted(first)) : from;
      const end = last ? Date.UTC(...shifted(last)) + 86_400_000 : until;
      body.append(
        element("tr", "", heading(title, "row"), element("td", "", text(row)), element("td", "", ends),
          element("td", "bar", bar(place(begin), place(end), place(Date.UTC(year, of - 1, 1)), place(Date.UTC(year, of, 1)))),
          element("td", "file", placeText(row))),
      );
    }
  }
  if (!body.rows.length) return null;
  const made = captioned(`期間(帯は${monthText(month)}の前12か月から後6か月。枠がサービス提供月)`, "periods");
  made.append(element("thead", "", element("tr", "", ...["種類", "内容", "期間", "帯", "ファイルと行"].map((text) => heading(text, "col")))), body);
  return made;
}

const shifted = (day) => [parts(day)[0], parts(day)[1] - 1, parts(day)[2]];

function bar(begin, end, monthBegin, monthEnd) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 600 18");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const box = (x, width, y, height, fill, stroke) => {
    const made = document.createElementNS(space, "rect");
    for (const [name, value] of Object.entries({ x, y, width: Math.max(width, 0), height, fill, stroke })) made.setAttribute(name, value);
    svg.append(made);
  };
  box(begin, end - begin, 5, 8, "#5c6b80", "none");
  box(monthBegin, monthEnd - monthBegin, 1, 16, "none", "#000");
  return svg;
}
