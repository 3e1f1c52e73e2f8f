import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import getPort, { portNumbers } from 'get-port';

/** Picks free ports from `first` up, one for each name; those of the last start come again when they are free. */
export async function keptPorts<Name extends string>(
  folder: string,
  names: readonly Name[],
  first: number,
): Promise<Record<Name, number>> {
  const file = join(folder, 'ports.json');
  const last = read(file);
  const ports = {} as Record<Name, number>;
  for (const [index, name] of names.entries()) {
    const wish = last[name] === undefined ? [] : [last[name]];
    ports[name] = await getPort({ host: '127.0.0.1', port: [...wish, ...portNumbers(first + index, first + 89)] });
  }
  writeFileSync(file, JSON.stringify({ ...last, ...ports }));
  return ports;
}

function read(file: string): Partial<Record<string, number>> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}
