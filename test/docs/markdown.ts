/** A fenced block of a Markdown file. */
export interface Fence {
  /** Title of the `##` section that it stands in. */
  readonly section: string;
  readonly language: string;
  readonly text: string;
}

export function fences(markdown: string): Fence[] {
  const found: Fence[] = [];
  let section = '';
  for (const part of markdown.matchAll(/^## (.+)$|^```(\w*)\n([\s\S]*?)^```$/gm)) {
    const [, title, language = '', text = ''] = part;
    if (title === undefined) found.push({ section, language, text });
    else section = title;
  }
  return found;
}

/** Targets of the links and pictures that lead to files of the project. */
export function fileLinks(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^(?:[a-z]+:|#)/.test(target))
    .map((target) => target.replace(/#.*$/, ''));
}
