/** Takes pictures of the explorer, to be looked at: `node tests/run.mjs look.ts FOLDER`. */

import { mkdirSync } from "node:fs";
import { fixture } from "./fixture";
import { launch, visit } from "./browser";
import { html, page } from "./page";
import { synthetic } from "./synthetic";

const folder = process.argv[2] ?? "pictures";
const only = process.argv[3];
mkdirSync(folder, { recursive: true });
const browser = await launch();
const small = page("small", html(fixture()));
const thousand = page("thousand", html(synthetic(1000), "deflate-raw"));
const views: [name: string, url: string, fragment: string][] = [
  ["all", small, ""],
  ["note", small, "note=Large+Language+Model"],
  ["reading", small, "note=Prompt+Engineering&reading=1"],
  ["path", small, "note=Hallucination&to=Embedding"],
  ["table", small, "view=table"],
  ["filters", small, "colour=folder"],
  ["learn", small, "note=Backpropagation&reading=1"],
  ["hover", small, ""],
  ["age", thousand, "colour=age&size=rank"],
  ["thousand", thousand, "colour=community"],
];
for (const [size, viewport, more] of [
  ["wide", { width: 1440, height: 900 }, {}],
  ["phone", { width: 390, height: 844 }, { isMobile: true, hasTouch: true, deviceScaleFactor: 2 }],
] as const) {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [name, url, fragment] of views) {
      const full = `${name}-${size}-${colorScheme}`;
      if (only && !full.includes(only)) {
        continue;
      }
      const { page: shot, trouble } = await visit(browser, `${url}#${fragment}`, { viewport, colorScheme, ...more });
      if (name === "filters" || name === "learn") {
        await shot.locator(`#tab-${name}`).click();
      }
      if (name === "hover") {
        // The place of "Foundation Model" on a wide screen.
        await shot.mouse.move(868, 443);
      }
      await shot.waitForTimeout(700);
      await shot.screenshot({ path: `${folder}/${full}.png` });
      if (trouble.length) {
        console.log(full, trouble);
      }
      await shot.context().close();
    }
  }
}
await browser.close();
