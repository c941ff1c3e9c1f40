/** Ways through the graph: neighbourhoods, shortest paths and reading paths. */

import type { Vault } from "./data";

/** What may be walked: by node and by edge, 0 is out of bounds. */
export interface Bounds {
  readonly nodes: Uint8Array;
  readonly edges: Uint8Array;
}

/** The neighbours of a node and the edges that lead there, in either direction. */
export function* neighbours(vault: Vault, node: number, bounds: Bounds | null): Generator<[edge: number, other: number]> {
  for (const [ends, others] of [
    [vault.out, vault.target],
    [vault.in, vault.source],
  ] as const) {
    for (let place = ends.start[node]; place < ends.start[node + 1]; place++) {
      const edge = ends.edges[place];
      const other = others[edge];
      if (bounds === null || (bounds.edges[edge] && bounds.nodes[other])) {
        yield [edge, other];
      }
    }
  }
}

/** The nodes at most `depth` steps away, by the number of steps. */
export function neighbourhood(vault: Vault, from: number, depth: number, bounds: Bounds): Map<number, number> {
  const found = new Map([[from, 0]]);
  let border = [from];
  for (let steps = 1; steps <= depth && border.length; steps++) {
    const next: number[] = [];
    for (const node of border) {
      for (const [, other] of neighbours(vault, node, bounds)) {
        if (!found.has(other)) {
          found.set(other, steps);
          next.push(other);
        }
      }
    }
    border = next;
  }
  return found;
}

export interface Way {
  readonly nodes: readonly number[];
  /** `edges[i]` joins `nodes[i]` and `nodes[i + 1]`. */
  readonly edges: readonly number[];
}

/** A shortest path, whichever way its edges point; null where there is none. */
export function shortest(vault: Vault, from: number, to: number, bounds: Bounds): Way | null {
  const came = new Int32Array(vault.count).fill(-1);
  const by = new Int32Array(vault.count).fill(-1);
  came[from] = from;
  let border = [from];
  while (border.length && came[to] < 0) {
    const next: number[] = [];
    for (const node of border) {
      for (const [edge, other] of neighbours(vault, node, bounds)) {
        if (came[other] < 0) {
          came[other] = node;
          by[other] = edge;
          next.push(other);
        }
      }
    }
    border = next;
  }
  if (came[to] < 0) {
    return null;
  }
  const nodes = [to];
  const edges: number[] = [];
  for (let node = to; node !== from; node = came[node]) {
    edges.push(by[node]);
    nodes.push(came[node]);
  }
  return { nodes: nodes.reverse(), edges: edges.reverse() };
}

/** The types of edges by which a note needs another, the stronger first. */
export const NEEDS: readonly string[] = ["requires", "definition"];

export interface Reason {
  readonly by: number;
  readonly edge: number;
}

export interface Step {
  readonly node: number;
  readonly reasons: readonly Reason[];
  /** 0, or the number of the circle of notes that need each other. */
  readonly circle: number;
}

/**
 * All that a note needs, and what that needs in turn, each before what needs it; the note itself is last.
 *
 * What a note needs is read right before it: first what it requires, then what its definition names, in the order of
 * its links. Notes that need each other stand together.
 */
export function readingPath(vault: Vault, target: number): Step[] {
  const wanted = NEEDS.map((name) => vault.document.types.findIndex((type) => type.name === name));
  const ahead = new Map<number, Map<number, number[]>>();
  const left = [target];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (!ahead.has(node)) {
      const needs = needsOf(vault, node, wanted);
      ahead.set(node, needs);
      left.push(...needs.keys());
    }
  }
  const finished = lastFirst(target, ahead);
  const circle = circles(target, ahead);
  const last = new Map<number, number>();
  finished.forEach((node, index) => {
    const number = circle.get(node);
    if (number !== undefined) {
      last.set(number, index);
    }
  });
  const place = new Map(finished.map((node, index) => [node, [last.get(circle.get(node) ?? -1) ?? index, index]]));
  const order = [...finished].sort((a, b) => {
    const [first, second] = [place.get(a)!, place.get(b)!];
    return first[0] - second[0] || first[1] - second[1];
  });
  const numbers = new Map([...last].sort((a, b) => a[1] - b[1]).map(([number], index) => [number, index + 1]));
  const reasons = new Map<number, Reason[]>();
  for (const by of order) {
    for (const [node, edges] of ahead.get(by)!) {
      const known = reasons.get(node) ?? [];
      reasons.set(node, known);
      known.push(...edges.map((edge) => ({ by, edge })));
    }
  }
  return order.map((node) => ({
    node,
    reasons: reasons.get(node) ?? [],
    circle: numbers.get(circle.get(node) ?? -1) ?? 0,
  }));
}

function needsOf(vault: Vault, node: number, wanted: readonly number[]): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const type of wanted) {
    for (let place = vault.out.start[node]; place < vault.out.start[node + 1]; place++) {
      const edge = vault.out.edges[place];
      if (type >= 0 && vault.edgeType[edge] === type) {
        const other = vault.target[edge];
        found.set(other, [...(found.get(other) ?? []), edge]);
      }
    }
  }
  return found;
}

type Ahead = ReadonlyMap<number, ReadonlyMap<number, unknown>>;

/** All nodes that are reached, each once all that it leads to are done, or begun. */
function lastFirst(start: number, ahead: Ahead): number[] {
  const begun = new Set([start]);
  const finished: number[] = [];
  const stack = [{ node: start, rest: ahead.get(start)!.keys() }];
  while (stack.length) {
    const top = stack[stack.length - 1];
    const next = top.rest.next();
    if (next.done) {
      finished.push(top.node);
      stack.pop();
    } else if (!begun.has(next.value)) {
      begun.add(next.value);
      stack.push({ node: next.value, rest: ahead.get(next.value)!.keys() });
    }
  }
  return finished;
}

/** The number of the circle that each node is in, for those that are in one: Tarjan's strong components of two or more. */
function circles(start: number, ahead: Ahead): Map<number, number> {
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const open: number[] = [];
  const isOpen = new Set<number>();
  const found = new Map<number, number>();
  let number = 0;
  const begin = (node: number) => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    open.push(node);
    isOpen.add(node);
    return { node, rest: ahead.get(node)!.keys() };
  };
  const stack = [begin(start)];
  while (stack.length) {
    const { node, rest } = stack[stack.length - 1];
    const next = rest.next();
    if (!next.done) {
      if (!index.has(next.value)) {
        stack.push(begin(next.value));
      } else if (isOpen.has(next.value)) {
        low.set(node, Math.min(low.get(node)!, index.get(next.value)!));
      }
      continue;
    }
    stack.pop();
    if (stack.length) {
      const above = stack[stack.length - 1].node;
      low.set(above, Math.min(low.get(above)!, low.get(node)!));
    }
    if (low.get(node) === index.get(node)) {
      const members: number[] = [];
      let member: number;
      do {
        member = open.pop()!;
        isOpen.delete(member);
        members.push(member);
      } while (member !== node);
      if (members.length > 1) {
        for (const each of members) {
          found.set(each, number);
        }
        number++;
      }
    }
  }
  return found;
}
