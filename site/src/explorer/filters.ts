/** Which nodes and edges are shown. */

import { ATTACHMENT, GHOST, NOTE, NO_DATE, TAG, type Vault } from "./data";
import type { State } from "./state";
import type { Bounds } from "./walks";

export interface Shown extends Bounds {
  readonly nodes: Uint8Array;
  readonly edges: Uint8Array;
  readonly nodeCount: number;
  /** How many are notes, notes not yet written, tags and attachments. */
  readonly counts: Uint32Array;
  readonly edgeCount: number;
  /** How many links the edges stand for: one edge may be several. */
  readonly linkCount: number;
}

export function shown(vault: Vault, state: State): Shown {
  const { count, edgeCount, type, kind, folder, community } = vault;
  const nodes = new Uint8Array(count);
  const edges = new Uint8Array(edgeCount);
  const folders = under(vault.document.folders, state.folders);
  const tags = under(vault.document.tags, state.tags);
  const types = [true, state.ghosts, state.tagNodes, state.attachments];
  const until = state.until;
  let nodeCount = 0;
  for (let node = 0; node < count; node++) {
    const degree = vault.degree(node);
    if (
      !types[type[node]] ||
      (type[node] === NOTE && state.hiddenKinds.has(kind[node])) ||
      (folders && type[node] === NOTE && !folders[folder[node]]) ||
      (tags && type[node] === NOTE && !vault.document.nodes.tags[node].some((tag) => tags[tag])) ||
      (state.communities.size && !state.communities.has(community[node])) ||
      (type[node] <= GHOST && (degree < state.least || degree > state.most)) ||
      (!state.orphans && type[node] === NOTE && !vault.joined[node])
    ) {
      continue;
    }
    if (until !== null && type[node] === NOTE) {
      const created = vault.created(node);
      if (created !== NO_DATE && created > until) {
        continue;
      }
    }
    nodes[node] = 1;
    nodeCount++;
  }
  const hiddenTypes = Uint8Array.from(vault.document.types, (_, index) => Number(state.hiddenTypes.has(index)));
  let shownEdges = 0;
  let linkCount = 0;
  for (let edge = 0; edge < edgeCount; edge++) {
    if (nodes[vault.source[edge]] && nodes[vault.target[edge]] && !hiddenTypes[vault.edgeType[edge]]) {
      edges[edge] = 1;
      shownEdges++;
      linkCount += vault.weight[edge];
    }
  }
  // What is not a note is there for the notes that lead to it, and goes with them.
  nodeCount -= dropUnreached(vault, nodes, edges, until !== null || folders || tags ? [GHOST, TAG, ATTACHMENT] : [TAG, ATTACHMENT]);
  const counts = new Uint32Array(4);
  for (let node = 0; node < count; node++) {
    counts[type[node]] += nodes[node];
  }
  return { nodes, edges, nodeCount, counts, edgeCount: shownEdges, linkCount };
}

function dropUnreached(vault: Vault, nodes: Uint8Array, edges: Uint8Array, types: readonly number[]): number {
  const reached = new Uint8Array(vault.count);
  for (let edge = 0; edge < vault.edgeCount; edge++) {
    if (edges[edge]) {
      reached[vault.source[edge]] = 1;
      reached[vault.target[edge]] = 1;
    }
  }
  let dropped = 0;
  for (let node = 0; node < vault.count; node++) {
    const type = vault.type[node];
    if (nodes[node] && !reached[node] && types.includes(type)) {
      nodes[node] = 0;
      dropped++;
    }
  }
  return dropped;
}

/** For each name whether it is one of those chosen, or nested in one; null where none is chosen. */
function under(names: readonly string[], chosen: ReadonlySet<number>): Uint8Array | null {
  if (!chosen.size) {
    return null;
  }
  const prefixes = [...chosen].map((index) => names[index]);
  return Uint8Array.from(names, (name) =>
    Number(prefixes.some((prefix) => name === prefix || (prefix !== "" && name.startsWith(`${prefix}/`)))),
  );
}
