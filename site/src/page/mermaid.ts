/** Draws the diagrams of a page, in the colours of its theme. */

import mermaid from "mermaid";
import { onTheme, themeNow } from "./chosen";
import { h, text } from "./dom";

interface Diagram {
  readonly source: HTMLElement;
  readonly figure: HTMLElement;
}

const diagrams: Diagram[] = [...document.querySelectorAll<HTMLElement>("pre.mermaid")].map((source) => {
  const figure = h("figure", { class: "diagram", role: "group", "aria-label": text("diagram"), tabindex: 0 });
  source.before(figure);
  return { source, figure };
});

function configure(): void {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    suppressErrorRendering: true,
    theme: "base",
    look: "classic",
    fontFamily: getComputedStyle(document.body).getPropertyValue("--sans"),
    themeVariables: {
      darkMode: themeNow() === "dark",
      background: colour("paper"),
      mainBkg: colour("sheet"),
      primaryColor: colour("sheet"),
      primaryTextColor: colour("ink"),
      primaryBorderColor: colour("control"),
      secondaryColor: colour("accent-soft"),
      tertiaryColor: colour("sunken"),
      lineColor: colour("quiet"),
      edgeLabelBackground: colour("paper"),
      textColor: colour("ink"),
      noteBkgColor: colour("sunken"),
      noteTextColor: colour("ink"),
      noteBorderColor: colour("control"),
      fontSize: "15px",
    },
  });
}

async function draw(): Promise<void> {
  configure();
  // One after the other: the library keeps what it is working on in one place.
  for (const [index, { source, figure }] of diagrams.entries()) {
    try {
      const { svg } = await mermaid.render(`_diagram-${index}`, source.textContent ?? "");
      figure.innerHTML = svg;
      figure.hidden = false;
      source.hidden = true;
    } catch {
      figure.hidden = true;
      source.hidden = false;
      if (!source.nextElementSibling?.matches(".plugin-note")) {
        source.after(h("p", { class: "plugin-note" }, text("diagram_failed")));
      }
    }
  }
}

let drawing = draw();
onTheme(() => {
  drawing = drawing.then(draw);
});
