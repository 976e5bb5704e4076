// The list of cards: search, filters, keys, print.

const byId = (id) => document.getElementById(id);
let cases = []; // in their order: what pack.cases made, with `card` and `text`
let shown = [];
let now = -1; // place among those shown

// What is typed and what is there, without what hands write differently: width, case, space, kana of either kind.
const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[\s・]/g, "").replace(/[\u3041-\u3096]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60));

function listed() {
  const columns = facts.cases;
  return columns.number.map((_, at) => {
    const one = Object.fromEntries(Object.keys(columns).map((name) => [name, columns[name][at]]));
    one.text = plain([...one.people.map(childName), ...one.facilities.map(facilityName), ...one.codes.map(checkName)].join("\n").replace(/\s/g, "\u0001"));
    return one;
  });
}

function fits(one, typed, number) {
  if (byId("sign").value && one.sign !== byId("sign").value) return false;
  if (byId("facility").value && !one.facilities.includes(byId("facility").value)) return false;
  if (byId("undecided").value && !one.open) return false;
  if (!typed) return true;
  return number === null ? one.text.includes(typed) : one.number === number;
}

function fill(one) {
  const place = one.card.querySelector(".body");
  if (place && !place.hasChildNodes()) place.append(...body(one));
}

function find() {
  const typed = plain(byId("words").value).replace(/^(事例|#)/, "");
  // A number of a case; where there is none so high it is part of a longer number.
  const number = /^\d{1,6}$/.test(typed) && cases.some((one) => one.number === Number(typed)) ? Number(typed) : null;
  shown = cases.filter((one) => {
    const there = fits(one, typed, number);
    one.card.hidden = !there;
    return there;
  });
  byId("count").textContent = shown.length ? `${grouped(cases.length)}件のうち${grouped(shown.length)}件を表示しています` : "該当する事例はありません";
  go(shown.length ? 0 : -1, false);
  document.documentElement.dataset.shown = `${byId("words").value}/${shown.length}`;
}

function go(place, focus = true) {
  cases[shownAt()]?.card.classList.remove("now");
  for (const one of document.querySelectorAll("article.now")) one.classList.remove("now");
  now = place;
  const one = shown[now];
  if (!one) return;
  fill(one);
  one.card.classList.add("now");
  if (focus) {
    one.card.scrollIntoView();
    one.card.focus({ preventScroll: true });
  } else {
    scrollTo(0, 0);
  }
}

const shownAt = () => cases.indexOf(shown[now]);
const step = (by) => shown.length && go(Math.max(0, Math.min(shown.length - 1, now + by)));

function keys(event) {
  const typing = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName);
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.key === "Escape" && event.target === byId("words")) {
    byId("words").value = "";
    find();
  } else if (typing) {
    if (event.key === "Enter" && shown.length) {
      event.preventDefault();
      go(0);
    }
  } else if (event.key === "/") {
    event.preventDefault();
    byId("words").focus();
    byId("words").select();
  } else if (["j", "J", "ArrowRight"].includes(event.key)) {
    step(1);
  } else if (["k", "K", "ArrowLeft"].includes(event.key)) {
    step(-1);
  }
}

// `#12` in the address, where a program leaves it there.
function fromAddress() {
  const wanted = /^#(\d+)$/.exec(location.hash);
  if (!wanted || !cases.some((one) => one.number === Number(wanted[1]))) return;
  byId("words").value = wanted[1];
  find();
}

function options() {
  const add = (id, value, text) => byId(id).append(new Option(text, value));
  for (const sign of Object.keys(SIGNS)) if (cases.some((one) => one.sign === sign)) add("sign", sign, SIGNS[sign]);
  for (const number of [...new Set(cases.flatMap((one) => one.facilities))].sort()) add("facility", number, facilityName(number));
}

async function start() {
  prepare(await unpack(byId("facts").textContent));
  cases = listed();
  const looked = new IntersectionObserver(
    (entries) => entries.forEach((entry) => entry.isIntersecting && fill(cases[Number(entry.target.dataset.at)])),
    { rootMargin: "600px" },
  );
  cases.forEach((one, at) => {
    one.card = head(one);
    one.card.dataset.at = at;
    looked.observe(one.card);
  });
  byId("cards").append(...cases.map((one) => one.card));
  const { totals } = facts;
  byId("totals").textContent = `${facts.part ? "全体で" : ""}事例${grouped(totals.cases)}件、指摘${grouped(totals.findings)}件、返戻相当の明細書${grouped(totals.return_claims)}件(給付費${grouped(totals.return_yen)}円)${facts.closed ? "　締め済み" : ""}`;
  options();
  byId("words").addEventListener("input", find);
  for (const id of ["sign", "facility", "undecided"]) byId(id).addEventListener("change", find);
  byId("find").addEventListener("submit", (event) => event.preventDefault());
  byId("all").addEventListener("click", () => {
    for (const id of ["words", "sign", "facility", "undecided"]) byId(id).value = "";
    find();
  });
  byId("before").addEventListener("click", () => step(-1));
  byId("after").addEventListener("click", () => step(1));
  byId("print").addEventListener("click", () => print());
  byId("one").addEventListener("click", () => {
    byId("cards").classList.add("single");
    print();
  });
  // On paper everything is there that is shown, and open.
  const closed = [];
  addEventListener("beforeprint", () => {
    if (!byId("cards").classList.contains("single")) shown.forEach(fill);
    for (const one of document.querySelectorAll("details:not([open])")) closed.push(one);
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    byId("cards").classList.remove("single");
    for (const one of closed.splice(0)) one.open = false;
  });
  addEventListener("keydown", keys);
  addEventListener("hashchange", fromAddress);
  find();
  fromAddress();
}

start().catch((fault) => {
  byId("failed").hidden = false;
  throw fault;
});
