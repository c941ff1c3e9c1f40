/** The table of contents shows where on the page the reader is. */

export function contents(): void {
  const list = document.querySelector<HTMLElement>(".margin .toc");
  if (!list) {
    return;
  }
  const places: [HTMLElement, HTMLAnchorElement][] = [];
  for (const link of list.querySelectorAll<HTMLAnchorElement>("a[href^='#']")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) {
      places.push([heading, link]);
    }
  }
  let current: HTMLAnchorElement | null = null;
  let waiting = false;

  function look(): void {
    waiting = false;
    const line = Math.min(innerHeight * 0.3, 240);
    const isEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 4;
    const passed = places.filter(([heading]) => heading.getBoundingClientRect().top <= (isEnd ? innerHeight : line));
    const next = passed.at(-1)?.[1] ?? null;
    if (next === current) {
      return;
    }
    current?.removeAttribute("aria-current");
    next?.setAttribute("aria-current", "location");
    current = next;
    if (next) {
      // Only the list is moved, never the page.
      const room = list!.getBoundingClientRect();
      const box = next.getBoundingClientRect();
      if (box.top < room.top + 40 || box.bottom > room.bottom - 40) {
        list!.scrollTop += box.top - room.top - room.height / 2;
      }
    }
  }

  const later = (): void => {
    if (!waiting) {
      waiting = true;
      requestAnimationFrame(look);
    }
  };
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later, { passive: true });
  later();
}
