import type { Command } from 'commander';
import { readSettings } from '../../config/settings.ts';
import { postToApi } from '../support/api.ts';

export function addUndo(program: Command): void {
  program
    .command('undo')
    .description('take back what was written for an event, where it still stands')
    .argument('<event>', "our id or GHL's, as events and customers show it")
    .option('--json', 'as the API answers')
    .addHelpText(
      'after',
      `
What was put into fields is put back where nobody has changed it since; tags go the other way round; tasks and notes that
Rockbridge made are deleted. People are never deleted, and what moves money is not taken back.

Example:
  npx rockbridge undo 0198a1b2-...

Exit codes: 0 its customer's pass takes it back; 1 refused, with the reason (nothing was written, asked for already, only
money), or no bridge.`,
    )
    .action(undo);
}

async function undo(event: string, { json }: { json?: boolean }): Promise<void> {
  const path = `events/${encodeURIComponent(event)}/undo`;
  const answer = await postToApi<{ eventId: string }>(readSettings(process.env), path, {});
  if (json) return console.log(JSON.stringify(answer, undefined, 2));
  console.log(`Its customer's pass takes it back; what came of it stands at event ${answer.eventId}.`);
}
