import type { SyncRule, RuleSettings } from '../rule-set.ts';
import type { FactKind } from '../records.ts';

/*
 * What the words of a rule set mean, once: the schema of rule files, their export and docs/field-map.md say it from here.
 */

/** What each sync rule does, and so what its switch switches. */
export const SYNC_WORDS: Readonly<Record<SyncRule, string>> = {
  fields: "A contact's mapped fields follow its members and referrals, and theirs follow the contact.",
  tags: 'The tags of a contact, but our own `rr-*`, stand in the custom text `GHL tags` of its members and referrals.',
  tasks: "A contact's tasks are lines of its referral's note; task lines typed into the note become tasks.",
  notes: "A contact's notes are lines of its referral's note.",
  appointments: "A contact's appointments are lines of its referral's note.",
  memberFields:
    "A member's code, link and sums stand in custom fields of the contact, which are made where they are missing.",
  optOuts: 'E-mail do-not-disturb of a contact opts its address out in Referral Rock, and back in if we opted it out.',
  contactDeletes:
    'When a contact is deleted, its members and referrals are proposed to move to the contact that has their address now.',
};

/** What each setting says; after a colon, what may stand there. */
export const SETTING_WORDS: Readonly<Record<keyof RuleSettings, string>> = {
  notes: 'Which notes of a contact become lines: all, marked (those with #rr), or off.',
  taskDueHour: "A task made from a line is due at this hour of its day, in the location's time zone: 0 to 23.",
  sectionLength:
    'So many characters our section of a note has at the most: 500 to 20000; the oldest finished lines fold.',
  unsubscribeSetsDnd: "Whether an opt-out in Referral Rock also stops GoHighLevel's e-mails, appointment mails too.",
  propagateEmpty: 'Whether emptying a field on one side empties it on the other.',
};

interface FactWords {
  /** When it happens, to follow "when". */
  readonly happens: string;
  /** The record that it is about and that texts may use; undefined: the contact. */
  readonly record: string | undefined;
  /** What `fact` tells: rules/facts/facts.ts. */
  readonly data: readonly string[];
}

const fact = (record: string | undefined, happens: string, ...data: string[]): FactWords => ({ happens, record, data });

/** What a rule may wait for. */
export const FACT_WORDS: Readonly<Record<FactKind, FactWords>> = {
  'referral.added': fact('referral', 'a referral comes in', 'status', 'again'),
  'referral.status': fact('referral', 'a referral changes its status', 'from', 'to', 'fromTag', 'toTag'),
  'referral.changed': fact(
    'referral',
    "a referral's status, note or public note changes",
    'status',
    'note',
    'publicNote',
  ),
  'referral.deleted': fact('referral', 'a referral is deleted', 'status'),
  'member.added': fact('member', 'a member comes in', 'status', 'again'),
  'member.disabled': fact('member', 'a member is disabled', 'reason'),
  'member.enabled': fact('member', 'a disabled member is enabled again', 'status'),
  'member.deleted': fact('member', 'a member is deleted', 'status'),
  'reward.added': fact('reward', 'a reward is made', 'status', 'amount', 'currency', 'description'),
  'reward.changed': fact('reward', "a reward's amount or description changes", 'amount', 'description'),
  'reward.issued': fact('reward', 'a reward is issued', 'amount', 'currency'),
  'reward.deleted': fact('reward', 'a reward is deleted', 'amount', 'currency'),
  'contact.tag.added': fact(undefined, 'a contact gets a tag', 'tag'),
  'contact.tag.removed': fact(undefined, 'a contact loses a tag', 'tag'),
  'contact.dnd.set': fact(undefined, 'a contact is not to be e-mailed any more'),
  'contact.dnd.cleared': fact(undefined, 'a contact may be e-mailed again'),
  'contact.deleted': fact(undefined, 'a contact is deleted'),
  'email.unsubscribed': fact(undefined, 'an address is opted out in Referral Rock'),
  'task.added': fact('task', 'a contact gets a task', 'completed'),
  'task.completed': fact('task', "a contact's task is completed"),
  'note.added': fact('note', 'a contact gets a note'),
  'appointment.added': fact('appointment', 'a contact gets an appointment', 'status'),
  'appointment.status': fact('appointment', 'an appointment changes its status', 'from', 'to'),
  'opportunity.status': fact('opportunity', 'an opportunity is won, lost, abandoned or opened again', 'from', 'to'),
  'opportunity.stage': fact(
    'opportunity',
    'an opportunity moves to another stage',
    'from',
    'to',
    'fromStage',
    'stage',
    'pipeline',
  ),
};

/** What the sections of a rule file are for. */
export const SECTION_WORDS = {
  sync: 'What is kept in step: live; observe (it only says what it would do); off.',
  settings: 'How it is kept in step.',
  fields: `The field map: a contact's field, and the field (rr) of the member or referral that it is kept in step with.
direction: both, ghl->rr, rr->ghl or off. policy, when both sides changed: ghl wins, rr wins, or hold (nothing is written).`,
  values: 'Value maps: what one side says -> what the other shall say; null takes an entry away.',
  actions: `What is done when something happens: each step is an operation of the catalog (npx rockbridge catalog), its texts are
Liquid templates. mode: live, observe or off. What may move money is proposed, and waits for a person (money: allow lets it pass).`,
} as const;
