import type { Command } from 'commander';
import { readSettings } from '../../config/settings.ts';
import { getFromApi } from '../support/api.ts';
import { table } from '../support/table.ts';

interface CustomerLine {
  contactId: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  members: number;
  referrals: number;
}

interface Customer {
  contact: Record<string, unknown> & { id: string; gone: boolean };
  tags: string[];
  links: { kind: string; id: string; state: string; reason: string | null; since: string | null; fields: Field[] }[];
  decisions: { trigger: string; sentence: string | null; at: string; undoable: boolean; eventIds: string[] }[];
  [list: string]: unknown;
}

interface Field {
  field: string;
  ghl: Record<'value' | 'baseline' | 'pending' | 'refused', unknown>;
  rr: Record<'value' | 'baseline' | 'pending' | 'refused', unknown>;
}

interface Options {
  query?: string;
  limit: string;
  fresh?: boolean;
  json?: boolean;
}

export function addCustomers(program: Command): void {
  program
    .command('customers')
    .description('list customers, or show one whole: both sides, links, and what was decided')
    .argument('[contactId]', "GHL's id of a contact")
    .option('--query <words>', 'only those with this in name, e-mail or phone, or with this id')
    .option('--limit <n>', 'so many customers, or decisions about one', '20')
    .option('--fresh', 'of one: wait for what a fresh reading finds')
    .option('--json', 'as the API answers')
    .addHelpText(
      'after',
      `
Examples:
  npx rockbridge customers --query jane@example.com
  npx rockbridge customers ve9EPM428h8vShlRW1KT --fresh

Exit codes: 0 shown; 1 no such contact, or the bridge does not answer or refused.`,
    )
    .action((contactId: string | undefined, options: Options) =>
      contactId === undefined ? listCustomers(options) : showCustomer(contactId, options),
    );
}

async function listCustomers({ query, limit, json }: Options): Promise<void> {
  const answer = await getFromApi<{ customers: CustomerLine[] }>(readSettings(process.env), 'customers', {
    query,
    limit,
  });
  if (json) return console.log(JSON.stringify(answer, undefined, 2));
  const rows = answer.customers.map((one) => [
    one.contactId,
    one.name ?? '',
    one.email ?? '',
    one.phone ?? '',
    String(one.members),
    String(one.referrals),
  ]);
  console.log(table(['contact', 'name', 'e-mail', 'phone', 'members', 'referrals'], rows));
}

async function showCustomer(contactId: string, { limit, fresh, json }: Options): Promise<void> {
  const answer = await getFromApi<Customer>(readSettings(process.env), `customers/${encodeURIComponent(contactId)}`, {
    limit,
    fresh: fresh ? 'true' : undefined,
  });
  if (json) return console.log(JSON.stringify(answer, undefined, 2));
  const { contact, tags, links, decisions } = answer;
  const name = [contact['firstName'], contact['lastName']].filter(Boolean).join(' ');
  console.log(
    `${contact.id}${contact.gone ? ' (gone from GHL)' : ''}  ${name}  ${text(contact['email'])}  ${text(contact['phone'])}`,
  );
  console.log(`tags: ${tags.join(', ') || 'none'}`);
  const lists = ['tasks', 'notes', 'appointments', 'opportunities', 'rewards'];
  console.log(lists.map((list) => `${(answer[list] as unknown[]).length} ${list}`).join(', '));
  console.log(`\n${linkTable(links)}\n`);
  const rows = decisions.map((one) => [
    new Date(one.at).toLocaleString('sv'),
    one.trigger,
    one.undoable ? (one.eventIds.at(-1) ?? '') : '',
    one.sentence ?? 'under way',
  ]);
  console.log(table(['decided', 'about', 'undo by event', 'what'], rows));
}

/** A line for each link; below it the fields whose sides differ, are about to be written or were not taken. */
function linkTable(links: Customer['links']): string {
  const rows = links.flatMap(({ kind, id, state, since, reason, fields }) => [
    [kind, id, state, since === null ? '' : new Date(since).toLocaleString('sv'), reason ?? ''],
    ...fields
      .filter(isOfNote)
      .map(({ field, ghl, rr }) => ['', `  ${field}`, '', '', `GHL: ${side(ghl)}   Referral Rock: ${side(rr)}`]),
  ]);
  return table(['link', 'id', 'state', 'since', 'why, and which fields differ'], rows);
}

function isOfNote({ ghl, rr }: Field): boolean {
  const isMoving = [ghl, rr].some(({ pending, refused }) => pending !== null || refused !== null);
  return isMoving || text(ghl.value).trim().toLowerCase() !== text(rr.value).trim().toLowerCase();
}

function side({ value, pending, refused }: Field['ghl']): string {
  const more = [pending === null ? '' : `to be ${text(pending)}`, refused === null ? '' : `refused ${text(refused)}`];
  return [text(value) || 'empty', ...more.filter(Boolean)].join(', ');
}

function text(value: unknown): string {
  return value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}
