import fc from 'fast-check';
import type { Kind, Row, World } from './world.ts';

/** What a person does on either side; answers how many writes of ours it may lead to at the most, 0 if it changed nothing. */
export type Edit = (world: World) => Promise<number>;

type Named = [string, Edit];
/** How many writes an edit may lead to. */
type Cost = (world: World) => number;

/** Each member and referral of the contact follows a change of it; so does the contact and the other ones if one of them changes. */
const links: Cost = (world) => world.all('referral').length + world.all('member').length;
const referrals: Cost = (world) => world.all('referral').length;
const members: Cost = (world) => world.all('member').length;

/** The n-th of a kind that the world has now, if it has any. */
function nth(world: World, kind: Kind, n: number): Row | undefined {
  const rows = world.all(kind);
  return rows[n % Math.max(1, rows.length)];
}

async function set(world: World, kind: Kind, row: Row | undefined, fields: Row, cost: number): Promise<number> {
  const differs = Object.entries(fields).some(([name, value]) => JSON.stringify(row?.[name]) !== JSON.stringify(value));
  if (!row || !differs) return 0;
  await world.change(kind, row, fields);
  return cost;
}

/** Sets a field of a record to one of these values. */
function setting(kind: Kind, field: string, values: readonly [unknown, ...unknown[]], cost: Cost): fc.Arbitrary<Named> {
  return fc
    .tuple(fc.nat(3), fc.constantFrom(...values))
    .map(([n, value]): Named => [
      `${kind} ${n}: ${field} = ${String(value)}`,
      (world) => set(world, kind, nth(world, kind, n), { [field]: value }, cost(world)),
    ]);
}

/** Sets a record's number to one of the person's. */
function dialling(kind: Kind, field: string): fc.Arbitrary<Named> {
  return fc
    .tuple(fc.nat(3), fc.nat(kind === 'contact' ? 1 : 2))
    .map(([n, which]): Named => [
      `${kind} ${n}: ${field} = phone ${which}`,
      (world) => set(world, kind, nth(world, kind, n), { [field]: world.person.phones[which] }, links(world)),
    ]);
}

const once: Cost = () => 1;
const names = ['Jane', 'Janet', 'Jo', 'Zoë'] as const;
const cities = ['Austin', 'Waco'] as const;
const days = ['2026-04-01T22:00:00.000Z', '2026-04-02T22:00:00.000Z'] as const;

function tagging(tag: string, how: 'add' | 'remove', cost: Cost): Named {
  return [
    `${how} tag ${tag}`,
    async (world) => {
      const contact = nth(world, 'contact', 0);
      if (!contact || (contact['tags'] as string[]).includes(tag) === (how === 'add')) return 0;
      const may = cost(world);
      await world.tag(contact, how, [tag]);
      return may;
    },
  ];
}

/** The member and its tag, five custom fields and their values; and the record's slots. */
const join: Cost = (world) => links(world) + 11;

function making(kind: 'task' | 'note' | 'opportunity', name: string, fields: Row, cost: number): Named {
  return [
    `new ${kind} ${name}`,
    async (world) => {
      const contact = nth(world, 'contact', 0);
      if (!contact) return 0;
      await world.make(kind, { contactId: contact['id'], ...fields });
      return cost;
    },
  ];
}

/** Notes of ours are nobody's to edit here. */
function peoplesNote(world: World, n: number): Row | undefined {
  const note = nth(world, 'note', n);
  return String(note?.['body']).includes('rb:') ? undefined : note;
}

const inGhl: fc.Arbitrary<Named> = fc.oneof(
  setting('contact', 'firstName', names, links),
  setting('contact', 'lastName', names, links),
  setting('contact', 'companyName', names, referrals),
  setting('contact', 'city', cities, members),
  dialling('contact', 'phone'),
  fc
    .tuple(fc.constantFrom('vip', 'warm'), fc.constantFrom('add' as const, 'remove' as const))
    .map(([tag, how]) => tagging(tag, how, links)),
  fc.constantFrom('add' as const, 'remove' as const).map((how) => tagging('referral-member', how, join)),
  fc.boolean().map((isOn): Named => [
    `e-mail dnd ${isOn}`,
    (world) => {
      const dndSettings = { Email: { status: isOn ? 'active' : 'inactive', message: '', code: '' } };
      return set(world, 'contact', nth(world, 'contact', 0), { dndSettings }, 1);
    },
  ]),
  fc
    .tuple(fc.constantFrom('Call back', 'Send papers', 'Meet at the shop'), fc.constantFrom(...days))
    .map(([title, dueDate]) => making('task', title, { title, dueDate, body: '' }, 1)),
  setting('task', 'completed', [true, false], once),
  setting('task', 'title', ['Call again'], once),
  setting('task', 'dueDate', [days[1]], once),
  fc.nat(5).map((n): Named => [
    `delete task ${n}`,
    async (world) => {
      const task = nth(world, 'task', n);
      if (task) await world.remove('task', task);
      return task ? 1 : 0;
    },
  ]),
  fc.constantFrom('Likes tea', 'Was on holiday').map((body) => making('note', body, { body }, 1)),
  fc.tuple(fc.nat(5), fc.constantFrom('Likes coffee', undefined)).map(([n, body]): Named => [
    body ? `note ${n}: ${body}` : `delete note ${n}`,
    async (world) => {
      const note = peoplesNote(world, n);
      if (body !== undefined) return set(world, 'note', note, { body }, 1);
      if (note) await world.remove('note', note);
      return note ? 1 : 0;
    },
  ]),
  // What an opportunity proposes is nothing before a person has decided.
  fc.constant(making('opportunity', 'Roof', { name: 'Roof' }, 0)),
  setting('opportunity', 'status', ['won', 'lost', 'open'], () => 0),
  setting('opportunity', 'pipelineStageId', ['stage-qualified', 'stage-new'], () => 0),
);

/** Edits the text of a referral's note; it may lead to a note of ours about it besides. */
function inNote(name: string, n: number, change: (note: string) => string, cost: number): Named {
  return [
    `referral ${n}: ${name}`,
    (world) => {
      const referral = nth(world, 'referral', n);
      return set(world, 'referral', referral, { note: change(String(referral?.['note'] ?? '')) }, cost);
    },
  ];
}

const NOTE_EDITS: readonly (readonly [string, (note: string) => string, number])[] = [
  ['text: Met them at the fair', (note) => `Met them at the fair\n${note}`, 1],
  ['text: Asked for a call', (note) => `Asked for a call\n${note}`, 1],
  // The reference, the task, and a note of ours about people's text.
  ['typed [ ] Send a card', (note) => [note, '[ ] Send a card'].join(note === '' ? '' : '\n'), 3],
  ['typed - [ ] Ring them (due 2026-05-01)', (note) => [note, '- [ ] Ring them (due 2026-05-01)'].join('\n').trim(), 3],
  ['[ ] -> [x]', (note) => note.replace('[ ]', '[x]'), 2],
  ['[x] -> [ ]', (note) => note.replace('[x]', '[ ]'), 2],
];

let rewards = 0;

const inReferralRock: fc.Arbitrary<Named> = fc.oneof(
  setting('referral', 'firstName', names, links),
  setting('referral', 'lastName', names, links),
  dialling('referral', 'phoneNumber'),
  setting('referral', 'status', ['Pending', 'Qualified', 'Approved'], () => 3),
  fc.tuple(fc.nat(3), fc.constantFrom(...NOTE_EDITS)).map(([n, [name, change, cost]]) => inNote(name, n, change, cost)),
  setting('member', 'firstName', names, links),
  setting('member', 'city', cities, links),
  dialling('member', 'phone'),
  setting('member', 'referrals', [1, 2], once),
  setting('member', 'disabledFlag', [true, false], once),
  fc.nat(3).map((n): Named => [
    'new reward',
    async (world) => {
      const referral = nth(world, 'referral', n);
      if (!referral) return 0;
      // No two are of one amount.
      await world.make('reward', {
        type: 'Referral',
        recipientId: referral['id'],
        referralId: referral['id'],
        amount: 10 + (++rewards % 9_000),
        description: 'Thank you',
      });
      return 1;
    },
  ]),
  setting('reward', 'status', ['Issued'], () => 2),
);

/** An edit that a failure's report shows by its name. */
export const anyEdit: fc.Arbitrary<Edit> = fc
  .oneof(inGhl, inReferralRock)
  .map(([name, made]): Edit => Object.assign((world: World) => made(world), { [fc.toStringMethod]: () => name }));

/** What a status that a person approved may lead to: itself, and what follows in GHL. */
export const COST_OF_APPROVAL = 4;
