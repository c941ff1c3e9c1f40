/** Sites as fmvault builds them, under axe-core: the shipped vault's, and that of a vault with every syntax. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launch, missing } from "./browser";

interface Axe {
  run(options: unknown): Promise<{ violations: { id: string; nodes: { target: string[]; html: string }[] }[] }>;
}

type Act = (page: Page) => Promise<unknown>;
/** A page, what is done there, and whether it is drawn anew when light and dark change. */
type Visited = readonly [path: string, act?: Act, isDrawnAnew?: boolean];

const axe = readFileSync(createRequire(`${process.cwd()}/tests/`).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const ROOT = dirname(process.cwd());
const folder = mkdtempSync(join(tmpdir(), "fmvault-built-"));
const SHIPPED = join(folder, "shipped");
const SYNTAX = join(folder, "syntax");

function build(vault: string, out: string): string {
  const PYTHONPATH = [ROOT, process.cwd(), process.env["PYTHONPATH"]].filter(Boolean).join(delimiter);
  const command = ["-m", "fmvault", "build", vault, "-o", out];
  const { status, stderr } = spawnSync(process.env["PYTHON"] ?? "python3", command, { cwd: ROOT, encoding: "utf8", env: { ...process.env, PYTHONPATH } });
  return status === 0 ? "" : stderr || String(status);
}

function everySyntax(): string {
  const vault = join(folder, "vault");
  cpSync(join(process.cwd(), "tests", "vault"), vault, { recursive: true });
  // They have to be there to get a player or a frame; nobody plays them.
  for (const name of ["sound.mp3", "film.mp4", "paper.pdf"]) {
    writeFileSync(join(vault, name), "");
  }
  return vault;
}

const failed = missing ? "" : build("vault", SHIPPED) || build(everySyntax(), SYNTAX);
const unable = missing || (/No module named|pip install/.test(failed) ? `sites are built with Python: ${failed.trim().split("\n").at(-1)}` : false);

const opened: Act = (page) => page.evaluate(() => document.querySelectorAll("main details").forEach((fold) => fold.setAttribute("open", "")));
const drawn: Act = (page) => page.locator(".diagram svg").first().waitFor({ timeout: 20_000 });
const mapped: Act = (page) => page.waitForFunction(() => document.documentElement.classList.contains("ready"), null, { timeout: 20_000 });

const BOTH: readonly Visited[] = [
  [join(SHIPPED, "index.html")],
  [join(SHIPPED, "foundation-model.html"), opened],
  [join(SHIPPED, "glossary.html")],
  [join(SHIPPED, "questions.html")],
  [join(SHIPPED, "wanted.html")],
  [join(SHIPPED, "all.html")],
  [join(SHIPPED, "tags", "index.html")],
  [join(SHIPPED, "tags", "ai", "retrieval.html")],
  [join(SHIPPED, "404.html")],
  [join(SHIPPED, "graph.html"), mapped],
  [join(SYNTAX, "index.html")],
  [
    join(SYNTAX, "syntax.html"),
    async (page) => {
      await drawn(page);
      await opened(page);
    },
    true,
  ],
  [join(SYNTAX, "concepts", "entropy.html")],
  [join(SYNTAX, "concepts", "index.html")],
  [join(SYNTAX, "drawing.canvas.html")],
  [join(SYNTAX, "notes.base.html")],
  [
    join(SHIPPED, "foundation-model.html"),
    async (page) => {
      await page.locator("#_search-input").fill("model");
      await page.getByRole("option").first().waitFor();
      await page.keyboard.press("ArrowDown");
    },
  ],
];
const WIDE: readonly Visited[] = [
  [
    join(SHIPPED, "foundation-model.html"),
    async (page) => {
      await page.locator(".prose a[data-note]").first().hover();
      await page.getByRole("tooltip").waitFor();
    },
  ],
  [
    join(SHIPPED, "foundation-model.html"),
    async (page) => {
      await page.getByRole("button", { name: "Explore" }).click();
      await page.frameLocator("iframe.graph-frame").locator("html.ready").waitFor({ timeout: 20_000 });
    },
    true,
  ],
];
const SMALL: readonly Visited[] = [[join(SHIPPED, "foundation-model.html"), (page) => page.locator(".menu-small summary").click()]];

const SIZES: Record<string, { options: BrowserContextOptions; visits: readonly Visited[] }> = {
  wide: { options: { viewport: { width: 1440, height: 900 } }, visits: [...BOTH, ...WIDE] },
  phone: { options: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }, visits: [...BOTH, ...SMALL] },
};

describe("a built site", { skip: unable }, () => {
  let browser: Browser;
  before(async () => {
    assert.equal(failed, "");
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [size, { options, visits }] of Object.entries(SIZES)) {
    it(`is clean to axe-core, light and dark, ${size}`, async () => {
      const context = await browser.newContext({ ...options, reducedMotion: "reduce" });
      await context.setOffline(true);
      // Not added to the page later, so that it keeps its own policy.
      await context.addInitScript(axe);
      const page = await context.newPage();
      const found: string[] = [];
      for (const [path, act, isDrawnAnew] of visits) {
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          if (colorScheme === "light" || isDrawnAnew) {
            await page.goto(pathToFileURL(path).href);
            await act?.(page);
          }
          const { violations } = await page.evaluate((tags) => (window as unknown as { axe: Axe }).axe.run({ runOnly: tags, resultTypes: ["violations"] }), TAGS);
          const told = violations.flatMap(({ id, nodes }) => nodes.map(({ target, html }) => `${id}: ${target.join(" ")}: ${html.slice(0, 160)}`));
          found.push(...told.map((each) => `${path.slice(folder.length)}, ${colorScheme}: ${each}`));
        }
      }
      await context.close();
      assert.deepEqual(found, []);
    });
  }
});
