import type { MergeDirection, MergePolicy } from '../links/merge.ts';
import type { SyncedField } from '../forms/normalize.ts';

/*
 * The part of the field map that is code, in words: docs/field-map.md is made from it and from the built-in rules.
 */

/** What differs in these only is no change. */
export const FORM_WORDS: Readonly<Record<SyncedField, string>> = {
  firstName: 'white space folded',
  lastName: 'white space folded',
  email: 'lower case',
  phone: "E.164; a number without a country code is of the person's country, else the location's",
  companyName: 'white space folded',
  address1: 'white space folded',
  city: 'white space folded',
  state: 'the postal code of a US state (`California`: `CA`); elsewhere the text',
  postalCode: 'capitals',
  country: 'ISO code (`United States`: `US`)',
  id: 'as it is',
};

export const DIRECTION_WORDS: Readonly<Record<MergeDirection, string>> = {
  both: 'both ways',
  'ghl->rr': 'GoHighLevel → Referral Rock',
  'rr->ghl': 'Referral Rock → GoHighLevel',
};

export const POLICY_WORDS: Readonly<Record<MergePolicy, string>> = {
  'ghl wins': 'GoHighLevel',
  'rr wins': 'Referral Rock',
  hold: 'nobody: it waits for a person',
};

interface KeptRow {
  readonly ghl: string;
  readonly rr: string;
  readonly direction: MergeDirection;
  /** When both changed, or whose it is. */
  readonly winner: string;
  readonly form: string;
}

interface KeptTable {
  readonly title: string;
  readonly about: string;
  readonly rows: readonly KeptRow[];
}

const OURS = 'Referral Rock';
const GHL = 'GoHighLevel';

/** What is kept in step besides mapped fields. */
export const KEPT_TABLES: readonly KeptTable[] = [
  {
    title: 'Tags, ids and opt-outs of a contact',
    about:
      'Tags that begin with `rr-` are ours: they say in GoHighLevel what a contact is in Referral Rock, and come from the actions below. All others are yours.',
    rows: [
      {
        ghl: 'contact id',
        rr: '`externalIdentifier` of referral and member',
        direction: 'ghl->rr',
        winner: 'written only where it is empty or ours',
        form: 'as it is',
      },
      {
        ghl: 'tags but `rr-*`',
        rr: 'custom text `GHL tags`: slot 3 of a referral, slot 2 of a member',
        direction: 'ghl->rr',
        winner: `${GHL}; a slot that is used under another name is left alone`,
        form: 'lower case, sorted, joined by commas',
      },
      {
        ghl: 'e-mail do-not-disturb',
        rr: 'opt-out of the address',
        direction: 'ghl->rr',
        winner: 'an opt-out that was not ours is never taken back',
        form: 'on or off',
      },
      {
        ghl: 'tag `rr-unsubscribed`; with `unsubscribeSetsDnd` also e-mail do-not-disturb',
        rr: 'opt-out of the address',
        direction: 'rr->ghl',
        winner: OURS,
        form: 'on or off',
      },
    ],
  },
  {
    title: 'Custom fields of a member’s contact',
    about:
      'They are made in the location where they are missing. With several members the code and link are those of the member in the default program, else of the oldest; the sums are over all of them.',
    rows: [
      ['referral_code', 'referralCode', 'text'],
      ['referral_link', 'referralUrl', 'text'],
      ['referrals_total', 'referrals', 'number'],
      ['referrals_approved', 'referralsApproved', 'number'],
      ['rewards_issued_amount', 'rewardsIssuedAmount', 'number'],
    ].map(([ghl = '', rr = '', form = '']) => ({
      ghl: `\`${ghl}\``,
      rr: `\`${rr}\``,
      direction: 'rr->ghl',
      winner: OURS,
      form,
    })),
  },
  {
    title: 'Tasks',
    about:
      'Referral Rock has no tasks. A task is a line of the referral’s note: `- [ ] Call Jane (due 2026-12-01) rb:7KQ2ZD3M`. A line `[ ] Call Jane (due 2026-12-01)` that a person types anywhere into the note becomes a task where it stands.',
    rows: [
      { ghl: 'title', rr: 'text of the line', direction: 'both', winner: GHL, form: 'white space folded' },
      {
        ghl: 'due date',
        rr: '`(due 2026-12-01)`',
        direction: 'both',
        winner: GHL,
        form: "the day in the location's time zone; from a line, at the hour of `taskDueHour`",
      },
      { ghl: 'completed', rr: '`[x]` or `[ ]`', direction: 'both', winner: GHL, form: 'on or off' },
      { ghl: 'deleted', rr: 'the line goes', direction: 'ghl->rr', winner: 'a deleted line leaves its task', form: '' },
    ],
  },
  {
    title: 'Notes',
    about:
      'A note of a contact is a line of the referral’s note: `- 2026-12-01 Jane: wants to know more rb:7KQ2ZD3M`. Notes that we wrote get none. The public note is never written.',
    rows: [
      {
        ghl: 'day, author and text of the note',
        rr: 'the line',
        direction: 'ghl->rr',
        winner: "a person's wording of the line stands until the note itself changes",
        form: 'one line, cut after 280 characters',
      },
      { ghl: 'deleted', rr: 'the line goes', direction: 'ghl->rr', winner: GHL, form: '' },
      {
        ghl: 'a note with the change (an action)',
        rr: 'status, note and public note as people write them',
        direction: 'rr->ghl',
        winner: OURS,
        form: 'without our section',
      },
    ],
  },
  {
    title: 'Appointments',
    about: 'An appointment is a line of the referral’s note: `- 2026-12-01 14:00 CST Title (confirmed) rb:7KQ2ZD3M`.',
    rows: [
      {
        ghl: 'time, title and status',
        rr: 'the line',
        direction: 'ghl->rr',
        winner: "a person's wording of the line stands until the appointment itself changes",
        form: "the location's time zone",
      },
      { ghl: 'deleted', rr: 'the line goes', direction: 'ghl->rr', winner: GHL, form: '' },
    ],
  },
];

/** The words that rules, sentences and this page use. */
export const GLOSSARY: Readonly<Record<string, string>> = {
  action:
    'What is done when a fact happened: operations of the catalog. The built-in ones and yours have the same form.',
  approval: 'A question to a person: may this referral get that status, which of these contacts is it.',
  baseline:
    'What a side itself last returned for a field. Only what differs from it has changed, and so our own change is no news.',
  connection: 'One GoHighLevel location, one Referral Rock account, and the programs that it owns.',
  contact: 'A person in GoHighLevel.',
  customer: 'A contact with the members and referrals that are the same person.',
  echo: 'A webhook that tells of our own change. It ends in "nothing to do".',
  fact: 'Something that happened to a record. It is stored once, and fires actions once.',
  hold: 'To wait for a person. What may move money always does, unless a rule says `money: allow`.',
  'kept section':
    'The part of a referral’s note that is ours, under a heading. People’s text around it stays as it is.',
  line: 'A task, note or appointment as it stands in the note. Its reference (`rb:` and eight characters) tells it wherever it is moved.',
  link: 'That a member or referral and a contact are the same person.',
  member: 'A person in Referral Rock who refers others.',
  'observe, live': 'An observing connection or rule reads and decides, and says what it would do. A live one does it.',
  overrides: 'The few rules that one connection has otherwise than its rule set.',
  program: 'A referral program of Referral Rock.',
  referral: 'A person in Referral Rock whom a member has referred.',
  reward: 'What a member or referral gets in Referral Rock for a referral.',
  'rule set': 'Field map, switches, settings, value maps and actions under a name; connections share it.',
  'sync rule': 'A rule that is code and has a switch: fields, tags, tasks, notes and so on.',
};
