/** The picture of a note's neighbours becomes the map itself, in a frame. */

import { themeNow, onTheme } from "./chosen";
import { h, text } from "./dom";

const DEPTHS = [1, 2, 3];

export function graph(): void {
  const section = document.querySelector<HTMLElement>(".graph[data-href]");
  const picture = section?.querySelector<HTMLElement>(".graph-picture");
  const href = section?.dataset["href"];
  if (!section || !picture || !href) {
    return;
  }
  let depth = 1;
  let frame: HTMLIFrameElement | null = null;
  const address = (): string => `${href}${href.includes("#") ? "&" : "#"}depth=${depth}&chrome=0&theme=${themeNow()}`;

  const steps = h(
    "div",
    { class: "graph-depth", role: "group", "aria-labelledby": "_depth", hidden: true },
    h("span", { id: "_depth" }, text("graph_depth")),
    ...DEPTHS.map((each) =>
      h(
        "button",
        {
          type: "button",
          "aria-label": text("graph_step", each),
          "aria-pressed": String(each === depth),
          onclick: () => {
            depth = each;
            mark();
            // The frame's own history is not to grow, or going back would go through all of it.
            frame?.contentWindow?.location.replace(new URL(address(), location.href).href);
          },
        },
        String(each),
      ),
    ),
  );
  const mark = (): void => {
    steps.querySelectorAll("button").forEach((button, index) => button.setAttribute("aria-pressed", String(DEPTHS[index] === depth)));
  };
  const button = h("button", { type: "button", class: "graph-explore", "aria-expanded": "false" }, text("graph_explore"));
  const show = (): void => {
    frame?.remove();
    frame = h("iframe", { class: "graph-frame", title: text("neighbours"), src: address() });
    picture.after(frame);
  };
  button.addEventListener("click", () => {
    if (frame) {
      frame.remove();
      frame = null;
    } else {
      show();
    }
    const isOpen = frame !== null;
    picture.hidden = isOpen;
    steps.hidden = !isOpen;
    section.classList.toggle("open", isOpen);
    button.textContent = text(isOpen ? "graph_close" : "graph_explore");
    button.setAttribute("aria-expanded", String(isOpen));
  });
  section.querySelector(".graph-more")?.append(button, steps);
  onTheme(() => frame && show());
}
