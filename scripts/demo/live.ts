import assert from 'node:assert/strict';
import type { LedgerEntry } from '../../sandbox/ledger.ts';
import type { Cast, Scene } from './scene.ts';
import type { SeenPlan, Stage } from './stage.ts';

/** What a scene came to where the connection is live. */
export interface Played {
  scene: Scene;
  /** As it was after the scene. */
  cast: Cast;
  /** What was written through the vendors' APIs. */
  writes: LedgerEntry[];
  /** The operations that its decisions carried out or had held for a person; held ones are not told again when they are carried out. */
  operations: string[];
}

export interface Run {
  rows: string[][];
  failures: string[];
}

export const LIVE_HEADER = ['', 'trigger', 'what was done', 'in GoHighLevel', 'in Referral Rock', 'time'];

/** Plays every scene on a connection that is live, and answers the table, what was wrong, and what was written in each. */
export async function playLive(
  stage: Stage,
  cast: Cast,
  scenes: readonly Scene[],
): Promise<Run & { played: Played[] }> {
  const run = { rows: [] as string[][], failures: [] as string[], played: [] as Played[] };
  const held: string[] = [];
  for (const scene of scenes) {
    const { trigger, does, ghl, referralRock } = scene;
    process.stderr.write(`live · ${trigger}: ${does} ...\n`);
    try {
      const { played, ms } = await watch(stage, cast, scene, held);
      run.played.push(played);
      const words = { does, ghl, referralRock, ...(await look(stage, cast, played)) };
      run.rows.push(['✓', trigger, words.does, words.ghl, words.referralRock, `${ms} ms`]);
    } catch (error) {
      process.stderr.write(`  ✗ ${(error as Error).message}\n`);
      run.failures.push(`${trigger}, ${does}: ${(error as Error).message}`);
      run.rows.push(['✗', trigger, does, '', '', '']);
    }
  }
  return run;
}

/** Lets the scene happen and waits until all that follows has come to its end. `ms`: to the last write that followed, else to the last event closed. */
async function watch(stage: Stage, cast: Cast, scene: Scene, held: string[]): Promise<{ played: Played; ms: number }> {
  const [lastWrite, lastEvent] = [await stage.lastWrite(), await stage.lastEvent()];
  const startedAt = Date.now();
  await scene.act(stage, cast);
  await stage.settled(scene.withinMs);
  const settledAt = Date.now();
  const writes = await stage.writesSince(lastWrite);
  const operations = operationsOf(await stage.plansSince(lastEvent), held);
  await scene.learn?.(stage, cast);
  const endedAt = Math.max(0, ...writes.map(({ at }) => Date.parse(at))) || settledAt;
  return { played: { scene, cast: { ...cast }, writes, operations }, ms: endedAt - startedAt };
}

/** What was carried out and was not held before, and what is held now; `held` is kept in step. */
function operationsOf(plans: readonly SeenPlan[], held: string[]): string[] {
  const steps = plans.flatMap((plan) => plan.steps);
  const having = (status: string): string[] =>
    steps.filter((step) => step.status === status).map((one) => one.operation);
  const done = having('done').filter((operation) => {
    const place = held.indexOf(operation);
    if (place >= 0) held.splice(place, 1);
    return place < 0;
  });
  const heldNow = having('held');
  held.push(...heldNow);
  return [...done, ...heldNow];
}

async function look(stage: Stage, cast: Cast, { scene, writes }: Played): ReturnType<LookAt> {
  const made = writes.map(({ operation }) => operation).toSorted();
  const withOnce = [...scene.writes, ...(scene.once ?? [])].toSorted();
  assert.deepEqual(made, made.length === withOnce.length ? withOnce : scene.writes);
  assert.deepEqual(
    writes.filter(({ status }) => status >= 300),
    [],
    'no write was refused',
  );
  return (await scene.check?.(stage, cast)) ?? {};
}

type LookAt = (stage: Stage, cast: Cast) => Promise<Partial<Pick<Scene, 'does' | 'ghl' | 'referralRock'>>>;
