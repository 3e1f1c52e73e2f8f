import assert from 'node:assert/strict';
import { DateTime } from 'luxon';
import { normalForm } from '../../rules/normalize.ts';
import type { ModelVendors } from './model-vendors.ts';

type Row = Record<string, unknown>;

/** Each live task of the contact, and each line of the referral's note that stands for a task, as both sides should tell of it. */
function tasksIn(vendors: ModelVendors, zone: string): string[] {
  return [...vendors.tasks.values()]
    .map((task) => {
      const due = DateTime.fromISO(String(task['dueDate'] ?? ''), { zone });
      return taskLine(task['completed'] === true, String(task['title']), due.isValid ? due.toISODate() : null);
    })
    .toSorted();
}

function taskLine(done: boolean, title: string, due: string | null): string {
  return `[${done ? 'x' : ' '}] ${title}${due ? ` (due ${due})` : ''}`;
}

function taskLinesIn(note: string): { text: string; reference: string }[] {
  return [...note.matchAll(/^\s*(?:- )?(?<text>\[[ x]\] .*?) (?<reference>rb:[0-9A-Z]{8})\s*$/gmu)].map(
    ({ groups }) => ({ text: groups?.['text'] ?? '', reference: groups?.['reference'] ?? '' }),
  );
}

/** Fails with the first difference between what the two vendors hold. */
export function assertAgreement(vendors: ModelVendors, zone: string): void {
  assert.equal(vendors.contacts.size, 1, 'one person, one contact');
  const [contact = {}] = vendors.contacts.values();
  const [referral = {}] = vendors.referrals.values();
  for (const [field, rr] of [
    ['firstName', 'firstName'],
    ['lastName', 'lastName'],
    ['email', 'email'],
    ['phone', 'phoneNumber'],
    ['companyName', 'companyName'],
  ] as const) {
    const form = (value: unknown): string => normalForm(field, value, { country: 'US' });
    assert.equal(form(referral[rr]), form(contact[field]), `${field} differs`);
  }
  assert.equal(referral['externalIdentifier'], contact['id']);
  assertTags(contact, referral);
  assertLines(vendors, String(referral['note'] ?? ''), zone);
  assertOptOut(vendors, contact);
}

function assertTags(contact: Row, referral: Row): void {
  const tags = contact['tags'] as string[];
  const own = tags.filter((tag) => tag.startsWith('rr-status:'));
  assert.deepEqual(own, [`rr-status:${String(referral['status']).toLowerCase()}`]);
  assert.ok(tags.includes('rr-referral'));
  const others = tags.filter((tag) => !tag.startsWith('rr-')).toSorted();
  assert.equal(referral['customText3Value'] ?? '', others.join(', '));
  if (others.length > 0) assert.equal(referral['customText3Name'], 'GHL tags');
}

function assertLines(vendors: ModelVendors, note: string, zone: string): void {
  const lines = taskLinesIn(note);
  assert.equal(new Set(lines.map(({ reference }) => reference)).size, lines.length, 'a line stands once');
  assert.deepEqual(
    lines.map(({ text }) => text).toSorted(),
    tasksIn(vendors, zone),
    `lines and tasks differ:\n${note}`,
  );
  const typed = note.split('\n').filter((line) => /^\s*(?:- )?\[[ xX]\] /u.test(line) && !line.includes('rb:'));
  assert.deepEqual(typed, [], 'every typed line is a task');
  for (const { body } of vendors.notes.values())
    if (!String(body).includes('rb:')) assert.ok(note.includes(String(body)), `the note ${String(body)} has its line`);
}

function assertOptOut(vendors: ModelVendors, contact: Row): void {
  const email = (contact['dndSettings'] as { Email?: { status?: string } } | undefined)?.Email;
  assert.equal(vendors.unsubscribed.has(String(contact['email'])), email?.status === 'active', 'opt-outs differ');
}
