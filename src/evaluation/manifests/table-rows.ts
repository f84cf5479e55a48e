/** A row of a table by the names of its columns, and the line that it is in. */
export interface TableRow {
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * The rows of a table with a head: CSV as RFC 4180 has it (quotes, also around line ends), or TSV, which has no quotes (Common
 * Voice).
 * @param separator `,` or a tab
 */
export function tableRows(content: string, separator: string): TableRow[] {
  const lines = separator === '\t' ? plainLines(content) : quotedLines(content, separator);
  const [head, ...rows] = lines;
  if (head === undefined) return [];
  return rows.map(({ line, cells }) => ({
    line,
    fields: Object.fromEntries(head.cells.map((name, at) => [name.trim(), cells[at] ?? ''])),
  }));
}

interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

function plainLines(content: string): Line[] {
  return content
    .split(/\r?\n/)
    .map((text, index) => ({ line: index + 1, cells: text.split('\t'), isEmpty: text.trim() === '' }))
    .filter(({ isEmpty }) => !isEmpty);
}

function quotedLines(content: string, separator: string): Line[] {
  const lines: Line[] = [];
  let cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  let line = 1;
  let begin = 1;
  const endCell = (): void => {
    cells.push(cell);
    cell = '';
  };
  const endLine = (): void => {
    endCell();
    if (cells.some((each) => each.trim() !== '')) lines.push({ line: begin, cells });
    cells = [];
    begin = line;
  };
  for (let at = 0; at < content.length; at++) {
    const letter = content[at]!;
    if (letter === '\n') line++;
    if (isQuoted && letter === '"' && content[at + 1] === '"') {
      cell += '"';
      at++;
    } else if (letter === '"' && (isQuoted || cell === '')) isQuoted = !isQuoted;
    else if (letter === separator && !isQuoted) endCell();
    else if (letter === '\n' && !isQuoted) endLine();
    else if (letter !== '\r' || isQuoted) cell += letter;
  }
  if (cell !== '' || cells.length > 0) endLine();
  return lines;
}
