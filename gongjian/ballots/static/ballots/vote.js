// The ballot on the voter's own device: counts what is chosen, seals it here, casts it, and shows the receipt.
// Without this file, or where the browser cannot seal, the form goes to the server, which seals it there.
import { seal } from "../verivote/seal.js";

(function () {
  const form = document.getElementById("ballot");
  const facts = read("sealing");

  function read(id) {
    const held = document.getElementById(id);
    return held ? JSON.parse(held.textContent) : null;
  }

  function chosen(group) {
    return [...form.querySelectorAll("input:checked")].filter((each) => each.name === group).map((each) => each.value);
  }

  // == what is missing, in words ==
  function missing() {
    const said = [];
    for (const group of facts.groups) {
      const count = chosen(group.id).length;
      const tell = (words, many) => words.replaceAll("{group}", group.title).replaceAll("{count}", many);
      if (count < group.least) said.push(tell(facts.said.more, group.least - count));
      if (count > group.most) said.push(tell(facts.said.less, count - group.most));
    }
    return said;
  }

  function show() {
    for (const group of facts.groups) {
      const count = chosen(group.id).length;
      document.querySelector(`#t-${group.id} b`).textContent = count;
      const pips = document.querySelector(`[data-group="${group.id}"]`);
      pips.replaceChildren(...Array.from({ length: Math.min(group.most, 20) }, (_, at) => {
        const pip = document.createElement("i");
        pip.className = at < count ? "on" : "";
        return pip;
      }));
    }
    for (const each of form.querySelectorAll(".cand")) {
      each.classList.toggle("cand--on", each.querySelector("input").checked);
    }
    const said = missing();
    document.getElementById("why").textContent = said.length ? said.join(facts.said.stop) : facts.said.right;
    document.getElementById("cast").setAttribute("aria-disabled", String(said.length > 0));
  }

  function choices() {
    return Object.fromEntries(facts.groups.map((group) => [group.id, chosen(group.id)]));
  }

  let sealed = null; // kept, so that trying again casts the same envelope
  let busy = false;

  async function cast() {
    busy = true;
    const why = document.getElementById("why");
    try {
      why.textContent = facts.said.sealing;
      sealed = sealed || await seal(facts.entry, choices());
      const envelope = btoa(Array.from(sealed, (each) => String.fromCharCode(each)).join(""));
      const answer = await fetch(facts.cast, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ permit: facts.permit, envelope }),
      });
      const told = await answer.json();
      if (answer.ok) receipt(told.receipt, told.number);
      else why.textContent = told.said;
    } catch {
      why.textContent = facts.said.away;
    }
    busy = false;
  }

  // == the receipt ==
  function clock(moment) {
    return new Date(moment).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  }

  function receipt(told, number) {
    const card = document.getElementById("cast-receipt");
    const head = told.signed_head.head;
    const shown = { number, index: told.index, size: head.size, moment: clock(head.moment) };
    for (const [name, value] of Object.entries(shown)) {
      card.querySelector(`[data-receipt="${name}"]`).textContent = value;
    }
    const check = card.querySelector('[data-receipt="check"]');
    check.href = `${check.href.split("?")[0]}?number=${number}`;
    offer(card, told, number);
    form.hidden = true;
    form.reset();
    card.hidden = false;
    card.focus();
    window.scrollTo(0, 0);
  }

  function offer(card, told, number) {
    const button = card.querySelector('[data-receipt="save"]');
    button.hidden = false;
    button.addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([JSON.stringify(told)], { type: "application/json" }));
      link.download = `receipt-${number}.json`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }

  const given = read("receipt");
  if (given) offer(document, given, document.querySelector('[data-receipt="number"]').textContent.trim());
  if (!form || !facts) return;
  form.addEventListener("change", () => { sealed = null; show(); });
  form.addEventListener("submit", (event) => {
    if (!globalThis.crypto || !crypto.subtle) return;
    event.preventDefault();
    if (!busy && !missing().length) cast();
    else show();
  });
  show();
})();
