/** Large vaults, made from a seed: the same every time. */

import type { Document } from "../src/explorer/data";

/** Mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const WORDS = "model learning network data token layer loss scale prior graph kernel vector signal state policy reward agent memory search logic proof type field group limit measure space order flow energy".split(" ");

/** `count` notes in communities, each with `links` links, most of them to notes nearby. */
export function synthetic(count: number, links = 4, seed = 1): Document {
  const next = random(seed);
  const groups = Math.max(3, Math.round(Math.sqrt(count) / 3));
  const centres = Array.from({ length: groups }, (_, group) => {
    const angle = group * 2.399963;
    const far = 24000 * Math.sqrt((group + 0.5) / groups);
    return [Math.cos(angle) * far, Math.sin(angle) * far];
  });
  const spread = 30000 / Math.sqrt(groups);
  const normal = () => (next() + next() + next() + next() - 2) * 1.2;
  const community = Array.from({ length: count }, () => Math.floor(next() ** 1.5 * groups));
  const members: number[][] = Array.from({ length: groups }, () => []);
  community.forEach((group, node) => members[group].push(node));
  const clamp = (value: number) => Math.max(-32768, Math.min(32767, Math.round(value)));
  const x = community.map((group) => clamp(centres[group][0] + normal() * spread));
  const y = community.map((group) => clamp(centres[group][1] + normal() * spread));
  const source: number[] = [];
  const target: number[] = [];
  const type: number[] = [];
  const incoming = new Array<number>(count).fill(0);
  for (let node = 0; node < count; node++) {
    const own = members[community[node]];
    for (let link = 0; link < links; link++) {
      const other = next() < 0.9 ? own[Math.floor(next() ** 2 * own.length)] : Math.floor(next() * count);
      if (other !== node) {
        source.push(node);
        target.push(other);
        type.push(Math.floor(next() ** 2 * 4));
        incoming[other]++;
      }
    }
  }
  const most = Math.max(1, ...incoming.slice(0, 1), incoming.reduce((a, b) => Math.max(a, b), 0));
  const word = () => WORDS[Math.floor(next() * WORDS.length)];
  const name = Array.from({ length: count }, (_, node) => {
    const words = [word(), word(), word()].slice(0, 2 + (node % 2));
    return `${words[0][0].toUpperCase()}${words.join(" ").slice(1)} ${node}`;
  });
  const tags = Array.from({ length: 24 }, (_, tag) => `${WORDS[tag % 6]}/${WORDS[tag]}`);
  const folders = ["", ...Array.from({ length: groups }, (_, group) => `Part ${group % 7}/Group ${group}`)];
  const types = ["mentions", "requires", "definition", "part-of"];
  const sizes = members.map((each, group) => ({ group, size: each.length })).sort((a, b) => b.size - a.size);
  const place = new Map(sizes.map(({ group }, index) => [group, index]));
  return {
    version: 1,
    title: `${count} notes`,
    kinds: ["", "concept", "source"],
    folders,
    tags,
    types: types.map((each, index) => ({
      name: each,
      kind: index === 0 ? "mention" : index === 2 ? "section" : "relation",
      inverse: index === 1 ? "enables" : null,
      symmetric: false,
      count: type.filter((other) => other === index).length,
    })),
    communities: sizes.map(({ group, size }) => ({ name: name[members[group][0] ?? 0], node: members[group][0] ?? 0, size })),
    nodes: {
      name,
      type: Array.from({ length: count }, (_, node) => (node % 11 === 10 ? 1 : 0)),
      kind: Array.from({ length: count }, (_, node) => (node % 11 === 10 ? 0 : 1 + Number(node % 7 === 0))),
      folder: community.map((group) => group + 1),
      tags: Array.from({ length: count }, () => [Math.floor(next() * tags.length)]),
      aliases: Array.from({ length: count }, (_, node) => (node % 10 ? [] : [`Alias ${node}`])),
      x,
      y,
      rank: incoming.map((each) => Math.round(((each + 0.2) / (most + 0.2)) * 1_000_000)),
      community: community.map((group) => place.get(group)!),
      words: Array.from({ length: count }, () => Math.floor(next() * 900)),
      created: Array.from({ length: count }, (_, node) => 19000 + Math.floor((node / count) * 1500)),
      updated: Array.from({ length: count }, (_, node) => 19200 + Math.floor((node / count) * 1500)),
      depth: Array.from({ length: count }, () => null),
      between: Array.from({ length: count }, () => 0),
      cut: Array.from({ length: count }, () => 0),
      component: Array.from({ length: count }, () => 0),
      url: null,
    },
    text: null,
    edges: { source, target, type, weight: source.map(() => 1), context: null },
    bridges: [],
    wanted: Array.from({ length: Math.floor(count / 11) }, (_, index) => ({ node: index * 11 + 10, gain: 100 / (index + 1), askers: [], questions: [] })).slice(0, 500),
    limits: { table: 500, text: "trimmed", context: "trimmed" },
  };
}
