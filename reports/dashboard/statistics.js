"use strict";
// What is chance and what is not: counts in, limits, intervals and verdicts out. Called by sections.js; needs stdlib (the
// beta and binomial distributions, reports/dashboard/stdlib/) and nothing of the page.

const statistics = (() => {
  const Z95 = 1.959963984540054; // two-sided 95 %

  // The rate beyond which the share `tail` of all counts of `n` at the rate `p` lies on one side: the exact binomial
  // distribution, interpolated between two counts (Spiegelhalter, Stat Med 2005;24:1185-1202, A.1.1).
  function beyond(p, n, tail, upper) {
    const share = upper ? 1 - tail : tail;
    const at = (count) => (count < 0 ? 0 : stdlib.binomialCDF(count, n, p));
    let [low, high] = [0, n]; // the first count whose distribution function reaches the share
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (at(middle) >= share) high = middle;
      else low = middle + 1;
    }
    const [here, before] = [at(low), at(low - 1)];
    const back = here > before ? (here - share) / (here - before) : 0;
    return Math.min(1, Math.max(0, (low - back) / n));
  }

  // Lower and upper limit of a rate that is `p` in truth; `level`: 0.95 or 0.998. Where months vary more than chance does,
  // `spread` says how much (a factor of the variance): then a month says as much as n / spread claims.
  function limits(p, n, level, spread = 1) {
    const tail = (1 - level) / 2;
    const whole = Math.max(1, Math.round(n / spread));
    return [beyond(p, whole, tail, false), beyond(p, whole, tail, true)];
  }

  // Where a share lies, 95 %: Jeffreys' interval, equal-tailed (Brown, Cai, DasGupta, Stat Sci 2001;16:101-133).
  function interval(part, whole) {
    if (!whole) return [0, 1];
    const quantile = (q) => stdlib.betaQuantile(q, part + 0.5, whole - part + 0.5);
    return [part ? quantile(0.025) : 0, part < whole ? quantile(0.975) : 1];
  }

  // Wilson's interval, as the difference below needs it.
  function wilson(part, whole, z = Z95) {
    const rate = part / whole;
    const centre = (rate + (z * z) / (2 * whole)) / (1 + (z * z) / whole);
    const half = ((z / (1 + (z * z) / whole)) * Math.sqrt(rate * (1 - rate) + (z * z) / (4 * whole))) / Math.sqrt(whole);
    return [Math.max(0, centre - half), Math.min(1, centre + half)];
  }

  // The difference of two shares, later less earlier, and where it lies, 95 %: Newcombe's hybrid of two Wilson intervals
  // (Stat Med 1998;17:873-890, method 10), of claims divided by `spread`.
  function difference(before, after, spread = 1) {
    const of = ({ part, whole }) => ({ rate: part / whole, bounds: wilson(part / spread, whole / spread) });
    const [one, two] = [of(before), of(after)];
    const change = two.rate - one.rate;
    const root = (a, b) => Math.sqrt(a * a + b * b);
    return {
      change,
      low: change - root(two.rate - two.bounds[0], one.bounds[1] - one.rate),
      high: change + root(two.bounds[1] - two.rate, one.rate - one.bounds[0]),
    };
  }

  // Months ------------------------------------------------------------------------------------------------------
  // Every month, as soon as it is closed, is asked once: is the rate of the last three or four months another one
  // than that of all months before, since the last change? Twice the logarithm of the likelihood ratio of two rates against
  // one says how far they are apart, in units of chance; it is divided by how much more than chance the months vary within
  // each part (Pearson's chi-square by its degrees of freedom, held near a prior of 1.5, never below 1). The threshold is
  // not that of one test, but made by simulation for all tests of 24 months (benchmarks/run_chart.py).
  const CHANGE = {
    least: 12, // months since the last change, before anything is called a change
    recent: [3, 4], // months that may be other ones
    prior: { months: 8, spread: 1.5 },
    threshold: 2.65,
    extra: 4, // few months know little of how much months vary: the threshold grows by √(1 + 4 / degrees of freedom)
  };
  const MONTH = { least: 6, level: 0.9995 }; // limits of a single month, once there are so many

  const sum = (months, name) => months.reduce((all, month) => all + month[name], 0);
  const term = (part, share) => (part > 0 ? part * Math.log(share) : 0);
  function likelihood(part, whole) {
    return term(part, part / whole) + term(whole - part, (whole - part) / whole);
  }

  // Pearson's chi-square of months around their own rate.
  function scatter(months) {
    const whole = sum(months, "whole");
    const rate = sum(months, "part") / whole;
    if (rate === 0 || rate === 1) return 0;
    return months.reduce((all, m) => all + (m.part - m.whole * rate) ** 2 / (m.whole * rate * (1 - rate)), 0);
  }

  function spreadOf(parts) {
    const { months, spread } = CHANGE.prior;
    const freedom = parts.reduce((all, part) => all + part.length - 1, 0);
    const found = parts.reduce((all, part) => all + scatter(part), 0);
    return Math.max(1, (months * spread + found) / (months + freedom));
  }

  // How far the last months are from those before, in units of what chance does.
  function distance(before, after) {
    const [a, b] = [sum(before, "part"), sum(before, "whole")];
    const [c, d] = [sum(after, "part"), sum(after, "whole")];
    const ratio = 2 * (likelihood(a, b) + likelihood(c, d) - likelihood(a + c, b + d));
    const freedom = before.length + after.length - 2;
    return Math.sqrt(Math.max(0, ratio)) / spreadOf([before, after]) / Math.sqrt(1 + CHANGE.extra / freedom);
  }

  // Months {part, whole, …} in their order, those with whole > 0; where each part begins, and the month that showed it.
  function changes(months) {
    const found = [];
    let start = 0;
    for (let end = 1; end <= months.length; end++) {
      if (end - start < CHANGE.least) continue;
      const tried = CHANGE.recent.map((count) => ({
        at: end - count,
        seen: end - 1,
        distance: distance(months.slice(start, end - count), months.slice(end - count, end)),
      }));
      const best = tried.reduce((one, other) => (other.distance > one.distance ? other : one));
      if (best.distance <= CHANGE.threshold) continue;
      found.push(best);
      start = best.at;
    }
    return found;
  }

  // The run chart: parts {from, to, part, whole, rate}, what each month's limits are, which months lie beyond. With `draw`
  // off only the limits of months that could lie beyond them are computed: those of 99.95 % are farther than 2.5 deviations.
  function runChart(months, draw = true) {
    const received = months.map((month, at) => ({ ...month, at })).filter((month) => month.whole > 0);
    const found = changes(received);
    const starts = [0, ...found.map((change) => change.at), received.length];
    const slices = starts.slice(1).map((end, i) => received.slice(starts[i], end)).filter((slice) => slice.length);
    const known = received.length >= MONTH.least;
    const of = months.map(() => null);
    const spread = slices.length ? spreadOf(slices) : 1;
    const parts = slices.map((slice) => {
      const [part, whole] = [sum(slice, "part"), sum(slice, "whole")];
      const rate = part / whole;
      for (const month of slice) {
        const own = month.part / month.whole;
        const far = Math.abs(own - rate) > 2.5 * Math.sqrt((rate * (1 - rate) * spread) / month.whole);
        const [low, high] = known && (draw || far) ? limits(rate, month.whole, MONTH.level, spread) : [null, null];
        of[month.at] = { centre: rate, low, high, beyond: far && low !== null && (own > high || own < low) };
      }
      return { from: slice[0].at, to: slice.at(-1).at, part, whole, rate };
    });
    return { parts, of, known, enough: received.length >= CHANGE.least, months: received.length };
  }

  return { limits, interval, wilson, difference, spreadOf, changes, runChart, CHANGE, MONTH };
})();
