// A value and its column in, what people read out; and the elements of the page.

const WEEKDAYS = "日月火水木金土";
const SIGNS = {
  return: "■ 返戻相当", downgraded: "▲ 要確認(台帳が古い可能性)", review: "△ 要確認", notice: "○ 参考",
  decided: "－ 決定だけ", unjudged: "？ 判定できず",
};

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const grouped = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
const parts = (day) => day.split("-").map(Number);
const weekday = (day) => WEEKDAYS[new Date(Date.UTC(parts(day)[0], parts(day)[1] - 1, parts(day)[2])).getUTCDay()];
const monthText = (month) => `${parts(month)[0]}年${parts(month)[1]}月`;
const dayText = (day) => `${parts(day)[1]}月${parts(day)[2]}日(${weekday(day)})`;
const fullDay = (day) =>
  day.startsWith("9999") || day.startsWith("0001") ? "期限なし" : `${parts(day)[0]}年${parts(day)[1]}月${parts(day)[2]}日`;
const timeText = (time) => `${Math.floor(time / 100)}:${String(time % 100).padStart(2, "0")}`;
const named = (number, names) => (names[number] ? `${number} ${names[number]}` : String(number));
const childName = (number) => named(number, facts.children);
const facilityName = (number) => named(number, facts.facilities);
const serviceName = (types) => types.split(";").map((type) => facts.services[type] ?? type).join("・");
const checkName = (code) => (facts.checks[code] ? `${code} ${facts.checks[code][0]}` : code);

const UNITS = { yen: "円", units: "単位", times: "回", count: "件", days: "日", people: "人", percent: "%" };
const WRITTEN = {
  price: (value) => `${(value / 1000).toFixed(3)}円`,
  hundredths: (value) => `${value / 100}日`,
  hours: (value) => `${value / 100}時間`,
  time: timeText,
  day: fullDay,
  dates: (value) => value.split(";").map(dayText).join("・"),
  month: monthText,
  moment: (value) => value.replace(/^(\d+)-(\d+)-(\d+)T(\d+):(\d+).*/, (_, y, m, d, h, min) => `${y}年${+m}月${+d}日 ${+h}:${min}`),
  facility: (value) => (/^[0-9A-Z]{10}$/.test(value) ? facilityName(value) : value),
  facilities: (value) => value.split(";").map(facilityName).join("、"),
  child: childName,
  service: serviceName,
  check: checkName,
};

function written(value, column) {
  if (value === null || value === undefined || value === "") return "";
  if (column.words) return column.words[value] === undefined ? String(value) : `${/^\d+$/.test(value) ? `${value} ` : ""}${column.words[value]}`;
  if (WRITTEN[column.kind]) return WRITTEN[column.kind](value);
  if (UNITS[column.kind]) return `${grouped(value)}${UNITS[column.kind]}`;
  return String(value);
}

const placeText = (row) => (row.file || row.line ? `${row.file ?? ""} ${row.line ?? ""}行`.trim() : "");

function cell(column, row) {
  const made = element("td", typeof row[column.name] === "number" ? "number" : "", written(row[column.name], column));
  return made;
}

function heading(text, scope) {
  const made = element("th", "", text);
  made.scope = scope;
  return made;
}

function captioned(title, className) {
  return element("table", className, element("caption", "", title));
}

// A table of evidence: only columns that say something; few rows with many columns lie on their side.
function evidence(name, number, options = {}) {
  const rows = rowsOf(name, number).filter(options.only ?? (() => true));
  const table = held[name];
  if (!rows.length) return null;
  const columns = table.columns.filter(
    (column) => column.kind !== "key" && !options.without?.includes(column.name) && rows.some((row) => written(row[column.name], column) !== ""),
  );
  const made = captioned(options.title ?? table.title, "evidence");
  const body = element("tbody", "");
  if (options.onSide && rows.length <= 6) {
    for (const column of columns) body.append(element("tr", "", heading(column.label, "row"), ...rows.map((row) => cell(column, row))));
    if (table.placed) body.append(element("tr", "", heading("ファイルと行", "row"), ...rows.map((row) => element("td", "file", placeText(row)))));
  } else {
    const head = element("tr", "", ...columns.map((column) => heading(column.label, "col")), table.placed ? heading("ファイルと行", "col") : null);
    made.append(element("thead", "", head));
    for (const row of rows) {
      body.append(element("tr", "", ...columns.map((column) => cell(column, row)), table.placed ? element("td", "file", placeText(row)) : null));
    }
    for (const sums of options.sums ?? []) {
      const total = (column) => rows.reduce((sum, row) => sum + (row[column.name] ?? 0), 0);
      body.append(element("tr", "", ...columns.map((column, i) => (i ? element("td", "number", sums.includes(column.name) ? written(total(column), column) : "") : heading("合計", "row"))), table.placed ? element("td", "") : null));
    }
  }
  made.append(body);
  return made;
}
