/** Rows as a text table: columns as wide as their widest cell, the last one free. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => width(row[column] ?? ''))));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === header.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - width(cell)),
      )
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((each) => '─'.repeat(Math.min(each, 100)))), ...rows.map(line)].join('\n');
}

function width(text: string): number {
  return Array.from(new Intl.Segmenter().segment(text)).length;
}
