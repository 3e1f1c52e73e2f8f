import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureBare } from './bench/bare.ts';
import { measureIngest } from './bench/ingest.ts';
import { makePairs, measureAtOnce, measureSingles } from './bench/sync.ts';
import { Stage } from './demo/stage.ts';
import { startOwnInstance } from './support/instance.ts';
import { table } from './support/table.ts';

const SINGLE = 50;
const AT_ONCE = 60;
/** Of so many rounds of all at once the best counts, on both sides. */
const ROUNDS = 3;
const INGESTED = 5_000;

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const folder = mkdtempSync(join(tmpdir(), 'rockbridge-bench-'));
try {
  say('starting Rockbridge on embedded defaults, with quotas out of the way ...');
  const instance = await startOwnInstance(folder, {
    command: [process.execPath, fileURLToPath(new URL('bench/instance.ts', import.meta.url))],
  });
  try {
    const stage = await Stage.open(instance);
    await stage.sandbox.setLimits({ ghl: { max: 1e6, daily: 1e9 }, referralRock: { max: 1e6 } });
    say(`making ${AT_ONCE} referrals and their contacts ...`);
    const pairs = await makePairs(stage, AT_ONCE);
    const [first] = pairs;
    if (!first) throw new Error('There is nothing to measure with');
    await measureSingles(stage, pairs, 5);
    say(`${SINGLE} edits, one at a time ...`);
    const single = await measureSingles(stage, pairs, SINGLE);
    say(`${AT_ONCE} edits at once, ${ROUNDS} times ...`);
    const atOnce = [];
    for (let n = 0; n < ROUNDS; n++) atOnce.push(await measureAtOnce(stage, pairs));
    say('the bare workflow of two activities on the same Temporal server ...');
    const bare = await measureBare(instance.temporal, stage.info, first, {
      single: SINGLE,
      atOnce: AT_ONCE,
      rounds: ROUNDS,
    });
    await stage.settled();
    say(`${INGESTED} webhooks taken in ...`);
    const ingest = await measureIngest(instance.bridge, stage.info.ghl.locationId, INGESTED);
    report(single, Math.max(...atOnce), bare, ingest);
  } finally {
    await instance.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

type Figures = { p50: number; p95: number };

function report(
  single: Figures,
  atOnce: number,
  bare: Figures & { perSecond: number },
  ingest: { perSecond: number; p99: number },
): void {
  const ms = (value: number): string => `${Math.round(value)} ms`;
  const rate = (value: number): string => `${value.toFixed(1)} events/s`;
  const ratio = (ours: number, theirs: number): string => (ours / theirs).toFixed(2);
  const rows = [
    ['one at a time, p50', ms(single.p50), ms(bare.p50), ratio(single.p50, bare.p50)],
    ['one at a time, p95', ms(single.p95), ms(bare.p95), ratio(single.p95, bare.p95)],
    [`${AT_ONCE} at once, best of ${ROUNDS}`, rate(atOnce), rate(bare.perSecond), ratio(atOnce, bare.perSecond)],
  ];
  console.log(
    `\nFrom a contact's edit in GoHighLevel to the write in Referral Rock (sandbox, no vendor latency, ${availableParallelism()} cores):\n`,
  );
  console.log(table(['', 'Rockbridge', 'bare workflow, 2 activities', 'ratio'], rows));
  console.log(
    `\nIngest alone: ${Math.round(ingest.perSecond)} events/s to 200, p99 ${ms(ingest.p99)} (32 connections)`,
  );
}
