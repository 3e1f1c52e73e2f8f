import { type Connection, loadConnection } from '../../store/connections.ts';
import type { Database } from '../../store/database.ts';
import { idOf, quotable, Refusal } from '../payload.ts';

/** The connection that an address names; a 404 that names it if there is none. */
export async function knownConnection(database: Database, id: string): Promise<Connection> {
  const connection = idOf(id) === undefined ? undefined : await loadConnection(database, id);
  return connection ?? refuseConnection(id);
}

export function refuseConnection(id: string): never {
  throw new Refusal(404, 'connection', `There is no connection ${quotable(id)}.`);
}
