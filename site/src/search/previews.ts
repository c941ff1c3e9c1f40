/** What is shown of a note before one goes there. */

import { crc, hex, load } from "./data";

export interface Preview {
  readonly title: string;
  readonly kind: string;
  /** Its definition or first paragraph: plain text. */
  readonly lead: string;
}

/** The preview of the page at an address from the root; null where there is none. `root` leads there: `../`. */
export async function preview(address: string, root: string): Promise<Preview | null> {
  try {
    const shares = await load<number>(root, "previews");
    const told = await load<Record<string, [string, string, string]>>(root, `preview-${hex(crc(address) % shares)}`);
    if (!Object.hasOwn(told, address)) {
      return null;
    }
    const [title, kind, lead] = told[address]!;
    return { title, kind, lead };
  } catch {
    return null;
  }
}
