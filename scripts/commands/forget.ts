import type { Command } from 'commander';
import { readSettings } from '../../config/settings.ts';
import { deleteFromApi } from '../support/api.ts';
import { isYes } from '../support/question.ts';

const NOT_CONFIRMED = 3;

interface Answer {
  forgotten: { records: number; events: number; decisions: number };
}

export function addForget(program: Command): void {
  program
    .command('forget')
    .description('erase all that Rockbridge keeps of a person; both vendors keep what they have')
    .argument('<contactId>', "GHL's id of the contact")
    .option('--yes', 'do not ask')
    .option('--json', 'as the API answers')
    .addHelpText(
      'after',
      `
What was read, decided, written, asked and received about the contact and its members and referrals is erased for good; their ids
stay, so that events about them are recognised and put aside. Delete the person in GHL and Referral Rock as well.

Example:
  npx rockbridge forget ve9EPM428h8vShlRW1KT --yes

Exit codes: 0 forgotten; 1 no such contact, or the bridge does not answer or refused; 3 not confirmed, so nothing was erased.`,
    )
    .action(forget);
}

async function forget(contactId: string, { yes, json }: { yes?: boolean; json?: boolean }): Promise<void> {
  const settings = readSettings(process.env);
  if (!yes && !(await isConfirmed(contactId))) {
    console.error('Nothing was erased. Say yes when asked, or add --yes.');
    process.exitCode = NOT_CONFIRMED;
    return;
  }
  const answer = await deleteFromApi<Answer>(settings, `customers/${encodeURIComponent(contactId)}`);
  if (json) return console.log(JSON.stringify(answer, undefined, 2));
  const { records, events, decisions } = answer.forgotten;
  console.log(`Forgotten: ${records} records, ${events} events, ${decisions} decisions.`);
}

async function isConfirmed(contactId: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  return isYes(`Erase all that is kept of contact ${contactId}, for good? [y/N] `, process.stdin, process.stderr);
}
