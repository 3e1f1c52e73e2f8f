import type { Command } from 'commander';
import { readSettings, type Settings } from '../../config/settings.ts';
import { getFromApi, postToApi } from '../support/api.ts';
import { table } from '../support/table.ts';

interface Approval {
  id: string;
  kind: string;
  contactId?: string;
  referralId?: string;
  memberId?: string;
  proposal: Record<string, unknown>;
  pays?: string[];
  candidates?: { contactId?: string; referralId?: string; sentence: string }[];
  sentence: string;
  createdAt: string;
  outcome?: string;
  decidedBy?: string;
}

export function addApprovals(program: Command): void {
  const approvals = program.command('approvals').description('what waits for a person: list it, approve it, deny it');
  approvals
    .command('list', { isDefault: true })
    .description('what waits, oldest first, with what it may pay and what can be chosen')
    .option('--all', 'also what was decided')
    .option('--json', 'as the API answers')
    .action(listApprovals);
  approvals
    .command('approve')
    .description('let it be done')
    .argument('<id>', 'of the approval')
    .option('--contact <contactId>', 'of an ambiguous one: which contact it is')
    .option('--referral <referralId>', 'of an ambiguous one: which referral is meant')
    .option('--json', 'as the API answers')
    .action((id: string, options: DecideOptions) => decide(id, true, options));
  approvals
    .command('deny')
    .description('let it not be done')
    .argument('<id>', 'of the approval')
    .option('--json', 'as the API answers')
    .action((id: string, options: DecideOptions) => decide(id, false, options));
  approvals.addHelpText(
    'after',
    `
Examples:
  npx rockbridge approvals
  npx rockbridge approvals approve 0198a1b2-...
  npx rockbridge approvals approve 0198a1b2-... --contact ve9EPM428h8vShlRW1KT
  npx rockbridge approvals deny 0198a1b2-...

Exit codes: 0 listed or decided; 1 refused, with the reason (decided already, a choice is wanted), or no bridge.`,
  );
}

async function listApprovals(options: { all?: boolean; json?: boolean }): Promise<void> {
  const query = { all: options.all ? 'true' : undefined };
  const answer = await getFromApi<{ approvals: Approval[] }>(settings(), 'approvals', query);
  if (options.json) return console.log(JSON.stringify(answer, undefined, 2));
  if (answer.approvals.length === 0) return console.log('Nothing waits for a person.');
  const rows = answer.approvals.map((one) => [
    one.id,
    new Date(one.createdAt).toLocaleString('sv'),
    one.kind,
    one.referralId ?? one.memberId ?? one.contactId ?? '',
    one.outcome === undefined ? 'open' : [one.outcome, one.decidedBy].filter(Boolean).join(' by '),
    one.sentence,
  ]);
  console.log(table(['approval', 'since', 'kind', 'about', 'state', 'what is asked'], rows));
  for (const one of answer.approvals) for (const line of detailsOf(one)) console.log(line);
}

function detailsOf({ id, outcome, pays = [], candidates = [] }: Approval): string[] {
  if (outcome !== undefined || pays.length + candidates.length === 0) return [];
  const choices = candidates.map(({ contactId, referralId, sentence }) =>
    contactId === undefined ? `--referral ${referralId}: ${sentence}` : `--contact ${contactId}: ${sentence}`,
  );
  return [`\n${id}`, ...pays.map((pay) => `  ${pay}`), ...choices.map((choice) => `  ${choice}`)];
}

interface DecideOptions {
  contact?: string;
  referral?: string;
  json?: boolean;
}

async function decide(id: string, approve: boolean, { contact, referral, json }: DecideOptions): Promise<void> {
  const choice = {
    ...(contact === undefined ? {} : { contactId: contact }),
    ...(referral === undefined ? {} : { referralId: referral }),
  };
  const path = `approvals/${encodeURIComponent(id)}`;
  const answer = await postToApi<{ outcome: string }>(settings(), path, { approve, ...choice });
  console.log(
    json ? JSON.stringify(answer, undefined, 2) : `It is ${answer.outcome}; its customer's pass carries that out.`,
  );
}

function settings(): Settings {
  return readSettings(process.env);
}
