/** Every interaction, in a real browser, from a file, without a network. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, it } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launch, missing, visit } from "./browser";
import { empty, fixture, HOSTILE } from "./fixture";
import { hex, INKS } from "../src/explorer/palette";
import { html, page as write, type Packing } from "./page";

const axe = readFileSync(createRequire(`${process.cwd()}/tests/`).resolve("axe-core/axe.min.js"), "utf8");
const url = missing ? "" : write("explorer", html(fixture()));

describe("the explorer", { skip: missing }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  /** Opens the page at a fragment, does something, and makes sure that nothing went wrong and nothing was asked for. */
  async function at(fragment: string, act: (page: Page) => Promise<void>, options: BrowserContextOptions = {}, where = url): Promise<void> {
    const { page, trouble } = await visit(browser, fragment ? `${where}#${fragment}` : where, options);
    try {
      await act(page);
      assert.deepEqual(trouble, []);
      assert.equal(await page.evaluate(() => (window as unknown as { hacked?: number }).hacked), undefined);
    } finally {
      await page.context().close();
    }
  }

  const fragment = async (page: Page) => {
    // The address follows a little later, as browsers allow only so many changes of it.
    // Timers of the page fire in their order, however busy the machine is.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 330)));
    return new URLSearchParams(new URL(page.url()).hash.slice(1));
  };
  const countLine = (page: Page) => page.locator(".count-line").textContent();
  const heading = (page: Page) => page.locator(".panel h2").textContent();
  const tab = (page: Page, name: string) => page.getByRole("tab", { name }).click();

  it("draws the map, and says when", () =>
    at("", async (page) => {
      assert.equal(await countLine(page), "29 of 29 notes, one tag, one attachment, 59 links");
      assert.ok(await page.evaluate(() => performance.getEntriesByName("fmvault:first-frame")[0]?.startTime));
      assert.match((await page.locator("#map").getAttribute("aria-label"))!, /29 notes, one tag, one attachment, 59 links/);
      const coloured = await page.evaluate(async () => {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        return document.querySelectorAll("#map canvas").length;
      });
      assert.ok(coloured >= 4);
    }));

  for (const packing of ["deflate-raw", "gzip", "apart"] as Packing[]) {
    it(`reads data packed as ${packing}`, () =>
      at("note=Transformer", async (page) => {
        assert.equal(await heading(page), "Transformer");
        assert.match((await page.locator(".panel .prose").first().textContent())!, /built of self-attention/);
        assert.match((await page.locator(".panel .context").first().textContent())!, /Nearly every one is a Transformer/);
      }, {}, write(packing, html(fixture(), packing))));
  }

  it("says what is wrong where the data cannot be read, and shows the static table", async () => {
    const broken = write("broken", html(fixture()).replace(/(id="fmvault-data">)[^<]*/, "$1{"));
    const { page } = await visit(browser, broken, {}, "load");
    await page.getByText("The data of this page cannot be read").waitFor();
    assert.ok(await page.locator("table tbody tr").count());
    await page.context().close();
  });

  it("finds notes by name, alias, tag, and in spite of a slip", () =>
    at("", async (page) => {
      const field = page.getByRole("combobox", { name: "Search the map" });
      const first = page.locator(".bar [role=option]").first();
      for (const [query, name] of [
        ["transf", "Transformer"],
        ["LLM", "Large Language Model"],
        ["#paper", "#paper"],
        ["trnasformer", "Transformer"],
      ]) {
        await field.fill(query);
        assert.equal(await first.locator(".name").textContent(), name);
      }
      await field.fill("nothing of that name");
      assert.ok(await page.getByText("Nothing is called that").first().isVisible());
      await field.fill("self");
      await field.press("ArrowDown");
      const second = await page.locator(".bar [role=option][aria-selected=true] .name").textContent();
      await field.press("Enter");
      assert.equal(await heading(page), second);
      assert.equal((await fragment(page)).get("note"), second);
    }));

  it("shows a note: kind, definition, why, questions, links by type, backlinks in context, and its page", () =>
    at("note=Foundation Model", async (page) => {
      const panel = page.locator(".panel");
      const text = (await panel.textContent())!;
      for (const part of ["concept", "Concepts", "FM", "Base Model", "A model trained on broad data", "Most of what is built", "worth its cost", "Requires", "Backlinks", "Mentions"]) {
        assert.ok(text.includes(part), part);
      }
      assert.equal(await panel.getByRole("link", { name: "Open the page" }).getAttribute("href"), "concepts/foundation-model.html");
      await panel.locator(".note-link", { hasText: "Neural Network" }).first().click();
      assert.equal(await heading(page), "Neural Network");
      // A relation is called by its inverse where it is seen from its end.
      assert.ok(await panel.getByText("Enables").first().isVisible());
    }));

  it("never follows an address that would run something", () =>
    at("note=Large Language Model", async (page) => {
      assert.equal(await page.locator(".panel a").count(), 0);
    }));

  it("lights the neighbourhood of a note, one to five steps deep", () =>
    at("note=Tokenizer&view=table", async (page) => {
      const rows = page.locator(".table-view tbody tr");
      assert.equal(await rows.count(), 2);
      const depth = page.locator("#depth");
      await depth.fill("2");
      assert.equal(await rows.count(), 6);
      await depth.fill("5");
      assert.ok((await rows.count()) > 15);
      assert.equal((await fragment(page)).get("depth"), "5");
      await depth.fill("0");
      assert.equal(await rows.count(), 31);
    }));

  it("shows the path between two notes", () =>
    at("note=Hallucination", async (page) => {
      await page.getByRole("button", { name: "Path to …" }).click();
      const field = page.getByRole("combobox", { name: "Path to …" });
      await field.fill("Embedding");
      await field.press("Enter");
      const names = await page.locator(".way bdi").allTextContents();
      assert.deepEqual([names[0], names.at(-1)], ["Hallucination", "Embedding"]);
      assert.equal(names.length, 4);
      assert.equal((await fragment(page)).get("to"), "Embedding");
      await page.getByRole("button", { name: "End path" }).click();
      assert.equal(await page.locator(".way").count(), 0);
    }));

  it("says so where no path leads", () =>
    at("note=Loner&to=Transformer", async (page) => {
      assert.match((await page.locator(".panel .message").first().textContent())!, /No path leads from Loner to Transformer/);
    }));

  it("draws the reading path, what comes first before what needs it", () =>
    at("note=Large Language Model", async (page) => {
      await page.getByRole("button", { name: "Reading path" }).click();
      const names = await page.locator(".reading bdi").allTextContents();
      assert.deepEqual(names, ["Neural Network", "Embedding", "Token", "Self-Attention", "Transformer", "Large Language Model"]);
      assert.equal((await fragment(page)).get("reading"), "1");
    }));

  it("goes back and forward", () =>
    at("", async (page) => {
      const field = page.getByRole("combobox", { name: "Search the map" });
      for (const name of ["Transformer", "Embedding"]) {
        await field.fill(name);
        await field.press("Enter");
      }
      const [back, forward] = [page.getByRole("button", { name: "Back", exact: true }), page.getByRole("button", { name: "Forward" })];
      assert.ok(await forward.isDisabled());
      await back.click();
      await page.waitForFunction(() => document.querySelector(".panel h2")?.textContent === "Transformer");
      await back.click();
      await page.waitForFunction(() => document.querySelector<HTMLElement>(".panel")!.hidden);
      assert.ok(await back.isDisabled());
      await forward.click();
      await page.waitForFunction(() => document.querySelector(".panel h2")?.textContent === "Transformer");
    }));

  it("holds the whole view in the fragment", () =>
    at("note=Transformer&depth=2&colour=folder&size=words&hide=source&without=mentions&in=Concepts&tagged=ai&least=1&most=9&orphans=0&ghosts=0&until=2024-06-01", async (page) => {
      const before = new URL(page.url()).hash;
      await page.locator("#depth").fill("3");
      const given = await fragment(page);
      assert.equal(given.get("depth"), "3");
      given.set("depth", "2");
      assert.deepEqual([...given].sort(), [...new URLSearchParams(before.slice(1))].sort());
    }));

  it("takes a fragment that makes no sense for none", () =>
    at("note=Nobody&depth=x&colour=smell&until=never&at=1~2&hide=%E0%A4%A", async (page) => {
      assert.equal(await countLine(page), "29 of 29 notes, one tag, one attachment, 59 links");
    }));

  it("filters by kind, tag, folder, community and number of links", () =>
    at("", async (page) => {
      await tab(page, "Filters");
      const filters = page.locator(".filters");
      const check = async (group: string, label: string, expected: RegExp) => {
        const role = group === "Show" ? "switch" : "checkbox";
        const box = filters.getByRole("group", { name: group }).getByRole(role, { name: label });
        await box.click();
        assert.match((await countLine(page))!, expected, label);
        await box.click();
        assert.match((await countLine(page))!, /^29 of/);
      };
      await check("Kinds", "source", /^7 of/);
      await check("Tags", "ai", /^1[0-9] of/);
      await check("Folders", "Practice", /^5 of|^6 of/);
      await check("Communities", "Hallucination", /^5 of/);
      await check("Show", "Notes without links", /^28 of/);
      await check("Show", "Notes not yet written", /^24 of/);
      await check("Show", "Tags as nodes", /^29 of 29 notes, one attachment/);
      await check("Show", "Attachments", /^29 of 29 notes, one tag, /);
      await filters.getByRole("button", { name: "Show what is in ai" }).click();
      await filters.getByRole("checkbox", { name: "architecture" }).click();
      assert.match((await countLine(page))!, /^5 of/);
      await filters.getByRole("button", { name: "Reset all filters" }).click();
      await filters.getByLabel("at least").fill("5");
      assert.match((await countLine(page))!, /^11 of/);
      assert.equal((await fragment(page)).get("least"), "5");
      await filters.getByLabel("at least").fill("-5");
      assert.match((await countLine(page))!, /^29 of/);
      assert.ok(await filters.getByText("A whole number, 0 or more").isVisible());
      await filters.getByLabel("at least").fill("99");
      assert.equal(await countLine(page), "Nothing matches these filters");
    }));

  it("filters by pressing the legend's kinds and relations", () =>
    at("", async (page) => {
      const legend = page.locator(".legend");
      await legend.getByRole("button", { name: /concept/ }).click();
      assert.match((await countLine(page))!, /^12 of/);
      assert.equal(await legend.getByRole("button", { name: /concept/ }).getAttribute("aria-pressed"), "false");
      await legend.getByRole("button", { name: /concept/ }).click();
      await legend.getByRole("button", { name: /Mentions/ }).click();
      assert.match((await countLine(page))!, /32 links/);
      assert.deepEqual((await fragment(page)).getAll("without"), ["mentions"]);
    }));

  it("colours by kind, community, folder, tag and age", () =>
    at("", async (page) => {
      const select = page.getByLabel("Colour");
      const entries = page.locator(".legend .entries").first();
      for (const [value, expected] of [
        ["community", "Transformer"],
        ["folder", "Practice"],
        ["tag", "#ai/architecture"],
        ["age", "2024"],
        ["kind", "source"],
      ]) {
        await select.selectOption(value);
        assert.match((await entries.textContent())!, new RegExp(expected));
      }
      await select.selectOption("folder");
      await entries.getByRole("button", { name: /Sources/ }).click();
      assert.match((await countLine(page))!, /^2 of/);
    }));

  it("sizes by number of links, PageRank and words", () =>
    at("", async (page) => {
      const shot = () => page.locator("#map").screenshot();
      let before = await shot();
      for (const value of ["rank", "words"]) {
        await page.getByLabel("Size").selectOption(value);
        await page.waitForTimeout(200);
        const now = await shot();
        assert.ok(!now.equals(before), value);
        before = now;
      }
    }));

  it("ranks what to learn next, and draws the way there", () =>
    at("", async (page) => {
      await tab(page, "Learn next");
      const list = page.locator(".wanted");
      assert.equal(await list.locator("li bdi").first().textContent(), "Backpropagation");
      await list.locator("li bdi").first().click();
      assert.equal(await heading(page), "Backpropagation");
      assert.match((await page.locator(".panel").textContent())!, /How does Backpropagation change this\?/);
      await list.getByRole("button", { name: "Show reading path" }).first().click();
      assert.equal((await fragment(page)).get("reading"), "1");
    }));

  it("shows the notes as they were on a day", () =>
    at("", async (page) => {
      const slider = page.getByRole("slider", { name: /as they were/ });
      await slider.fill(await slider.getAttribute("min").then(String));
      assert.equal(await slider.getAttribute("aria-valuetext"), "10 Jan 2024");
      const least = parseInt((await countLine(page))!);
      assert.ok(least < 12, String(least));
      assert.equal((await fragment(page)).get("until"), "2024-01-10");
      await page.getByRole("button", { name: "Play" }).click();
      await page.waitForTimeout(700);
      assert.ok(parseInt((await countLine(page))!) >= least);
      await page.getByRole("button", { name: "Pause" }).click();
      await slider.fill((await slider.getAttribute("max"))!);
      assert.match((await countLine(page))!, /^29 of/);
    }));

  it("works by keyboard alone", () =>
    at("", async (page) => {
      const map = page.locator("#map");
      await map.focus();
      await map.press("Enter");
      const first = await heading(page);
      assert.ok(first);
      await map.press("ArrowRight");
      assert.notEqual(await heading(page), first);
      await map.press("]");
      assert.equal((await fragment(page)).get("depth"), "2");
      await map.press("r");
      assert.equal((await fragment(page)).get("reading"), "1");
      await map.press("Escape");
      assert.equal((await fragment(page)).get("reading"), null);
      await map.press("p");
      assert.ok(await page.getByRole("combobox", { name: "Path to …" }).evaluate((field) => field === document.activeElement));
      await page.keyboard.press("Escape");
      await map.focus();
      await map.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H2");
      await page.keyboard.press("Escape");
      assert.equal((await fragment(page)).get("note"), null);
      await map.press("+");
      await page.waitForTimeout(600);
      assert.ok((await fragment(page)).get("at"));
      await map.press("0");
      await page.waitForFunction(() => !new URLSearchParams(location.hash.slice(1)).has("at"));
      await map.press("f");
      assert.equal(await page.evaluate(() => document.activeElement?.id), "tab-filters");
      await page.keyboard.press("ArrowRight");
      assert.equal(await page.evaluate(() => document.activeElement?.id), "tab-learn");
      await map.focus();
      await map.press("?");
      assert.ok(await page.getByRole("dialog", { name: "Keys" }).isVisible());
      await page.keyboard.press("Escape");
      await map.focus();
      await map.press("/");
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("role")), "combobox");
      await map.focus();
      await map.press("t");
      assert.ok(await page.locator(".table-view").isVisible());
    }));

  it("lets single keys be turned off", () =>
    at("", async (page) => {
      await page.getByRole("button", { name: "Help" }).click();
      await page.getByLabel(/Single keys/).uncheck();
      await page.keyboard.press("Escape");
      await page.locator("#map").focus();
      await page.locator("#map").press("t");
      assert.ok(!(await page.locator(".table-view").isVisible()));
    }));

  it("focuses a note that is clicked on the map, and leaves it where nothing is", () =>
    at("", async (page) => {
      const box = (await page.locator("#map").boundingBox())!;
      // Names stand below their nodes: the middle of the map's own text is not in the document, so the place is looked for.
      let hit: string | null = null;
      for (let y = box.y + 60; y < box.y + box.height - 120 && !hit; y += 14) {
        for (let x = box.x + 340; x < box.x + box.width - 80 && !hit; x += 14) {
          await page.mouse.move(x, y);
          if (await page.evaluate(() => document.querySelector("#map")!.classList.contains("pointing"))) {
            await page.waitForTimeout(150);
            assert.ok(await page.evaluate(() => document.querySelector("#map")!.classList.contains("hovering")));
            await page.mouse.click(x, y);
            await page.waitForTimeout(400);
            hit = await heading(page);
          }
        }
      }
      assert.ok(hit);
      await page.mouse.click(box.x + 320, box.y + box.height - 100);
      await page.waitForTimeout(400);
      assert.ok(await page.locator(".panel").isHidden());
    }));

  it("keeps where a person has moved the map to", () =>
    at("", async (page) => {
      await page.mouse.move(800, 450);
      await page.mouse.wheel(0, -300);
      await page.waitForTimeout(700);
      const place = (await fragment(page)).get("at");
      assert.match(place!, /^[\d.e+-]+~[\d.e+-]+~[\d.e+-]+$/);
      await page.reload();
      await page.waitForFunction(() => document.documentElement.classList.contains("ready"));
      assert.equal((await fragment(page)).get("at"), place);
    }));

  it("has a table of what is shown that a click sorts", () =>
    at("view=table&hide=concept", async (page) => {
      const names = () => page.locator(".table-view tbody th bdi").allTextContents();
      const before = await names();
      await page.getByRole("button", { name: "Name", exact: true }).click();
      const up = await names();
      assert.notDeepEqual(up, before);
      assert.deepEqual([...up].sort(new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare), up);
      await page.getByRole("button", { name: "Name", exact: true }).click();
      assert.deepEqual(await names(), [...up].reverse());
      assert.equal(await page.locator("th[aria-sort=descending]").textContent(), "Name");
    }));

  it("saves what is shown as PNG and as SVG", () =>
    at("note=Transformer&depth=2", async (page) => {
      const save = async (name: string) => {
        await page.locator("summary").click();
        const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
        return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
      };
      const png = await save("Picture (PNG)");
      assert.equal(png.name, "Foundation-models-friends.png");
      assert.deepEqual([...png.bytes.subarray(1, 4)].map((byte) => String.fromCharCode(byte)).join(""), "PNG");
      const svg = await save("Drawing (SVG)");
      const problem = await page.evaluate((text) => {
        const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
        return parsed.querySelector("parsererror")?.textContent ?? parsed.querySelectorAll("circle").length;
      }, svg.bytes.toString("utf8"));
      assert.ok(Number(problem) > 5, String(problem));
      assert.ok(!svg.bytes.includes("<script"));
      // Without what the panels cover, and with what the lines mean.
      const [left, , width] = svg.bytes.toString("utf8").match(/viewBox="([^"]+)"/)![1].split(" ").map(Number);
      assert.ok(left > 200 && left + width < 1440, `${left} ${width}`);
      assert.ok(svg.bytes.includes(">Requires</text>"));
    }));

  it("shows every name as text and runs none", async () => {
    for (const name of Object.values(HOSTILE)) {
      await at(`note=${encodeURIComponent(name)}`, async (page) => {
        assert.equal(await heading(page), name);
        assert.equal(await page.locator(".panel h2 bdi").getAttribute("dir"), "auto");
        assert.equal(await page.locator("img").count(), 0);
      });
    }
  });

  it("speaks German", () =>
    at("note=Transformer", async (page) => {
      assert.equal(await page.getByRole("tab").first().textContent(), "Legende");
      assert.match((await page.locator(".panel").textContent())!, /Rückverweise/);
      assert.match((await page.locator(".legend").textContent())!, /Setzt voraus/);
    }, {}, write("german", html(fixture(), "plain", "de"))));

  it("changes between light and dark", () =>
    at("", async (page) => {
      const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(await paper(), "rgb(250, 249, 246)");
      await page.getByRole("button", { name: "Light or dark" }).click();
      assert.equal(await paper(), "rgb(22, 23, 26)");
      await page.reload();
      await page.waitForFunction(() => document.documentElement.classList.contains("ready"));
      assert.equal(await paper(), "rgb(22, 23, 26)");
    }));

  it("has a static table and picture where there is no JavaScript", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(url);
    assert.equal(await page.locator("tbody tr").count(), fixture().nodes.name.length);
    assert.ok((await page.locator("svg circle").first().boundingBox())!.width > 2);
    assert.match((await page.locator("main").textContent())!, /needs JavaScript/);
    await context.close();
  });

  it("has the picture and the sortable table where there is no WebGL", async () => {
    const without = await launch("--disable-gpu", "--disable-software-rasterizer", "--disable-webgl", "--disable-webgl2", "--disable-3d-apis");
    try {
      const { page, trouble } = await visit(without, url);
      assert.ok(await page.getByText("cannot draw the map").isVisible());
      assert.equal(await page.locator(".table-view tbody tr").count(), 31);
      // The picture has the colours of the legend.
      assert.match((await page.locator(".legend .entries").first().textContent())!, /concept/);
      const colour = await page.locator(".legend .mark").first().evaluate((mark) => getComputedStyle(mark).color);
      const dot = page.locator(".static svg circle", { hasText: "Transformer" });
      assert.equal(await dot.evaluate((circle) => getComputedStyle(circle).fill), colour);
      await page.getByRole("button", { name: "Transformer" }).first().click();
      assert.equal(await heading(page), "Transformer");
      const [picture, panel] = [(await page.locator(".static svg").boundingBox())!, (await page.locator(".panel").boundingBox())!];
      assert.ok(picture.x + picture.width <= panel.x, "the picture is over the note");
      assert.deepEqual(trouble, []);
    } finally {
      await without.close();
    }
  });

  it("takes single keys wherever no field has the focus, and leaves the focus nowhere else", () =>
    at("", async (page) => {
      const focused = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName);
      await page.keyboard.press("t");
      assert.equal(await focused(), "table");
      await page.keyboard.press("t");
      assert.equal(await focused(), "map");
      await page.keyboard.press("Enter");
      await page.locator(".panel .close").focus();
      await page.keyboard.press("Enter");
      assert.equal(await focused(), "map");
      await page.keyboard.press("/");
      await page.keyboard.type("t");
      assert.ok(await page.locator(".table-view").isHidden());
    }));

  it("says what the filters hide, and what is not there", () =>
    at("hide=concept&note=Transformer&depth=4", async (page) => {
      const verdict = page.locator(".verdict");
      assert.match((await verdict.textContent())!, /The filters hide Transformer/);
      await verdict.getByRole("button").click();
      assert.ok(await verdict.isHidden());
      await page.evaluate(() => (location.hash = "note=Nope&depth=4"));
      await page.getByText("Nothing here is called “Nope”").waitFor();
      await verdict.getByRole("button").click();
      assert.equal((await fragment(page)).get("depth"), null);
    }));

  it("keeps the table's order in the address, and says around what it is", () =>
    at("view=table&note=Transformer", async (page) => {
      await page.getByRole("button", { name: "Words", exact: true }).click();
      assert.equal((await fragment(page)).get("sort"), "-words");
      assert.match((await page.locator("caption").textContent())!, /^\d+ notes, one attachment around Transformer, by Words$/);
      const kind = page.locator(".table-view tbody td").first();
      assert.ok((await kind.boundingBox())!.height < 60);
    }));

  it("filters by a tag that is chosen in the search, in the colour and number of the legend", () =>
    at("colour=tag", async (page) => {
      const field = page.getByRole("combobox", { name: "Search the map" });
      await field.fill("#");
      assert.ok((await page.locator(".bar [role=option]").count()) > 3);
      await field.fill("#ai/tr");
      await field.press("Enter");
      assert.deepEqual((await fragment(page)).getAll("tagged"), ["ai/training"]);
      await page.getByRole("button", { name: "Show what is in ai" }).click();
      const entry = page.locator(".legend .entries button[aria-pressed=true]", { hasText: "#ai/training" });
      assert.equal(await entry.locator(".count").textContent(), "4");
      assert.equal(await page.locator(".filters .check", { hasText: "training" }).locator(".count").textContent(), "4");
    }));

  it("has a picture in the map's colours", () => {
    const style = readFileSync("src/explorer/picture.css", "utf8");
    for (const theme of ["light", "dark"] as const) {
      const { categories, other, ghost, tag, attachment } = INKS[theme];
      const named = { ...Object.fromEntries(categories.map((colour, index) => [`k${index}`, colour])), other, ghost, tag, attachment };
      for (const [name, colour] of Object.entries(named)) {
        assert.equal(style.split(`--${name}: ${hex(colour)};`).length - 1, theme === "light" ? 1 : 2, `${theme} ${name}`);
      }
    }
  });

  it("has a step of the slider for each day, however far off one of them is", () => {
    const odd = fixture();
    const created = odd.nodes.created.map((each, node) => (node === 0 ? -719162 : each));
    return at("", async (page) => {
      const slider = page.getByRole("slider", { name: /as they were/ });
      assert.ok(Number(await slider.getAttribute("max")) < 20);
      await slider.fill("0");
      assert.match((await slider.getAttribute("aria-valuetext"))!, /^1 Jan/);
      await slider.fill("1");
      assert.equal(await slider.getAttribute("aria-valuetext"), "10 Jan 2024");
    }, {}, write("old", html({ ...odd, nodes: { ...odd.nodes, created } })));
  });

  it("makes room for the map between panels on a tablet", () =>
    at("note=Transformer", async (page) => {
      assert.ok(await page.locator(".legend").isHidden());
      await page.locator(".panel .close").click();
      assert.ok(await page.locator(".legend").isVisible());
    }, { viewport: { width: 820, height: 1100 } }));

  it("is told of an empty vault", () =>
    at("", async (page) => {
      assert.equal(await page.locator(".verdict p").textContent(), "There are no notes in this vault yet");
      assert.equal(await page.locator(".legend select").count(), 0);
    }, {}, write("empty", html(empty()))));

  for (const [name, options] of [
    ["a screen", { colorScheme: "light" }],
    ["a dark screen", { colorScheme: "dark" }],
    ["a phone", { viewport: { width: 390, height: 844 }, colorScheme: "light", hasTouch: true, isMobile: true }],
  ] as [string, BrowserContextOptions][]) {
    for (const where of ["", "note=Foundation Model&reading=1", "note=Hallucination&to=Embedding", "view=table", `note=${encodeURIComponent(HOSTILE.script)}`]) {
      it(`has nothing that axe objects to, on ${name}, at #${where.slice(0, 30)}`, () =>
        at(where, async (page) => {
          await page.waitForTimeout(300);
          // The page's own policy runs nothing else: axe comes from outside of it.
          const found = await audit(page);
          assert.deepEqual(found, []);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(wide <= 0, `${wide} pixels wider than the screen`);
        }, options));
    }
  }

  it("has nothing that axe objects to in filters, what to learn and help", () =>
    at("", async (page) => {
      for (const name of ["Filters", "Learn next"]) {
        await tab(page, name);
        assert.deepEqual(await audit(page), []);
      }
      await page.getByRole("button", { name: "Help" }).click();
      assert.deepEqual(await audit(page), []);
    }));

  it("keeps sheets apart from the map on a phone", () =>
    at("note=Foundation Model", async (page) => {
      const panel = (await page.locator(".panel").boundingBox())!;
      assert.equal(panel.width, 390);
      assert.ok(panel.y > 300);
      await tab(page, "Filters");
      const tools = (await page.locator(".tools").boundingBox())!;
      assert.ok(tools.width === 390 && tools.y > 96);
      await tab(page, "Filters");
      assert.ok(await page.locator(".filters").isHidden());
    }, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }));

  async function audit(page: Page): Promise<string[]> {
    const session = await page.context().newCDPSession(page);
    await session.send("Runtime.evaluate", { expression: axe });
    const { result } = await session.send("Runtime.evaluate", {
      expression: `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then((found) => JSON.stringify(found.violations.map((each) => each.id + ": " + each.nodes.map((node) => node.target.join(" ") + " " + (node.any[0] || node.all[0] || node.none[0] || {}).message).join("; "))))`,
      awaitPromise: true,
      returnByValue: true,
    });
    return JSON.parse(result.value as string) as string[];
  }
});
