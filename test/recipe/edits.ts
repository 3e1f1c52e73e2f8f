import fc from 'fast-check';
import { type Mishap, MISHAPS, type ModelVendors } from './model-vendors.ts';

/** What a person does on either side; answers how many writes of ours it may lead to at the most, 0 if it changed nothing. */
export type Edit = (vendors: ModelVendors) => number;

/** One thing that happens. */
export type Event =
  | { what: 'edit'; edit: Edit }
  | { what: 'deliver'; pick: number; twice: boolean }
  | { what: 'drop'; pick: number }
  | { what: 'attend'; diesAfter: number | undefined; mishap: Mishap | undefined; meanwhile: Edit | undefined };

type Row = Record<string, unknown>;

/** The contact, task, … number n, if there is one. */
function nth(rows: ReadonlyMap<string, Row>, n: number): Row | undefined {
  return [...rows.values()][n % Math.max(1, rows.size)];
}

const names = ['Jane', 'Janet', 'Jo', 'Zoë'];
const phones = ['+15125550101', '+15125550102', '(512) 555-0103'];
const days = ['2026-04-01T22:00:00.000Z', '2026-04-02T22:00:00.000Z'];
const words = ['Call back', 'Send papers', 'Meet at the shop'];

function set(row: Row | undefined, field: string, value: unknown, write: (id: string) => void, cost: number): number {
  if (!row || JSON.stringify(row[field]) === JSON.stringify(value)) return 0;
  write(String(row['id']));
  return cost;
}

const inGhl: fc.Arbitrary<[string, Edit]> = fc.oneof(
  fc
    .tuple(fc.constantFrom('firstName', 'lastName', 'companyName'), fc.constantFrom(...names))
    .map(([field, value]): [string, Edit] => [
      `contact.${field} = ${value}`,
      (all) => set(nth(all.contacts, 0), field, value, (id) => all.changeContact(id, { [field]: value }), 1),
    ]),
  fc
    .constantFrom(...phones.slice(0, 2))
    .map((phone): [string, Edit] => [
      `contact.phone = ${phone}`,
      (all) => set(nth(all.contacts, 0), 'phone', phone, (id) => all.changeContact(id, { phone }), 1),
    ]),
  fc
    .tuple(fc.constantFrom('vip', 'warm'), fc.constantFrom('add' as const, 'remove' as const))
    .map(([tag, how]): [string, Edit] => [
      `${how} tag ${tag}`,
      (all) => {
        const contact = nth(all.contacts, 0);
        if (!contact || (contact['tags'] as string[]).includes(tag) === (how === 'add')) return 0;
        all.changeTags(String(contact['id']), how, [tag]);
        return 1;
      },
    ]),
  fc.boolean().map((isOn): [string, Edit] => [
    `e-mail dnd ${isOn}`,
    (all) => {
      const dndSettings = { Email: { status: isOn ? 'active' : 'inactive', message: '', code: '' } };
      return set(nth(all.contacts, 0), 'dndSettings', dndSettings, (id) => all.changeContact(id, { dndSettings }), 1);
    },
  ]),
  fc.tuple(fc.constantFrom(...words), fc.constantFrom(...days)).map(([title, dueDate]): [string, Edit] => [
    `new task ${title}`,
    (all) => {
      const contact = nth(all.contacts, 0);
      if (!contact) return 0;
      all.createTask(String(contact['id']), { title, dueDate, body: '' });
      return 1;
    },
  ]),
  fc
    .tuple(
      fc.nat(5),
      fc.constantFrom<Row>({ completed: true }, { completed: false }, { title: 'Call again' }, { dueDate: days[1] }),
    )
    .map(([n, fields]): [string, Edit] => [
      `task ${n}: ${JSON.stringify(fields)}`,
      (all) => {
        const [[field, value] = ['', '']] = Object.entries(fields);
        return set(nth(all.tasks, n), field, value, (id) => all.changeTask(id, fields), 1);
      },
    ]),
  fc.nat(5).map((n): [string, Edit] => [
    `delete task ${n}`,
    (all) => {
      const task = nth(all.tasks, n);
      if (!task) return 0;
      all.deleteTask(String(task['id']));
      return 1;
    },
  ]),
  fc.constantFrom('Likes tea', 'Was on holiday').map((body): [string, Edit] => [
    `new note ${body}`,
    (all) => {
      const contact = nth(all.contacts, 0);
      if (!contact) return 0;
      all.createNote(String(contact['id']), { body });
      return 1;
    },
  ]),
  fc.tuple(fc.nat(5), fc.constantFrom('Likes coffee', undefined)).map(([n, body]): [string, Edit] => [
    body ? `note ${n}: ${body}` : `delete note ${n}`,
    (all) => {
      const note = nth(all.notes, n);
      // Notes of ours are nobody's to edit here.
      if (!note || String(note['body']).includes('rb:')) return 0;
      if (body === undefined) all.deleteNote(String(note['id']));
      else return set(note, 'body', body, (id) => all.changeNote(id, { body }), 1);
      return 1;
    },
  ]),
);

/** Edits the text of the referral's note; it may lead to a note of ours about it besides. */
function inNote(name: string, change: (note: string) => string, cost: number): [string, Edit] {
  return [
    name,
    (all) => {
      const referral = nth(all.referrals, 0);
      const note = String(referral?.['note'] ?? '');
      return set(referral, 'note', change(note), (id) => all.changeReferral(id, { note: change(note) }), cost);
    },
  ];
}

const inReferralRock: fc.Arbitrary<[string, Edit]> = fc.oneof(
  fc
    .tuple(fc.constantFrom('firstName', 'lastName'), fc.constantFrom(...names))
    .map(([field, value]): [string, Edit] => [
      `referral.${field} = ${value}`,
      (all) => set(nth(all.referrals, 0), field, value, (id) => all.changeReferral(id, { [field]: value }), 1),
    ]),
  fc
    .constantFrom(...phones)
    .map((phoneNumber): [string, Edit] => [
      `referral.phoneNumber = ${phoneNumber}`,
      (all) =>
        set(nth(all.referrals, 0), 'phoneNumber', phoneNumber, (id) => all.changeReferral(id, { phoneNumber }), 1),
    ]),
  fc
    .constantFrom('Pending', 'Qualified', 'Approved')
    .map((status): [string, Edit] => [
      `status ${status}`,
      (all) => set(nth(all.referrals, 0), 'status', status, (id) => all.changeReferral(id, { status }), 3),
    ]),
  fc
    .constantFrom('Met them at the fair', 'Asked for a call')
    .map((text) => inNote(`people's text: ${text}`, (note) => `${text}\n${note}`, 1)),
  // The reference, the task, and a note of ours about people's text.
  fc
    .constantFrom('[ ] Send a card', '- [ ] Ring them (due 2026-05-01)')
    .map((line) => inNote(`typed ${line}`, (note) => (note === '' ? line : `${note}\n${line}`), 3)),
  fc
    .constantFrom(['[ ]', '[x]'] as const, ['[x]', '[ ]'] as const)
    .map(([from, to]) => inNote(`${from} -> ${to}`, (note) => note.replace(from, to), 2)),
);

/** An edit that a failure's report shows by its name. */
const edit = fc
  .oneof(inGhl, inReferralRock)
  .map(([name, made]): Edit =>
    Object.assign((vendors: ModelVendors) => made(vendors), { [fc.toStringMethod]: () => name }),
  );

/** Edits on both sides, webhooks that come late, twice or never, processes that die, requests that are lost. */
export const anyStory: fc.Arbitrary<Event[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: edit.map((made): Event => ({ what: 'edit', edit: made })) },
    {
      weight: 4,
      arbitrary: fc.record({ what: fc.constant('deliver' as const), pick: fc.nat(20), twice: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('drop' as const), pick: fc.nat(20) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        what: fc.constant('attend' as const),
        diesAfter: fc.option(fc.nat(12), { nil: undefined, freq: 2 }),
        mishap: fc.option(fc.constantFrom(...MISHAPS), {
          nil: undefined,
          freq: 2,
        }),
        meanwhile: fc.option(edit, { nil: undefined, freq: 3 }),
      }),
    },
  ),
  { minLength: 4, maxLength: 24 },
);
