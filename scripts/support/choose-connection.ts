import type { Settings } from '../../config/settings.ts';
import { CommandError, getFromApi } from './api.ts';

export interface ConnectionLine {
  id: string;
  mode: 'observe' | 'live';
  pausedAt: string | null;
}

/**
 * The connection of that id; without one the only one that is not paused, or with `orPaused` the only one. Throws CommandError naming those that
 * there are.
 */
export async function chooseConnection(
  settings: Settings,
  id: string | undefined,
  orPaused = false,
): Promise<ConnectionLine> {
  const { connections } = await getFromApi<{ connections: ConnectionLine[] }>(settings, 'connections');
  const names = connections.map((each) => each.id).join(', ');
  const wanted = connections.find((each) => each.id === id);
  if (wanted) return wanted;
  if (id !== undefined) throw new CommandError(`There is no connection "${id}"; there are: ${names || 'none'}`);
  const [only, ...others] = connections.filter(({ pausedAt }) => orPaused || pausedAt === null);
  if (only && others.length === 0) return only;
  throw new CommandError(`Name the connection with --connection; there are: ${names || 'none'}`);
}
