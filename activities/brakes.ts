import { brakeOf, type Braked, type BrakeCounts, loadOf } from '../rules/brakes.ts';
import type { Decision } from '../rules/plan.ts';
import type { CustomerState } from '../rules/state.ts';
import { isReleased, loadBrakeCounts } from '../store/brakes.ts';
import type { Db } from '../store/database.ts';

/** Far from its limit, the count of changes is taken from memory for so long: nearly every plan changes something. */
const REMEMBERED_MS = 5_000;
const FAR = 0.5;

/** Looks whether a decision would go past a brake; rows that a person has let go are not held again. */
export function createBrakes(db: Db) {
  const remembered = new Map<string, { counts: BrakeCounts; until: number }>();

  async function changesOf(state: CustomerState): Promise<BrakeCounts> {
    const { id } = state.connection;
    const known = remembered.get(id);
    const { brakeChangedFrom } = state.rules.settings;
    if (known && known.until > performance.now() && known.counts.changes < FAR * brakeChangedFrom) {
      // What was decided since is counted on, so that a burst is not overlooked.
      known.counts = { ...known.counts, changes: known.counts.changes + 1 };
      return known.counts;
    }
    const counts = await loadBrakeCounts(db, id, 'changes');
    remembered.set(id, { counts, until: performance.now() + REMEMBERED_MS });
    return counts;
  }

  return async (state: CustomerState, decision: Decision, rowIds: readonly string[]): Promise<Braked | undefined> => {
    const load = loadOf(state, decision);
    const perHour = load.creates + load.deletes + load.optOuts > 0;
    if (!perHour && load.changes === 0) return undefined;
    const { settings } = state.rules;
    const braked =
      (perHour
        ? brakeOf(settings, { ...load, changes: 0 }, await loadBrakeCounts(db, state.connection.id, 'hour'))
        : undefined) ??
      (load.changes > 0
        ? brakeOf(settings, { creates: 0, deletes: 0, optOuts: 0, changes: load.changes }, await changesOf(state))
        : undefined);
    return braked && !(await isReleased(db, rowIds)) ? braked : undefined;
  };
}
