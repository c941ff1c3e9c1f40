/** Names on the map: the most central first, none over another. */

import { GHOST, type Vault } from "./data";

const LONGEST = 36;
const CELL = 48;
/** How far a name keeps off nodes that are not its own. */
const APART = 3;

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

export type Box = readonly [left: number, top: number, right: number, bottom: number];

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
  /** So many, the largest, are named even if that covers a part of a smaller one. */
  readonly sure: number;
  /** Where no name may stand. */
  readonly taken: readonly Box[];
}

export const FONT = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** What is taken on the map, in cells, so that only what is near has to be compared. */
class Room {
  private readonly cells = new Map<number, Box[]>();

  /** How much of a box is taken, in square pixels; `but` is not in its own way. */
  covered(box: Box, but: Box): number {
    const found = new Set<Box>();
    for (const cell of cellsOf(box)) {
      this.cells.get(cell)?.forEach((other) => found.add(other));
    }
    found.delete(but);
    let sum = 0;
    for (const other of found) {
      const wide = Math.min(box[2], other[2]) - Math.max(box[0], other[0]);
      const high = Math.min(box[3], other[3]) - Math.max(box[1], other[1]);
      sum += wide > 0 && high > 0 ? wide * high : 0;
    }
    return sum;
  }

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

  /** Where names go, those of the largest first: below their nodes, else above or beside them, in the first place that is free. */
  place(context: CanvasRenderingContext2D, request: Request): Label[] {
    const [minX, minY, maxX, maxY] = request.free;
    const names = (this.names = new Room());
    const nodes = new Room();
    const found: Label[] = [];
    const candidates: { node: number; at: Candidate; dot: Box }[] = [];
    request.taken.forEach((box) => names.take(box));
    for (const node of request.order) {
      if (candidates.length >= request.patience) {
        break;
      }
      const at = request.place(node);
      if (at && at.x > minX && at.y > minY && at.x < maxX && at.y < maxY) {
        // A name that comes closer to another node than to its own would be read as that one's.
        const reach = at.radius * 0.9 + APART;
        const dot: Box = [at.x - reach, at.y - reach, at.x + reach, at.y + reach];
        candidates.push({ node, at, dot });
        if (request.roomy) {
          nodes.take(dot);
        }
      }
    }
    const before = ({ node }: { readonly node: number }) => (request.strong(node) ? 2 : this.vault.type[node] <= GHOST ? 1 : 0);
    candidates.sort((a, b) => before(b) - before(a) || b.at.radius - a.at.radius);
    for (const [index, { node, at, dot }] of candidates.entries()) {
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
      const [under, over, aside] = [at.y + at.radius + 3, at.y - at.radius - size - 5, at.radius * 0.75 + 3];
      const places = [
        [middle, under],
        [middle, over],
        [at.x + at.radius + 5, at.y - size / 2],
        [at.x - at.radius - width - 5, at.y - size / 2],
        [at.x + aside, at.y + at.radius * 0.6],
        [at.x - aside - width, at.y + at.radius * 0.6],
        [at.x + aside, at.y - at.radius * 0.6 - size],
        [at.x - aside - width, at.y - at.radius * 0.6 - size],
      ] as const;
      const boxes = places.map(([left, top]): Box => [left - 3, top - 1, left + width + 3, top + size + 3]);
      const open = [...boxes.keys()].filter((place) => boxes[place][0] >= minX && boxes[place][2] <= maxX && names.isFree(boxes[place]));
      const covers = open.map((place) => nodes.covered(boxes[place], dot));
      // Over more of a node than that, a name would be read as its.
      const least = index < request.sure ? Math.min(...covers.filter((cover) => cover < 0.3 * width * size)) : 0;
      let which = open[covers.indexOf(least)] ?? -1;
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
