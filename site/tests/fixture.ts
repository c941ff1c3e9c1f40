/** A small vault, read aloud; and hostile names beside it. */

import type { Document, EdgeType } from "../src/explorer/data";

interface Told {
  readonly kind?: string;
  readonly folder?: string;
  readonly tags?: readonly string[];
  readonly aliases?: readonly string[];
  readonly type?: 0 | 1 | 2 | 3;
  readonly at: readonly [x: number, y: number];
  readonly created?: string;
  readonly definition?: string;
  readonly why?: string;
  readonly questions?: readonly string[];
  readonly links?: Readonly<Record<string, readonly (string | readonly [target: string, context: string])[]>>;
  readonly url?: string;
  readonly cut?: boolean;
}

export const HOSTILE = {
  script: `</script><script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">`,
  quotes: `"quoted" 'twice' & <b>bold</b> {{script}}`,
  rtl: "שלום \u202Eעולם",
  emoji: "👩‍👩‍👧‍👦 🧠 family",
  long: "A name of two hundred characters ".repeat(7).slice(0, 200),
};

const NOTES: Readonly<Record<string, Told>> = {
  "Foundation Model": {
    kind: "concept", folder: "Concepts", tags: ["ai", "ai/foundations"], aliases: ["FM", "Base Model"], at: [0, 0], created: "2024-01-10", cut: true,
    definition: "A model trained on broad data, by self-supervision and at scale, that can be adapted to many tasks.",
    why: "Most of what is built with machine learning now begins with one.",
    questions: ["When is a model of one's own worth its cost?"],
    links: { requires: ["Neural Network", "Pretraining"], definition: [["Self-Supervised Learning", "It is trained by Self-Supervised Learning on broad data."]], mentions: ["Large Language Model", "Scaling Law"] },
    url: "concepts/foundation-model.html",
  },
  "Large Language Model": {
    kind: "concept", folder: "Concepts", tags: ["ai/foundations"], aliases: ["LLM"], at: [9000, 2000], created: "2024-01-12",
    definition: "A foundation model of text.", why: "It is the kind that most people have met.",
    links: { requires: [["Transformer", "Nearly every one is a Transformer inside."], "Token"], "is-a": ["Foundation Model"], mentions: ["Hallucination", "Context Window"] },
    url: "javascript:window.hacked = 1",
  },
  Transformer: { kind: "concept", folder: "Concepts", tags: ["ai/architecture"], at: [14000, -4000], created: "2024-02-01", definition: "A network that is built of self-attention.", links: { requires: ["Neural Network"], definition: ["Self-Attention"], mentions: ["Attention Is All You Need"] } },
  "Self-Attention": { kind: "concept", folder: "Concepts", tags: ["ai/architecture"], at: [20000, -2000], created: "2024-02-03", links: { requires: ["Embedding"], definition: ["Token"], questions: ["Linear Attention"] } },
  Token: { kind: "concept", folder: "Concepts", tags: ["ai/text"], at: [17000, 6000], created: "2024-02-03", links: { definition: ["Embedding"], questions: ["Tokenizer"] } },
  Embedding: { kind: "concept", folder: "Concepts", tags: ["ai/text"], at: [22000, 4000], created: "2024-02-14", links: { requires: ["Neural Network"], mentions: ["Token"] } },
  "Neural Network": { kind: "concept", folder: "Concepts", tags: ["ai/architecture"], at: [4000, -10000], created: "2024-01-10", links: { questions: ["Backpropagation"] } },
  Pretraining: { kind: "concept", folder: "Concepts", tags: ["ai/training"], at: [-7000, -5000], created: "2024-03-02", links: { requires: ["Self-Supervised Learning"], mentions: ["Scaling Law", "Training Data Bias"] } },
  "Self-Supervised Learning": { kind: "concept", folder: "Concepts", tags: ["ai/training"], at: [-9000, -11000], created: "2024-03-05", links: { requires: ["Neural Network"], mentions: ["Pretraining"] } },
  "Fine-Tuning": { kind: "concept", folder: "Concepts", tags: ["ai/training"], at: [-12000, 2000], created: "2024-03-20", links: { requires: ["Foundation Model", "Pretraining"], contrasts: ["Prompt Engineering"], questions: ["Catastrophic Forgetting"] } },
  "Prompt Engineering": { kind: "concept", folder: "Practice", tags: ["practice"], at: [-4000, 9000], created: "2024-04-01", links: { requires: ["Large Language Model"], mentions: ["Hallucination", "In-Context Learning"] } },
  "In-Context Learning": { kind: "concept", folder: "Practice", tags: ["ai/foundations"], at: [2000, 11000], created: "2024-04-03", links: { requires: ["Large Language Model"], definition: ["Context Window"] } },
  "Context Window": { kind: "concept", folder: "Practice", tags: ["ai/text"], at: [9000, 12000], created: "2024-04-11", links: { requires: ["Token"] } },
  Hallucination: { kind: "concept", folder: "Practice", tags: ["practice", "risk"], at: [1000, 16000], created: "2024-05-09", links: { mentions: ["Training Data Bias"], questions: ["Retrieval-Augmented Generation"] } },
  "Scaling Law": { kind: "concept", folder: "Concepts", tags: ["ai/training"], at: [-14000, -8000], created: "2024-05-15" },
  "Training Data Bias": { kind: "concept", folder: "Practice", tags: ["risk"], at: [-16000, 8000], created: "2024-06-02" },
  "Attention Is All You Need": { kind: "source", folder: "Sources", tags: ["paper"], at: [24000, -9000], created: "2024-02-01" },
  "On the Opportunities and Risks": { kind: "source", folder: "Sources", tags: ["paper"], at: [-3000, -17000], created: "2024-06-20", links: { mentions: ["Foundation Model", "Training Data Bias"] } },
  Loner: { folder: "", at: [-24000, 16000], created: "2024-07-01" },
  [HOSTILE.script]: { kind: "concept", folder: "Odd", at: [-22000, -14000], created: "2024-07-02", definition: HOSTILE.script, links: { mentions: ["Foundation Model"] } },
  [HOSTILE.quotes]: { folder: "Odd", at: [-26000, -8000], aliases: ["<i>alias</i>"], links: { mentions: [[HOSTILE.script, HOSTILE.script]] } },
  [HOSTILE.rtl]: { folder: "Odd", at: [-27000, 0], links: { mentions: [HOSTILE.quotes] } },
  [HOSTILE.emoji]: { folder: "Odd", at: [-24000, 6000], links: { mentions: [HOSTILE.rtl] } },
  [HOSTILE.long]: { folder: "Odd", at: [-20000, -20000], links: { mentions: [HOSTILE.script] } },
  Backpropagation: { type: 1, at: [8000, -16000] },
  "Linear Attention": { type: 1, at: [27000, -4000] },
  Tokenizer: { type: 1, at: [22000, 11000] },
  "Catastrophic Forgetting": { type: 1, at: [-17000, 1000] },
  "Retrieval-Augmented Generation": { type: 1, at: [6000, 20000] },
  risk: { type: 2, at: [-8000, 19000] },
  "diagram.png": { type: 3, folder: "Assets", at: [12000, -12000] },
};

const KINDS: Readonly<Record<string, Pick<EdgeType, "kind" | "inverse" | "symmetric">>> = {
  requires: { kind: "relation", inverse: "enables", symmetric: false },
  "is-a": { kind: "relation", inverse: null, symmetric: false },
  contrasts: { kind: "relation", inverse: null, symmetric: true },
  definition: { kind: "section", inverse: null, symmetric: false },
  questions: { kind: "section", inverse: null, symmetric: false },
  mentions: { kind: "mention", inverse: null, symmetric: false },
};

const days = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

export function fixture(): Document {
  const names = Object.keys(NOTES);
  const notes = Object.values(NOTES);
  const distinct = (values: readonly string[]) => [...new Set(["", ...values])];
  const kinds = distinct(notes.map((note) => note.kind ?? ""));
  const folders = distinct(notes.map((note) => note.folder ?? ""));
  const tags = [...new Set(notes.flatMap((note) => note.tags ?? []))].sort();
  const types = Object.keys(KINDS);
  const rows: { source: number; target: number; type: number; context: string }[] = [];
  notes.forEach((note, source) => {
    for (const [type, targets] of Object.entries(note.links ?? {})) {
      for (const target of targets) {
        const [name, context] = typeof target === "string" ? [target, `A sentence with ${target} in it.`] : target;
        rows.push({ source, target: names.indexOf(name), type: types.indexOf(type), context });
      }
    }
  });
  rows.push({ source: names.indexOf("Transformer"), target: names.indexOf("diagram.png"), type: types.indexOf("mentions"), context: "" });
  rows.push({ source: names.indexOf("Hallucination"), target: names.indexOf("risk"), type: types.indexOf("mentions"), context: "" });
  const incoming = names.map((_, node) => rows.filter((row) => row.target === node).length);
  const most = Math.max(...incoming);
  const communities = ["Foundation Model", "Transformer", "Hallucination"];
  const communityOf = (note: Told) => (note.folder === "Practice" ? 2 : note.at[0] > 7000 ? 1 : 0);
  const asks = (name: string) => rows.filter((row) => row.target === names.indexOf(name)).map((row) => row.source);
  return {
    version: 1,
    title: "Foundation models & friends",
    kinds,
    folders,
    tags,
    types: types.map((name, type) => ({ name, ...KINDS[name], count: rows.filter((row) => row.type === type).length })),
    communities: communities.map((name, index) => ({ name, node: names.indexOf(name), size: notes.filter((note) => communityOf(note) === index).length })),
    nodes: {
      name: names,
      type: notes.map((note) => note.type ?? 0),
      kind: notes.map((note) => kinds.indexOf(note.kind ?? "")),
      folder: notes.map((note) => folders.indexOf(note.folder ?? "")),
      tags: notes.map((note) => (note.tags ?? []).map((tag) => tags.indexOf(tag))),
      aliases: notes.map((note) => note.aliases ?? []),
      x: notes.map((note) => note.at[0]),
      y: notes.map((note) => note.at[1]),
      rank: incoming.map((count) => Math.round(((count + 0.2) / (most + 0.2)) * 1_000_000)),
      community: notes.map(communityOf),
      words: notes.map((note, index) => (note.type ? 0 : 60 + ((index * 37) % 300))),
      created: notes.map((note) => (note.created ? days(note.created) : null)),
      updated: notes.map((note, index) => (note.created ? days(note.created) + index * 7 : null)),
      depth: notes.map((note) => (note.links?.requires ? note.links.requires.length : null)),
      between: notes.map(() => 0),
      cut: notes.map((note) => Number(note.cut ?? false)),
      component: notes.map(() => 0),
      url: notes.map((note) => note.url ?? null),
    },
    text: {
      definition: notes.map((note) => note.definition ?? ""),
      why: notes.map((note) => note.why ?? ""),
      questions: notes.map((note) => note.questions ?? []),
    },
    edges: {
      source: rows.map((row) => row.source),
      target: rows.map((row) => row.target),
      type: rows.map((row) => row.type),
      weight: rows.map((_, index) => (index % 9 === 0 ? 3 : 1)),
      context: rows.map((row) => row.context),
    },
    bridges: [],
    wanted: ["Backpropagation", "Retrieval-Augmented Generation", "Tokenizer", "Linear Attention", "Catastrophic Forgetting"].map((name, index) => ({
      node: names.indexOf(name),
      gain: 100 - index * 17.5,
      askers: asks(name),
      questions: index < 2 ? [`How does ${name} change this?`] : [],
    })),
    limits: { table: 500, text: "kept", context: "kept" },
  };
}

/** A vault without a note. */
export function empty(): Document {
  const full = fixture();
  const columns = Object.fromEntries(Object.keys(full.nodes).map((key) => [key, []])) as unknown as Document["nodes"];
  const none = { definition: [], why: [], questions: [] };
  const edges = { source: [], target: [], type: [], weight: [], context: [] };
  return { ...full, kinds: [""], folders: [""], tags: [], types: [], communities: [], nodes: columns, text: none, edges, wanted: [] };
}
