// Puts numbers onto the page, and draws again when a filter changes.

const byId = (id) => document.getElementById(id);

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

// A cell is a text, {words: a text that is no number}, or {text, few}.
function fill(place, cell) {
  place.append(cell.words ?? cell.text ?? cell);
  if (cell.words !== undefined) place.classList.add("words");
  if (cell.few) place.append(element("span", "few", "少数"));
  return place;
}

function tableRow(cells) {
  const [head, ...others] = cells.map((cell, i) => fill(element(i ? "td" : "th", ""), cell));
  head.scope = "row";
  return element("tr", "", head, ...others);
}

const views = {};
let specs;

// The words for those who do not see it stand on the chart's place: Vega names its own element inside.
async function draw(id, rows) {
  const place = byId(`chart-${id}`);
  place.hidden = !rows.length;
  if (!rows.length) return;
  if (views[id]) {
    await views[id].data("rows", rows).runAsync();
  } else {
    // The interpreter (ast) needs no eval, which the page forbids itself.
    const options = { mode: "vega-lite", renderer: "svg", actions: false, ast: true, logLevel: vega.Error };
    const spec = { ...specs[id], data: { name: "rows", values: rows } };
    views[id] = (await vegaEmbed(place.firstElementChild, spec, options)).view;
  }
}

function headline(made) {
  const sums = monthly();
  const [now, before] = [sums[last()], sums[last() - 1]];
  // A difference from one month to the next is mostly chance: both stand there, and the verdict says what is more.
  const earlier = (part, whole) =>
    before?.[whole] ? `${facts.months[last() - 1]}は${percent(before[part], before[whole])}` : "";
  const of = (part, whole, write) => [`${write(now[part])} / ${write(now[whole])}`, earlier(part, whole)];
  const pieces = (value) => `${number(value)}件`;
  const cards = [
    ["件数返戻率", marked(now.returned, now.claims), ...of("returned", "claims", pieces)],
    ["金額返戻率", marked(now.returnedYen, now.yen, now.claims), ...of("returnedYen", "yen", yen)],
    ["初回返戻率", marked(now.firstReturned, now.first), ...of("firstReturned", "first", pieces)],
    ["返戻した側", { text: `市 ${pieces(now.city)}` }, `国保連 ${pieces(now.returned - now.city)}`],
  ];
  byId("cards").replaceChildren(
    ...cards.map(([name, big, ...small]) => {
      const card = element("div", "", element("dt", "", name), fill(element("dd", "big"), big));
      card.append(...small.map((line) => element("dd", "small", line)));
      return card;
    }),
  );
  byId("verdict").textContent = now.claims
    ? `受け付けた${number(now.claims)}件のうち${number(now.returned)}件(${percent(now.returned, now.claims)})を返戻しました。` +
      made.run.said
    : "この月の受付はありません。";
  const notes = [["事業所", "facilities"], ["確認", "checks"], ["理由", "reasons"], ["再請求", "reclaims"], ["控除", "deducted"], ["判定できず", "open"]];
  byId("notes").replaceChildren(
    ...notes.map(([name, id]) => element("li", "", element("b", "", name), ` ${made[id].said}`)),
  );
}

async function render() {
  const [type, facility, city] = [byId("type"), byId("facility"), byId("city")]; // a page of one city has no third one
  choose(type.value, facility.value, city?.value);
  const said = (select, all) => (select.value ? select.selectedOptions[0].text : all);
  const counted = type.value ? "(この種類を含む請求を1件と数え、金額は請求全体です)" : "";
  const whose = city ? `${said(city, "すべての市町村")}、` : "";
  byId("scope").textContent = `表示: ${whose}${said(type, "すべてのサービス種類")}${counted}、${said(facility, "すべての事業所")}`;
  const made = {};
  for (const id in sections) {
    const section = (made[id] = sections[id]());
    const title = byId(`title-${id}`).textContent;
    for (const [name, rows] of Object.entries({ [id]: section.table, ...section.more })) {
      const table = byId(`table-${name}`);
      const empty = element("tr", "", element("td", "words", "該当するものはありません"));
      empty.firstChild.colSpan = table.tHead.rows[0].cells.length;
      table.tBodies[0].replaceChildren(...(rows.length ? rows.map(tableRow) : [empty]));
    }
    byId(`table-${id}`).tFoot?.replaceChildren(tableRow(section.foot));
    byId(`said-${id}`).textContent = section.said;
    byId(`chart-${id}`).setAttribute("aria-label", `${title}。${section.said}数は下の表にあります。`);
  }
  headline(made);
  await Promise.all(Object.keys(sections).map((id) => draw(id, made[id].chart)));
  document.documentElement.dataset.shown = [type.value, facility.value, ...(city ? [city.value] : [])].join("/");
}

// One after the other: a chart is made once, and the last choice stays.
let shown = Promise.resolve();
const show = () => (shown = shown.then(render));

async function start() {
  specs = JSON.parse(byId("specs").textContent);
  facts = await unpack(byId("facts").textContent);
  for (const count of [3, 12]) {
    for (const place of document.querySelectorAll(`.span${count}`)) place.textContent = span(count);
    for (const place of document.querySelectorAll(`.lately${count}`)) place.textContent = lately(count);
  }
  byId("find").addEventListener("input", () => {
    searched = byId("find").value.trim();
    show();
  });
  for (const select of document.querySelectorAll("form select")) select.addEventListener("change", show);
  byId("all").addEventListener("click", () => {
    for (const select of document.querySelectorAll("form select")) select.value = "";
    byId("find").value = searched = "";
    show();
  });
  // On paper every table is open.
  const tables = [...document.querySelectorAll("details")];
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = tables.filter((one) => !one.open);
    closed.forEach((one) => (one.open = true));
  });
  addEventListener("afterprint", () => closed.forEach((one) => (one.open = false)));
  await show();
}

start().catch((fault) => {
  byId("failed").hidden = false;
  throw fault;
});
