/** Names on the map: the most central first, none over another. */

import type { Vault } from "./data";

const LONGEST = 36;
const CELL = 48;

/** A name short enough for the map, cut between characters as people see them. */
export function shortened(name: string): string {
  if (name.length <= LONGEST) {
    return name;
  }
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const seen: string[] = [];
  for (const { segment } of segmenter.segment(name.slice(0, LONGEST * 8))) {
    if (seen.length === LONGEST - 1) {
      return `${seen.join("").trimEnd()}…`;
    }
    seen.push(segment);
  }
  return seen.join("");
}

export interface Label {
  readonly node: number;
  readonly text: string;
  /** The middle of the text, and its base line. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly strong: boolean;
}

export interface Candidate {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

type Box = readonly [left: number, top: number, right: number, bottom: number];

export interface Request {
  /** What of the view is free for names. */
  readonly free: Box;
  /** Nodes to be named, the most important first. */
  readonly order: Iterable<number>;
  readonly place: (node: number) => Candidate | null;
  readonly strong: (node: number) => boolean;
  readonly limit: number;
  /** Nodes smaller than this in the view go without a name. */
  readonly least: number;
  /** How many nodes in view are looked at before it is enough. */
  readonly patience: number;
  /** Whether names keep off nodes, where there are so few that they can. */
  readonly roomy: boolean;
}

export const FONT = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** What is taken on the map, in cells, so that only what is near has to be compared. */
class Room {
  private readonly cells = new Map<number, Box[]>();

  isFree(box: Box): boolean {
    for (const cell of cellsOf(box)) {
      for (const other of this.cells.get(cell) ?? []) {
        if (box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]) {
          return false;
        }
      }
    }
    return true;
  }

  take(box: Box): void {
    for (const cell of cellsOf(box)) {
      const held = this.cells.get(cell);
      if (held) {
        held.push(box);
      } else {
        this.cells.set(cell, [box]);
      }
    }
  }
}

function* cellsOf([left, top, right, bottom]: Box): Generator<number> {
  for (let row = Math.floor(top / CELL); row <= Math.floor(bottom / CELL); row++) {
    for (let column = Math.floor(left / CELL); column <= Math.floor(right / CELL); column++) {
      yield row * 4096 + column;
    }
  }
}

export class Labels {
  private readonly widths = new Map<string, number>();
  private names = new Room();

  constructor(private readonly vault: Vault) {}

  /** Where names go: below their nodes, else above or beside them, in the first place that is free. */
  place(context: CanvasRenderingContext2D, request: Request): Label[] {
    const [minX, minY, maxX, maxY] = request.free;
    const names = (this.names = new Room());
    const nodes = new Room();
    const found: Label[] = [];
    const candidates: { node: number; at: Candidate }[] = [];
    for (const node of request.order) {
      if (candidates.length >= request.patience) {
        break;
      }
      const at = request.place(node);
      if (at && at.x > minX && at.y > minY && at.x < maxX && at.y < maxY) {
        candidates.push({ node, at });
        if (request.roomy) {
          const reach = at.radius * 0.9;
          nodes.take([at.x - reach, at.y - reach, at.x + reach, at.y + reach]);
        }
      }
    }
    for (const { node, at } of candidates) {
      if (found.length >= request.limit) {
        break;
      }
      const strong = request.strong(node);
      if (at.radius < request.least && !strong) {
        continue;
      }
      const size = Math.round(Math.min(16, Math.max(11, 9.5 + at.radius * 0.42)));
      const shown = shortened(this.vault.names[node]);
      const width = this.width(context, shown, size, strong);
      const inside = (left: number) => Math.max(minX + 6, Math.min(left, maxX - width - 6));
      const middle = inside(at.x - width / 2);
      const places = [
        [middle, at.y + at.radius + 3],
        [middle, at.y - at.radius - size - 5],
        [at.x + at.radius + 5, at.y - size / 2],
        [at.x - at.radius - width - 5, at.y - size / 2],
      ] as const;
      const boxes = places.map(([left, top]): Box => [left - 3, top - 1, left + width + 3, top + size + 3]);
      let which = boxes.findIndex((box) => box[0] >= minX && box[2] <= maxX && names.isFree(box) && nodes.isFree(box));
      if (which < 0 && strong) {
        which = 0;
      }
      if (which < 0) {
        continue;
      }
      names.take(boxes[which]);
      const [left, top] = places[which];
      found.push({ node, text: shown, x: left + width / 2, y: top + size * 0.86, size, strong });
    }
    return found;
  }

  /** Whether there is room for something so large there; if so, it is taken. */
  claim(x: number, y: number, width: number, height: number): boolean {
    const box: Box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
    const free = this.names.isFree(box);
    if (free) {
      this.names.take(box);
    }
    return free;
  }

  private width(context: CanvasRenderingContext2D, text: string, size: number, strong: boolean): number {
    const key = `${size}${strong ? "b" : ""} ${text}`;
    let width = this.widths.get(key);
    if (width === undefined) {
      context.font = font(size, strong);
      width = context.measureText(text).width;
      this.widths.set(key, width);
    }
    return width;
  }
}

export const font = (size: number, strong: boolean): string => `${strong ? 650 : 480} ${size}px ${FONT}`;

export function drawLabels(context: CanvasRenderingContext2D, labels: readonly Label[], ink: string, paper: string): void {
  context.textAlign = "center";
  context.lineJoin = "round";
  context.strokeStyle = paper;
  context.fillStyle = ink;
  // From the last to the first, so that the most important lies on top.
  for (const label of [...labels].reverse()) {
    context.font = font(label.size, label.strong);
    context.lineWidth = 3.5;
    context.strokeText(label.text, label.x, label.y);
    context.fillText(label.text, label.x, label.y);
  }
}
