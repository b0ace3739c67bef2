// What is written into the form of an ask is kept on this device until it is handed in: a bad network loses nothing.
// The token in the form makes a second sending of the same answer harmless. Everything works without this file.
"use strict";

(() => {
  const PREFIX = "gongjian.draft.ask.";
  const keyOf = (form) => PREFIX + form.dataset.keep;
  const read = (key) => {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  };
  const write = (key, value) => {
    try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full, or forbidden: nothing is kept */ }
  };
  const fieldsOf = (form) =>
    [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");

  function say(form, what) {
    const note = form.querySelector(".keep-note");
    note.textContent = note.dataset[what];
    note.hidden = false;
  }

  function restore(form) {
    const kept = read(keyOf(form));
    if (!kept) return;
    for (const [name, value] of kept.fields) {
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value;
        else if (field.type !== "file") field.value = value;
      }
    }
    say(form, kept.leaving ? "kept" : "back");
  }

  async function handIn(form) {
    write(keyOf(form), { fields: fieldsOf(form), leaving: true });
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Kept": "1" } });
    } catch {
      say(form, "kept");
      return;
    }
    if (answer.status === 204) {
      localStorage.removeItem(keyOf(form));
      location.assign("/asks/");
    } else if (answer.status === 400) {
      write(keyOf(form), { fields: fieldsOf(form), leaving: false });
      form.submit(); // the page says what is wrong
    } else {
      say(form, "kept"); // signed out meanwhile, or the server is in trouble
    }
  }

  for (const form of document.querySelectorAll("form[data-keep]")) {
    restore(form);
    form.addEventListener("input", () => write(keyOf(form), { fields: fieldsOf(form), leaving: false }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      handIn(form);
    });
    window.addEventListener("online", () => {
      const kept = read(keyOf(form));
      if (kept && kept.leaving) handIn(form);
    });
    const kept = read(keyOf(form));
    if (kept && kept.leaving && navigator.onLine) handIn(form);
  }
  for (const row of document.querySelectorAll("[data-ask]")) {
    if (read(PREFIX + row.dataset.ask)) row.querySelector(".ask__kept").hidden = false;
  }
})();
