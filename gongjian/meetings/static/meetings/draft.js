// What is typed into minutes or a report is kept on this device until the site has it: a closed tab or a bad network
// loses nothing. The version goes with it, so that a text of before still meets the newer one. Works without this file.
"use strict";

(() => {
  const PREFIX = "gongjian.draft.meeting.";
  const DAY = 86400000;
  const read = (key) => {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  };
  const write = (key, value) => {
    try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full, or forbidden: nothing is kept */ }
  };

  for (const form of document.querySelectorAll("form[data-draft]")) {
    const key = PREFIX + form.dataset.draft;
    const text = form.querySelector("textarea");
    const version = form.querySelector("[name=version]");
    const given = text.value;
    const kept = read(key);
    if (kept && (kept.text === given || Date.now() - kept.at > 14 * DAY)) {
      localStorage.removeItem(key); // the site has it, or nobody came back for it
    } else if (kept && (version || kept.given === given)) {
      text.value = kept.text;
      if (version) version.value = kept.version;
      const note = form.querySelector(".draft-note");
      note.textContent = note.dataset.back;
      note.hidden = false;
    }
    form.addEventListener("input", () => {
      write(key, { given, text: text.value, version: version ? version.value : "", at: Date.now() });
    });
  }
})();
