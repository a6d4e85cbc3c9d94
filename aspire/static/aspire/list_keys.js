// Alt with N, P or / goes on, goes back, or into the search field: what links and the field do by
// themselves. No key does anything alone (WCAG 2.1.4), nor while somebody types. Without this script
// the page works the same; the hint that names the keys appears with it.
(() => {
  const main = document.querySelector("main");
  const hint = main.querySelector("[data-keys]");
  if (!hint) return;
  const places = { n: 'a[rel="next"]', p: 'a[rel="prev"]', "/": 'input[name="q"]' };
  // With Alt some keyboards write another sign: then the key's own place on the keyboard tells.
  const codes = { KeyN: "n", KeyP: "p", Slash: "/" };
  hint.hidden = false;
  addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.getModifierState("AltGraph") || event.repeat) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const key = /^[\x20-\x7e]$/.test(event.key) ? event.key.toLowerCase() : codes[event.code];
    const place = Object.hasOwn(places, key ?? "") && main.querySelector(places[key]);
    if (!place) return;
    event.preventDefault();
    if (key !== "/") return place.click();
    const panel = place.closest("details");
    if (panel) panel.open = true;
    place.focus();
    place.select();
  });
})();
