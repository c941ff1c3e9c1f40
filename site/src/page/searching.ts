/** The search is loaded when somebody is about to search. */

import { h, root } from "./dom";

export function searching(): void {
  const form = document.querySelector<HTMLFormElement>("form#_search");
  const field = form?.querySelector("input");
  if (!form || !field) {
    return;
  }
  let isLoaded = false;
  const load = (): void => {
    if (!isLoaded) {
      isLoaded = true;
      document.head.append(h("script", { src: `${root()}assets/search.js` }));
    }
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("focusin", load);
  form.addEventListener("pointerenter", load);
  document.addEventListener("keydown", (event) => {
    const isTyping = (event.target as Element).closest("input, textarea, select, [contenteditable]") !== null;
    const isAsked = (event.key === "/" && !event.altKey && !event.ctrlKey && !event.metaKey && !isTyping) || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey));
    if (isAsked) {
      event.preventDefault();
      field.focus();
      field.select();
    }
  });
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    field.value ||= asked;
    load();
  }
}
