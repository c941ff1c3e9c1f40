/** The data as the page carries it: JSON, or JSON deflated and in base64; a second line holds what is read later. */

import type { Document, Prose } from "./data";
import { breath } from "./slices";

export interface Packed {
  readonly document: Document;
  /** The texts of the notes, where they stand on a line of their own. */
  readonly prose: (() => Promise<Prose>) | null;
}

export async function unpack(carried: string): Promise<Packed> {
  const text = carried.trim();
  if (text.startsWith("{")) {
    return { document: JSON.parse(text) as Document, prose: null };
  }
  const end = text.indexOf("\n");
  const first = end < 0 ? text : text.slice(0, end).trim();
  const document = (await read(first)) as Document;
  const prose = end < 0 ? null : async () => (await read(text.slice(end + 1).trim())) as Prose;
  return { document, prose };
}

async function read(line: string): Promise<unknown> {
  if (line.startsWith("{")) {
    return JSON.parse(line);
  }
  // A gzip stream begins with 1f 8b 08, which base64 writes as H4sI.
  const format = line.startsWith("H4sI") ? "gzip" : "deflate-raw";
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  const feeding = feed(line, writer);
  const text = await new Response(stream.readable).text();
  await feeding;
  await breath();
  return JSON.parse(text);
}

const SLICE = 1 << 18;

async function feed(line: string, writer: WritableStreamDefaultWriter<BufferSource>): Promise<void> {
  for (let start = 0; start < line.length; start += SLICE) {
    await writer.write(bytes(line.slice(start, start + SLICE)));
    await breath();
  }
  await writer.close();
}

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> }).fromBase64;
  if (native) {
    return native.call(Uint8Array, base64);
  }
  const binary = atob(base64);
  const found = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) {
    found[index] = binary.charCodeAt(index);
  }
  return found;
}
