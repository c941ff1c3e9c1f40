/** Blocks of code can be copied. */

import { h, text } from "./dom";

async function write(content: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(content);
    return true;
  } catch {
    // Where the page is no secure context, the old way may still do.
    const field = h("textarea", { readonly: true, class: "unseen" });
    field.value = content;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

export function copying(): void {
  for (const block of document.querySelectorAll<HTMLElement>(".code")) {
    const code = block.querySelector("code");
    if (!code) {
      continue;
    }
    let reset: ReturnType<typeof setTimeout> | undefined;
    const label = h("span", { "aria-live": "polite" }, text("copy"));
    const button = h("button", { type: "button", class: "copy" }, label);
    button.addEventListener("click", () => {
      void write((code.textContent ?? "").replace(/\n$/, "")).then((done) => {
        label.textContent = text(done ? "copied" : "copy_failed");
        button.focus();
        clearTimeout(reset);
        reset = setTimeout(() => (label.textContent = text("copy")), 2000);
      });
    });
    block.append(button);
  }
}
