// Made histories in, how many of them the dashboard's run chart takes for a change out. Run by benchmarks/run_chart.py,
// after stdlib.min.js and statistics.js.

// mulberry32: the same numbers for the same seed on every machine.
function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function normal(next) {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

// Marsaglia and Tsang, for shapes above 1.
function gamma(next, shape) {
  const d = shape - 1 / 3;
  for (;;) {
    const x = normal(next);
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

// A month's returned claims. `more`: how many times more than chance months vary (their standard deviation).
function returned(next, claims, rate, more) {
  let own = rate;
  if (more > 1) {
    const size = (claims - 1) / (more * more - 1) - 1; // of the beta distribution with that overdispersion
    const a = gamma(next, rate * size);
    own = a / (a + gamma(next, (1 - rate) * size));
  }
  let count = 0;
  for (let i = 0; i < claims; i++) count += next() < own;
  return count;
}

function history(next, { months, claims, rate, more, change, to }) {
  return Array.from({ length: months }, (_, at) => ({
    part: returned(next, claims, change !== undefined && at >= change ? to : rate, more),
    whole: claims,
  }));
}

// Month by month, as the page would have shown it: the first month at whose end anything is called other than chance.
function firstAlarm(months) {
  for (let end = 1; end <= months.length; end++) {
    const { parts, of } = statistics.runChart(months.slice(0, end), false);
    if (parts.length > 1 || of.some((one) => one?.beyond)) return end;
  }
  return null;
}

// Whether a change is named at the end of one of the first `within` months from `change` on.
function named(months, change, within) {
  for (let end = change + 1; end <= change + within; end++) {
    const { parts } = statistics.runChart(months.slice(0, end), false);
    if (parts.length > 1 && parts.at(-1).rate > parts[0].rate && parts.at(-1).from >= change - 2) return true;
  }
  return false;
}

function told(plan) {
  const next = dice(plan.seed);
  let count = 0;
  for (let i = 0; i < plan.histories; i++) {
    const months = history(next, plan);
    count += plan.change === undefined ? firstAlarm(months) !== null : named(months, plan.change, 4);
  }
  return count / plan.histories;
}

for (const [name, value] of Object.entries(given.constants ?? {})) (name === "level" ? statistics.MONTH : statistics.CHANGE)[name] = value;
console.log(JSON.stringify(given.plans.map(told)));
