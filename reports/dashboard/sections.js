// The sections of the page: each gives the rows of its chart and of its table, and the sentence with the main thing.

const last = () => facts.months.length - 1;
const isCheck = (code) => /^[A-Z]/.test(code); // the other reasons: the team's own word, the federation
const checkName = (code) => (isCheck(code) ? `${code} ${facts.checks[code]}` : facts.checks[code]);

// A chart names a facility; where two bear the name, the number tells them apart.
function facilityName(at) {
  const { name, facility_no: number } = facts.facilities;
  const alone = name.indexOf(name[at]) === name.lastIndexOf(name[at]);
  return alone && name[at] ? name[at] : `${name[at]}${number[at]}`;
}

// Points of two lines: series of {kind, part, whole, few} by month.
function points(series, unit = "件") {
  const rows = facts.months.flatMap((month, at) =>
    series.map(({ kind, of }) => {
      const { part, whole, claims } = of(at);
      const rate = whole ? part / whole : null;
      const few = (claims ?? whole) < FEW;
      return { month, kind, rate, few, said: both(part, whole, unit), short: `${kind} ${percent(part, whole)}` };
    }),
  );
  const ends = series.map(({ kind }) => rows.findLast((row) => row.kind === kind && row.rate !== null)).filter(Boolean);
  const top = ends.reduce((best, row) => (!best || row.rate > best.rate ? row : best), null);
  for (const row of ends) Object.assign(row, { label: row.short, above: row === top }); // the two ends may lie close
  return ends.length ? rows : [];
}

// The number above a bar; where bars are narrow, only the newest and the highest bear one.
const above = (text, value, month, values, most = 18) =>
  value && (values.length <= most || month === last() || value === Math.max(...values)) ? text : "";

const orNone = (part, whole) => both(part, whole) || "受付なし";
const columns = (sums, ...cells) => sums.map((sum, month) => [facts.months[month], ...cells.map((cell) => cell(sum))]);
const foot = (sums, ...cells) => ["計", ...cells.map((cell) => cell(total(sums)))];
const anyIn = (sums, name) => sums.some((sum) => sum[name]);

const sections = {
  rate() {
    const sums = monthly();
    const cells = [
      (s) => number(s.claims), (s) => number(s.returned), (s) => marked(s.returned, s.claims),
      (s) => number(s.yen), (s) => number(s.returnedYen), (s) => marked(s.returnedYen, s.yen, s.claims),
    ];
    const now = sums[last()];
    const year = total(sums.filter((_, month) => within(12, month)));
    return {
      chart: points([
        { kind: "件数", of: (m) => ({ part: sums[m].returned, whole: sums[m].claims }) },
        { kind: "金額", of: (m) => ({ part: sums[m].returnedYen, whole: sums[m].yen, claims: sums[m].claims }) },
      ], ""),
      table: columns(sums, ...cells),
      foot: foot(sums, ...cells),
      said: now.claims
        ? `最新月は件数 ${both(now.returned, now.claims)}、金額 ${both(now.returnedYen, now.yen, "円")}。` +
          `${lately(12)}は件数 ${both(year.returned, year.claims)}。`
        : "最新月の受付はありません。",
    };
  },

  first() {
    const sums = monthly();
    const later = (s) => [s.returned - s.firstReturned, s.claims - s.first];
    const cells = [
      (s) => number(s.first), (s) => number(s.firstReturned), (s) => marked(s.firstReturned, s.first),
      (s) => number(later(s)[1]), (s) => number(later(s)[0]), (s) => marked(...later(s)),
    ];
    const year = total(sums.filter((_, month) => within(12, month)));
    return {
      chart: points([
        { kind: "初回の請求", of: (m) => ({ part: sums[m].firstReturned, whole: sums[m].first }) },
        { kind: "2回目以降の請求", of: (m) => ({ part: later(sums[m])[0], whole: later(sums[m])[1] }) },
      ]),
      table: columns(sums, ...cells),
      foot: foot(sums, ...cells),
      said: `${lately(12)}は初回 ${orNone(year.firstReturned, year.first)}、2回目以降 ${orNone(...later(year))}。`,
    };
  },

  returner() {
    const sums = monthly();
    const other = (s) => s.returned - s.city;
    const cells = [
      (s) => number(s.claims), (s) => number(s.returned), (s) => number(s.city), (s) => marked(s.city, s.claims),
      (s) => number(other(s)), (s) => marked(other(s), s.claims),
    ];
    const bars = (kind, values) => values.map((value, m) => ({
      month: facts.months[m], kind, value, label: above(number(value), value, m, values),
      said: both(value, sums[m].claims),
    }));
    const year = total(sums.filter((_, month) => within(12, month)));
    return {
      chart: anyIn(sums, "claims")
        ? [...bars("市の返戻", sums.map((s) => s.city)), ...bars("国保連の返戻", sums.map(other))]
        : [],
      table: columns(sums, ...cells),
      foot: foot(sums, ...cells),
      said: `${lately(12)}の返戻${number(year.returned)}件のうち、市 ${number(year.city)}件、国保連 ${number(other(year))}件。`,
    };
  },

  reasons() {
    const found = new Map();
    const lists = new Map(); // of the reasons that are no check's, the list behind each
    for (const row of rowsOf("reasons")) {
      const sum = found.get(row.check_code) ?? { code: row.check_code, now: 0, three: 0, year: 0, yen: 0, found: 0 };
      found.set(row.check_code, sum);
      if (age(row.month) === 0) sum.now += row.returned;
      if (within(3, row.month)) sum.three += row.returned;
      if (within(12, row.month)) {
        sum.year += row.returned;
        sum.yen += row.yen;
        sum.found += row.found;
        if (row.returned && !isCheck(row.check_code)) {
          if (!lists.has(row.check_code)) lists.set(row.check_code, behind());
          lists.get(row.check_code).add({ ...row, claims: row.returned });
        }
      }
    }
    const rows = [...found.values()].filter((sum) => sum.year || sum.found);
    rows.sort(
      (a, b) => isCheck(b.code) - isCheck(a.code) || b.year - a.year || b.found - a.found || (a.code < b.code ? -1 : 1),
    );
    const returned = total(monthly().filter((_, month) => within(12, month))).returned;
    const driving = rows.filter((sum) => sum.year);
    const top = driving.filter((sum) => isCheck(sum.code)).slice(0, 3);
    const others = driving.filter((sum) => !isCheck(sum.code));
    const shown = [...driving.filter((sum) => isCheck(sum.code)).slice(0, 15), ...others];
    const list = (sums) => sums.map((sum) => `${checkName(sum.code)} ${number(sum.year)}件`).join("、");
    return {
      chart: shown.map((sum, order) => ({
        order, name: checkName(sum.code), returned: sum.year, said: `${number(sum.year)}件(最新月 ${number(sum.now)})`,
      })),
      table: rows.map((sum) => [
        isCheck(sum.code) ? sum.code : "-", { words: facts.checks[sum.code] }, number(sum.now), number(sum.three),
        number(sum.year), percent(sum.year, returned), number(sum.yen), number(sum.found),
      ]),
      more: {
        "no-finding": others.flatMap((sum) =>
          lists.get(sum.code).rows().map((row) => [{ words: facts.checks[sum.code] }, ...row]),
        ),
      },
      said: driving.length
        ? `${lately(12)}の返戻${number(returned)}件で多い理由は、${list(top) || "なし"}。${others.length ? `ほかに ${list(others)}。` : ""}`
        : `${lately(12)}の返戻はありません。`,
    };
  },

  rolling() {
    const sums = monthly();
    const window = (count, to) => total(sums.filter((_, month) => within(count, month, to)));
    const line = (kind, count) => ({
      kind, of: (m) => ({ part: window(count, m).returned, whole: window(count, m).claims }),
    });
    const cells = (s) => [number(s.claims), number(s.returned), marked(s.returned, s.claims)];
    const [three, year] = [window(3), window(12)];
    return {
      chart: points([line("最長12か月", 12), line("最長3か月", 3)]),
      table: facts.months.map((month, m) => [month, ...cells(window(3, m)), ...cells(window(12, m))]),
      said: `${lately(3)} ${orNone(three.returned, three.claims)}、${lately(12)} ${orNone(year.returned, year.claims)}。`,
    };
  },

  repeaters() {
    const found = new Map();
    for (const row of rowsOf("reasons")) {
      if (!row.returned || !within(12, row.month) || !isCheck(row.check_code)) continue;
      const at = facts.units.facility[row.unit];
      const key = `${at} ${row.check_code}`;
      const sum = found.get(key) ?? { at, code: row.check_code, months: new Set(), returned: 0, yen: 0 };
      found.set(key, sum);
      sum.months.add(row.month);
      sum.returned += row.returned;
      sum.yen += row.yen;
    }
    const rows = [...found.values()].filter((sum) => sum.months.size >= 3);
    rows.sort(
      (a, b) =>
        b.months.size - a.months.size || b.returned - a.returned || a.at - b.at || (a.code < b.code ? -1 : 1),
    );
    const year = total(monthly().filter((_, month) => within(12, month)));
    return {
      chart: rows.slice(0, 15).map((sum, order) => ({
        order, name: `${facilityName(sum.at)}・${checkName(sum.code)}`, months: sum.months.size,
        said: `${sum.months.size}か月(${number(sum.returned)}件)`,
      })),
      table: rows.map((sum) => [
        facts.facilities.facility_no[sum.at], { words: facts.facilities.name[sum.at] }, { words: sum.code },
        { words: facts.checks[sum.code] }, number(sum.months.size), number(sum.returned), number(sum.yen),
      ]),
      said:
        `${number(new Set(rows.map((sum) => sum.at)).size)}か所に${number(rows.length)}組。また、${lately(12)}の返戻` +
        `${number(year.returned)}件のうち${number(year.again)}件は、前にも返戻された同じ請求です。`,
    };
  },

  reclaims() {
    const names = ["1か月後", "2か月後", "3か月後", "4か月後以降", "まだない"];
    const sums = facts.months.map(() => ({ claims: 0, lags: [0, 0, 0, 0, 0], open: 0 }));
    const list = behind();
    for (const row of rowsOf("reclaims")) {
      const sum = sums[row.month];
      sum.claims += row.claims;
      sum.lags[row.lag ? Math.min(row.lag, 4) - 1 : 4] += row.claims;
      if (!row.lag) sum.open += row.yen;
      if (!row.lag) list.add(row);
    }
    const sumOf = (rows) => ({
      claims: rows.reduce((n, s) => n + s.claims, 0), open: rows.reduce((n, s) => n + s.open, 0),
      lags: names.map((_, i) => rows.reduce((n, s) => n + s.lags[i], 0)),
    });
    const cells = (s) => [number(s.claims), ...s.lags.map(number), number(s.open)];
    const past = sumOf(sums.slice(0, -1));
    return {
      chart: past.claims
        ? past.lags.map((claims, order) => ({ order, name: names[order], claims, said: both(claims, past.claims) }))
        : [],
      table: sums.map((s, m) => [facts.months[m], ...cells(s)]),
      foot: ["計", ...cells(sumOf(sums))],
      more: { waiting: list.rows() },
      said: past.claims
        ? `返戻の翌月に再請求されたのは ${both(past.lags[0], past.claims)}。まだ届かないもの${number(past.lags[4])}件、${yen(past.open)}。`
        : "前の月までの返戻で再請求を待つものはありません。",
    };
  },

  deducted() {
    const sums = facts.months.map(() => ({
      claims: 0, yen: 0, absent: 0, decided: 0, returned: 0, unplanned: 0, later: 0, missing: 0,
    }));
    const list = behind();
    for (const row of rowsOf("withdrawals")) {
      const sum = sums[row.month];
      sum.claims += row.claims;
      sum.yen += row.yen;
      sum[row.became] += row.yen;
      if (row.became === "later" || row.became === "missing") sum.absent += row.claims;
      if (row.became === "missing") list.add(row);
    }
    const deducted = (s) => s.later + s.missing;
    const cells = [
      (s) => number(s.claims), (s) => number(s.yen), (s) => number(s.decided), (s) => number(s.returned),
      (s) => number(s.unplanned), (s) => number(s.absent), (s) => number(deducted(s)), (s) => number(s.later),
      (s) => number(s.missing),
    ];
    const bars = (kind, values) => values.map((value, m) => ({
      month: facts.months[m], kind, value: value / 10000, label: above(tenThousands(value), value, m, values),
      said: yen(value),
    }));
    const all = total(sums);
    return {
      chart: all.absent
        ? [...bars("再請求なしの控除額", sums.map(deducted)), ...bars("うち今も再請求なし", sums.map((s) => s.missing))]
        : [],
      table: columns(sums, ...cells),
      foot: foot(sums, ...cells),
      more: { missing: list.rows() },
      said: `取下げの月に再請求がなかったもの${number(all.absent)}件、${yen(deducted(all))}(全期間)。うち今もないもの ${yen(all.missing)}。`,
    };
  },

  open() {
    const sums = facts.months.map(() => ({ subjects: 0, checks: 0 }));
    const checks = new Map();
    const of = (code) => {
      if (!checks.has(code)) checks.set(code, { code, now: 0, all: 0, whole: [] });
      return checks.get(code);
    };
    for (const row of rowsOf("open")) {
      sums[row.month].subjects += row.subjects;
      of(row.check_code).all += row.subjects;
      if (age(row.month) === 0) of(row.check_code).now += row.subjects;
    }
    facts.unjudged.month.forEach((month, i) => {
      if (facts.cities && !inCity(facts.unjudged.city[i])) return;
      sums[month].checks += 1;
      const whose = facts.cities ? `${facts.cities[facts.unjudged.city[i]]} ` : "";
      of(facts.unjudged.check_code[i]).whole.push(`${whose}${facts.months[month]} ${facts.unjudged.reason[i]}`);
    });
    const rows = [...checks.values()].sort((a, b) => b.all - a.all || (a.code < b.code ? -1 : 1));
    const now = sums[last()];
    const cells = [(s) => number(s.subjects), (s) => number(s.checks)];
    const values = sums.map((s) => s.subjects);
    return {
      chart: anyIn(sums, "subjects")
        ? sums.map((s, m) => ({
            month: facts.months[m], kind: "判定できなかった件数", value: s.subjects,
            label: above(number(s.subjects), s.subjects, m, values, 36), said: `${number(s.subjects)}件`,
          }))
        : [],
      table: columns(sums, ...cells),
      foot: foot(sums, ...cells),
      more: {
        "open-checks": rows.map((row) => [
          row.code, { words: facts.checks[row.code] }, number(row.now), number(row.all), { words: row.whole.join("、") },
        ]),
      },
      said: `最新月は${number(now.subjects)}件${now.checks ? `、ほかに資料がなく全体を判定できなかった確認が${number(now.checks)}` : ""}。`,
    };
  },
};
