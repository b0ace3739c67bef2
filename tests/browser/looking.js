// What the tests ask a page about itself.
"use strict";
window.looking = (() => {
  const CJK = /[\u3400-\u9fff\uf900-\ufaff]/;
  const WORDS = /[A-Za-z][a-z'’]+(?:[ ,]+[A-Za-z][a-z'’]*){2,}/;
  const LISTENS = "a[href], button, input:not([type=hidden]), select, textarea, summary, label.check";

  const isShown = (element) => {
    if (!element.checkVisibility({ visibilityProperty: true }) || element.closest(".sr")) return false;
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1;
  };
  const named = (element) => {
    const words = (element.innerText || element.getAttribute("aria-label") || element.name || "").trim();
    return `${element.tagName.toLowerCase()}.${element.className || "-"} “${words.slice(0, 40)}”`;
  };

  // Text of the language that the page is not in, and that is not marked as such.
  const foreign = (language) => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (parent.closest("script, style, template, noscript, option")) continue; // no reader heeds lang in an option
      const stated = parent.closest("[lang]").lang;
      const text = node.data.trim();
      if (language === "en" && stated === "en" && CJK.test(text)) found.push(`${parent.tagName}: ${text}`);
      if (language !== "en" && stated !== "en" && !parent.closest("code, .mono") && WORDS.test(text))
        found.push(`${parent.tagName}: ${text}`);
    }
    return [...new Set(found)];
  };

  // A link inside a sentence or a run of words is as tall as its line.
  const isInSentence = (element) => {
    if (element.tagName !== "A" || !getComputedStyle(element).display.startsWith("inline")) return false;
    const block = element.closest("p, li, dd, td, th, h1, h2, h3, div, span.row") || element.parentElement;
    const words = block.cloneNode(true);
    words.querySelectorAll("a, .sr, svg").forEach((part) => part.remove());
    return words.textContent.replace(/[\s·›,，。]/g, "").length > 1;
  };

  // What is not as high as `least`, or narrower than it.
  const small = (least, among) =>
    [...document.querySelectorAll(among || LISTENS)]
      .filter((element) => isShown(element) && !isInSentence(element) && !element.matches(".skip, .check input"))
      .map((element) => [element, element.getBoundingClientRect()])
      .filter(([, box]) => Math.min(box.width, box.height) < least - 0.5)
      .map(([element, box]) => `${Math.round(box.width)}×${Math.round(box.height)} ${named(element)}`);

  // Fields in which a phone zooms when they are touched.
  const zooming = () =>
    [...document.querySelectorAll("input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea")]
      .filter((element) => isShown(element) && parseFloat(getComputedStyle(element).fontSize) < 16)
      .map((element) => `${getComputedStyle(element).fontSize} ${element.name}`);

  // What stands out of the window to the left or the right, but for boxes that scroll by themselves.
  const sideways = () => {
    const room = document.documentElement.clientWidth;
    const out = [...document.body.querySelectorAll("*")].filter((element) => {
      if (!isShown(element) || element.closest(".tablebox")) return false;
      const { left, right } = element.getBoundingClientRect();
      return left < -1 || right > room + 1;
    });
    return out.slice(0, 4).map((element) => `out of the window: ${named(element)}`);
  };

  const frame = (language) => {
    const found = [];
    if (document.documentElement.lang !== language) found.push(`html lang is ${document.documentElement.lang}`);
    const heads = [...document.querySelectorAll("h1")].filter(isShown);
    if (heads.length !== 1) found.push(`${heads.length} h1`);
    return found;
  };

  const axe = async (rules) => {
    const options = { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } };
    if (rules) options.runOnly = { type: "rule", values: rules };
    const { violations } = await window.axe.run(document, options);
    return violations.map(({ impact, id, help, nodes }) => {
      const where = nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ");
      return `${impact} ${id} (${nodes.length}): ${help} – ${where}`;
    });
  };

  return { foreign, small, zooming, sideways, frame, axe };
})();
