/** The map: sigma draws the nodes and moves the camera; edges, names and what is lit are drawn beside it. */

import Graph from "graphology";
import Sigma from "sigma";
import type { Vault } from "./data";
import { EdgeBuffer, edgePainter } from "./edge-program";
import { NoProgram, nodePainter, type Looks } from "./node-program";
import { drawLabels, font, Labels, type Box, type Label } from "./labels";
import { colouring, css, edgeStrength, edgeStyles, INKS, SHAPES, shapeOf, sizes, type Colouring, type Rgb, type Theme } from "./palette";
import type { Shown } from "./filters";
import { EMBEDDED, type Camera, type State } from "./state";
import { breath, inSlices } from "./slices";
import { typeName } from "./texts";

/** What stands out: these nodes and edges are drawn as they are, the rest fades. */
export interface Lit {
  readonly nodes: ReadonlySet<number>;
  readonly edges: ReadonlySet<number>;
  /** What is written on nodes: the steps of a path. */
  readonly numbers?: ReadonlyMap<number, number>;
  /** Whether what does not stand out is still there, faintly. */
  readonly focus: number;
}

export interface Insets {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
  /** What lies on the map and leaves the rest of its side free. */
  readonly corner: Box | null;
}

/** Above so many edges they are not drawn while the map moves. */
const HEAVY = 20_000;
const FADED = 0.13;

export class NoWebgl extends Error {}

const prepared = new Map<string, HTMLCanvasElement>();

/** Makes the WebGL contexts that sigma will ask for, each in a task of its own, while the data is unpacked. */
export async function prepare(): Promise<void> {
  for (const id of ["edges", "nodes"]) {
    const canvas = document.createElement("canvas");
    canvas.getContext("webgl2", { preserveDrawingBuffer: false, antialias: false });
    prepared.set(id, canvas);
    await breath();
  }
}

/** sigma, less its WebGL layer for the node under the pointer: nothing is drawn there, and a context takes long to make. */
class Stage extends Sigma {
  override createLayer<T extends HTMLElement>(id: string, tag: string, options: Parameters<Sigma["createLayer"]>[2] = {}): T {
    const layer = super.createLayer<T>(id, tag, options);
    const ready = prepared.get(id);
    if (!ready) {
      return layer;
    }
    prepared.delete(id);
    ready.className = layer.className;
    ready.style.position = "absolute";
    layer.replaceWith(ready);
    (this as unknown as { elements: Record<string, HTMLElement> }).elements[id] = ready;
    return ready as unknown as T;
  }

  override createWebGLContext(id: string, options: Parameters<Sigma["createWebGLContext"]>[1] = {}): WebGLRenderingContext {
    if (id !== "hoverNodes") {
      try {
        return super.createWebGLContext(id, options);
      } catch (error) {
        throw new NoWebgl("the browser gives no WebGL context", { cause: error });
      }
    }
    this.createCanvas(id);
    const nothing = { clear() {}, viewport() {}, COLOR_BUFFER_BIT: 0 } as unknown as WebGLRenderingContext;
    (this as unknown as { webGLContexts: Record<string, WebGLRenderingContext> }).webGLContexts[id] = nothing;
    return nothing;
  }
}

export class Drawing {
  readonly sigma: Sigma;
  private readonly edges = edgePainter();
  private readonly nodes: ReturnType<typeof nodePainter>;
  private readonly looks: Looks;
  /** The nodes in the order in which they are drawn, the least central first, and the place of each. */
  private readonly drawn: Uint32Array;
  private readonly placed: Uint32Array;
  private readonly labels: Labels;
  private readonly overlay: CanvasRenderingContext2D;
  private readonly names: CanvasRenderingContext2D;
  private readonly middle: readonly [x: number, y: number, extent: number];
  private shifts: Int8Array | null = null;
  private radii: Float32Array;
  private radiiBy: State["size"] | null = null;
  private shown: Shown | null = null;
  private lit: Lit | null = null;
  private hovered: Lit | null = null;
  private still: ReturnType<typeof setTimeout> | undefined;
  private moving = false;
  /** How large the view is, beside that of a usual screen: on a small one, nodes are smaller. */
  private scale = 1;
  private seen = false;
  /** Whether the camera goes where the page sends it, not where a person moves it. */
  private sent = false;
  private calm = matchMedia("(prefers-reduced-motion: reduce)");
  theme: Theme = "light";
  colours: Colouring = { of: new Uint8Array(), categories: [] };
  visibleLabels: readonly Label[] = [];
  /** How much of the view panels cover on each side. */
  covered: Insets = { top: 0, right: 0, bottom: 0, left: 0, corner: null };
  onHover: (node: number) => void = () => {};
  onPick: (node: number) => void = () => {};
  /** Called when the map is drawn for the first time. */
  onSeen: () => void = () => {};
  /** Called once the camera rests: with where it is if a person moved it there, else with null. */
  onMoved: (camera: Camera | null) => void = () => {};

  /** Makes the canvases and their programs; they cost time that passes while data is unpacked. */
  constructor(
    readonly vault: Vault,
    container: HTMLElement,
  ) {
    const { count } = vault;
    this.drawn = vault.order.slice().reverse();
    this.placed = new Uint32Array(count);
    this.drawn.forEach((node, place) => {
      this.placed[node] = place;
    });
    this.looks = {
      size: new Float32Array(count),
      colour: new Uint32Array(count),
      shape: Uint8Array.from(this.drawn, (node) => SHAPES.indexOf(shapeOf(vault.type[node]))),
      paper: INKS.light.paper,
    };
    this.radii = new Float32Array(count);
    this.labels = new Labels(vault);
    this.nodes = nodePainter(this.looks);
    this.middle = middleOf(vault);
    this.edges.place = this.middle;
    this.sigma = new Stage(new Graph({ multi: false, allowSelfLoops: false }), container, {
      renderLabels: false,
      // Under the names of sigma's own programs, which would be compiled beside ours.
      nodeProgramClasses: { circle: this.nodes.program as never },
      nodeHoverProgramClasses: { circle: NoProgram as never },
      edgeProgramClasses: { line: this.edges.program as never, arrow: NoProgram as never },
      defaultDrawNodeHover: () => {},
      minCameraRatio: 0.002,
      maxCameraRatio: 4,
      stagePadding: 40,
      zoomDuration: this.calm.matches ? 0 : 220,
      inertiaDuration: this.calm.matches ? 0 : 200,
      doubleClickZoomingDuration: this.calm.matches ? 0 : 220,
      allowInvalidContainer: true,
      // Nodes grow more slowly than the space between them.
      zoomToSizeRatioFunction: (ratio) => (ratio < 1 ? Math.max(0.2, ratio ** 0.36) : Math.sqrt(ratio)) / this.scale,
    });
    const [x, y, extent] = this.middle;
    this.sigma.setCustomBBox({ x: [x - extent / 2, x + extent / 2], y: [y - extent / 2, y + extent / 2] });
    this.sigma.createCanvasContext("lit", { afterLayer: "labels" } as never);
    this.sigma.resize(true);
    const canvases = this.sigma.getCanvases();
    this.names = canvases["labels"].getContext("2d")!;
    this.overlay = canvases["lit"].getContext("2d")!;
    // What lies in them is told by the page, and the container has a name.
    for (const canvas of Object.values(canvases)) {
      canvas.setAttribute("aria-hidden", "true");
    }
    this.listen();
  }

  /** Hands the nodes to sigma; it draws them at the end. */
  async load(): Promise<void> {
    const graph = new Graph({ multi: false, allowSelfLoops: false });
    const { x, y } = this.vault;
    await inSlices(this.drawn.length, (place) => {
      const node = this.drawn[place];
      graph.addNode(node, { x: x[node], y: y[node] });
    });
    this.sigma.setGraph(graph);
  }

  private listen(): void {
    const { sigma } = this;
    const measure = () => {
      const { width, height } = sigma.getDimensions();
      this.scale = Math.min(1.2, Math.max(0.55, Math.sqrt((width * height) / 1_100_000)));
    };
    measure();
    sigma.on("resize", measure);
    sigma.on("afterRender", () => this.afterRender());
    sigma.on("enterNode", ({ node }) => this.onHover(Number(node)));
    sigma.on("leaveNode", () => this.onHover(-1));
    sigma.on("clickNode", ({ node }) => this.onPick(Number(node)));
    sigma.on("clickStage", () => this.onPick(-1));
    sigma.getCamera().on("updated", () => {
      const wasMoving = this.moving;
      this.moving = true;
      if (!wasMoving && (this.shown?.edgeCount ?? 0) > HEAVY) {
        this.edges.drawn = false;
      }
      clearTimeout(this.still);
      this.still = setTimeout(() => this.rest(), 140);
    });
    const taken = () => {
      this.sent = false;
    };
    sigma.getMouseCaptor().on("mousedown", taken);
    sigma.getMouseCaptor().on("wheel", taken);
    sigma.getTouchCaptor().on("touchdown", taken);
  }

  /** Once the camera has stood still for a moment. */
  private rest(): void {
    const camera = this.sigma.getCamera();
    if (camera.isAnimated()) {
      // A slow machine may draw frames of one move further apart than a moment.
      this.still = setTimeout(() => this.rest(), 140);
      return;
    }
    this.moving = false;
    this.edges.drawn = true;
    this.sigma.scheduleRender();
    const { x, y, ratio } = camera.getState();
    this.onMoved(this.sent ? null : { x, y, ratio });
    this.sent = false;
  }

  /** Takes colours, sizes and filters over; the next frame shows them. */
  style(state: State, shown: Shown, lit: Lit | null): void {
    const { vault, looks } = this;
    const inks = INKS[this.theme];
    looks.paper = inks.paper;
    this.shown = shown;
    this.lit = lit;
    this.colours = colouring(vault, state, this.theme);
    if (this.radiiBy !== state.size) {
      this.radii = sizes(vault, state.size);
      this.radiiBy = state.size;
    }
    const packed = this.colours.categories.map(({ colour }) => pack(colour, 255));
    const faded = this.colours.categories.map(({ colour }) => pack(colour, Math.round(255 * FADED)));
    for (let place = 0; place < this.drawn.length; place++) {
      const node = this.drawn[place];
      const category = this.colours.of[node];
      looks.size[place] = shown.nodes[node] ? this.radii[node] : 0;
      looks.colour[place] = !lit || lit.nodes.has(node) ? packed[category] : faded[category];
    }
    this.nodes.repaint();
    this.styleEdges();
    this.sigma.scheduleRender();
  }

  private styleEdges(): void {
    const { vault, radii } = this;
    const shown = this.shown!;
    const lit = this.lit;
    const styles = edgeStyles(vault, this.theme);
    const buffer = new EdgeBuffer(shown.edgeCount);
    const inks = styles.map(({ colour }, type) => {
      const strength = edgeStrength(vault, type, shown.edgeCount);
      return {
        plain: pack(colour, Math.round(255 * strength)),
        faded: pack(colour, Math.round(255 * Math.min(strength, 0.07))),
        lit: pack(colour, 230),
      };
    });
    const lines = styles.map(({ line }) => ["line", "dashes", "dots"].indexOf(line));
    const { x, y, source, target, edgeType } = vault;
    for (let edge = 0; edge < vault.edgeCount; edge++) {
      if (!shown.edges[edge]) {
        continue;
      }
      const type = edgeType[edge];
      const ink = inks[type];
      const isLit = lit?.edges.has(edge);
      const from = source[edge];
      const to = target[edge];
      buffer.add(
        x[from],
        y[from],
        x[to],
        y[to],
        !lit ? ink.plain : isLit ? ink.lit : ink.faded,
        isLit ? 1.8 : 1 + Math.min(1.2, Math.log2(vault.weight[edge]) * 0.35),
        lines[type],
        styles[type].arrow,
        this.shifts ? this.shifts[edge] : 0,
        radii[from],
        radii[to],
      );
    }
    this.edges.set(buffer);
  }

  /** Parts edges that join the same two nodes; where there are many edges, that would not be seen. */
  separate(): void {
    const { vault } = this;
    if (vault.edgeCount > HEAVY) {
      return;
    }
    const between = new Map<number, number[]>();
    for (let edge = 0; edge < vault.edgeCount; edge++) {
      const [a, b] = [vault.source[edge], vault.target[edge]];
      const key = Math.min(a, b) * vault.count + Math.max(a, b);
      const known = between.get(key);
      if (known) {
        known.push(edge);
      } else {
        between.set(key, [edge]);
      }
    }
    const shifts = new Int8Array(vault.edgeCount);
    for (const edges of between.values()) {
      edges.forEach((edge, index) => {
        // The shift is to the left of an edge's own way: the way back is shifted to its own left.
        const side = vault.source[edge] < vault.target[edge] ? 1 : -1;
        shifts[edge] = Math.round((index - (edges.length - 1) / 2) * 5 * side);
      });
    }
    this.shifts = shifts;
    if (this.shown) {
      this.styleEdges();
      this.sigma.scheduleRender();
    }
  }

  /** Lights a node and its neighbours for as long as the pointer is over it; nothing else is drawn again. */
  hover(lit: Lit | null): void {
    this.hovered = lit;
    this.sigma.getContainer().classList.toggle("hovering", lit !== null);
    this.drawOverlay();
  }

  private afterRender(): void {
    if (!this.shown || !this.sigma.getGraph().order) {
      return;
    }
    this.drawNames();
    this.drawOverlay();
    if (!this.seen) {
      this.seen = true;
      performance.mark("fmvault:first-frame");
      this.onSeen();
    }
  }

  private order(): Iterable<number> {
    if (this.lit && this.lit.nodes.size < 400) {
      return [...this.lit.nodes].sort((a, b) => Number(b === this.lit!.focus) - Number(a === this.lit!.focus) || this.vault.rank[b] - this.vault.rank[a]);
    }
    return this.vault.order;
  }

  /** What panels leave free of the view. */
  private free(): [number, number, number, number] {
    const { width, height } = this.sigma.getDimensions();
    const { top, right, bottom, left } = this.covered;
    return [left, top - 20, width - right, height - bottom + 10];
  }

  /** Where no name may stand: under what lies on the map, and where the steps of a path are numbered. */
  private taken(lit: Lit | null): Box[] {
    const badges = [...(lit?.numbers?.keys() ?? [])].map((node): Box => {
      const [x, y] = this.badge(node);
      return [x - 10, y - 10, x + 10, y + 10];
    });
    return this.covered.corner ? [this.covered.corner, ...badges] : badges;
  }

  private badge(node: number): readonly [x: number, y: number] {
    const { x, y, radius } = this.at(node);
    return [x + radius * 0.7 + 6, y - radius * 0.7 - 6];
  }

  private drawNames(): void {
    const lit = this.lit;
    const many = lit ? lit.nodes.size : this.shown!.nodeCount;
    this.visibleLabels = this.labels.place(this.names, {
      free: this.free(),
      order: this.order(),
      place: (node) => (this.shown!.nodes[node] && (!lit || lit.nodes.has(node)) ? this.at(node) : null),
      strong: (node) => node === lit?.focus,
      limit: this.moving || many > 300 ? 48 : 160,
      least: lit && many < 300 ? 0 : many > 5000 ? 4.2 : many > 300 ? 5 : 0,
      patience: this.moving ? 300 : 1500,
      roomy: many < 300,
      sure: lit ? 40 : 24,
      taken: this.taken(lit),
    });
    const inks = INKS[this.theme];
    drawLabels(this.names, this.visibleLabels, css(inks.ink), css(inks.paper));
  }

  /** Where a node is in the view, and how large. */
  at(node: number): { x: number; y: number; radius: number } {
    const { x, y } = this.sigma.framedGraphToViewport(this.framed(node));
    return { x, y, radius: this.sigma.scaleSize(this.radii[node]) };
  }

  private framed(node: number): { x: number; y: number } {
    const [x, y, extent] = this.middle;
    return { x: (this.vault.x[node] - x) / extent + 0.5, y: (this.vault.y[node] - y) / extent + 0.5 };
  }

  private drawOverlay(): void {
    const context = this.overlay;
    const { width, height } = this.sigma.getDimensions();
    context.clearRect(0, 0, width, height);
    const inks = INKS[this.theme];
    const hovered = this.hovered;
    if (hovered) {
      this.drawLit(hovered);
    }
    const lit = this.lit;
    if (lit) {
      if (!hovered) {
        this.drawEdgeNames(lit);
      }
      if (lit.numbers) {
        this.drawNumbers(lit.numbers);
      }
      if (lit.focus >= 0 && this.shown!.nodes[lit.focus]) {
        const { x, y, radius } = this.at(lit.focus);
        context.strokeStyle = css(inks.ink);
        context.lineWidth = 2;
        context.beginPath();
        context.arc(x, y, radius + 4, 0, 7);
        context.stroke();
      }
    }
  }

  private drawLit(lit: Lit): void {
    const context = this.overlay;
    const inks = INKS[this.theme];
    const styles = edgeStyles(this.vault, this.theme);
    const places = new Map([...lit.nodes].map((node) => [node, this.at(node)]));
    for (const edge of lit.edges) {
      const from = places.get(this.vault.source[edge])!;
      const to = places.get(this.vault.target[edge])!;
      const { colour, arrow, line } = styles[this.vault.edgeType[edge]];
      strokeEdge(context, from, to, css(colour), 1.6, arrow, line, this.shifts?.[edge] ?? 0);
    }
    context.setLineDash([]);
    for (const [node, { x, y, radius }] of places) {
      drawNode(context, shapeOf(this.vault.type[node]), x, y, radius, css(this.colours.categories[this.colours.of[node]].colour), css(inks.paper));
    }
    const labels = this.labels.place(context, {
      free: this.free(),
      order: [lit.focus, ...[...lit.nodes].filter((node) => node !== lit.focus).sort((a, b) => this.vault.rank[b] - this.vault.rank[a])],
      place: (node) => (node >= 0 ? (places.get(node) ?? null) : null),
      strong: (node) => node === lit.focus,
      limit: 40,
      least: 0,
      patience: 400,
      roomy: lit.nodes.size < 60,
      sure: 40,
      taken: this.taken(this.lit),
    });
    drawLabels(context, labels, css(inks.ink), css(inks.paper));
    this.drawEdgeNames(lit);
  }

  /** The types of the few edges that matter, written on them. */
  private drawEdgeNames(lit: Lit): void {
    if (lit.edges.size > 24) {
      return;
    }
    const context = this.overlay;
    const inks = INKS[this.theme];
    const styles = edgeStyles(this.vault, this.theme);
    context.textAlign = "center";
    context.lineJoin = "round";
    context.font = font(10.5, false);
    for (const edge of lit.edges) {
      const type = this.vault.document.types[this.vault.edgeType[edge]];
      const from = this.at(this.vault.source[edge]);
      const to = this.at(this.vault.target[edge]);
      const name = typeName(type.name);
      const [wide, far] = [context.measureText(name).width, Math.hypot(to.x - from.x, to.y - from.y)];
      const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
      if (type.kind === "mention" || far < wide + from.radius + to.radius + 30) {
        continue;
      }
      const [cosine, sine] = [Math.abs(to.x - from.x) / far, Math.abs(to.y - from.y) / far];
      if (!this.labels.claim(x, y, wide * cosine + 12 * sine, wide * sine + 12 * cosine)) {
        continue;
      }
      let angle = Math.atan2(to.y - from.y, to.x - from.x);
      angle = Math.abs(angle) > Math.PI / 2 ? angle + Math.PI : angle;
      context.save();
      context.translate(x, y);
      context.rotate(angle);
      context.lineWidth = 3.5;
      context.strokeStyle = css(inks.paper);
      context.fillStyle = css(styles[this.vault.edgeType[edge]].colour);
      context.strokeText(name, 0, 3.5);
      context.fillText(name, 0, 3.5);
      context.restore();
    }
  }

  private drawNumbers(numbers: ReadonlyMap<number, number>): void {
    const context = this.overlay;
    const inks = INKS[this.theme];
    context.textAlign = "center";
    context.font = font(11, true);
    for (const [node, number] of numbers) {
      if (!this.shown!.nodes[node]) {
        continue;
      }
      const [left, top] = this.badge(node);
      context.beginPath();
      context.arc(left, top, 9, 0, 7);
      context.fillStyle = css(inks.ink);
      context.fill();
      context.fillStyle = css(inks.paper);
      context.fillText(String(number), left, top + 4);
    }
  }

  /** Moves the camera so that these nodes fill what panels leave free. */
  fit(nodes: Iterable<number> | null, animate = true): void {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    let count = 0;
    for (const node of nodes ?? this.drawn) {
      if (nodes === null && this.shown && !this.shown.nodes[node]) {
        continue;
      }
      const { x, y } = this.framed(node);
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
      count++;
    }
    if (!count) {
      return;
    }
    const { width, height } = this.sigma.getDimensions();
    const unit = this.unit();
    const insets = this.covered;
    // Names are wide, and stand below their nodes.
    const [beside, above] = EMBEDDED ? [34, 20] : [Math.min(72, Math.max(62, width * 0.12)), Math.min(56, height * 0.07)];
    const free = [
      Math.max(80, width - insets.left - insets.right - 2 * beside),
      Math.max(80, height - insets.top - insets.bottom - 2 * above),
    ];
    const least = nodes === null ? 0.05 : 0.12 / Math.max(1, Math.sqrt(this.vault.count / 300));
    const ratio = Math.min(4, Math.max(least, ((box[2] - box[0]) * unit) / free[0], ((box[3] - box[1]) * unit) / free[1]));
    const pixel = ratio / unit;
    const state = {
      x: (box[0] + box[2]) / 2 + ((insets.right - insets.left) / 2) * pixel,
      y: (box[1] + box[3]) / 2 - ((insets.bottom - insets.top) / 2) * pixel,
      ratio,
      angle: 0,
    };
    this.go(state, animate);
  }

  /** Pixels that a unit of the frame takes when the camera is at ratio 1. */
  private unit(): number {
    const cameraState = { x: 0.5, y: 0.5, ratio: 1, angle: 0 };
    const a = this.sigma.framedGraphToViewport({ x: 0, y: 0 }, { cameraState });
    const b = this.sigma.framedGraphToViewport({ x: 1, y: 0 }, { cameraState });
    return b.x - a.x;
  }

  go(state: Camera, animate = true, sent = true): void {
    const camera = this.sigma.getCamera();
    if (camera.x === state.x && camera.y === state.y && camera.ratio === state.ratio) {
      return;
    }
    this.sent = sent;
    if (animate && !this.calm.matches) {
      void camera.animate({ ...state, angle: 0 }, { duration: 380, easing: "cubicInOut" });
    } else {
      camera.setState({ ...state, angle: 0 });
    }
  }

  /** Brings a node into what panels leave free, where it is not there already. */
  reveal(node: number): void {
    const { width, height } = this.sigma.getDimensions();
    const insets = this.covered;
    const { x, y } = this.at(node);
    const inside = x > insets.left + 40 && x < width - insets.right - 40 && y > insets.top + 40 && y < height - insets.bottom - 40;
    if (!inside) {
      const { x: fx, y: fy } = this.framed(node);
      const { ratio } = this.sigma.getCamera().getState();
      const pixel = ratio / this.unit();
      this.go({
        x: fx + ((insets.right - insets.left) / 2) * pixel,
        y: fy - ((insets.bottom - insets.top) / 2) * pixel,
        ratio,
      });
    }
  }

  pan(right: number, down: number): void {
    const camera = this.sigma.getCamera();
    const { x, y, ratio } = camera.getState();
    const pixel = ratio / this.unit();
    this.go({ x: x + right * pixel, y: y - down * pixel, ratio }, false, false);
  }

  zoom(factor: number): void {
    const { x, y, ratio } = this.sigma.getCamera().getState();
    const next = Math.min(4, Math.max(0.002, ratio * factor));
    this.go({ x, y, ratio: next }, true, false);
  }

  /** The radius of a node in the view. */
  radius(node: number): number {
    return this.sigma.scaleSize(this.radii[node]);
  }

  shift(edge: number): number {
    return this.shifts?.[edge] ?? 0;
  }

  isLit(node: number): boolean {
    return !this.lit || this.lit.nodes.has(node);
  }

  edgeIsLit(edge: number): boolean {
    return !this.lit || this.lit.edges.has(edge);
  }

}

export function pack([red, green, blue]: Rgb, alpha: number): number {
  return (red | (green << 8) | (blue << 16) | (alpha << 24)) >>> 0;
}

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** The two ends of what is seen of an edge, and the corners of its arrowhead. */
export function edgeShape(from: Spot, to: Spot, arrow: boolean, shift: number): { line: number[]; head: number[] | null } | null {
  const far = Math.hypot(to.x - from.x, to.y - from.y);
  if (far < 1) {
    return null;
  }
  const [wx, wy] = [(to.x - from.x) / far, (to.y - from.y) / far];
  // Down is more in the view and less on the card: left there is right here.
  const [sx, sy] = [wy * shift, -wx * shift];
  const end = Math.max(far - to.radius - 1, far * 0.6);
  const start = Math.min(from.radius, far * 0.4);
  const at = (along: number, aside = 0) => [from.x + wx * along + sx - wy * aside, from.y + wy * along + sy + wx * aside];
  const pointed = arrow && far > to.radius + 12;
  return {
    line: [...at(start), ...at(pointed ? end - 5 : end)],
    head: pointed ? [...at(end), ...at(end - 8, 3.4), ...at(end - 8, -3.4)] : null,
  };
}

export const DASHES = { line: [], dashes: [7, 4], dots: [2, 3] } as const;

export function strokeEdge(
  context: CanvasRenderingContext2D,
  from: Spot,
  to: Spot,
  colour: string,
  width: number,
  arrow: boolean,
  line: keyof typeof DASHES,
  shift: number,
): void {
  const shape = edgeShape(from, to, arrow, shift);
  if (!shape) {
    return;
  }
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = width;
  context.setLineDash([...DASHES[line]]);
  context.beginPath();
  context.moveTo(shape.line[0], shape.line[1]);
  context.lineTo(shape.line[2], shape.line[3]);
  context.stroke();
  if (shape.head) {
    context.beginPath();
    context.moveTo(shape.head[0], shape.head[1]);
    context.lineTo(shape.head[2], shape.head[3]);
    context.lineTo(shape.head[4], shape.head[5]);
    context.fill();
  }
}

export function drawNode(
  context: CanvasRenderingContext2D,
  shape: ReturnType<typeof shapeOf>,
  x: number,
  y: number,
  radius: number,
  colour: string,
  paper: string,
): void {
  context.beginPath();
  if (shape === "diamond") {
    const reach = radius * 1.25;
    context.moveTo(x, y - reach);
    context.lineTo(x + reach, y);
    context.lineTo(x, y + reach);
    context.lineTo(x - reach, y);
    context.closePath();
  } else if (shape === "square") {
    const reach = radius * 0.89;
    context.rect(x - reach, y - reach, 2 * reach, 2 * reach);
  } else {
    context.arc(x, y, radius, 0, 7);
  }
  context.fillStyle = shape === "ring" ? paper : colour;
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = paper;
  if (shape === "ring") {
    const line = Math.min(2.2, Math.max(0.8, radius * 0.3));
    context.beginPath();
    context.arc(x, y, Math.max(0.1, radius - line / 2), 0, 7);
    context.lineWidth = line;
    context.strokeStyle = colour;
  }
  context.stroke();
}

function middleOf(vault: Vault): [number, number, number] {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let node = 0; node < vault.count; node++) {
    box[0] = Math.min(box[0], vault.x[node]);
    box[1] = Math.min(box[1], vault.y[node]);
    box[2] = Math.max(box[2], vault.x[node]);
    box[3] = Math.max(box[3], vault.y[node]);
  }
  return [(box[0] + box[2]) / 2 || 0, (box[1] + box[3]) / 2 || 0, Math.max(1, box[2] - box[0], box[3] - box[1])];
}
