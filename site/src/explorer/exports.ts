/** Pictures of what is shown. */

import type { Drawing } from "./map";
import { DASHES, drawNode, edgeShape, strokeEdge } from "./map";
import type { Explorer, View } from "./explorer";
import { drawLabels, FONT } from "./labels";
import { css, edgeStrength, edgeStyles, hex, INKS, shapeOf } from "./palette";

interface Scene {
  readonly width: number;
  readonly height: number;
  readonly edges: readonly number[];
  readonly nodes: readonly number[];
}

/** What lies in the view, in the order in which it is drawn. */
function scene(explorer: Explorer, drawing: Drawing, { shown }: View): Scene {
  const { vault } = explorer;
  const { width, height } = drawing.sigma.getDimensions();
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
      if (Math.max(a.x, b.x) > 0 && Math.min(a.x, b.x) < width && Math.max(a.y, b.y) > 0 && Math.min(a.y, b.y) < height) {
        edges.push(edge);
      }
    }
  }
  const nodes: number[] = [];
  for (const node of vault.order) {
    if (shown.nodes[node]) {
      const { x, y, radius } = at(node);
      if (x + radius > 0 && x - radius < width && y + radius > 0 && y - radius < height) {
        nodes.push(node);
      }
    }
  }
  return { width, height, edges, nodes: nodes.reverse() };
}

export async function png(explorer: Explorer, drawing: Drawing): Promise<Blob> {
  const view = explorer.view();
  const { width, height, edges, nodes } = scene(explorer, drawing, view);
  const { vault } = explorer;
  const scale = 2;
  const canvas = document.createElement("canvas");
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext("2d")!;
  context.scale(scale, scale);
  const inks = INKS[drawing.theme];
  const paper = css(inks.paper);
  context.fillStyle = paper;
  context.fillRect(0, 0, width, height);
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

export function svg(explorer: Explorer, drawing: Drawing): Blob {
  const view = explorer.view();
  const { width, height, edges, nodes } = scene(explorer, drawing, view);
  const { vault } = explorer;
  const inks = INKS[drawing.theme];
  const paper = hex(inks.paper);
  const styles = edgeStyles(vault, drawing.theme);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${xml(vault.document.title)}</title>`,
    `<rect width="100%" height="100%" fill="${paper}"/>`,
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
    const shape = shapeOf(vault.type[node]);
    if (shape === "ring") {
      const line = Math.min(2.2, Math.max(0.8, radius * 0.3));
      parts.push(
        `<circle cx="${short(x)}" cy="${short(y)}" r="${short(radius - line / 2)}" fill="${paper}" stroke="${colour}" stroke-width="${short(line)}"${opacity}>${name}</circle>`,
      );
    } else if (shape === "disc") {
      parts.push(`<circle cx="${short(x)}" cy="${short(y)}" r="${short(radius)}" fill="${colour}"${opacity}>${name}</circle>`);
    } else if (shape === "diamond") {
      const reach = radius * 1.25;
      parts.push(
        `<path d="M${short(x)} ${short(y - reach)}L${short(x + reach)} ${short(y)}L${short(x)} ${short(y + reach)}L${short(x - reach)} ${short(y)}Z" fill="${colour}"${opacity}>${name}</path>`,
      );
    } else {
      const reach = radius * 0.89;
      parts.push(
        `<rect x="${short(x - reach)}" y="${short(y - reach)}" width="${short(reach * 2)}" height="${short(reach * 2)}" fill="${colour}"${opacity}>${name}</rect>`,
      );
    }
  }
  parts.push(
    `</g><g font-family="${xml(FONT)}" text-anchor="middle" fill="${hex(inks.ink)}" stroke="${paper}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke">`,
  );
  for (const { text, x, y, size, strong } of drawing.visibleLabels) {
    parts.push(`<text x="${short(x)}" y="${short(y)}" font-size="${size}" font-weight="${strong ? 650 : 480}">${xml(text)}</text>`);
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
