/** The picture of a board, made larger and moved, in a real browser. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launch, missing } from "./browser";

const folder = mkdtempSync(join(tmpdir(), "fmvault-board-"));
const python = process.env["PYTHON"] ?? "python3";
const rendered = missing ? null : spawnSync(python, [join(process.cwd(), "tests", "render.py"), folder], { encoding: "utf8" });
const unable = missing || (/No module named/.test(rendered!.stderr) ? "templates are rendered with Python" : false);

describe("the picture of a board", { skip: unable }, () => {
  let browser: Browser;
  before(async () => {
    assert.equal(rendered!.status, 0, rendered!.stderr);
    browser = await launch();
  });
  after(() => browser.close());

  /** Opens the board's page, 900 units wide and 400 high, and makes sure that nothing goes wrong. */
  async function at(act: (page: Page) => Promise<void>, options: BrowserContextOptions = {}): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on("pageerror", (error) => trouble.push(error.message));
    page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
    try {
      await page.goto(pathToFileURL(join(folder, "board.html")).href);
      await act(page);
      assert.deepEqual(trouble, []);
    } finally {
      await context.close();
    }
  }

  const size = (page: Page) => page.$eval("svg.canvas", (svg) => [svg.getBoundingClientRect().width, svg.getBoundingClientRect().height].map(Math.round));
  const scrolled = (page: Page) => page.$eval(".board-picture", (box) => [box.scrollLeft, box.scrollTop]);
  const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
  /** A place in the box, from its left upper corner, and what of the board is there, in its own units. */
  const place = (page: Page, x: number, y: number) =>
    page.evaluate(
      ([x, y]) => {
        const box = document.querySelector(".board-picture")!.getBoundingClientRect();
        const svg = document.querySelector("svg.canvas")!.getBoundingClientRect();
        return { x: box.left + x, y: box.top + y, board: [box.left + x - svg.left, box.top + y - svg.top].map((each) => (each * 900) / svg.width) };
      },
      [x, y],
    );
  const near = (one: readonly number[], other: readonly number[], by: number) =>
    one.forEach((each, index) => assert.ok(Math.abs(each - other[index]) <= by, `${one} is not near ${other}`));

  it("is larger, smaller, and all of it", () =>
    at(async (page) => {
      assert.deepEqual(await size(page), [900, 400]);
      await press(page, "Larger");
      assert.deepEqual(await size(page), [1125, 500]);
      assert.equal(await page.getByRole("status").textContent(), "125\u00a0%");
      await press(page, "Smaller");
      await press(page, "Smaller");
      assert.deepEqual(await size(page), [720, 320]);
      await press(page, "All of it");
      assert.deepEqual(await size(page), [900, 400]);
      for (let count = 0; count < 12; count += 1) {
        await press(page, "Larger");
      }
      assert.deepEqual(await size(page), [3600, 1600]);
    }));

  it("keeps what is in the middle there", () =>
    at(async (page) => {
      const middle = () => page.$eval(".board-picture", (box) => [box.clientWidth / 2, box.clientHeight / 2] as const).then(([x, y]) => place(page, x, y));
      for (let count = 0; count < 4; count += 1) {
        await press(page, "Larger");
      }
      const before = await middle();
      await press(page, "Larger");
      near((await middle()).board, before.board, 2);
    }));

  it("obeys the keyboard, and leaves the browser's own keys alone", () =>
    at(async (page) => {
      await page.focus(".board-picture");
      for (const key of ["+", "+", "+", "+"]) {
        await page.keyboard.press(key);
      }
      assert.deepEqual(await size(page), [2197, 977]);
      const before = await scrolled(page);
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowDown");
      await page.waitForFunction(([left, top]) => {
        const box = document.querySelector(".board-picture")!;
        return box.scrollLeft > left && box.scrollTop > top;
      }, before);
      await page.keyboard.press("-");
      assert.deepEqual(await size(page), [1758, 781]);
      await page.$eval(".board-picture", (box) => box.dispatchEvent(new KeyboardEvent("keydown", { key: "+", ctrlKey: true })));
      assert.deepEqual(await size(page), [1758, 781]);
      await page.keyboard.press("0");
      assert.deepEqual(await size(page), [900, 400]);
    }));

  it("grows under the mouse with Ctrl and the wheel, and scrolls without", () =>
    at(async (page) => {
      for (let count = 0; count < 4; count += 1) {
        await press(page, "Larger");
      }
      const before = await place(page, 300, 200);
      await page.mouse.move(before.x, before.y);
      await page.keyboard.down("Control");
      for (let count = 0; count < 5; count += 1) {
        await page.mouse.wheel(0, -20);
      }
      // By the exponential of 5 times 20 of 250.
      await page.waitForFunction(() => document.querySelector("svg.canvas")!.getBoundingClientRect().width > 3200);
      await page.keyboard.up("Control");
      near((await place(page, 300, 200)).board, before.board, 2);
      const [width] = await size(page);
      await page.mouse.wheel(0, 200);
      await page.waitForTimeout(200);
      assert.equal((await size(page))[0], width);
    }));

  it("is moved by the mouse, but not from the text of a card, which can be selected", () =>
    at(async (page) => {
      for (let count = 0; count < 5; count += 1) {
        await press(page, "Larger");
      }
      await page.$eval(".board-picture", (box) => box.scrollTo(0, 0));
      const drag = async (x: number, y: number) => {
        await page.mouse.move(x, y);
        await page.mouse.down();
        await page.mouse.move(x - 40, y - 30, { steps: 4 });
        await page.mouse.up();
      };
      const { x, y } = await place(page, 60, 50);
      await drag(x, y);
      near(await scrolled(page), [40, 30], 1);
      const card = (await page.locator(".canvas-body p").first().boundingBox())!;
      await drag(card.x + card.width / 2, card.y + card.height / 2);
      near(await scrolled(page), [40, 30], 1);
    }));

  it("lets go of the mouse that let go of it outside", () =>
    at(async (page) => {
      await press(page, "Larger");
      await page.$eval(".board-picture", (box) => box.scrollTo(0, 0));
      const { x, y } = await place(page, 2, 30);
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x - 60, y);
      await page.mouse.up();
      await page.mouse.move(x + 20, y);
      await page.mouse.move(x + 60, y);
      near(await scrolled(page), [0, 0], 1);
      assert.equal(await page.locator(".board-picture.held").count(), 0);
    }));

  it("lets keys follow a link after it was moved", () =>
    at(async (page) => {
      await press(page, "Larger");
      const { x, y } = await place(page, 60, 50);
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x - 40, y - 30, { steps: 4 });
      await page.mouse.up();
      const address = page.url();
      await page.locator("svg.canvas a[href]").first().focus();
      const [followed] = await Promise.all([
        page.waitForRequest((request) => request.isNavigationRequest()),
        page.keyboard.press("Enter"),
      ]);
      assert.notEqual(followed.url(), address);
    }));

  it("grows between two fingers", () =>
    at(
      async (page) => {
        const [width] = await size(page);
        const { x, y } = await place(page, 150, 100);
        const session = await page.context().newCDPSession(page);
        const touch = (type: "touchStart" | "touchMove" | "touchEnd", apart: number) =>
          session.send("Input.dispatchTouchEvent", {
            type,
            touchPoints: type === "touchEnd" ? [] : [-apart, apart].map((each, id) => ({ x: x + each, y, id })),
          });
        await touch("touchStart", 30);
        await touch("touchMove", 45);
        await touch("touchMove", 60);
        await touch("touchEnd", 0);
        near([(await size(page))[0]], [2 * width], 2);
        // The page itself has not grown.
        assert.equal(await page.evaluate(() => visualViewport!.scale), 1);
      },
      { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
    ));

  it("moves nothing when the script comes to it", () =>
    at(async (page) => {
      const shift = await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            let sum = 0;
            new PerformanceObserver((list) => {
              sum += list.getEntries().reduce((all, entry) => all + (entry as unknown as { value: number }).value, 0);
            }).observe({ type: "layout-shift", buffered: true });
            setTimeout(() => resolve(sum), 300);
          }),
      );
      assert.equal(shift, 0);
    }));

  it("scrolls as it is where no script runs", () =>
    at(
      async (page) => {
        assert.equal(await page.locator(".board-tools").isVisible(), false);
        assert.equal(await page.locator("svg.canvas").isVisible(), true);
      },
      { javaScriptEnabled: false },
    ));
});
