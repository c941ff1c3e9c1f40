/** The pages, in a real browser, from files, without a network. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launch, missing } from "./browser";
import { fixture } from "./fixture";
import { html } from "./page";

const axe = readFileSync(createRequire(`${process.cwd()}/tests/`).resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "fmvault-pages-"));
const python = process.env["PYTHON"] ?? "python3";
const rendered = missing ? null : spawnSync(python, [join(process.cwd(), "tests", "render.py"), folder], { encoding: "utf8" });
const unable = missing || (/No module named/.test(rendered!.stderr) ? `templates are rendered with Python: ${rendered!.stderr.trim().split("\n").at(-1)}` : false);

const NOTE = "concepts/foundation-model.html";
const NOTES = [NOTE, "concepts/short.html", "concepts/grundmodell.html", "concepts/arabic.html", "concepts/diagram.html", "concepts/places.html", "rtl.html"];
const LISTS = ["index.html", "all.html", "glossary.html", "questions.html", "wanted.html", "tags/index.html", "tags/ai.html", "concepts/index.html", "board.html", "404.html"];
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

describe("the pages", { skip: unable }, () => {
  let browser: Browser;
  before(async () => {
    assert.equal(rendered!.status, 0, rendered!.stderr);
    const document = fixture();
    const url = document.nodes.name.map((name) => `concepts/${name.toLowerCase().replace(/[^a-z]+/g, "-")}.html`);
    writeFileSync(join(folder, "graph.html"), html({ ...document, nodes: { ...document.nodes, url } }, "plain"));
    for (const each of url.filter((each) => !existsSync(join(folder, each)))) {
      copyFileSync(join(folder, "concepts/short.html"), join(folder, each));
    }
    writeFileSync(join(folder, "assets", "search.js"), "window.searched = true;");
    browser = await launch();
  });
  after(() => browser.close());

  /** Opens a page, does something, and makes sure that nothing went wrong and nothing left the folder. */
  async function at(path: string, act: (page: Page) => Promise<void>, options: BrowserContextOptions = {}): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on("pageerror", (error) => trouble.push(`error: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error" && !/GPU stall|GL Driver/.test(message.text())) {
        trouble.push(`console: ${message.text()}`);
      }
    });
    page.on("request", (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(pathToFileURL(folder).href)) {
        trouble.push(`request: ${request.url()}`);
      }
    });
    page.on("requestfailed", (request) => trouble.push(`failed: ${request.url()}`));
    await context.setOffline(true);
    try {
      await page.goto(pathToFileURL(join(folder, path)).href);
      await act(page);
      assert.deepEqual(trouble, []);
    } finally {
      await context.close();
    }
  }

  const paper = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const LIGHT = "rgb(250, 249, 246)";
  const DARK = "rgb(22, 23, 26)";

  it("are as light or dark as the system, until the switch says otherwise, and remember it", async () => {
    await at(NOTE, async (page) => assert.equal(await paper(page), LIGHT));
    await at(
      NOTE,
      async (page) => {
        assert.equal(await paper(page), DARK);
        await page.getByRole("button", { name: "Light or dark" }).click();
        assert.equal(await paper(page), LIGHT);
        await page.goto(pathToFileURL(join(folder, "all.html")).href);
        assert.equal(await paper(page), LIGHT);
      },
      { colorScheme: "dark" },
    );
  });

  it("have the theme before anything is painted", () =>
    at(NOTE, async (page) => {
      const [theme, body] = await page.evaluate(() => {
        const scripts = [...document.querySelectorAll("head script[src]")] as HTMLScriptElement[];
        return [scripts[0].src.endsWith("theme.js") && !scripts[0].defer && !scripts[0].async, document.querySelectorAll("body script").length];
      });
      assert.equal(theme, true);
      assert.equal(body, 0);
    }));

  it("say in the table of contents where the reader is", () =>
    at(NOTE, async (page) => {
      const current = page.locator(".margin .toc [aria-current]");
      assert.equal(await current.count(), 0);
      await page.locator("#compute").evaluate((heading) => heading.scrollIntoView());
      await page.waitForFunction(() => document.querySelector(".toc [aria-current]")?.textContent === "Compute");
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
      await page.waitForFunction(() => document.querySelector(".toc [aria-current]")?.textContent === "Open questions");
      assert.equal(await current.count(), 1);
    }));

  it("show what a linked note is about, to the mouse", () =>
    at(NOTE, async (page) => {
      const link = page.locator(".prose a.link", { hasText: "attention" }).first();
      const card = page.getByRole("tooltip");
      await link.hover();
      await card.waitFor();
      assert.match((await card.textContent())!, /^conceptSelf-AttentionA layer in which every token/);
      // The pointer may go onto it.
      await card.hover();
      await page.waitForTimeout(400);
      assert.ok(await card.isVisible());
      await page.mouse.move(5, 500);
      await card.waitFor({ state: "detached" });
    }));

  it("show it to the keyboard, until Escape", () =>
    at(NOTE, async (page) => {
      const link = page.locator(".lead a.link");
      await page.locator(".crumbs a").last().focus();
      await page.keyboard.press("Tab");
      const card = page.getByRole("tooltip");
      await card.waitFor();
      assert.match((await card.textContent())!, /Pretraining/);
      assert.equal(await link.getAttribute("aria-describedby"), "_preview");
      await page.keyboard.press("Escape");
      await card.waitFor({ state: "detached" });
      assert.equal(await link.getAttribute("aria-describedby"), null);
      assert.ok(await link.evaluate((element) => element === document.activeElement));
    }));

  it("keep what they show within the window", () =>
    at(
      NOTE,
      async (page) => {
        await page.locator(".lead a.link").hover();
        const card = page.getByRole("tooltip");
        await card.waitFor();
        const box = (await card.boundingBox())!;
        assert.ok(box.x >= 0 && box.x + box.width <= 500, JSON.stringify(box));
      },
      { viewport: { width: 500, height: 700 } },
    ));

  it("show what stands where a link leads to, on the page or below a heading of another note, and to the keyboard too", () =>
    at("concepts/places.html", async (page) => {
      const card = page.getByRole("tooltip");
      const shows = async (link: string, told: RegExp, keys: boolean) => {
        const at = page.locator(`.prose a[href="${link}"]`).first();
        await at.scrollIntoViewIfNeeded();
        if (keys) {
          await page.keyboard.press("Tab");
          await at.focus();
        } else {
          await at.hover();
        }
        await card.filter({ hasText: told }).waitFor();
        const own = await card.evaluate((each) => each.querySelectorAll("a, [id], [tabindex], summary").length);
        assert.equal(own, 0);
        await page.mouse.move(5, 5);
        await at.evaluate((each: HTMLElement) => each.blur());
        await card.waitFor({ state: "detached" });
      };
      for (const keys of [false, true]) {
        await shows("#fn-1", /^The note itself\.\s*$/, keys);
        await shows("#below", /^BelowWhat stands below it\.InnerAnd further down\.$/, keys);
        await shows("#block-one", /^One block alone\.$/, keys);
        await shows("transformer.html#layers", /^TransformerIts layersTwo of them, one upon the other\.$/, keys);
        await shows("transformer.html#gone", /^conceptTransformerA neural network/, keys);
      }
    }));

  it("tell the states of tasks apart", () =>
    at("concepts/places.html", async (page) => {
      const looks = await page.locator(".task input").evaluateAll((boxes) =>
        boxes.map((box) => {
          const [own, sign] = [getComputedStyle(box), getComputedStyle(box, "::before")];
          return [own.background, own.borderColor, sign.content, sign.background, sign.color, sign.mask].join();
        }),
      );
      assert.equal(new Set(looks).size, 7);
      assert.match(looks[6]!, /"b"|attr\(data-task\)/);
    }));

  it("print what is folded, and of a paper the link alone", () =>
    at("concepts/places.html", async (page) => {
      // The browser may need a frame to fold what was folded for the screen.
      const seen = (...expected: boolean[]) =>
        page.waitForFunction((expected) => {
          const shown = [...document.querySelectorAll(".callout-body p, details:not([class]) p, .pdf iframe, .pdf a")].map(
            (each) => each.checkVisibility({ contentVisibilityAuto: true }) && each.getBoundingClientRect().height > 0,
          );
          return shown.join() === expected.join();
        }, expected, { timeout: 5_000 });
      await seen(false, false, true, true);
      await page.emulateMedia({ media: "print" });
      await seen(true, true, false, true);
      // Other browsers are told by the script.
      const open = () => page.locator(".prose details[open]").count();
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      assert.equal(await open(), 2);
      await page.evaluate(() => dispatchEvent(new Event("afterprint")));
      assert.equal(await open(), 0);
    }));

  it("copy code", () =>
    at(
      NOTE,
      async (page) => {
        const button = page.locator(".code .copy");
        await page.locator(".code").first().hover();
        await button.click();
        await page.getByText("Copied").waitFor();
        const copied = await page.evaluate(() => navigator.clipboard.readText());
        assert.ok(copied.startsWith("def attention(q, k, v):\n    # every token"), copied);
        assert.ok(copied.endsWith("@ v"));
      },
      { permissions: ["clipboard-read", "clipboard-write"] },
    ));

  it("turn the picture of the neighbours into the map, and follow what is clicked there", () =>
    at(NOTE, async (page) => {
      const explore = page.getByRole("button", { name: "Explore" });
      await explore.click();
      const frame = page.frameLocator("iframe.graph-frame");
      await frame.locator("html.ready").waitFor({ timeout: 20_000 });
      assert.equal(await frame.locator(".bar").isVisible(), false);
      assert.equal(await frame.locator(".panel").isVisible(), false);
      assert.equal(await page.locator(".graph-picture").isVisible(), false);
      await page.getByRole("button", { name: "2 steps" }).click();
      assert.equal(await page.getByRole("button", { name: "2 steps" }).getAttribute("aria-pressed"), "true");
      const inner = page.frames().find((each) => each.url().includes("graph.html"))!;
      await inner.waitForFunction(() => location.hash.includes("depth=2"));
      assert.match(inner.url(), /chrome=0/);
      await page.getByRole("button", { name: "Close" }).click();
      assert.ok(await page.locator(".graph-picture").isVisible());
      await explore.click();
      await frame.locator("html.ready").waitFor({ timeout: 20_000 });
      // Arrows go along links; Enter opens the page of the note in focus, as a click does.
      await frame.locator("#map").focus();
      const said = frame.locator(".sr-only[role=status]").first();
      for (const key of ["ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft"]) {
        if (!(await said.textContent())) {
          await page.keyboard.press(key);
        }
      }
      assert.ok(await said.textContent());
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => !url.pathname.endsWith(NOTE));
      assert.equal(await page.locator("h1").textContent(), "Token");
    }));

  it("go to the search with a key, and load it then", () =>
    at("concepts/foundation-model.html", async (page) => {
      assert.equal(await page.locator("script[src$='search.js']").count(), 0);
      await page.keyboard.press("/");
      await page.waitForFunction(() => (window as unknown as { searched?: boolean }).searched);
      assert.ok(await page.locator("#_search-input").evaluate((field) => field === document.activeElement));
      await page.keyboard.type("a/b");
      assert.equal(await page.locator("#_search-input").inputValue(), "a/b");
    }));

  it("draw diagrams in the colours of the theme, and show the source of what cannot be drawn", () =>
    at("concepts/diagram.html", async (page) => {
      await page.locator(".diagram svg").waitFor({ timeout: 20_000 });
      assert.match((await page.locator(".diagram svg").textContent())!, /Data.*Model.*Task/);
      await page.getByText("The diagram could not be drawn").waitFor();
      assert.ok(await page.locator("pre.mermaid").last().isVisible());
      const fill = () => page.locator(".diagram svg .node rect").first().evaluate((box) => getComputedStyle(box).fill);
      const light = await fill();
      await page.getByRole("button", { name: "Light or dark" }).click();
      await page.waitForFunction((before) => {
        const box = document.querySelector(".diagram svg .node rect");
        return box && getComputedStyle(box).fill !== before;
      }, light);
      // What an edge is called stands on the page's own ground.
      const grounds = await page.locator(".diagram svg .edgeLabel").evaluateAll((labels) =>
        labels.flatMap((label) => [label, ...label.querySelectorAll("*")]).map((each) => getComputedStyle(each).backgroundColor),
      );
      const told = grounds.filter((ground) => ground !== "rgba(0, 0, 0, 0)").map((ground) => ground.match(/\d+/g)!.slice(0, 3).join());
      assert.deepEqual([...new Set(told)], [DARK.match(/\d+/g)!.join()]);
    }));

  it("show a picture in the size it is given", () =>
    at(NOTE, async (page) => {
      const size = await page.evaluate(async () => {
        const picture = new Image(100, 50);
        picture.src = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='7' height='9'/%3E";
        document.querySelector(".prose")!.append(picture);
        await picture.decode();
        return [picture.clientWidth, picture.clientHeight];
      });
      assert.deepEqual(size, [100, 50]);
    }));

  it("break what is too wide for a sheet while it is printed", () =>
    at(NOTE, async (page) => {
      const counted = await page.evaluate(() => {
        const sum = `<math display="block"><mrow>${"<mi>a</mi><mo>+</mo>".repeat(99)}<mi>a</mi></mrow></math>`;
        const row = `<tr>${"<td>Wavelength</td>".repeat(30)}</tr>`;
        const added = `<div class="math">${sum}</div><div class="table"><table><tbody>${row}</tbody></table></div>`;
        document.querySelector(".prose")!.insertAdjacentHTML("beforeend", added);
        const count = () => [document.querySelectorAll(".math > math").length, document.querySelectorAll("table.too-wide").length];
        const before = count();
        dispatchEvent(new Event("beforeprint"));
        const during = count();
        dispatchEvent(new Event("afterprint"));
        return { before, during, after: count() };
      });
      assert.deepEqual(counted.during, [counted.before[0] + 100, 1]);
      assert.deepEqual(counted.after, counted.before);
    }));

  it("lead on from a page that has moved, with no script", () =>
    at(
      "moved.html",
      async (page) => {
        await page.waitForURL("**/concepts/foundation-model.html");
        assert.equal(await page.locator("h1").textContent(), "Foundation Model");
      },
      { javaScriptEnabled: false },
    ));

  it("work without JavaScript", () =>
    at(
      NOTE,
      async (page) => {
        assert.equal(await page.locator(".search").isVisible(), false);
        assert.equal(await page.locator(".theme").isVisible(), false);
        assert.ok(await page.locator(".graph-picture svg").isVisible());
        await page.getByText("Menu", { exact: true }).click();
        await page.locator(".menu-small").getByText("Definitions").click();
        await page.waitForURL("**/glossary.html");
      },
      { ...PHONE, javaScriptEnabled: false },
    ));

  it("have one title, headings in order, and a way past the bar", async () => {
    for (const path of [...NOTES, ...LISTS]) {
      await at(path, async (page) => {
        const levels = await page.evaluate(() =>
          [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((heading) => Number(heading.tagName[1])),
        );
        assert.equal(levels.filter((level) => level === 1).length, 1, path);
        assert.equal(levels[0], 1, path);
        await page.keyboard.press("Tab");
        assert.ok(await page.locator(".skip").evaluate((link) => link === document.activeElement));
        await page.keyboard.press("Enter");
        await page.waitForFunction(() => document.activeElement?.id === "_main");
      });
    }
  });

  it("let nothing be wider than a phone", async () => {
    for (const path of [...NOTES, ...LISTS]) {
      for (const width of path === NOTE ? [390, 320] : [320]) {
        await at(
          path,
          async (page) => {
            const wide = await page.evaluate(() => document.documentElement.scrollWidth);
            assert.ok(wide <= width, `${path} is ${wide} wide at ${width}`);
          },
          { ...PHONE, viewport: { width, height: 844 } },
        );
      }
    }
  });

  it("do not move when they are loaded", async () => {
    for (const path of [NOTE, "index.html", "glossary.html"]) {
      await at(path, async (page) => {
        const shift = await page.evaluate(
          () =>
            new Promise<number>((resolve) => {
              let sum = 0;
              new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) {
                  sum += (entry as unknown as { value: number }).value;
                }
              }).observe({ type: "layout-shift", buffered: true });
              setTimeout(() => resolve(sum), 400);
            }),
        );
        assert.equal(shift, 0, path);
      });
    }
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`are clean to axe-core, ${colorScheme}`, async () => {
      for (const options of [{}, PHONE]) {
        for (const path of [...NOTES, ...LISTS]) {
          const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options, colorScheme, bypassCSP: true });
          const page = await context.newPage();
          await page.goto(pathToFileURL(join(folder, path)).href);
          await page.evaluate(() => document.querySelectorAll("main details").forEach((fold) => fold.setAttribute("open", "")));
          await page.evaluate(axe);
          const found = await page.evaluate(async () => {
            const run = (window as unknown as { axe: { run(options: unknown): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }).axe;
            const { violations } = await run.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
            return violations.map((each) => `${each.id}: ${each.nodes[0].html.slice(0, 160)}`);
          });
          assert.deepEqual(found, [], path);
          await context.close();
        }
      }
    });
  }

  it("are light: what every page loads is below 20 kB compressed", async () => {
    const { gzipSync } = await import("node:zlib");
    const size = ["page.css", "page.js", "theme.js"].map((name) => gzipSync(readFileSync(join(folder, "assets", name))).length);
    assert.ok(size.reduce((sum, each) => sum + each) < 20 * 1024, String(size));
  });
});

describe("the texts of the pages", () => {
  const texts = (language: string) => JSON.parse(readFileSync(join(process.cwd(), "fmvault_site", "texts", `${language}.json`), "utf8")) as Record<string, string>;

  it("are the same in every language, with the same places to fill and as many forms", () => {
    const [en, de] = [texts("en"), texts("de")];
    assert.deepEqual(Object.keys(de), Object.keys(en));
    for (const [key, text] of Object.entries(en)) {
      const places = (each: string) => [...new Set(each.match(/\{\w+\}/g))].sort();
      assert.deepEqual(places(de[key]), places(text), key);
      assert.equal(de[key].split("|").length, text.split("|").length, key);
      assert.ok(de[key] && text, key);
    }
  });

  it("are there for all that templates ask for", () => {
    const en = texts("en");
    const templates = ["base", "board", "glossary", "home", "list", "not-found", "note", "parts", "redirect"];
    for (const name of templates) {
      const source = readFileSync(join(process.cwd(), "fmvault_site", "templates", `${name}.html`), "utf8");
      for (const [, key] of source.matchAll(/\btexts\.(?!get\b)(\w+)/g)) {
        assert.ok(key in en, `${name}.html: ${key}`);
      }
    }
  });
});
