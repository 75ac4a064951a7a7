// Bundles the style sheets of style/ into one, in a fixed order.

import * as fs from "node:fs";
import * as path from "node:path";

/** These come first, in this order; the others follow by name. */
const FIRST = ["fonts.css", "tokens.css", "base.css"];

/**
 * The style sheets of a directory as one text.
 *
 * Each url() names a file of the site by its bare name and becomes that file's
 * URL path; a name that the site does not have is an error, not a broken link.
 */
export function bundleStyles(directory, urls) {
  const sheets = fs.readdirSync(directory).filter((name) => name.endsWith(".css"));
  const first = FIRST.filter((name) => sheets.includes(name));
  const rest = sheets.filter((name) => !FIRST.includes(name)).sort();
  return [...first, ...rest]
    .map((name) => {
      const text = fs.readFileSync(path.join(directory, name), "utf8");
      if (/@import/.test(withoutComments(text))) {
        throw new Error(`style/${name} uses @import; the sheets are bundled without it`);
      }
      return withUrls(withoutComments(text), urls, name).trim();
    })
    .join("\n");
}

function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\//g, "");
}

function withUrls(text, urls, sheet) {
  return text.replace(/url\(\s*(["']?)([^"')]*)\1\s*\)/g, (whole, _quote, target) => {
    if (/^(data:|#)/.test(target)) return whole;
    const url = urls.get(path.posix.basename(target));
    if (!url) throw new Error(`style/${sheet} names ${target}, which is not among the site's files`);
    return `url("${url}")`;
  });
}
