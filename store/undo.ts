import type { UndoState } from '../rules/state.ts';
import type { Db } from './database.ts';

/** What the person behind these rows wants to take back. */
export async function loadUndo(_db: Db, _rowIds: readonly string[]): Promise<UndoState | undefined> {
  return undefined;
}
