/** Data that comes as scripts: a page that is opened from a file may load nothing else. */

type Receive = ((name: string, value: unknown) => void) & { values?: Map<string, unknown> };

/** The values that scripts have handed over, whichever of our scripts asked for them first. */
function received(): Map<string, unknown> {
  const page = window as unknown as { fmvaultData?: Receive };
  // An element of that id would stand for it as well.
  const known = page.fmvaultData?.values;
  if (typeof page.fmvaultData === "function" && known instanceof Map) {
    return known;
  }
  const values = new Map<string, unknown>();
  const receive: Receive = (name, value) => void values.set(name, value);
  receive.values = values;
  page.fmvaultData = receive;
  return values;
}

const asked = new Map<string, Promise<unknown>>();

/**
 * What the script of a name hands over; `root` leads to the site's root. Of one `version` there is but one content, as
 * far as caches are to know.
 */
export function load<Value>(root: string, name: string, version = ""): Promise<Value> {
  let promise = asked.get(name) as Promise<Value> | undefined;
  if (!promise) {
    promise = new Promise<Value>((resolve, reject) => {
      const values = received();
      const script = document.createElement("script");
      const done = () => {
        script.remove();
        if (values.has(name)) {
          const value = values.get(name) as Value;
          values.delete(name);
          resolve(value);
        } else {
          // The next who asks may be luckier.
          asked.delete(name);
          reject(new Error(`no data called ${name}`));
        }
      };
      script.addEventListener("load", done);
      script.addEventListener("error", done);
      script.src = `${root}data/${name}.js${version && `?${version}`}`;
      document.head.append(script);
    });
    asked.set(name, promise);
  }
  return promise;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) {
    value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  }
  return value;
});
const encoder = new TextEncoder();

/** The CRC-32 of a text, which decides in which script something is. */
export function crc(text: string): number {
  let value = 0xffffffff;
  for (const byte of encoder.encode(text)) {
    value = TABLE[(value ^ byte) & 0xff]! ^ (value >>> 8);
  }
  return (value ^ 0xffffffff) >>> 0;
}

/** A number as scripts are called by. */
export const hex = (number: number): string => number.toString(16).padStart(2, "0");
