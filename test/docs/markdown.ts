/** A fenced block of a Markdown file. */
export interface Fence {
  /** Title of the `##` section that it stands in; empty before the first. */
  readonly section: string;
  /** Empty if none is given. */
  readonly language: string;
  readonly text: string;
  /** Where it is to be saved: in its first line, or in a line "`name`:" before it. */
  readonly file: string | undefined;
}

/** All fenced blocks, whatever they are fenced with and however far they are indented. */
export function fences(markdown: string): Fence[] {
  const found: Fence[] = [];
  let section = '';
  let before = '';
  let open: { fence: string; language: string; before: string; lines: string[] } | undefined;
  for (const line of markdown.split('\n')) {
    const [, fence = '', language = ''] = /^\s*(`{3,}|~{3,})\s*(\S*)/.exec(line) ?? [];
    if (open !== undefined) {
      if (fence !== '' && fence.startsWith(open.fence) && language === '') {
        const text = open.lines.map((one) => `${one}\n`).join('');
        found.push({ section, language: open.language, text, file: fileOf(text, open.before) });
        open = undefined;
      } else {
        open.lines.push(line);
      }
    } else if (fence !== '') {
      open = { fence, language, before, lines: [] };
    } else {
      section = /^## (.+)$/.exec(line)?.[1] ?? section;
      if (line.trim() !== '') before = line;
    }
  }
  if (open !== undefined) throw new Error(`A block in "${section}" has no end.`);
  return found;
}

function fileOf(text: string, before: string): string | undefined {
  return /^\/\/ ((?:src|test)\/\S+\.ts)\n/.exec(text)?.[1] ?? /^`([\w./-]+)`.*:$/.exec(before)?.[1];
}

/** The text without its fenced blocks. */
export function prose(markdown: string): string {
  return markdown.replace(/^(\s*)(`{3,}|~{3,})[\s\S]*?^\1\2\s*$/gm, '');
}

/** Targets of the links and pictures, those of the form `[name]: target` included. */
export function links(markdown: string): string[] {
  const text = prose(markdown).replace(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)].map(
    ([, inline, reference]) => inline ?? reference ?? '',
  );
}

/** What `#…` may follow a link to this page: its headings, as GitHub names them, and its ids. */
export function anchors(markdown: string): Set<string> {
  const found = new Set<string>();
  for (const [, heading = ''] of prose(markdown).matchAll(/^#+ (.+)$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*\\]/g, '');
    const slug = plain
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let anchor = slug;
    for (let count = 1; found.has(anchor); count += 1) anchor = `${slug}-${count}`;
    found.add(anchor);
  }
  for (const [, id = ''] of markdown.matchAll(/<a id="([^"]+)">/g)) found.add(id);
  return found;
}
