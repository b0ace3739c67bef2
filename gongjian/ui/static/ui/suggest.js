// Hits as you type, for <form data-suggest="address"> with an input[type=search] and an empty .suggest in it.
// A combobox as the ARIA practices describe it. Without this file the form finds the same on a page of its own.
"use strict";

const DELAY = 200; // milliseconds of quiet before anything is asked
const isEnough = (words) => words.length >= 2 || /\p{Script=Han}/u.test(words);

function suggestIn(form) {
  const input = form.querySelector("input[type=search]");
  const list = form.querySelector(".suggest");
  let asking = null;
  let waiting = 0;
  let at = -1;

  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false",
    "aria-controls": list.id,
  })) input.setAttribute(name, value);

  const options = () => [...list.children];

  function choose(next) {
    const rows = options();
    rows.forEach((row, place) => row.setAttribute("aria-selected", String(place === next)));
    at = next;
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", rows[at].id);
    rows[at].scrollIntoView({ block: "nearest" });
  }

  function close() {
    clearTimeout(waiting);
    if (asking) asking.abort();
    asking = null;
    choose(-1);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  }

  function show(answer) {
    const told = new DOMParser().parseFromString(answer, "text/html").querySelector("ul");
    if (!told || document.activeElement !== input) return;
    list.replaceChildren(...told.children);
    options().forEach((row, place) => { row.id = `${list.id}-${place + 1}`; });
    choose(-1);
    list.hidden = !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    list.style.top = `${input.offsetTop + input.offsetHeight + 4}px`;
    document.getElementById("live").textContent = told.dataset.said;
  }

  async function ask() {
    asking = new AbortController();
    const address = `${form.dataset.suggest}?${new URLSearchParams(new FormData(form))}`;
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { "HX-Request": "true" } });
      if (answer.status === 200) show(await answer.text());
    } catch (failure) { /* given up for the next letter, or no network: the form still works */ }
  }

  function open(row) {
    window.location.assign(row.dataset.href);
  }

  input.addEventListener("input", (event) => {
    close();
    if (!event.isComposing && isEnough(input.value.trim())) waiting = setTimeout(ask, DELAY);
  });
  input.addEventListener("compositionend", () => {
    close();
    if (isEnough(input.value.trim())) waiting = setTimeout(ask, DELAY);
  });
  input.addEventListener("blur", close);
  form.addEventListener("submit", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    const last = list.children.length - 1;
    if (event.key === "ArrowDown") choose(at === last ? -1 : at + 1);
    else if (event.key === "ArrowUp") choose(at < 0 ? last : at - 1);
    else if (event.key === "Enter" && at >= 0) open(list.children[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the box
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]");
    if (row) open(row);
  });
}

document.querySelectorAll("form[data-suggest]").forEach(suggestIn);
