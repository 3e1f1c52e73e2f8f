import assert from 'node:assert/strict';
import { ByHand } from './by-hand.ts';
import type { Played, Run } from './live.ts';
import { newCast, NOTHING } from './scene.ts';
import type { Stage } from './stage.ts';

export const OBSERVED_HEADER = ['', 'trigger', 'what people did', 'live wrote', 'its decisions would write'];

/**
 * Plays the scenes again on a connection that only observes: nothing may be written, and the decisions must name all that the
 * live run wrote. What live had written is then done by people, so that the next scene finds what it needs.
 */
export async function playObserved(stage: Stage, played: readonly Played[], tag: string): Promise<Run> {
  const run: Run = { rows: [], failures: [] };
  const cast = newCast(tag);
  const byHand = new ByHand(stage);
  for (const { scene, cast: theirs, writes, operations } of played) {
    const { trigger } = scene;
    const { does, act } = scene.observed ?? scene;
    process.stderr.write(`observe · ${trigger}: ${does} ...\n`);
    try {
      const since = await stage.lastEvent();
      await act(stage, cast);
      await stage.settled(scene.withinMs);
      const first = await namedSince(stage, since);
      byHand.same(theirs, cast);
      await byHand.do(writes, scene.goesOn && (() => stage.settled()));
      await stage.settled();
      await scene.learn?.(stage, cast);
      byHand.same(theirs, cast);
      const named = scene.goesOn ? await namedSince(stage, since) : first;
      assert.deepEqual(await stage.writesSince(0), [], 'nothing was written');
      const wanted = scene.observed?.names ?? operations;
      assert.deepEqual(missing(wanted, named), [], `its decisions name only ${told(named)}`);
      run.rows.push(['✓', trigger, does, told(operations), told(named)]);
    } catch (error) {
      process.stderr.write(`  ✗ ${(error as Error).message}\n`);
      run.failures.push(`${trigger}, ${does}: ${(error as Error).message}`);
      run.rows.push(['✗', trigger, does, told(operations), '']);
    }
  }
  return run;
}

/** The operations that the decisions about the events since then would have carried out. */
async function namedSince(stage: Stage, since: bigint): Promise<string[]> {
  const steps = (await stage.plansSince(since)).flatMap((plan) => plan.steps);
  return steps.filter(({ status }) => status === 'observed').map(({ operation }) => operation);
}

/** What of `wanted` is not in `named`, counting how often. */
function missing(wanted: readonly string[], named: readonly string[]): string[] {
  const left = [...named];
  return wanted.filter((operation) => {
    const place = left.indexOf(operation);
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
}

/** `ghl.contact.add-tags, ghl.note.create × 2`. */
function told(operations: readonly string[]): string {
  const times = new Map<string, number>();
  for (const operation of operations.toSorted()) times.set(operation, (times.get(operation) ?? 0) + 1);
  const words = [...times].map(([operation, n]) => (n === 1 ? operation : `${operation} × ${n}`));
  return words.join(', ') || NOTHING;
}
