import type { Finding } from '../doctor/report';

/** What the doctor found, with what puts it right. */
export function findingsText(findings: readonly Finding[]): string {
  const items = findings.map((finding, index) => {
    const { owner, kind, problem, table, name, is, shouldBe } = finding;
    const of = table === undefined || table === name ? '' : ` of ${table}`;
    const whose = owner === 'host' ? ", the host's" : '';
    return [
      `${index + 1}. ${kind} ${name}${of}: ${problem}${whose}`,
      `   is:        ${indented(is)}`,
      `   should be: ${indented(shouldBe)}`,
      ...statementLines(finding),
    ].join('\n');
  });
  return `Found, in the order in which the statements have to be run:\n\n${items.join('\n\n')}`;
}

function statementLines({ sql, tried, reason = '' }: Finding): string[] {
  const result = {
    works: 'tried, and rolled back: it works',
    fails: `tried, and it fails: ${reason}`,
    'not tried': `not tried: ${reason}`,
  }[tried];
  if (sql.length === 0) return [`   ${result}`];
  return [`   ${result}`, ...sql.map((statement) => `     ${indented(statement)};`)];
}

const indented = (text: string): string => text.replaceAll('\n', '\n     ');
