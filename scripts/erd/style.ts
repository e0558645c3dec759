const SANS = `system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif`;
const MONO = `ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace`;

interface Palette {
  readonly page: string;
  readonly card: string;
  readonly border: string;
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly host: string;
  readonly hostCard: string;
  readonly tenant: string;
  readonly user: string;
  readonly pk: string;
  readonly fk: string;
  readonly uq: string;
}

const LIGHT: Palette = {
  page: '#ffffff',
  card: '#ffffff',
  border: '#c4ccd6',
  text: '#1f2328',
  faint: '#5d6773',
  line: '#4a5563',
  host: '#6b7480',
  hostCard: '#f2f4f6',
  tenant: '#1d5a9c',
  user: '#0f6e66',
  pk: '#a15c00',
  fk: '#4a5fb5',
  uq: '#7a4a93',
};

const DARK: Palette = {
  page: '#0d1117',
  card: '#151b23',
  border: '#4a5562',
  text: '#e6edf3',
  faint: '#9aa4af',
  line: '#a8b2bd',
  host: '#626c78',
  hostCard: '#1d232c',
  tenant: '#205d9e',
  user: '#12716a',
  pk: '#a86a10',
  fk: '#5468c0',
  uq: '#84539d',
};

/** The page is opaque, so that either palette can be read wherever the picture is shown. */
const colours = (palette: Palette): string => `
.page { fill: ${palette.page}; }
.title, .column, .legend, .heading { fill: ${palette.text}; }
.type, .aside { fill: ${palette.faint}; }
.card { fill: ${palette.card}; stroke: ${palette.border}; }
.host .card, .host-sample { fill: ${palette.hostCard}; stroke: ${palette.host}; }
.tenant .header { fill: ${palette.tenant}; }
.user .header { fill: ${palette.user}; }
.host .header { fill: ${palette.host}; }
.badge.pk { fill: ${palette.pk}; }
.badge.fk { fill: ${palette.fk}; }
.badge.uq { fill: ${palette.uq}; }
.line, .sign { stroke: ${palette.line}; }
.ring { fill: ${palette.page}; }
.edge { stroke: ${palette.border}; }
`;

export const STYLE = `
text { font-family: ${SANS}; }
.title { font-size: 20px; font-weight: 600; }
.name, .column, .type { font-family: ${MONO}; }
.name { font-size: 13.5px; font-weight: 700; fill: #ffffff; }
.entity { font-size: 12px; fill: #ffffff; opacity: 0.85; text-anchor: end; }
.column { font-size: 12px; }
.type { font-size: 11px; text-anchor: end; }
.null { opacity: 0.75; font-style: italic; }
.aside { font-size: 12px; font-style: italic; }
.mark { font-size: 8.5px; font-weight: 700; fill: #ffffff; text-anchor: middle; }
.legend { font-size: 12px; }
.heading { font-size: 13px; font-weight: 600; }
.host .card, .host-sample { stroke-dasharray: 4 3; }
.line { fill: none; stroke-width: 1.4; }
.restrict { stroke-width: 2.6; }
.set-null { stroke-dasharray: 5 4; }
.sign { fill: none; stroke-width: 1.4; }
.edge { fill: none; stroke-width: 1; }
${colours(LIGHT)}@media (prefers-color-scheme: dark) {${colours(DARK)}}
`;
