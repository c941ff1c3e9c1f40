/** Puts the explorer together: first the map is drawn, then everything around it is made while the page is idle. */

import "./before-sigma";
import { GHOST, Vault, type Prose } from "./data";
import { h, iconButton, icon } from "./dom";
import type { Explorer, Part, View } from "./explorer";
import { download, png, svg } from "./exports";
import { filterPanel } from "./filterpanel";
import { shown, type Shown } from "./filters";
import { keyboard } from "./keyboard";
import { learn } from "./learn";
import { legend } from "./legend";
import { Drawing, NoWebgl, prepare, type Lit } from "./map";
import { unpack } from "./packed";
import { panel, type Panel } from "./panel";
import { notice } from "./notice";
import { colouring, type Colouring, type Theme } from "./palette";
import { Search } from "./search";
import { kindName, searchBox } from "./searchbox";
import { breath, idle, inSlices } from "./slices";
import { EMBEDDED, fromFragment, Store, type State } from "./state";
import { picture, restore, still } from "./still";
import { table } from "./table";
import { amounts, text } from "./texts";
import { timeline } from "./timeline";
import { neighbours, neighbourhood, readingPath, shortest, type Step, type Way } from "./walks";

/** What of the state decides what is shown, what is lit and how it looks. */
const FILTERS = ["hiddenKinds", "hiddenTypes", "folders", "tags", "communities", "least", "most", "orphans", "ghosts", "tagNodes", "attachments", "until"] as const;

/** The map; null where the browser has no WebGL. */
function draw(vault: Vault, map: HTMLElement): Drawing | null {
  if (!("createVertexArray" in WebGL2RenderingContext.prototype)) {
    return null;
  }
  try {
    return new Drawing(vault, map);
  } catch (error) {
    if (!(error instanceof NoWebgl)) {
      throw error;
    }
    map.replaceChildren();
    return null;
  }
}

/** Opens a note's page, in the window that the map stands in. */
function follow(vault: Vault, node: number): void {
  const url = vault.url(node);
  if (url !== null) {
    h("a", { href: url, target: "_top" }).click();
  }
}

function themeNow(): Theme {
  const chosen = document.documentElement.dataset["theme"];
  if (chosen === "light" || chosen === "dark") {
    return chosen;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

const stored = (key: string): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};

const store_ = (key: string, value: string): void => {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Where nothing may be kept, it holds until the page is closed.
  }
};

function computeLit(vault: Vault, state: State, bounds: Shown): { lit: Lit | null; way: Way | null; steps: Step[] } {
  const focus = state.note;
  // Around a note that is not shown there is nothing to be lit.
  if (focus < 0 || (!bounds.nodes[focus] && state.to < 0 && !state.reading)) {
    return { lit: null, way: null, steps: [] };
  }
  if (state.to >= 0) {
    const way = shortest(vault, focus, state.to, bounds);
    const nodes = new Set(way?.nodes ?? [focus, state.to]);
    const numbers = new Map(way?.nodes.map((node, index) => [node, index + 1]));
    return { lit: { nodes, edges: new Set(way?.edges), numbers, focus }, way, steps: [] };
  }
  if (state.reading) {
    const steps = readingPath(vault, focus);
    const nodes = new Set(steps.map((step) => step.node));
    const edges = new Set(steps.flatMap((step) => step.reasons.map((reason) => reason.edge)));
    const numbers = new Map(steps.map((step, index) => [step.node, index + 1]));
    return { lit: { nodes, edges, numbers, focus }, way: null, steps };
  }
  if (!state.depth) {
    return { lit: null, way: null, steps: [] };
  }
  const reach = neighbourhood(vault, focus, state.depth, bounds);
  const edges = new Set<number>();
  for (const [node, steps] of reach) {
    for (const [edge, other] of neighbours(vault, node, bounds)) {
      // Links among the outermost say more about them than about the note in focus.
      if (steps < state.depth || (reach.has(other) && reach.get(other)! < state.depth)) {
        edges.add(edge);
      }
    }
  }
  return { lit: { nodes: new Set(reach.keys()), edges, focus }, way: null, steps: [] };
}

async function start(): Promise<void> {
  performance.mark("fmvault:script");
  if (new URLSearchParams(location.hash.slice(1)).get("view") === "table") {
    still.hidden = true;
  }
  const root = document.getElementById("explorer")!;
  const carrier = document.getElementById("fmvault-data")!;
  const message = h("p", { class: "loading", role: "status" }, text("loading"));
  root.append(message);
  document.documentElement.classList.add("alive");
  document.documentElement.classList.toggle("bare", EMBEDDED);
  const theme = (EMBEDDED && new URLSearchParams(location.hash.slice(1)).get("theme")) || stored("fmvault-theme");
  if (theme) {
    document.documentElement.dataset["theme"] = theme;
  }
  let vault: Vault;
  let prose: (() => Promise<Prose>) | null;
  try {
    const unpacking = unpack(carrier.textContent ?? "");
    await prepare();
    const packed = await unpacking;
    carrier.textContent = "";
    prose = packed.prose;
    await breath();
    vault = new Vault(packed.document);
  } catch (error) {
    message.textContent = text("broken", { reason: error instanceof Error ? error.message : String(error) });
    restore(root);
    return;
  }
  await breath();

  const map = h("div", { class: "map", id: "map", tabindex: 0, role: "application" });
  const stage = h("main", { class: "stage" }, map);
  message.remove();
  root.append(stage);
  performance.mark("fmvault:data");
  const drawing = draw(vault, map);
  performance.mark("fmvault:canvas");
  if (drawing) {
    drawing.theme = themeNow();
  }
  await breath();

  const store = new Store(vault, fromFragment(vault, location.hash));
  const search = new Search(vault);
  let view: View = look(store.state);
  const parts: Part[] = [];
  let notePanel = null as Panel | null;
  /** The colours, where the map has not told them yet, or where there is none. */
  let plain = null as Colouring | null;
  const status = h("p", { class: "sr-only", role: "status", "aria-live": "polite" });
  const explorer: Explorer = {
    vault,
    store,
    search,
    drawing,
    view: () => view,
    theme: themeNow,
    colours: () => (drawing?.colours.of.length ? drawing.colours : (plain ??= colouring(vault, store.state, themeNow()))),
    open: (node) => store.change({ note: node, to: -1, reading: false, view: "map" }),
    say: (words) => {
      status.textContent = words;
    },
  };

  function look(state: State, kept?: Shown): View {
    const visible = kept ?? shown(vault, state);
    return { shown: visible, ...computeLit(vault, state, visible) };
  }

  function paint(): void {
    if (drawing) {
      drawing.style(store.state, view.shown, view.lit);
    } else {
      plain = null;
    }
  }

  /** Where the camera goes first: where the fragment says, else to what is lit, else to all. */
  function firstLook(): void {
    const { camera, note } = store.state;
    if (camera) {
      drawing?.go(camera, false, false);
    } else if (note >= 0 && view.shown.nodes[note]) {
      drawing?.fit(view.lit?.nodes ?? [note], false);
    } else {
      drawing?.fit(null, false);
    }
  }

  // The frame of the page stands before the map is drawn, so that the map knows what room it has.
  const shell = makeShell();
  if (store.state.view === "table" || !vault.count) {
    still.remove();
  }
  if (drawing) {
    paint();
    firstLook();
    await breath();
    drawing.onSeen = () => still.remove();
    await drawing.load();
  }

  // The map is there; the rest follows when nothing else is to be done.
  await idle();
  await inSlices(vault.count, (node) => search.add(vault.order[node]), 8);
  await idle();
  void vault.in;
  void vault.out;
  drawing?.separate();
  for (const make of EMBEDDED ? [] : shell.later) {
    await idle();
    make();
  }
  refresh();
  if (prose) {
    await idle();
    const { text: texts, context } = await prose();
    vault.text = texts ?? vault.text;
    vault.context = context ?? vault.context;
    notePanel?.update(view);
  }
  performance.mark("fmvault:ready");
  document.documentElement.classList.add("ready");

  function measure(): void {
    if (drawing) {
      drawing.covered = insets(root, map);
    }
  }

  function refresh(): void {
    const { state } = store;
    root.dataset["view"] = drawing ? state.view : "table";
    root.classList.toggle("with-note", state.note >= 0);
    map.setAttribute(
      "aria-label",
      text("mapLabel", { title: vault.document.title, amounts: amounts(view.shown.counts, view.shown.linkCount) }),
    );
    for (const part of parts) {
      part.update(view);
    }
    measure();
  }

  function makeShell(): { later: (() => void)[] } {
    const find = searchBox(explorer, text("searchLabel"), (node) => {
      explorer.open(node);
      map.focus();
    }, ({ name, tags }) => {
      store.change({ tags: new Set(tags) });
      explorer.say(text("tagged", { name }));
      // Where there is room, what undoes it is at hand.
      tools.beside("filters");
      home()?.focus();
    });
    const back = iconButton("back", text("back"), () => history.back());
    const forward = iconButton("forward", text("forward"), () => history.forward());
    const views = h(
      "div",
      { class: "switch", role: "group", "aria-label": text("views") },
      (["map", "table"] as const).map((which) =>
        h("button", { type: "button", "data-view": which, onclick: () => store.change({ view: which }) }, text(which)),
      ),
    );
    const help = helpDialog();
    const themeButton = iconButton("theme", text("theme"), () => {
      const next = themeNow() === "dark" ? "light" : "dark";
      document.documentElement.dataset["theme"] = next;
      store_("fmvault-theme", next);
      retheme();
    });
    const header = h(
      "header",
      { class: "bar" },
      h("h1", { dir: "auto" }, vault.isPublished ? h("a", { href: "index.html" }, vault.document.title) : vault.document.title),
      h("nav", { class: "steps", "aria-label": text("history") }, back, forward),
      find.element,
      drawing && views,
      drawing && saveMenu(),
      themeButton,
      iconButton("help", text("help"), () => help.open()),
    );
    const skip = h(
      "button",
      {
        type: "button",
        class: "skip",
        onclick: () => {
          store.change({ view: "table" });
          document.getElementById("table")?.focus();
        },
      },
      text("skip"),
    );
    root.prepend(skip, header);
    root.append(help.element);
    notePanel = panel(explorer);
    const side = notePanel;
    stage.append(side.element);
    const stillPicture = drawing ? null : picture(explorer);
    if (drawing) {
      stage.append(
        h(
          "div",
          { class: "zoom" },
          iconButton("plus", text("zoomIn"), () => drawing.zoom(1 / 1.6)),
          iconButton("minus", text("zoomOut"), () => drawing.zoom(1.6)),
          iconButton("fit", text("fit"), () => drawing.fit(view.lit?.nodes ?? null)),
        ),
      );
    } else {
      stage.append(stillPicture!.element);
      parts.push(stillPicture!);
      map.remove();
    }
    const verdict = notice(explorer);
    stage.append(verdict.element);
    parts.push(verdict);
    const count = h("p", { class: "count-line" });
    const written = vault.type.reduce((sum, type) => sum + Number(type <= GHOST), 0);
    const tools = makeTools(count);
    stage.append(tools.element);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", retheme);
    parts.push(side, {
      element: header,
      update(now) {
        back.disabled = !store.canGoBack;
        forward.disabled = !store.canGoForward;
        for (const button of views.querySelectorAll("button")) {
          button.setAttribute("aria-pressed", String(button.dataset["view"] === store.state.view));
        }
        count.textContent = now.shown.nodeCount
          ? amounts(now.shown.counts, now.shown.linkCount, text("shownCount", { nodes: now.shown.counts[0] + now.shown.counts[1], all: written }))
          : text(vault.count ? "nothingShown" : "empty");
      },
    });
    listen(side);
    keyboard(explorer, map, {
      search: () => find.input.focus(),
      path: () => side.askForPath(),
      read: () => (EMBEDDED ? follow(vault, store.state.note) : side.focus()),
      tab: (name) => tools.open(name, true),
      help: () => help.open(),
      singleKeys: () => !EMBEDDED && help.singleKeys(),
      home: () => home()?.focus(),
    });
    const slider = drawing && timeline(explorer);
    if (slider) {
      stage.append(slider.element);
      parts.push(slider);
    }
    root.append(status);
    refresh();
    return {
      later: [
        () => tools.fill("legend", legend(explorer)),
        () => tools.fill("learn", learn(explorer)),
        () => tools.fill("filters", filterPanel(explorer)),
        () => {
          const rows = table(explorer);
          if (stillPicture) {
            rows.element.prepend(stillPicture.element);
          }
          stage.append(rows.element);
          parts.push(rows);
        },
      ],
    };
  }

  function retheme(): void {
    if (drawing) {
      drawing.theme = themeNow();
    }
    paint();
    // Whoever keeps what was drawn draws it anew.
    view = { ...view };
    refresh();
  }

  /** What is looked at: the map or the table. */
  function home(): HTMLElement | null {
    return drawing && store.state.view === "map" ? map : document.getElementById("table");
  }

  /** Gives the focus to what is looked at where that which had it is gone. */
  function keepFocus(held: Element | null): void {
    const now = document.activeElement;
    const isLost = !now || now === document.body || now.matches(":disabled") || !now.checkVisibility({ checkVisibilityCSS: true });
    if (held && held !== document.body && isLost) {
      home()?.focus({ preventScroll: true });
    }
  }

  function makeTools(count: HTMLElement) {
    const names = ["legend", "filters", "learn"] as const;
    type Name = (typeof names)[number];
    let current: Name = "legend";
    const wide = matchMedia("(min-width: 761px)");
    let open = wide.matches;
    const tabs = names.map((name, index) =>
      h(
        "button",
        {
          type: "button",
          role: "tab",
          id: `tab-${name}`,
          "aria-controls": `tools-${name}`,
          onclick: () => show(name, current === name ? !open : true),
          onkeydown: (event: KeyboardEvent) => {
            const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? names.length - 1 : 0;
            if (step) {
              event.preventDefault();
              const next = names[(index + step) % names.length];
              show(next, true);
              document.getElementById(`tab-${next}`)?.focus();
            }
          },
        },
        icon(name),
        h("span", {}, text(name)),
      ),
    );
    const panels = names.map((name) =>
      h("div", { id: `tools-${name}`, class: "tab-panel", role: "tabpanel", "aria-labelledby": `tab-${name}`, tabindex: 0 }),
    );
    const element = h(
      "aside",
      { class: "tools", "aria-label": text("tools") },
      h("div", { class: "tabs", role: "tablist" }, tabs),
      panels,
      count,
    );
    function show(name: Name, isOpen: boolean, fits = true): void {
      const wasOpen = open;
      current = name;
      open = isOpen;
      element.classList.toggle("open", open);
      root.classList.toggle("with-tools", open);
      tabs.forEach((tab, index) => {
        const selected = names[index] === current;
        tab.setAttribute("aria-selected", String(selected && open));
        tab.tabIndex = selected ? 0 : -1;
        panels[index].hidden = !selected || !open;
      });
      if (element.isConnected) {
        measure();
        // What a person has not placed goes where there is room now.
        if (drawing && fits && store.state.camera === null && (wasOpen !== open || !wide.matches)) {
          drawing.fit(view.lit?.nodes ?? null);
        }
        drawing?.sigma.scheduleRender();
      }
    }
    show(current, open);
    // Between two panels there would be no room for the map.
    const narrow = matchMedia("(min-width: 761px) and (max-width: 1100px)");
    let note = -1;
    let gaveWay = false;
    const yielding: Part = {
      element,
      update(): void {
        const isNew = note < 0 !== store.state.note < 0;
        note = store.state.note;
        if (isNew && narrow.matches && (note >= 0 ? open : gaveWay)) {
          gaveWay = note >= 0;
          show(current, !gaveWay, false);
        }
      },
    };
    parts.push(yielding);
    return {
      element,
      open: (name: Name, focus: boolean) => {
        show(name, true);
        if (focus) {
          document.getElementById(`tab-${name}`)?.focus();
        }
      },
      /** Brings a tab up where it covers nothing. */
      beside: (name: Name) => wide.matches && show(name, true),
      fill: (name: Name, part: Part) => {
        panels[names.indexOf(name)].replaceChildren(part.element);
        parts.push(part);
        part.update(view);
      },
    };
  }

  function saveMenu(): HTMLElement {
    const name = vault.document.title.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60) || "graph";
    const item = (label: string, act: () => void) =>
      h(
        "button",
        {
          type: "button",
          onclick: () => {
            menu.open = false;
            summary.focus();
            act();
          },
        },
        label,
      );
    const summary = h("summary", { class: "icon-button", "aria-label": text("save"), title: text("save") }, icon("save"));
    const menu = h(
      "details",
      {
        class: "menu",
        onkeydown: (event: KeyboardEvent) => {
          if (event.key === "Escape") {
            event.preventDefault();
            menu.open = false;
            summary.focus();
          }
        },
        onfocusout: (event: FocusEvent) => {
          if (!menu.contains(event.relatedTarget as Node | null)) {
            menu.open = false;
          }
        },
      },
      summary,
      h(
        "div",
        { class: "menu-items" },
        item(text("savePng"), () => void png(explorer, drawing!).then((blob) => download(blob, `${name}.png`))),
        item(text("saveSvg"), () => download(svg(explorer, drawing!), `${name}.svg`)),
        item(text("copyLink"), () => {
          void navigator.clipboard?.writeText(location.href).then(() => explorer.say(text("copied")));
        }),
      ),
    );
    return menu;
  }

  function helpDialog() {
    const keys: [string, string][] = [
      ["← → ↑ ↓", text("keyArrows")],
      ["⇧ ← → ↑ ↓", text("keyShiftArrows")],
      ["+ − 0", text("keyZoom")],
      ["Enter", text("keyEnter")],
      ["[ ]", text("keyDepth")],
      ["Esc", text("keyEscape")],
      ["/", text("keySearch")],
      ["P", text("keyPath")],
      ["R", text("keyReading")],
      ["T", text("keyTable")],
      ["L F N", text("keyTabs")],
      ["Alt ← →", text("keyBack")],
      ["?", text("keyHelp")],
    ];
    const single = h("input", { type: "checkbox", onchange: () => store_("fmvault-keys", single.checked ? "on" : "off") });
    single.checked = stored("fmvault-keys") !== "off";
    const element = h(
      "dialog",
      { class: "help", "aria-labelledby": "help-title" },
      h(
        "div",
        { class: "help-head" },
        h("h2", { id: "help-title" }, text("keys")),
        iconButton("close", text("close"), () => element.close()),
      ),
      h("dl", {}, keys.map(([key, meaning]) => h("div", {}, h("dt", {}, h("kbd", {}, key)), h("dd", {}, meaning)))),
      h("label", { class: "check" }, single, h("span", { class: "label" }, text("keysOn"))),
      h("p", { class: "hint" }, text("about")),
    );
    return { element, open: () => element.showModal(), singleKeys: () => single.checked };
  }

  function listen(side: Panel): void {
    store.listen((state, before) => {
      const held = document.activeElement;
      const changed = (keys: readonly (keyof State)[]) => keys.some((key) => state[key] !== before[key]);
      view = look(state, changed(FILTERS) ? undefined : view.shown);
      if (changed([...FILTERS, "note", "to", "reading", "depth", "colour", "size"])) {
        paint();
      }
      refresh();
      keepFocus(held);
      if (state.view === "map" && drawing) {
        if (changed(["view"])) {
          drawing.sigma.resize(true);
          drawing.sigma.scheduleRender();
        }
        if (state.camera && state.camera !== before.camera && changed(["note", "to", "reading"])) {
          drawing.go(state.camera, true, false);
        } else if (changed(["note", "to", "reading", "depth"])) {
          keepInView(drawing, state, before);
        }
      }
      if (state.note !== before.note) {
        const { note } = state;
        explorer.say(
          note < 0
            ? text("nothingFocused")
            : text("focused", { name: vault.names[note], kind: kindName(explorer, note), count: vault.degree(note) }),
        );
      }
    });
    if (!drawing) {
      return;
    }
    drawing.onMoved = (camera) => store.moved(camera);
    drawing.onPick = (node) => {
      if (EMBEDDED) {
        follow(vault, node);
      } else if (node >= 0) {
        explorer.open(node);
      } else if (store.state.note >= 0) {
        store.change({ note: -1, to: -1, reading: false });
      }
    };
    let hovered = -1;
    drawing.onHover = (node) => {
      hovered = node;
      map.classList.toggle("pointing", node >= 0);
      // A pointer that only passes over nodes changes nothing.
      setTimeout(
        () => {
          if (hovered === node) {
            drawing.hover(node < 0 ? null : litBy(node));
          }
        },
        node < 0 ? 40 : 60,
      );
    };
    const canvas = map.querySelector("canvas");
    canvas?.addEventListener("webglcontextlost", () => {
      stage.prepend(h("p", { class: "notice", role: "alert" }, text("lost")));
    });
    new ResizeObserver(() => {
      measure();
      drawing.sigma.scheduleRender();
    }).observe(map);
    void side;
  }

  function litBy(node: number): Lit {
    const nodes = new Set([node]);
    const edges = new Set<number>();
    for (const [edge, other] of neighbours(vault, node, view.shown)) {
      edges.add(edge);
      nodes.add(other);
    }
    return { nodes, edges, focus: node };
  }

  /** Moves the camera after a change of focus, as little as it takes. */
  function keepInView(drawing: Drawing, state: State, before: State): void {
    if (state.note < 0 || !view.shown.nodes[state.note]) {
      return;
    }
    if (view.lit && (state.to !== before.to || state.reading !== before.reading || state.depth !== before.depth || vault.count > 400 || before.note < 0)) {
      drawing.fit(view.lit.nodes);
    } else {
      drawing.reveal(state.note);
    }
  }

}

/** How much of the map panels cover on each side. */
function insets(root: HTMLElement, map: HTMLElement) {
  const box = map.getBoundingClientRect();
  const zoom = root.querySelector(".zoom")?.getBoundingClientRect();
  const corner = zoom?.width ? ([zoom.left, zoom.top - box.top, zoom.right, zoom.bottom - box.top] as const) : null;
  // On a small screen the corner is too much of its side; in a frame it lies flat at the foot.
  const right = corner && box.width < 761 && !EMBEDDED ? box.right - corner[0] : 0;
  const found = { top: 0, right, bottom: corner && EMBEDDED ? box.height - corner[1] : 0, left: 0, corner };
  for (const [selector, wideSide] of [
    [".tools.open", "left"],
    [".panel:not([hidden])", "right"],
    [".timeline", "bottom"],
  ] as const) {
    const part = root.querySelector(selector)?.getBoundingClientRect();
    if (!part || !part.width) {
      continue;
    }
    if (wideSide === "bottom" || part.width > box.width * 0.8) {
      found.bottom = Math.max(found.bottom, box.bottom - part.top);
    } else if (wideSide === "left") {
      found.left = Math.max(found.left, part.right - box.left);
    } else {
      found.right = Math.max(found.right, box.right - part.left);
    }
  }
  return found;
}

void start();
