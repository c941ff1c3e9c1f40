// Reads a file as the program does that its format is for: `node read.mjs FORMAT < file` prints JSON.
import { readFileSync } from "node:fs";

const text = readFileSync(0, "utf-8");

async function mermaid() {
  const { JSDOM } = await import("jsdom");
  const { window } = new JSDOM("<!doctype html><body></body>");
  Object.assign(globalThis, { window, document: window.document });
  const { default: mermaid } = await import("mermaid");
  mermaid.initialize({ startOnLoad: false });
  await mermaid.parse(text);
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  // What Mermaid keeps entities as until it draws them, after `decodeEntities` in its source.
  const shown = (label) => {
    const element = window.document.createElement("textarea");
    element.innerHTML = (label ?? "").replace(/ﬂ°°/g, "&#").replace(/ﬂ°/g, "&").replace(/¶ß/g, ";");
    return element.value;
  };
  return {
    nodes: [...db.getVertices().values()].map((node) => ({ id: node.id, label: shown(node.text), classes: node.classes })),
    edges: db.getEdges().map((edge) => ({ source: edge.start, target: edge.end, label: shown(edge.text), type: edge.type })),
  };
}

async function cypher() {
  const { lintCypherQuery } = await import("@neo4j-cypher/language-support");
  return lintCypherQuery(text, {}).diagnostics;
}

async function graphology(format) {
  const { default: Graph } = await import("graphology");
  const { default: reader } = await import(`graphology-${format}/index.js`);
  return reader.parse(Graph, text, { addMissingNodes: false }).export();
}

const read = { mermaid, cypher, gexf: () => graphology("gexf"), graphml: () => graphology("graphml") }[process.argv[2]];
console.log(JSON.stringify(await read()));
