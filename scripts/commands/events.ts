import { type Command, Option } from 'commander';
import { readSettings } from '../../config/settings.ts';
import { getFromApi } from '../support/api.ts';
import { table } from '../support/table.ts';

const STATUSES = ['stored', 'running', 'done', 'held', 'failed', 'ignored'];

interface EventLine {
  id: string;
  source: string;
  event: string;
  recordId: string | null;
  status: string;
  sentence: string | null;
  receivedAt: string;
}

export function addEvents(program: Command): void {
  program
    .command('events')
    .description('list what came in, newest first, and what became of it')
    .addOption(new Option('--status <status>', 'only those at this status').choices(STATUSES))
    .option('--limit <n>', 'so many', '20')
    .option('--json', 'as the API answers')
    .addHelpText(
      'after',
      `
Examples:
  npx rockbridge events
  npx rockbridge events --status failed --limit 100

Exit codes: 0 listed; 1 the bridge does not answer or refused.`,
    )
    .action(listEvents);
}

async function listEvents(options: { status?: string; limit: string; json?: boolean }): Promise<void> {
  const settings = readSettings(process.env);
  const answer = await getFromApi<{ events: EventLine[]; total: number }>(settings, 'events', {
    status: options.status,
    limit: options.limit,
  });
  if (options.json) return console.log(JSON.stringify(answer, undefined, 2));
  const rows = answer.events.map((event) => [
    new Date(event.receivedAt).toLocaleTimeString('sv'),
    event.source,
    event.event,
    event.recordId ?? '',
    event.status,
    event.sentence ?? '',
  ]);
  console.log(table(['time', 'from', 'event', 'record', 'status', 'what became of it'], rows));
  console.log(`\n${answer.events.length} of ${answer.total}`);
}
