// Small manners of the pages. Everything works without this file, through plain links and forms.
"use strict";

// Trees: the first unfolding fetches the rows through htmx, later ones only show or hide them.
document.addEventListener("click", (event) => {
  const button = event.target.closest(".tree button[aria-controls]");
  if (!button || !window.htmx) return;
  event.preventDefault();
  const list = document.getElementById(button.getAttribute("aria-controls"));
  const opening = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(opening));
  list.hidden = !opening;
  if (opening && !("loaded" in list.dataset) && list.getAttribute("aria-busy") !== "true") {
    list.setAttribute("aria-busy", "true");
    window.htmx.trigger(button, "unfold");
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  const list = event.detail.target;
  if (list.getAttribute("aria-busy") === "true" && list.closest(".tree")) {
    list.dataset.loaded = "";
    list.removeAttribute("aria-busy");
  }
});

// "N more": the link that had the focus is gone after the swap; the first new row takes it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const more = event.detail.requestConfig && event.detail.requestConfig.elt;
  if (more && more === document.activeElement && more.matches(".tree a")) {
    const item = more.closest("li");
    const list = item.parentElement;
    const at = Array.prototype.indexOf.call(list.children, item);
    document.addEventListener("htmx:afterSettle", () => {
      const row = list.children[at];
      const link = row && row.querySelector("a, button");
      if (link) link.focus();
    }, { once: true });
  }
});

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    const button = event.detail.elt;
    const tree = button.closest && button.closest(".tree");
    if (!tree || !button.hasAttribute("aria-controls")) return;
    const list = document.getElementById(button.getAttribute("aria-controls"));
    list.hidden = true;
    list.removeAttribute("aria-busy");
    button.setAttribute("aria-expanded", "false");
    document.getElementById("live").textContent = tree.dataset.failed;
  });
}

// A long list in which one looks for a name: <div data-sift> with a hidden input[type=search] in front of tables in details.
document.querySelectorAll("[data-sift]").forEach((box) => {
  const input = box.querySelector("input[type=search]");
  const groups = [...box.querySelectorAll("details")];
  const wasOpen = groups.map((group) => group.open);
  input.closest("[hidden]").hidden = false;
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it would send the whole form
  });
  input.addEventListener("input", () => {
    const words = input.value.trim().toLowerCase();
    let all = 0;
    groups.forEach((group, place) => {
      let shown = 0;
      group.querySelectorAll("tbody tr").forEach((row) => {
        row.hidden = !row.querySelector("th").textContent.toLowerCase().includes(words);
        shown += row.hidden ? 0 : 1;
      });
      group.hidden = !shown;
      group.open = words ? shown > 0 : wasOpen[place];
      group.querySelector("[data-sift-count]").textContent = String(shown);
      all += shown;
    });
    box.querySelector("[data-sift-none]").hidden = all > 0;
    document.getElementById("live").textContent = words ? `${input.value.trim()}: ${all}` : "";
  });
});

// The database is away: ask quietly, and load the page only once it is there again.
const away = document.querySelector("[data-retry-seconds]");
if (away) {
  const asking = setInterval(async () => {
    const answer = await fetch(window.location.href, { method: "HEAD" }).catch(() => null);
    if (answer && answer.status !== 503) {
      clearInterval(asking);
      window.location.reload();
    }
  }, Number(away.dataset.retrySeconds) * 1000);
}

// Copy a link or a code: <button data-copy="…" data-copied="Copied">.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button || !navigator.clipboard) return;
  await navigator.clipboard.writeText(button.dataset.copy || window.location.href);
  document.getElementById("live").textContent = button.dataset.copied;
});

// The day chooser closes by Escape and by a click elsewhere.
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector(".asof[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  const open = document.querySelector(".asof[open]");
  if (open && !open.contains(event.target)) open.open = false;
});

// Keys: what carries data-key is pressed by that key, unless somebody is typing. A button with data-keys turns them off.
const KEYS = "gongjian.keys";
const keysAreOn = () => window.localStorage.getItem(KEYS) !== "off";
const WRITES = "input, select, textarea";
let pressed = false; // one press, one sending: the page is about to change
window.addEventListener("pageshow", () => { pressed = false; });

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || pressed || !keysAreOn()) return;
  const at = document.activeElement;
  if (at.matches(WRITES) || (event.key === "Enter" && at.closest("a, button, summary"))) return;
  const key = event.key.toLowerCase();
  const wanted = [...document.querySelectorAll("[data-key]")].find(
    (each) => each.dataset.key.split(" ").includes(key) && each.checkVisibility());
  if (!wanted) return;
  event.preventDefault();
  wanted.focus();
  pressed = !wanted.matches("summary");
  wanted.click();
});

const tellKeys = (button) => {
  button.hidden = false;
  button.setAttribute("aria-pressed", String(keysAreOn()));
};
document.querySelectorAll("[data-keys]").forEach(tellKeys);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-keys]");
  if (!button) return;
  window.localStorage.setItem(KEYS, keysAreOn() ? "off" : "on");
  tellKeys(button);
});

// Whoever signs out leaves nothing that was typed on this device; pages keep it under this name until the site has it.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[action$='/sign-out/']")) return;
  for (const key of Object.keys(window.localStorage)) {
    if (key.startsWith("gongjian.draft.")) window.localStorage.removeItem(key);
  }
});
