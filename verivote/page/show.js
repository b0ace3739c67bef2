// What the page shows. Every word is from the table that the command line speaks from.

const lang = { now: navigator.language.startsWith("zh") ? "zh" : "en" };
const $ = (id) => document.getElementById(id);
const shown = { bundle: null, receipt: "", heads: [], report: null, error: "" };

function say(code, facts = {}) {
  const told = SHEETS.sentences[code][lang.now === "zh" ? 1 : 0];
  return told.replace(/\{(\w+)\}/g, (_, name) => number(facts[name]));
}

// A word of the table, or the code itself where somebody made up another one.
const word = (code, plain) => (has(SHEETS.sentences, code) ? say(code) : plain);

const number = (value) => (Number.isInteger(value) ? value.toLocaleString("en-US") : String(value));

function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) made.setAttribute(name, value);
  made.append(...children.filter((each) => each !== null && each !== undefined));
  return made;
}

function drawn(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const ICONS = {
  held: [["circle", { cx: 12, cy: 12, r: 9.5, class: "full" }], ["path", { d: "M7.5 12.3l3.1 3.1 6-6.3", class: "cut" }]],
  failed: [["path", { d: "M12 2.6l10.2 18.2H1.8z", class: "full" }], ["path", { d: "M12 9.4v5M12 17.6v.1", class: "cut" }]],
  stop: [["rect", { x: 3.4, y: 3.4, width: 17.2, height: 17.2, rx: 2, class: "full" }], ["path", { d: "M8 12h8", class: "cut" }]],
  todo: [["circle", { cx: 12, cy: 12, r: 8.6 }]],
};
const icon = (name) => drawn("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" },
  ...ICONS[name].map(([tag, attributes]) => drawn(tag, attributes)));
const chip = (kind, name, word) => el("span", { class: `chip chip--${kind}` }, icon(name), word);

function sentence({ code, ok, facts, why }) {
  const told = say(ok ? code : `${code}_not`, facts);
  return why ? [told, say(why.code, why.facts)].join(lang.now === "zh" ? "" : " ") : told;
}

// == the parts of a report ==
function verdict(report) {
  const failed = report.checks.filter((each) => !each.ok), number = failed.length || report.checks.length;
  const found = failed.length ? el("ul", {}, ...failed.map((each) => el("li", {}, sentence(each)))) : say("rests");
  return el("div", { class: `notice notice--${failed.length ? "late" : "ok"}` }, icon(failed.length ? "failed" : "held"),
    el("div", {}, el("strong", {}, say(failed.length ? "not_all" : "all_holds", { number })), found));
}

function checked(report) {
  const rows = report.checks.map((each) => el("tr", { "data-code": each.code, "data-ok": each.ok },
    el("td", {}, each.ok ? chip("ok", "held", say("page_held")) : chip("late", "failed", say("page_failed"))),
    el("td", {}, sentence(each), el("code", { class: "quiet" }, each.code))));
  return el("section", { class: "section" }, el("h2", {}, say("page_checks")),
    el("div", { class: "tablebox" }, el("table", { class: "table" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("page_outcome")), el("th", { scope: "col" }, say("page_found")))),
      el("tbody", {}, ...rows))));
}

function numbers({ result, rules, envelopes }) {
  const stat = (name, value, note) => el("article", { class: "stat" },
    el("h3", { class: "stat__name" }, say(name)), el("p", { class: "stat__value" }, number(value)),
    el("p", { class: "stat__of" }, note));
  const voided = Object.entries(result.void).map(([code, many]) => `${word(`page_void_${code}`, code)} ${number(many)}`);
  const aside = Object.entries(result.set_aside).map(([why, many]) => `${why} ${number(many)}`);
  return el("section", { class: "section" }, el("h2", {}, say("page_numbers")), el("div", { class: "stats" },
    stat("page_roll", rules.roll.voters, say("page_roll_day", { day: rules.roll.day })),
    stat("page_envelopes", envelopes, say("page_superseded", { number: result.superseded })),
    stat("page_void", sum(values(result.void)), voided.join(" · ")),
    stat("page_aside", sum(values(result.set_aside)), aside.join(" · ")),
    stat("page_counted", result.counted, "")));
}

const CHIPS = { placed: ["ok", "held"], reserve: ["calm", "todo"], not_placed: ["bare", "stop"], undecided: ["warn", "todo"] };

function step({ group, candidates }, rules) {
  const { title, candidates: named } = rules.groups.find((each) => each.id === group);
  const of = new Map(named.map((each) => [each.id, each]));
  const out = new Map((rules.steps.find((each) => each.group === group)?.out ?? []).map((each) => [each.candidate, each.why]));
  const reason = (each) => each.by === "left_out" ? out.get(each.candidate)
    : each.by === "limit" ? say("page_by_limit", each.limit) : each.by === "votes" ? "" : say(`page_by_${each.by}`);
  const rows = candidates.map((each) => el("tr", {},
    el("th", { scope: "row" }, el("span", { class: "num quiet" }, each.candidate), " ", of.get(each.candidate)?.title ?? ""),
    el("td", { class: "num" }, number(each.votes)),
    el("td", {}, chip(...CHIPS[each.outcome], say(`page_${each.outcome}`))), el("td", {}, reason(each) ?? "")));
  const heads = ["page_candidate", "page_votes", "page_outcome", "page_reason"].map((name, at) =>
    el("th", { scope: "col", class: at === 1 ? "num" : "" }, say(name)));
  return el("section", { class: "section" }, el("h2", {}, title), el("div", { class: "tablebox" },
    el("table", { class: "table" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows))));
}

// The last three steps from the envelope to the head: filled is worked out here, hollow is what the receipt brings.
function drawing(way) {
  const few = way.slice(-4).reverse(), short = (hash) => `${toHex(hash).slice(0, 4)}…${toHex(hash).slice(-2)}`;
  const parts = [], lines = [], width = 104, height = 28, gap = 58;
  let center = 140;
  few.forEach(({ found, beside, isLeft }, at) => {
    const y = 8 + at * gap, isVote = at === few.length - 1 && way.length <= 4;
    const label = at === 0 ? `${say("page_head")} ${short(found)}` : isVote ? say("page_your_envelope") : short(found);
    const wide = at === 0 ? 150 : width;
    parts.push(drawn("rect", { x: center - wide / 2, y, width: wide, height, class: isVote ? "vote" : "own" }));
    parts.push(drawn("text", { x: center, y: y + 19, class: isVote ? "on-vote" : "on-own" }, label));
    if (at === few.length - 1 || !beside) return;
    const [next, away] = isLeft ? [204, 76] : [76, 204];
    for (const [x, kind] of [[away, "given-line"], [next, "own-line"]])
      lines.push(drawn("path", { d: `M${center} ${y + height}V${y + 43}H${x}V${y + gap}`, class: kind }));
    parts.push(drawn("rect", { x: away - width / 2, y: y + gap, width, height, class: "given" }));
    parts.push(drawn("text", { x: away, y: y + gap + 19, class: "on-given" }, short(beside)));
    center = next;
  });
  const tall = 16 + (few.length - 1) * gap + height;
  return drawn("svg", { viewBox: `0 0 280 ${tall}`, role: "img", class: "drawing", "aria-label": say("page_drawing") },
    ...lines, ...parts);
}

function receipt(report) {
  if (report.receipt === undefined) return null;
  const found = report.checks.filter((each) => each.code.startsWith("receipt"));
  if (!found.length) return null;
  const rows = found.map((each) => el("p", {},
    each.ok ? chip("ok", "held", say("page_held")) : chip("late", "failed", say("page_failed")), " ", sentence(each)));
  const way = report.way && found[0].ok ? [drawing(report.way),
    el("p", { class: "small quiet" }, say("page_way", { number: report.way.length - 1 }))] : [];
  return el("section", { class: "section panel stack" }, el("h2", {}, say("page_receipt")), ...rows, ...way);
}

function show() {
  document.documentElement.lang = lang.now === "zh" ? "zh-Hans" : "en";
  document.title = say("page_title");
  for (const each of document.querySelectorAll("[data-say]")) each.textContent = say(each.dataset.say);
  const names = [shown.bundle?.name, shown.receipt && say("page_receipt"), ...shown.heads.map((each) => each.name)];
  $("chosen").textContent = names.filter(Boolean).join(" · ");
  $("error").hidden = !shown.error;
  $("error-text").textContent = shown.error ? say(shown.error) : "";
  const report = shown.report;
  if (!report) return;
  const parts = [verdict(report), receipt(report)];
  if (report.entry) parts.unshift(el("p", { class: "pagehead__kind" }, `${report.entry.rules.title} · ${report.entry.rules.held_by}`));
  if (report.result) parts.push(numbers(report));
  if (report.result && report.checks.some((each) => each.code === "steps" && each.ok))
    parts.push(...report.result.steps.map((each) => step(each, report.rules)));
  parts.push(checked(report));
  $("report").replaceChildren(...parts.filter(Boolean));
}

// == what is put in ==
async function take(files) {
  shown.error = "";
  for (const file of files) {
    if (file.name.endsWith(".zip")) shown.bundle = file;
    else await takeText(await file.slice(0, 1 << 20).text(), file.name);
  }
  show();
}

async function takeText(told, name) {
  try {
    if (told.trim().startsWith("VERIVOTE1:")) shown.receipt = receiptFrom(told);
    else {
      const record = read(canonical(JSON.parse(told)));
      if (isRecord(record) && has(record, "leaf")) shown.receipt = record;
      else if (isRecord(record) && has(record, "head")) shown.heads.push({ name, head: record });
      else shown.error = "page_unknown_file";
    }
  } catch {
    shown.error = name ? "page_unknown_file" : "receipt_text";
  }
}

async function check(event) {
  event.preventDefault();
  const typed = $("receipt").value.trim();
  shown.error = "";
  if (typed) await takeText(typed, "");
  if (!shown.bundle) shown.error ||= "page_no_bundle";
  else if (!(await knowsEd25519())) shown.error = "page_no_ed25519";
  show();
  if (shown.error) return;
  $("status").textContent = say("page_working", { done: 0, of: 0 });
  const progress = (done, of) => ($("status").textContent = say("page_working", { done, of }));
  const more = { heads: shown.heads.map((each) => each.head), receipt: shown.receipt || undefined, progress };
  try {
    shown.report = await globalThis.verivote.verify(shown.bundle, more);
  } catch (problem) {
    if (!(problem instanceof DOMException)) throw problem;
    shown.error = "page_file_gone";
  }
  $("status").textContent = shown.error ? "" : say("page_done");
  show();
}

$("form").addEventListener("submit", check);
$("files").addEventListener("click", (event) => (event.target.value = ""));
$("files").addEventListener("change", (event) => take(event.target.files));
$("language").addEventListener("click", () => {
  lang.now = lang.now === "zh" ? "en" : "zh";
  show();
});
for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
document.addEventListener("drop", (event) => take(event.dataTransfer.files));
show();
