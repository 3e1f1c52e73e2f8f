import assert from 'node:assert/strict';
import { DateTime } from 'luxon';
import { normalForm, type SyncedField } from '../../rules/forms/normalize.ts';
import { type Row, statusOf, type World } from './world.ts';

type Pair = readonly [field: SyncedField, rr: string];

const NAMES: readonly Pair[] = [
  ['firstName', 'firstName'],
  ['lastName', 'lastName'],
  ['email', 'email'],
];
const REFERRAL: readonly Pair[] = [...NAMES, ['phone', 'phoneNumber'], ['companyName', 'companyName']];
const MEMBER: readonly Pair[] = [...NAMES, ['phone', 'phone'], ['city', 'city']];

/** Fails with the first difference between what the two vendors hold of the person; `but` are fields of referrals that may differ. */
export function assertAgreement(world: World, zone: string, but: ReadonlySet<string> = new Set()): void {
  const [contact = {}, ...twins] = world.all('contact');
  assert.equal(twins.length, 0, 'one person, one contact');
  assert.ok(world.all('member').length <= 1, 'one person, one member of a program');
  for (const referral of world.all('referral')) {
    assertFields(
      contact,
      referral,
      REFERRAL.filter(([field]) => !but.has(field)),
    );
    assertSlot(contact, referral, 'customText3');
  }
  for (const member of world.all('member')) {
    assertFields(contact, member, MEMBER);
    assertSlot(contact, member, 'customText2');
    assertMemberFields(world, contact, member);
  }
  assertTags(world, contact);
  assertLines(world, zone);
  assertRewards(world, contact);
  const email = (contact['dndSettings'] as { Email?: { status?: string } } | undefined)?.Email;
  assert.equal(world.isUnsubscribed(String(contact['email'])), email?.status === 'active', 'opt-outs differ');
}

function assertFields(contact: Row, record: Row, fields: readonly Pair[]): void {
  for (const [field, rr] of fields) {
    const form = (value: unknown): string => normalForm(field, value, { country: 'US' });
    assert.equal(form(record[rr]), form(contact[field]), `${field} differs`);
  }
  assert.equal(record['externalIdentifier'], contact['id'], 'it names its contact');
}

function assertSlot(contact: Row, record: Row, slot: string): void {
  const tags = (contact['tags'] as string[]).filter((tag) => !tag.startsWith('rr-')).toSorted();
  assert.equal(record[`${slot}Value`] ?? '', tags.join(', '), 'the tags differ');
  if (tags.length > 0) assert.equal(record[`${slot}Name`], 'GHL tags');
}

function assertMemberFields(world: World, contact: Row, member: Row): void {
  const values = new Map(((contact['customFields'] ?? []) as Row[]).map(({ id, value }) => [id, value]));
  const fields = world.customFields();
  for (const [key, name] of [
    ['contact.referral_code', 'referralCode'],
    ['contact.referral_link', 'referralUrl'],
    ['contact.referrals_total', 'referrals'],
  ] as const)
    assert.equal(String(values.get(fields.get(key)) ?? ''), String(member[name] ?? ''), `${key} differs`);
}

function assertTags(world: World, contact: Row): void {
  const tags = contact['tags'] as string[];
  const statuses = new Set(world.all('referral').map((referral) => `rr-status:${statusOf(referral)}`));
  const own = tags.filter((tag) => tag.startsWith('rr-status:')).map((tag) => tag.replace(/:.*:/u, ':'));
  assert.deepEqual(own.toSorted(), [...statuses].toSorted(), 'the tags of its statuses');
  assert.ok(tags.includes('rr-referral'));
  const isMember = world.all('member').some(({ disabledFlag }) => disabledFlag !== true);
  assert.equal(tags.includes('rr-member'), isMember, 'the tag of a member');
  if (tags.includes('referral-member')) assert.equal(world.all('member').length, 1, 'the tag made a member');
}

/** Each live task of the contact, and each line of a referral's note that stands for a task, as both sides should tell of it. */
function tasksIn(world: World, zone: string): string[] {
  return world
    .all('task')
    .map((task) => {
      const due = DateTime.fromISO(String(task['dueDate'] ?? ''), { zone });
      const when = due.isValid ? ` (due ${due.toISODate()})` : '';
      return `[${task['completed'] === true ? 'x' : ' '}] ${String(task['title'])}${when}`;
    })
    .toSorted();
}

function taskLinesIn(note: string): { text: string; reference: string }[] {
  return [...note.matchAll(/^\s*(?:- )?(?<text>\[[ x]\] .*?) (?<reference>rb:[0-9A-Z]{8})\s*$/gmu)].map(
    ({ groups }) => ({ text: groups?.['text'] ?? '', reference: groups?.['reference'] ?? '' }),
  );
}

function assertLines(world: World, zone: string): void {
  const note = world
    .all('referral')
    .map((referral) => String(referral['note'] ?? ''))
    .join('\n');
  const lines = taskLinesIn(note);
  assert.equal(new Set(lines.map(({ reference }) => reference)).size, lines.length, 'a line stands once');
  const typed = note.split('\n').filter((line) => /^\s*(?:- )?\[[ xX]\] /u.test(line) && !line.includes('rb:'));
  assert.deepEqual(typed, [], 'every typed line is a task');
  // New lines go to a referral that is not denied, and to none if all are.
  if (world.all('referral').every((referral) => statusOf(referral) === 'denied')) return;
  const texts = lines.map(({ text }) => text).toSorted();
  assert.deepEqual(texts, tasksIn(world, zone), `lines and tasks differ:\n${note}`);
  for (const { body } of world.all('note'))
    if (!String(body).includes('rb:')) assert.ok(note.includes(String(body)), `the note ${String(body)} has its line`);
}

/** Each reward has one note that tells of it, one more once it was issued. */
function assertRewards(world: World, contact: Row): void {
  const told = world.all('note').map(({ body }) => String(body));
  for (const reward of world.all('reward')) {
    const amount = new RegExp(`\\breward of .?${Number(reward['amount']).toFixed(2).replace('.', '\\.')}\\b`, 'u');
    const [issued, added] = [true, false].map((isIssued) =>
      told.filter((body) => amount.test(body) && /was issued/u.test(body) === isIssued),
    );
    const isIssued = statusOf(reward) === 'issued';
    assert.equal(added?.length, 1, 'a reward is told of once');
    assert.equal(issued?.length, isIssued ? 1 : 0, 'that it was issued is told once');
    if (isIssued) assert.ok((contact['tags'] as string[]).includes('rr-reward-issued'));
  }
}
