// The pages of a portal that can be reached by links.

const MOST_PAGES = 300;

/** The addresses that can be reached from the first ones; each is opened once. */
export async function found(url, first) {
  const known = new Set(first);
  for (const page of known) {
    const answer = await fetch(url + page);
    const text = await answer.text();
    if (!(answer.headers.get("content-type") ?? "").startsWith("text/html")) {
      known.delete(page);
      continue;
    }
    for (const [, href] of text.matchAll(/href="(\/[^"#]*)"/g)) {
      const address = href.replaceAll("&amp;", "&");
      const isFile = /^\/(pkg|fonts|streams)\//.test(address) || /\.\w+(\?|$)/.test(address);
      if (!isFile && known.size < MOST_PAGES) known.add(address);
    }
  }
  return [...known];
}
