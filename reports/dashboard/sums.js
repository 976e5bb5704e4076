"use strict";
// The facts (facts.py) summed under the chosen filters, and how numbers are written.

const FEW = 30; // claims; below that a rate says little
let facts; // tables by column; `unit` points to a facility with the service types of a claim, `month` to a month
let inCity = () => true; // whether a city (an index into facts.cities) is let through
let chosen = []; // of each unit, whether the filters let it through
let inScope = []; // the same without the filter by facility: what a facility is compared with
let inFacility = () => true; // whether a facility (an index into facts.facilities) is let through
let searched = ""; // what is looked for among the facilities

async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
}

// A claim counts under each type it holds, once where no type is chosen.
function choose(type, facility, city = "") {
  inCity = (at) => city === "" || at === +city;
  inFacility = (at) => facility === "" || at === +facility;
  inScope = facts.units.types.map(
    (types, unit) =>
      (!type || types.split(" ").includes(type)) && (city === "" || inCity(facts.units.city[unit])),
  );
  chosen = inScope.map((scope, unit) => scope && inFacility(facts.units.facility[unit]));
}

// Rows of a table whose unit is let through. Months that an earlier version purged lack some tables.
function* rowsOf(name, lets = (unit) => chosen[unit]) {
  const table = facts[name] ?? { unit: [] };
  for (let i = 0; i < table.unit.length; i++) {
    if (!lets(table.unit[i])) continue;
    const row = {};
    for (const column in table) row[column] = table[column][i];
    yield row;
  }
}

const NONE = { claims: 0, yen: 0, first: 0, returned: 0, returnedYen: 0, city: 0, firstReturned: 0, again: 0 };

// What was received and returned, by a key of the row (its month, its facility …).
function received(keyOf, lets) {
  const sums = new Map();
  const of = (row) => {
    const key = keyOf(row);
    if (!sums.has(key)) sums.set(key, { ...NONE });
    return sums.get(key);
  };
  for (const row of rowsOf("received", lets)) {
    const sum = of(row);
    sum.claims += row.claims;
    sum.yen += row.yen;
    sum.first += row.first;
  }
  for (const row of rowsOf("returned", lets)) {
    const sum = of(row);
    sum.returned += row.claims;
    sum.returnedYen += row.yen;
    sum.city += row.by_city;
    sum.firstReturned += row.first;
    sum.again += row.again;
  }
  return sums;
}

function monthly() {
  const sums = received((row) => row.month);
  return facts.months.map((_, month) => sums.get(month) ?? { ...NONE });
}

function total(sums) {
  const all = {};
  for (const sum of sums) for (const name in sum) all[name] = (all[name] ?? 0) + sum[name];
  return sums.length ? all : { ...NONE };
}

// Months back from `to`, by the calendar: a month that was never closed is a gap, not a step.
function age(month, to = facts.months.length - 1) {
  const number = (name) => +name.slice(0, 4) * 12 + +name.slice(5);
  return number(facts.months[to]) - number(facts.months[month]);
}
const within = (count, month, to) => age(month, to) >= 0 && age(month, to) < count;

// A window by its true length: 直近6か月 where no more months are closed.
const lately = (count) => `直近${facts.months.filter((_, month) => within(count, month)).length}か月`;

function span(count) {
  const months = facts.months.filter((_, month) => within(count, month));
  return `${months[0]}〜${months.at(-1)}の${months.length}か月`;
}

// The list behind a sum: a row a facility and month.
function behind() {
  const found = new Map();
  return {
    add(row) {
      const at = facts.units.facility[row.unit];
      const key = `${row.month} ${at}`;
      const sum = found.get(key) ?? { month: row.month, at, claims: 0, yen: 0 };
      found.set(key, sum);
      sum.claims += row.claims;
      sum.yen += row.yen;
    },
    rows() {
      const all = [...found.values()].sort((a, b) => b.yen - a.yen || a.month - b.month || a.at - b.at);
      return all.map((sum) => [
        facts.facilities.facility_no[sum.at], { words: facts.facilities.name[sum.at] }, facts.months[sum.month],
        number(sum.claims), number(sum.yen),
      ]);
    },
  };
}

// How numbers are written ----------------------------------------------------------------------------------------

const number = (value) => value.toLocaleString("ja-JP");
const yen = (value) => `${number(value)}円`;
const tenThousands = (value) => number(Math.round(value / 1000) / 10);

// Four decimals as return_rates.csv has them: there an exact tie, possible only in odd 32nds, goes to the even digit.
function fraction(part, whole) {
  const exact = part / whole;
  if (Number.isInteger(exact * 32) && !Number.isInteger(exact * 16)) {
    const down = Math.floor(exact * 10000);
    return (down + (down % 2)) / 10000;
  }
  return +exact.toFixed(4);
}
const percent = (part, whole) => (whole ? `${(fraction(part, whole) * 100).toFixed(2)}%` : "");
const both = (part, whole, unit = "件") =>
  whole ? `${percent(part, whole)}(${number(part)}/${number(whole)}${unit})` : "";
// A cell: a rate that is marked where it rests on few claims.
const marked = (part, whole, claims = whole) => ({ text: percent(part, whole), few: claims > 0 && claims < FEW });
