/** Pictures of what is shown: as much of the map as no panel covers, and what its colours and lines mean. */

import type { Drawing } from "./map";
import { DASHES, drawNode, edgeShape, strokeEdge } from "./map";
import type { Explorer, View } from "./explorer";
import { drawLabels, FONT, shortened } from "./labels";
import { css, edgeStrength, edgeStyles, hex, INKS, shapeOf, type Category, type EdgeStyle, type Shape } from "./palette";
import { text, typeName } from "./texts";

/** Of the width of the column that holds the legend, of its lines, and of the space around it. */
const COLUMN = 216;
const LINE = 21;
const EDGE = 20;

/** A line of the legend; where it has neither a node nor an edge, it is a heading. */
interface Entry {
  readonly label: string;
  /** The middle of what stands in the line. */
  readonly y: number;
  readonly node?: Category;
  readonly edge?: EdgeStyle;
}

interface Scene {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly edges: readonly number[];
  readonly nodes: readonly number[];
  readonly legend: readonly Entry[];
}

/** What lies in the view, in the order in which it is drawn. */
function scene(explorer: Explorer, drawing: Drawing, { shown }: View): Scene {
  const { vault } = explorer;
  const whole = drawing.sigma.getDimensions();
  const { covered } = drawing;
  const [left, top] = [covered.left, covered.top];
  const [right, bottom] = [whole.width - covered.right, whole.height - covered.bottom];
  const spots = new Map<number, { x: number; y: number; radius: number }>();
  const at = (node: number) => {
    let spot = spots.get(node);
    if (!spot) {
      spot = drawing.at(node);
      spots.set(node, spot);
    }
    return spot;
  };
  const edges: number[] = [];
  for (let edge = 0; edge < vault.edgeCount; edge++) {
    if (shown.edges[edge]) {
      const [a, b] = [at(vault.source[edge]), at(vault.target[edge])];
      if (Math.max(a.x, b.x) > left && Math.min(a.x, b.x) < right && Math.max(a.y, b.y) > top && Math.min(a.y, b.y) < bottom) {
        edges.push(edge);
      }
    }
  }
  const nodes: number[] = [];
  for (const node of vault.order) {
    if (shown.nodes[node]) {
      const { x, y, radius } = at(node);
      if (x + radius > left && x - radius < right && y + radius > top && y - radius < bottom) {
        nodes.push(node);
      }
    }
  }
  const legend = legendOf(explorer, drawing, top, edges, nodes);
  const height = Math.max(bottom - top, (legend.at(-1)?.y ?? 0) - top + EDGE + LINE / 2);
  return { left, top, width: right - left, height, edges, nodes: nodes.reverse(), legend };
}

/** What is in the picture, and nothing else. */
function legendOf({ vault }: Explorer, { colours, theme }: Drawing, top: number, edges: readonly number[], nodes: readonly number[]): Entry[] {
  const categories = new Set(nodes.map((node) => colours.of[node]));
  const types = new Set(edges.map((edge) => vault.edgeType[edge]));
  const styles = edgeStyles(vault, theme);
  const rows: Omit<Entry, "y">[] = [
    { label: text("nodes") },
    ...colours.categories.filter((_, index) => categories.has(index)).map((node) => ({ label: node.label, node })),
    ...(types.size ? [{ label: text("relations") }] : []),
    ...vault.document.types.flatMap((type, index) => (types.has(index) ? [{ label: typeName(type.name), edge: styles[index] }] : [])),
  ];
  let y = top + EDGE - LINE / 2;
  return rows.map((row, index) => {
    y += LINE + (index && !row.node && !row.edge ? LINE / 2 : 0);
    return { ...row, label: shortened(row.label), y };
  });
}

export async function png(explorer: Explorer, drawing: Drawing): Promise<Blob> {
  const view = explorer.view();
  const { left, top, width, height, edges, nodes, legend } = scene(explorer, drawing, view);
  const { vault } = explorer;
  const scale = 2;
  const canvas = document.createElement("canvas");
  canvas.width = (width + COLUMN) * scale;
  canvas.height = height * scale;
  const context = canvas.getContext("2d")!;
  context.scale(scale, scale);
  context.translate(-left, -top);
  const inks = INKS[drawing.theme];
  const paper = css(inks.paper);
  context.fillStyle = paper;
  context.fillRect(left, top, width + COLUMN, height);
  const styles = edgeStyles(vault, drawing.theme);
  for (const edge of edges) {
    const { colour, arrow, line } = styles[vault.edgeType[edge]];
    context.globalAlpha = drawing.edgeIsLit(edge) ? (view.lit ? 0.9 : edgeStrength(vault, vault.edgeType[edge], view.shown.edgeCount)) : 0.06;
    strokeEdge(context, drawing.at(vault.source[edge]), drawing.at(vault.target[edge]), css(colour), 1.2, arrow && edges.length < 5000, line, drawing.shift(edge));
  }
  context.setLineDash([]);
  for (const node of nodes) {
    const { x, y, radius } = drawing.at(node);
    context.globalAlpha = drawing.isLit(node) ? 1 : 0.13;
    const { colour } = drawing.colours.categories[drawing.colours.of[node]];
    drawNode(context, shapeOf(vault.type[node]), x, y, radius, css(colour), paper);
  }
  context.globalAlpha = 1;
  drawLabels(context, drawing.visibleLabels, css(inks.ink), paper);
  const right = left + width;
  context.fillStyle = paper;
  context.fillRect(right, top, COLUMN, height);
  context.textAlign = "left";
  for (const { label, y, node, edge } of legend) {
    if (node) {
      drawNode(context, node.shape, right + EDGE + 8, y, 6, css(node.colour), paper);
    } else if (edge) {
      strokeEdge(context, { x: right + EDGE, y, radius: 0 }, { x: right + EDGE + 33, y, radius: 0 }, css(edge.colour), 1.6, edge.arrow, edge.line, 0);
    }
    context.setLineDash([]);
    context.font = `${node || edge ? 400 : 600} 12px ${FONT}`;
    context.fillStyle = css(inks.ink);
    context.fillText(label, right + EDGE + (node ? 24 : edge ? 44 : 0), y + 4, COLUMN - EDGE - (node ? 24 : edge ? 44 : 0));
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large"))), "image/png");
  });
}

/** Text as XML has it, without the characters that it cannot have. */
const xml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "")
    .replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);

const short = (value: number): string => String(Math.round(value * 10) / 10);

function nodeMark(shape: Shape, x: number, y: number, radius: number, colour: string, paper: string, opacity: string, title: string): string {
  const point = (right: number, down: number) => `${short(x + right)} ${short(y + down)}`;
  if (shape === "ring") {
    const line = Math.min(2.2, Math.max(0.8, radius * 0.3));
    return `<circle cx="${short(x)}" cy="${short(y)}" r="${short(radius - line / 2)}" fill="${paper}" stroke="${colour}" stroke-width="${short(line)}"${opacity}>${title}</circle>`;
  }
  if (shape === "disc") {
    return `<circle cx="${short(x)}" cy="${short(y)}" r="${short(radius)}" fill="${colour}"${opacity}>${title}</circle>`;
  }
  const reach = radius * (shape === "diamond" ? 1.25 : 0.89);
  const corners =
    shape === "diamond"
      ? [point(0, -reach), point(reach, 0), point(0, reach), point(-reach, 0)]
      : [point(-reach, -reach), point(reach, -reach), point(reach, reach), point(-reach, reach)];
  return `<path d="M${corners.join("L")}Z" fill="${colour}"${opacity}>${title}</path>`;
}

export function svg(explorer: Explorer, drawing: Drawing): Blob {
  const view = explorer.view();
  const { left, top, width, height, edges, nodes, legend } = scene(explorer, drawing, view);
  const { vault } = explorer;
  const inks = INKS[drawing.theme];
  const paper = hex(inks.paper);
  const styles = edgeStyles(vault, drawing.theme);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${short(width + COLUMN)}" height="${short(height)}" viewBox="${[left, top, width + COLUMN, height].map(short).join(" ")}">`,
    `<title>${xml(vault.document.title)}</title>`,
    `<rect x="${short(left)}" y="${short(top)}" width="100%" height="100%" fill="${paper}"/>`,
    `<g fill="none" stroke-width="1.2">`,
  ];
  for (const edge of edges) {
    const { colour, arrow, line } = styles[vault.edgeType[edge]];
    const shape = edgeShape(drawing.at(vault.source[edge]), drawing.at(vault.target[edge]), arrow, drawing.shift(edge));
    if (shape) {
      const [x1, y1, x2, y2] = shape.line.map(short);
      const strength = drawing.edgeIsLit(edge) ? (view.lit ? 0.9 : edgeStrength(vault, vault.edgeType[edge], view.shown.edgeCount)) : 0.06;
      const dashes = DASHES[line].length ? ` stroke-dasharray="${DASHES[line].join(" ")}"` : "";
      parts.push(`<path d="M${x1} ${y1}L${x2} ${y2}" stroke="${hex(colour)}" opacity="${strength.toFixed(2)}"${dashes}/>`);
      if (shape.head) {
        const [ax, ay, bx, by, cx, cy] = shape.head.map(short);
        parts.push(`<path d="M${ax} ${ay}L${bx} ${by}L${cx} ${cy}Z" fill="${hex(colour)}" opacity="${strength.toFixed(2)}"/>`);
      }
    }
  }
  parts.push(`</g><g stroke="${paper}">`);
  for (const node of nodes) {
    const { x, y, radius } = drawing.at(node);
    const colour = hex(drawing.colours.categories[drawing.colours.of[node]].colour);
    const opacity = drawing.isLit(node) ? "" : ` opacity="0.13"`;
    const name = `<title>${xml(vault.names[node])}</title>`;
    parts.push(nodeMark(shapeOf(vault.type[node]), x, y, radius, colour, paper, opacity, name));
  }
  parts.push(
    `</g><g font-family="${xml(FONT)}" text-anchor="middle" fill="${hex(inks.ink)}" stroke="${paper}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke">`,
  );
  for (const { text, x, y, size, strong } of drawing.visibleLabels) {
    parts.push(`<text x="${short(x)}" y="${short(y)}" font-size="${size}" font-weight="${strong ? 650 : 480}">${xml(text)}</text>`);
  }
  const right = left + width;
  parts.push(`</g><rect x="${short(right)}" y="${short(top)}" width="${COLUMN}" height="100%" fill="${paper}"/>`);
  parts.push(`<g font-family="${xml(FONT)}" font-size="12" fill="${hex(inks.ink)}">`);
  for (const { label, y, node, edge } of legend) {
    if (node) {
      parts.push(nodeMark(node.shape, right + EDGE + 8, y, 6, hex(node.colour), paper, "", ""));
    } else if (edge) {
      const shape = edgeShape({ x: right + EDGE, y, radius: 0 }, { x: right + EDGE + 33, y, radius: 0 }, edge.arrow, 0)!;
      const dashes = DASHES[edge.line].length ? ` stroke-dasharray="${DASHES[edge.line].join(" ")}"` : "";
      const [x1, y1, x2, y2] = shape.line.map(short);
      parts.push(`<path d="M${x1} ${y1}L${x2} ${y2}" stroke="${hex(edge.colour)}" stroke-width="1.6"${dashes}/>`);
      if (shape.head) {
        const [ax, ay, bx, by, cx, cy] = shape.head.map(short);
        parts.push(`<path d="M${ax} ${ay}L${bx} ${by}L${cx} ${cy}Z" fill="${hex(edge.colour)}"/>`);
      }
    }
    const weight = node || edge ? "" : ` font-weight="600"`;
    parts.push(`<text x="${short(right + EDGE + (node ? 24 : edge ? 44 : 0))}" y="${short(y + 4)}"${weight}>${xml(label)}</text>`);
  }
  parts.push("</g></svg>\n");
  return new Blob([parts.join("\n")], { type: "image/svg+xml" });
}

export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
