import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { readSettings, type Settings } from '../../config/settings.ts';
import { CommandError, getFromApi, patchApi, postToApi, textFromApi } from '../support/api.ts';
import { chooseConnection } from '../support/choose-connection.ts';
import { table } from '../support/table.ts';
import { LiveTerminal } from '../support/terminal.ts';

type Counts = Record<string, number>;

interface Report {
  id: string;
  since: string;
  status: 'running' | 'done' | 'failed';
  stage: string;
  progress: Counts;
  counts: {
    members: Counts;
    referrals: Counts;
    createContacts: number;
    createMembers: number;
    foreignIds: number;
    tags: { name: string; n: number }[];
    customFields: string[];
  };
  reason?: string;
}

interface Progress {
  id: string;
  status: 'running' | 'paused' | 'done' | 'cancelled' | 'failed';
  stage: string;
  progress: Counts;
  reason?: string;
}

interface Common {
  connection?: string;
  json?: boolean;
}

const LOOK_EVERY_MS = 500;

/** `match`, `backfill`, `live`, `pause` and `resume`: what is done with a connection as a whole. */
export function addConnections(program: Command): void {
  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option('--connection <id>', 'of which connection; the only one if left out')
      .option('--json', 'as the API answers');
  command('match', 'what connecting two full accounts would link, create and leave; writes nothing')
    .option('--csv <file>', 'write a line for each record there')
    .option('--since <time>', 'as if records from then on were acted on: 2026-01-31T00:00:00Z')
    .option('--confirm', 'do not make one: say that you have read the newest and agree')
    .action(match);
  command('backfill', 'bring what was there before into step: start it and watch')
    .option('--pause', 'enter nothing more until it is resumed')
    .option('--resume', 'go on where it was')
    .option('--cancel', 'end it where it is')
    .option('--watch', 'only show how far it is')
    .action(backfill);
  command('live', 'let a connection write; wants a confirmed match report less than 24 hours old')
    .option('--confirm', 'you have read the match report and agree')
    .option('--since <time>', 'act on records from then on; now if left out')
    .action((options: Common & { confirm?: boolean; since?: string }) =>
      change(options, {
        mode: 'live',
        ...(options.confirm ? { confirm: true } : {}),
        ...(options.since === undefined ? {} : { since: options.since }),
      }),
    );
  command('pause', 'stop acting; events are stored').action((options: Common) => change(options, { paused: true }));
  command('resume', 'act again on what was stored').action((options: Common) => change(options, { paused: false }));
}

async function match(options: Common & { csv?: string; since?: string; confirm?: boolean }): Promise<void> {
  const settings = readSettings(process.env);
  const path = await pathOf(settings, options, 'match');
  if (options.confirm) {
    await postToApi(settings, path, { confirm: true });
    return console.log('Confirmed: within 24 hours of its making the connection may go live.');
  }
  await postToApi(settings, path, options.since === undefined ? {} : { since: options.since });
  const report = await watch<Report>(settings, path, options, ({ stage, progress }) => {
    const of = (name: string): string => `${progress[name] ?? 0} of ${progress[`${name}Total`] ?? '?'} ${name}`;
    return `${stage}: ${['contacts', 'members', 'referrals'].map(of).join(', ')}`;
  });
  if (options.csv !== undefined) writeFileSync(options.csv, await textFromApi(settings, `${path}.csv`));
  if (options.json) console.log(JSON.stringify(report, undefined, 2));
  else if (report.status === 'done') console.log(summaryOf(report));
  if (report.status === 'failed') throw new CommandError(`The match report failed: ${report.reason ?? ''}`);
}

const VERDICTS = ['linked', 'link', 'create-contact', 'left', 'ambiguous', 'unsyncable'] as const;

function summaryOf({ counts, since }: Report): string {
  const row = (name: string, of: Counts): string[] => [name, ...VERDICTS.map((verdict) => String(of[verdict] ?? 0))];
  const tags = counts.tags.map(({ name, n }) => `${name} (${n})`).join(', ') || 'none';
  return [
    table(['', ...VERDICTS], [row('members', counts.members), row('referrals', counts.referrals)]),
    '',
    `With a start at ${since} it would make ${counts.createContacts} contacts and ${counts.createMembers} members.`,
    `External ids of other systems that stay: ${counts.foreignIds}`,
    `Tags it would add: ${tags}`,
    `Custom fields it would add: ${counts.customFields.join(', ') || 'none'}`,
  ].join('\n');
}

async function backfill(
  options: Common & { pause?: boolean; resume?: boolean; cancel?: boolean; watch?: boolean },
): Promise<void> {
  const settings = readSettings(process.env);
  const path = await pathOf(settings, options, 'backfill');
  const action = options.pause ? 'pause' : options.cancel ? 'cancel' : options.resume ? 'resume' : 'start';
  const told = options.watch ? undefined : await postToApi<Progress>(settings, path, { action });
  const ends = action === 'pause' || action === 'cancel' ? told : undefined;
  const now = ends ?? (await watch<Progress>(settings, path, options, wordsOf));
  if (options.json) console.log(JSON.stringify(now, undefined, 2));
  else console.log(`${now.status}: ${wordsOf(now)}`);
  if (now.status === 'failed') throw new CommandError(`The backfill stopped: ${now.reason ?? ''}`);
}

function wordsOf({ progress }: Progress): string {
  const of = (name: string): string =>
    `${progress[name] ?? 0}${progress[`${name}Total`] === undefined ? '' : ` of ${progress[`${name}Total`]}`} ${name}`;
  return `${['members', 'referrals', 'contacts'].map(of).join(', ')}; ${progress['open'] ?? 0} being worked on`;
}

async function change(options: Common, body: object): Promise<void> {
  const settings = readSettings(process.env);
  const { id } = await chooseConnection(settings, options.connection, true);
  const after = await patchApi<{ mode: string; since: string; pausedAt: string | null }>(
    settings,
    `connections/${encodeURIComponent(id)}`,
    body,
  );
  if (options.json) return console.log(JSON.stringify(after, undefined, 2));
  const paused = after.pausedAt === null ? '' : ', paused';
  console.log(`Connection ${id} is ${after.mode}${paused}; it acts on what was made since ${after.since}.`);
}

async function pathOf(settings: Settings, { connection }: Common, what: string): Promise<string> {
  const { id } = await chooseConnection(settings, connection);
  return `connections/${encodeURIComponent(id)}/${what}`;
}

/** Looks until it has come to its end or rests, with one line that changes; that goes to standard error, so that JSON stays JSON. */
async function watch<T extends { status: string }>(
  settings: Settings,
  path: string,
  { json }: Common,
  line: (now: T) => string,
): Promise<T> {
  const terminal = new LiveTerminal(json ? process.stderr : process.stdout);
  for (;;) {
    const now = await getFromApi<T>(settings, path, path.endsWith('match') ? { limit: '1' } : {});
    terminal.live(line(now));
    if (now.status !== 'running') {
      terminal.endLive();
      return now;
    }
    await sleep(LOOK_EVERY_MS);
  }
}
