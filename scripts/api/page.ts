/** A page of the API reference. */
export interface Page {
  readonly title: string;
  readonly intro: string;
}

/** Gives a page of TypeDoc its title, and in front a list of what is on it. */
export function finish(markdown: string, { title, intro }: Page): string {
  const body = withoutRedirects(
    markdown.replace(/^# .*\n+/, '').replaceAll('](index.md', '](README.md'),
  );
  const text = [`# ${title}`, intro, contents(body), body.trim()].filter(Boolean).join('\n\n');
  return `${text}\n`;
}

/** One line for each that is exported again, rather than a heading. */
function withoutRedirects(body: string): string {
  const [own = '', redirects] = body.split(/^## References\n/m);
  if (redirects === undefined) return body;
  const links = [...redirects.matchAll(/^Re-exports \[(\w+)\]\((\S+)\)$/gm)];
  const list = links.map(([, name = '', target = '']) => `[\`${name}\`](${target})`).join(',\n');
  return `${own.trim()}\n\n## The same as in typeorm-billing\n\n${list}.\n`;
}

/** The names on the page, by kind: `**Classes**: …`. */
function contents(body: string): string {
  const lines: string[] = [];
  for (const section of body.split(/^## /m).slice(1)) {
    const [kind = ''] = section.split('\n');
    const names = [...section.matchAll(/^### (.+)$/gm)].map(([, heading = '']) => linkTo(heading));
    if (names.length > 0) lines.push(`**${kind}**: ${names.join(', ')}.`);
  }
  return lines.join('\n\n');
}

/** A link to a heading on the page, by the anchor that it gets: `### migrate()` is `#migrate`. */
function linkTo(heading: string): string {
  const name = heading.replace(/\\/g, '');
  return `[\`${name.replace('()', '')}\`](#${anchorOf(name)})`;
}

const anchorOf = (heading: string): string => heading.toLowerCase().replace(/[^\w -]/g, '');
