// The sections of the page that tell chance from change (statistics.js): the run chart, the funnel of facilities, what became of each
// check's findings, and what came after guidance.

const REVIEW_BELOW = 0.5; // a check of whose findings surely less than that is returned is one to look at again
const whole = (rate) => `${(rate * 100).toFixed(1)}%`;
const about = (rate) => `約${Math.round(rate * 100)}%`;
const points100 = (rate) => `${rate < 0 ? "−" : "+"}${Math.abs(rate * 100).toFixed(1)}`;
const range = (low, high) => `${whole(low)}〜${whole(high)}`;
const monthWords = (month) => `${+facts.months[month].slice(0, 4)}年${+facts.months[month].slice(5)}月`;

const runOf = (sums) => statistics.runChart(sums.map((s) => ({ part: s.returned, whole: s.claims })));

// The verdict of the run chart in words.
function verdictOf(run) {
  if (!run.months) return "受付がありません。";
  if (!run.known) {
    return `締めた月が${run.months}か月なので、通常のゆれの幅はまだ計算できません(${statistics.MONTH.least}か月から)。`;
  }
  const said = run.parts.slice(1).map((part, i) => {
    const before = run.parts[i].rate;
    const word = part.rate > before ? "高く" : "低く";
    return `${monthWords(part.from)}から${word}なっています(${about(before)}→${about(part.rate)})。`;
  });
  run.of.forEach((one, month) => {
    if (one?.beyond) said.push(`${monthWords(month)}は、通常のゆれの幅の外です。`);
  });
  if (said.length) return said.join("");
  const young = run.enough ? "" : `変わったかどうかは、${statistics.CHANGE.least}か月そろってから判定します。`;
  return `通常のゆれの範囲です(${run.months}か月の平均 ${whole(run.parts[0].rate)})。${young}`;
}

// What was done in or before a review month and after the one before it, as one text.
function guidanceAt(month) {
  const of = chosenGuidance().filter((one) => guidanceMonth(one) === month);
  return of.map((one) => `${dayWords(one.date)} ${one.text || "指導"}`).join("、");
}
const dayWords = (date) => `${+date.slice(0, 4)}年${+date.slice(5, 7)}月${+date.slice(8)}日`;
// The last closed month that lies not after the day; -1: none.
const guidanceMonth = (one) => facts.months.findLastIndex((month) => month <= one.date.slice(0, 7));

// Guidance that speaks of what is shown.
function chosenGuidance() {
  const all = facts.guidance ?? [];
  return all.filter(
    (one) =>
      (one.city === undefined || inCity(one.city)) &&
      (!one.facility_no || inFacility(facts.facilities.facility_no.indexOf(one.facility_no))),
  );
}

// Facilities -----------------------------------------------------------------------------------------------------

const PLACES = { 2: "99.8%の限界より高い", 1: "95%の限界より高い", 0: "限界の中", "-1": "95%の限界より低い", "-2": "99.8%の限界より低い" };

// Where a rate lies in the funnel around `rate`.
function placeOf(s, rate) {
  const [inner, outer] = [0.95, 0.998].map((level) => statistics.limits(rate, s.claims, level));
  const own = s.returned / s.claims;
  const place = own > outer[1] ? 2 : own > inner[1] ? 1 : own < outer[0] ? -2 : own < inner[0] ? -1 : 0;
  return { place, inner, outer };
}

// The curves of the funnel, from one claim to the most.
function curves(rate, most) {
  const steps = 60;
  const counts = new Set(Array.from({ length: steps + 1 }, (_, i) => Math.round(1 + (most - 1) * (i / steps) ** 2)));
  return [...counts].flatMap((claims) =>
    [["95%", 0.95], ["99.8%", 0.998]].flatMap(([kind, level]) =>
      statistics.limits(rate, claims, level).map((limit, side) => ({
        kind, line: `${kind}${side}`, claims, limit,
      })),
    ),
  );
}

function funnelOf() {
  const sums = received(
    (row) => (within(12, row.month) ? facts.units.facility[row.unit] : null),
    (unit) => inScope[unit],
  );
  const all = [...sums.entries()].filter(([at, s]) => at !== null && s.claims);
  const sum = total(all.map(([, s]) => s));
  const rate = sum.claims ? sum.returned / sum.claims : 0;
  const rows = all.map(([at, s]) => ({ at, s, own: s.returned / s.claims, ...placeOf(s, rate) }));
  rows.sort((a, b) => Math.abs(b.place) - Math.abs(a.place) || b.own - a.own || a.at - b.at);
  return { rows, rate, sum };
}

Object.assign(sections, {
  run() {
    const sums = monthly();
    const run = runOf(sums);
    const of = (m) => run.of[m] ?? { centre: null, low: null, high: null, beyond: false };
    const text = (rate) => (rate === null ? "" : whole(rate));
    return {
      chart: run.months
        ? sums.map((s, m) => ({
            month: facts.months[m], rate: s.claims ? s.returned / s.claims : null, ...of(m),
            said: both(s.returned, s.claims), note: guidanceAt(m), mark: guidanceAt(m) ? "▼" : "",
          }))
        : [],
      table: sums.map((s, m) => [
        facts.months[m], number(s.claims), number(s.returned), percent(s.returned, s.claims), text(of(m).centre),
        text(of(m).low), text(of(m).high),
        { words: of(m).low === null ? "" : of(m).beyond ? "幅の外" : "幅の中" }, { words: guidanceAt(m) },
      ]),
      said: verdictOf(run),
    };
  },

  facilities() {
    const { rows, rate, sum } = funnelOf();
    const found = (row) => !searched || `${facts.facilities.facility_no[row.at]} ${facts.facilities.name[row.at]}`.includes(searched);
    const shown = rows.filter((row) => inFacility(row.at) && found(row));
    const marks = shown.length < rows.length ? new Set(shown) : new Set();
    const cells = ({ at, s, inner, outer, place }) => [
      facts.facilities.facility_no[at], { words: facts.facilities.name[at] }, number(s.claims), number(s.returned),
      percent(s.returned, s.claims), number(s.returnedYen), range(...inner), range(...outer), { words: PLACES[place] },
    ];
    const count = (...places) => rows.filter((row) => places.includes(row.place)).length;
    const high = rows.filter((row) => row.place === 2);
    const names = high.map(({ at, s }) => `${facilityName(at)} ${both(s.returned, s.claims)}`).join("、");
    const all = total(shown.map((row) => row.s));
    const most = Math.max(...rows.map((row) => row.s.claims), 2);
    return {
      chart: rows.length
        ? [
            ...curves(rate, most),
            ...rows.map((row) => ({
              kind: "事業所", claims: row.s.claims, rate: row.own, place: PLACES[row.place], out: row.place !== 0,
              name: facilityName(row.at), said: both(row.s.returned, row.s.claims), found: marks.has(row),
              label: Math.abs(row.place) === 2 || marks.has(row) ? facilityName(row.at) : "",
            })),
          ]
        : [],
      table: shown.map(cells),
      foot: ["計", "", number(all.claims), number(all.returned), percent(all.returned, all.claims), number(all.returnedYen), "", "", ""],
      more: { beyond: rows.filter((row) => row.place).map(cells) },
      said: rows.length
        ? `全体の返戻率 ${both(sum.returned, sum.claims)}と比べて、${number(rows.length)}か所のうち99.8%の限界より高いのは` +
          `${number(high.length)}か所${names ? `(${names})` : ""}、95%の限界より高いのは${number(count(1))}か所、` +
          `限界より低いのは${number(count(-1, -2))}か所です。95%の限界の外には、偶然だけでも20か所に1か所ほど出ます。`
        : `${lately(12)}の受付はありません。`,
    };
  },

  checks() {
    const found = new Map();
    const of = (code) => {
      if (!found.has(code)) found.set(code, { code, findings: 0, found: 0, returned: 0, causes: 0 });
      return found.get(code);
    };
    for (const row of rowsOf("judged")) {
      if (!within(12, row.month)) continue;
      const sum = of(row.check_code);
      for (const name of ["findings", "found", "returned"]) sum[name] += row[name];
    }
    for (const row of rowsOf("causes")) if (within(12, row.month)) of(row.check_code).causes += row.causes;
    const rows = [...found.values()].map((sum) => {
      const [low, high] = statistics.interval(sum.returned, sum.found);
      return { ...sum, low, high, again: sum.found > 0 && high < REVIEW_BELOW };
    });
    rows.sort((a, b) => b.again - a.again || b.found - a.found || b.findings - a.findings || (a.code < b.code ? -1 : 1));
    const again = rows.filter((sum) => sum.again);
    const all = rows.reduce((n, s) => n + s.found, 0);
    const causes = rows.reduce((n, s) => n + s.causes, 0);
    return {
      chart: rows.filter((sum) => sum.found).map((sum, order) => ({
        order, name: checkName(sum.code), low: sum.low, high: sum.high, rate: sum.returned / sum.found,
        said: `${number(sum.found)}件のうち返戻${number(sum.returned)}件(95%区間 ${range(sum.low, sum.high)})`,
        label: `${number(sum.returned)}/${number(sum.found)}${sum.again ? " 見直し候補" : ""}`,
      })),
      table: rows.map((sum) => [
        sum.code, { words: facts.checks[sum.code] }, number(sum.findings), number(sum.found), number(sum.causes),
        number(sum.returned), number(sum.found - sum.returned), percent(sum.returned, sum.found),
        sum.found ? range(sum.low, sum.high) : "", { words: sum.again ? "見直し候補" : "" },
      ]),
      said: rows.length
        ? `${lately(12)}の返戻相当の指摘は${number(all)}件、原因では${number(causes)}です。見直し候補は${number(again.length)}` +
          `${again.length ? `: ${again.map((s) => `${checkName(s.code)}(${number(s.found)}件のうち返戻${number(s.returned)}件)`).join("、")}` : ""}。`
        : `${lately(12)}の指摘はありません。`,
    };
  },

  guidance() {
    const rows = chosenGuidance().flatMap(effects);
    const ready = rows.filter((row) => row.difference);
    const clear = ready.filter((row) => row.clear);
    return {
      chart: ready.map((row, order) => ({
        order, name: row.name, change: row.difference.change * 100, low: row.difference.low * 100,
        high: row.difference.high * 100, said: row.said,
      })),
      table: rows.map((row) => [
        dayWords(row.one.date), { words: row.one.facility_no || "すべて" }, { words: row.code || "すべて" }, { words: row.one.text },
        row.before, row.after, row.difference ? `${points100(row.difference.change)}ポイント` : "",
        row.difference ? `${points100(row.difference.low)}〜${points100(row.difference.high)}` : "", { words: row.said },
      ]),
      said: (facts.guidance ?? []).length
        ? `指導の記録${number(rows.length)}行のうち、前と後を比べられるのは${number(ready.length)}行、` +
          `差が偶然では起こりにくいのは${number(clear.length)}行です。`
        : "指導の記録(ledgers の guidance.csv)はありません。日付と内容を書くと、前と後を比べて示します。",
    };
  },
});

// Before and after a guidance, a row for each check it was about: up to six closed months on either side.
function effects(one) {
  const at = guidanceMonth(one);
  const facility = one.facility_no ? facts.facilities.facility_no.indexOf(one.facility_no) : null;
  const ours = (unit) =>
    inScope[unit] &&
    (facility === null || facts.units.facility[unit] === facility) &&
    (one.city === undefined || facts.units.city[unit] === one.city);
  const sums = received((row) => row.month, ours);
  return (one.check_codes.length ? one.check_codes : [""]).map((code) => {
    const parts = facts.months.map((_, month) => sums.get(month)?.returned ?? 0);
    if (code) {
      parts.fill(0);
      for (const row of rowsOf("reasons", ours)) if (row.check_code === code) parts[row.month] += row.returned;
    }
    const months = parts.map((part, month) => ({ part, whole: sums.get(month)?.claims ?? 0, month }));
    const some = months.filter((month) => month.whole);
    const before = some.filter((month) => month.month <= at).slice(-6);
    const after = some.filter((month) => month.month > at).slice(0, 6);
    const row = { one, code, name: `${dayWords(one.date)} ${one.facility_no || "すべて"} ${code || "すべての確認"}` };
    const text = (list) => (list.length ? both(...add(list)) : "");
    Object.assign(row, { before: text(before), after: text(after) });
    if (!before.length || !after.length) {
      return { ...row, said: after.length ? "前の月がありません" : "後の月がまだありません" };
    }
    const spread = statistics.spreadOf([before, after]);
    const [b, a] = [before, after].map((list) => ({ part: add(list)[0], whole: add(list)[1] }));
    const difference = statistics.difference(b, a, spread);
    const clear = difference.low > 0 || difference.high < 0;
    const word = difference.change > 0 ? "高く" : "低く";
    return { ...row, difference, clear, said: clear ? `偶然では起こりにくい差です(${word}なりました)` : "差は偶然でも起こる大きさです" };
  });
}
const add = (months) => [months.reduce((n, m) => n + m.part, 0), months.reduce((n, m) => n + m.whole, 0)];
