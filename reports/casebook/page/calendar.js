// The days of a case in, a calendar out: a row for each facility and service, above one another; what clashes and what is
// too much is marked by a sign and a border.

const DAY_SIGNS = { use: "●", absence: "欠", addon: "加", other: "・" };

function calendar(number, month, hits) {
  const days = rowsOf("days", number);
  const limits = rowsOf("limits", number);
  if (!days.length && !limits.length) return null;
  const [year, of] = parts(month);
  const count = new Date(Date.UTC(year, of, 0)).getUTCDate();
  const dates = Array.from({ length: count }, (_, i) => `${month}-${String(i + 1).padStart(2, "0")}`);
  const keyOf = (row) => [row.service_type, row.recipient_no, row.facility_no].join("|");
  const lines = new Map();
  for (const row of [...limits, ...days]) {
    if (!lines.has(keyOf(row))) lines.set(keyOf(row), { ...row, days: {}, limit: null });
    if (row.use_date) (lines.get(keyOf(row)).days[row.use_date] ??= []).push(row);
    else lines.get(keyOf(row)).limit = row;
  }
  const several = new Set([...lines.values()].map((line) => line.recipient_no)).size > 1;
  const clashing = clashes(days);
  const made = captioned(`${monthText(month)}の利用日(●利用 ○決定済みの請求の利用 欠 欠席 加 加算だけ)`, "days");
  const head = dates.map((date) => {
    const th = heading("", "col");
    th.append(String(parts(date)[2]), element("br", ""), weekday(date));
    if ("土日".includes(weekday(date))) th.className = "rest";
    return th;
  });
  const who = heading("事業所とサービス", "col");
  who.className = "who";
  const sum = heading("日数", "col");
  sum.className = "sum";
  made.append(element("thead", "", element("tr", "", who, ...head, sum)));
  const body = element("tbody", "");
  for (const line of [...lines.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) {
    const name = heading(`${facilityName(line.facility_no)} ${serviceName(line.service_type)}${several ? ` ${line.recipient_no}` : ""}`, "row");
    name.className = "who";
    body.append(element("tr", "", name, ...dates.map((date) => dayCell(date, line.days[date] ?? [], hits, clashing)), sumCell(line.limit)));
  }
  for (const row of allOver(limits)) body.append(row(count));
  made.append(body);
  return made;
}

// Dates on which a child is at two facilities, or absent at one and at another, of services of which one a day may be used.
function clashes(days) {
  const by = {};
  for (const row of days) {
    if (!facts.daily.includes(row.service_type) || !["use", "absence"].includes(row.day_kind)) continue;
    const seen = (by[row.use_date] ??= { use: new Set(), absence: new Set(), rows: 0 });
    seen[row.day_kind].add(`${row.facility_no} ${row.service_type}`);
    if (row.day_kind === "use") seen.rows += 1;
  }
  return new Set(Object.entries(by).filter(([, seen]) => seen.rows > 1 || (seen.use.size && seen.absence.size)).map(([date]) => date));
}

function dayCell(date, rows, hits, clashing) {
  const made = element("td", "");
  const names = [];
  if ("土日".includes(weekday(date))) names.push("rest");
  for (const row of rows) {
    made.append(row.day_kind === "use" && row.decided_before === "true" ? "○" : DAY_SIGNS[row.day_kind]);
    if (row.start_time || row.end_time) {
      made.append(element("span", "time", `${row.start_time ? timeText(row.start_time) : "?"}`), element("span", "time", `${row.end_time ? timeText(row.end_time) : "?"}`));
    }
  }
  const said = [];
  if (rows.length && hits.has(date)) {
    names.push("hit");
    made.append(element("span", "time", "指摘"));
    said.push("指摘の日");
  }
  if (rows.some((row) => facts.daily.includes(row.service_type) && ["use", "absence"].includes(row.day_kind)) && clashing.has(date)) {
    names.push("clash");
    made.append(element("span", "time", "重複"));
    said.push("同じ日の重なり");
  }
  made.className = names.join(" ");
  if (said.length) made.title = said.join("、");
  return made;
}

function sumCell(limit) {
  if (!limit) return element("td", "sum", "");
  const made = element("td", "sum", `利用${limit.used}日`, element("br", ""), `請求${limit.billed ?? "—"}日`);
  if (limit.contracted !== null) {
    made.append(element("br", ""), element("span", limit.used > limit.contracted / 100 ? "over" : "", `契約${limit.contracted / 100}日`));
  }
  return made;
}

// Of each service all facilities together, against what is granted.
function* allOver(limits) {
  for (const type of new Set(limits.map((row) => row.service_type))) {
    const first = limits.find((row) => row.service_type === type);
    yield (count) => {
      const name = heading(`${serviceName(type)} 全事業所`, "row");
      name.className = "who";
      const over = first.allowance !== null && first.used_all > first.allowance;
      const contracts = first.contract_allowance !== null && first.contracted_all > first.contract_allowance * 100;
      const wide = element("td", "", element("span", over ? "over" : "", `利用${first.used_all}日 / 支給量${first.allowance ?? "—"}日`), "　",
        element("span", contracts ? "over" : "", `契約の合計${first.contracted_all === null ? "—" : first.contracted_all / 100}日 / 支給量${first.contract_allowance ?? "—"}日`));
      wide.colSpan = count + 1;
      wide.style.textAlign = "left";
      return element("tr", "", name, wide);
    };
  }
}
