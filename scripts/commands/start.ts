import { join } from 'node:path';
import type { Command } from 'commander';
import { createFileLog, logFile } from '../../config/log.ts';
import { readSettings, type Settings } from '../../config/settings.ts';
import { countEvents } from '../../store/counts.ts';
import { type Application, startApplication } from '../../workers/application.ts';
import { launchers, watchLaunchers } from '../../workers/launcher.ts';
import { untilAskedToStop } from '../support/signals.ts';
import { LiveTerminal } from '../support/terminal.ts';

const COUNT_EVERY_MS = 1_000;

export function addStart(program: Command): void {
  program
    .command('start')
    .description('run everything: bridge, workers, and what is not given by the settings: Temporal, database, sandbox')
    .addHelpText(
      'after',
      `
Examples:
  npm start                                      everything on this machine, with the sandbox of both vendors
  TEMPORAL_ADDRESS=localhost:7233 npx rockbridge start

Ctrl-C ends it once the calls that run have come to their end; a second Ctrl-C ends it at once.
Exit codes: 0 stopped as asked; 1 could not start, or a part died for good (the message says which); 130 ended at once.`,
    )
    .action(start);
}

async function start(): Promise<void> {
  const settings = readSettings(process.env);
  const terminal = new LiveTerminal();
  const log = createFileLog(settings, (line) => terminal.say(line));
  const above = launchers();
  const stopped = untilAskedToStop((onAsked) => watchLaunchers(above, onAsked));
  terminal.say('Starting Rockbridge ...');
  const application = await startApplication({ settings, log, launchers: above });
  terminal.say(greeting(application, settings));
  const counting = setInterval(() => void showCounts(application, terminal), COUNT_EVERY_MS);
  try {
    await Promise.race([stopped, application.failed]);
  } finally {
    clearInterval(counting);
    terminal.endLive();
    terminal.say('Stopping (Ctrl-C again to stop at once) ...');
    await application.close();
    log.flush();
  }
  terminal.say('Stopped. What came in meanwhile is kept and goes on at the next start.');
}

async function showCounts({ database }: Application, terminal: LiveTerminal): Promise<void> {
  try {
    const counts = await countEvents(database);
    const received = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const { done, running, held, failed, ignored } = counts;
    const waiting = counts.stored > 0 ? ` · ${counts.stored} waiting` : '';
    terminal.live(
      `events: ${received} received${waiting} · ${running} running · ${done} done · ${held} held · ${failed} failed · ${ignored} ignored`,
    );
  } catch {
    terminal.live('events: the database does not answer');
  }
}

function greeting({ addresses, secrets, sandbox, working }: Application, settings: Settings): string {
  const tokenFile = join(settings.DATA_DIR, 'admin-token');
  const kept = settings.ROCKBRIDGE_ADMIN_TOKEN ? 'ROCKBRIDGE_ADMIN_TOKEN' : `in ${tokenFile}`;
  const token = secrets.adminTokenIsNew ? `${secrets.adminToken}   (shown once; kept ${kept})` : kept;
  const lines = [
    '',
    working
      ? 'Rockbridge is running.'
      : `Rockbridge takes events in; they are worked on as soon as Temporal answers at ${addresses.temporal}.`,
    '',
    `  Bridge         ${addresses.bridge}   webhooks, /api, /readyz, /metrics`,
    `  Temporal UI    ${addresses.temporalUi ?? 'set TEMPORAL_UI_URL to have links to workflows'}`,
    ...(sandbox
      ? [`  GoHighLevel    ${sandbox.ghl.url}   (sandbox)`, `  Referral Rock  ${sandbox.referralRock.url}   (sandbox)`]
      : []),
    ...(sandbox ? [] : [`  Mode           ${settings.ROCKBRIDGE_MODE}`]),
    `  Admin token    ${token}`,
    `  Log            ${logFile(settings)}`,
    '',
    sandbox
      ? '  Now, in another terminal: `npm run demo` makes referrals and edits contacts in the sandbox and shows what follows;\n  `npx rockbridge events` lists what came in and what became of it.'
      : '  Now: `npx rockbridge doctor` checks both accounts, `npx rockbridge events` lists what comes in.',
    '',
  ];
  return lines.join('\n');
}
