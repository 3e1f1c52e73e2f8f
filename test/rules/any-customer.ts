import fc from 'fast-check';
import type { CandidateState, Data, ItemState, LinkState } from '../../rules/records.ts';
import type { CustomerState, OpenApproval } from '../../rules/state.ts';
import { likelyValue } from './arbitraries.ts';
import { defaultRules } from '../../rules/rule-sets/default-rules.ts';
import { connection, program } from './customers.ts';

/** A note as it may come from Referral Rock: people's lines, our lines, markers, in any order. */
export const anyNote = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        '',
        ' ',
        'Call after five',
        '--- GoHighLevel (kept by Rockbridge) ---',
        '--- end of GoHighLevel ---',
        '- [ ] Call Jane (due 2026-12-01) rb:7KQ2ZD3M',
        '- [x] Call Jane rb:AAAAAAAA',
        '- [ ] typed by a person',
        '- 3 finished',
      ),
    ),
    { maxLength: 8 },
  )
  .chain((lines) => fc.constantFrom('\n', '\r\n').map((end) => lines.join(end)));

const email = fc.constantFrom('jane@example.com', 'JANE@example.com', 'jon@example.com', '', null, 'ask her');
const lastName = fc.constantFrom('Doe', 'DOE', 'Núñez', 'nunez', '');
const phone = fc.constantFrom('(512) 555-0101', '+15125550101', '+1 512 555 0199', '', null, 'call me');
const status = fc.constantFrom('Pending', 'pending', 'Qualified', 'Approved', 'Denied', '', null);
const date = fc.constantFrom('2026-03-01T10:00:00.1234567Z', '2025-12-31T23:59:59', '', null);

const referralData = fc.record({
  id: fc.constant('r'),
  firstName: likelyValue,
  lastName,
  email,
  phoneNumber: phone,
  companyName: likelyValue,
  externalIdentifier: fc.constantFrom('', null, 'c1', 'c2', 'SF-0012'),
  status,
  amount: fc.constantFrom(0, 250, null),
  source: fc.constantFrom('Widget', '', null),
  note: anyNote,
  publicNote: fc.constantFrom('', null, 'Welcome\r\nJane'),
  programName: fc.constantFrom('Customer Referrals', 'Partners ', '', null),
  referringMemberName: fc.constantFrom('Mary', null),
  memberEmail: fc.constantFrom('mary@example.com', null),
  createDate: date,
});
const memberData = fc.record({
  id: fc.constant('m'),
  firstName: likelyValue,
  lastName,
  email,
  phone,
  addressLine1: likelyValue,
  city: likelyValue,
  region: fc.constantFrom('', 'California', 'CA', 'TX', 'Bavaria'),
  postalCode: likelyValue,
  country: fc.constantFrom('', null, 'US', 'United States', 'germany', 'Narnia'),
  externalIdentifier: fc.constantFrom('', null, 'c1', 'c2'),
  createDt: date,
});
const contactData = fc.record({
  firstName: likelyValue,
  lastName,
  email,
  phone: fc.constantFrom('+15125550101', '+15125550199', null),
  companyName: likelyValue,
  address1: likelyValue,
  city: likelyValue,
  state: fc.constantFrom('', 'California', 'CA', 'TX'),
  postalCode: likelyValue,
  country: fc.constantFrom('US', 'DE', '', null),
  assignedTo: fc.constantFrom(null, 'user1'),
  tags: fc.subarray(['rr-status:pending', 'rr-status:qualified', 'rr-referral', 'vip']),
});

const side = fc.record(
  { value: likelyValue, pending: fc.constantFrom('Jane', '+15125550101'), refused: fc.constant('Jane') },
  { requiredKeys: ['value'] },
);
const baselines = fc.dictionary(
  fc.constantFrom('firstName', 'lastName', 'email', 'phone', 'companyName', 'city', 'state', 'country', 'id'),
  fc.record({ ghl: side, rr: side }, { requiredKeys: [] }),
);
const line = fc.record({
  reference: fc.constantFrom('rb:7KQ2ZD3M', 'rb:AAAAAAAA', 'rb:BBBBBBBB'),
  kind: fc.constant('task' as const),
  text: fc.constantFrom('Call Jane', 'two\nlines', ''),
  dueDate: fc.constantFrom('2026-12-01', null),
  done: fc.boolean(),
  itemId: fc.constant(null),
  source: fc.constant(''),
  typed: fc.constant(false),
  vanished: fc.constant(0),
  removed: fc.constant(false),
});
const candidates = fc.uniqueArray(
  fc.record({
    contactId: fc.constantFrom('c1', 'c2', 'c3'),
    data: contactData,
    blocks: fc.boolean(),
    owner: fc.constantFrom<CandidateState['owner']>(
      { kind: 'none' },
      { kind: 'this' },
      { kind: 'other', customerId: 'customer2' },
    ),
  }),
  { selector: ({ contactId }) => contactId, maxLength: 3 },
);

function anyLink(kind: LinkState['kind'], n: number): fc.Arbitrary<LinkState> {
  return someLink(kind, n).map((link) => (link.linked ? link : { ...link, lines: [] }));
}

function someLink(kind: LinkState['kind'], n: number): fc.Arbitrary<LinkState> {
  return fc.record({
    recordId: fc.constant(`${kind}${n}`),
    kind: fc.constant(kind),
    vendorId: fc.constant(`${kind}-id-${n}`),
    data: kind === 'referral' ? referralData : memberData,
    gone: fc.boolean(),
    linked: fc.boolean(),
    baselines,
    seen: fc.option(
      fc.record({
        value: fc.record({
          status: fc.constantFrom('pending', 'qualified', ''),
          note: fc.constantFrom('', 'Call after five'),
          publicNote: fc.constant(''),
        }),
        version: fc.integer({ min: 1, max: 9 }),
      }),
      { nil: undefined },
    ),
    candidates,
    referringContactId: fc.constantFrom(undefined, 'c3'),
    lines: fc.uniqueArray(line, { selector: ({ reference }) => reference }),
  });
}

const STAGES = { stage1: 'New', stage2: 'Qualified' };

const itemSeen = fc.record({
  value: fc.record({
    status: fc.constantFrom('', 'open', 'completed', 'won', 'pending', 'issued', 'deleted'),
    stage: fc.constantFrom('', 'stage1', 'stage2'),
    amount: fc.constantFrom('', '25', '50'),
    description: fc.constantFrom('', 'Gift card'),
  }),
  version: fc.integer({ min: 1, max: 9 }),
});
const created = fc.constantFrom('2026-03-05T10:00:00.000Z', '2025-12-31T00:00:00.000Z', '', null);
const itemData = {
  task: fc.record({
    title: fc.constantFrom('Call', '', 'Send it (due soon) rb:X'),
    body: fc.constantFrom('', null, 'As agreed'),
    dueDate: fc.constantFrom('2026-03-10T23:00:00.000Z', '2026-03-01T05:00:00Z'),
    completed: fc.boolean(),
  }),
  note: fc.record({
    body: fc.constantFrom('Likes tea', '', '#rr told'),
    userId: fc.constant('user1'),
    dateAdded: created,
  }),
  opportunity: fc.record({
    status: fc.constantFrom('open', 'won', 'Lost', 'abandoned', null),
    pipelineId: fc.constant('pipeline1'),
    pipelineStageId: fc.constantFrom('stage1', 'stage2', null),
    createdAt: created,
    lastStatusChangeAt: created,
  }),
  reward: fc.record({
    status: fc.constantFrom('Pending', 'Processing', 'Issued', null),
    amount: fc.constantFrom(25, 50, null),
    currencyCode: fc.constantFrom('USD', null),
    description: fc.constantFrom('Gift card', '', null),
    createDate: created,
  }),
};

function anyItem(kind: keyof typeof itemData): fc.Arbitrary<ItemState> {
  return fc.record({
    recordId: fc.constant(kind),
    kind: fc.constant(kind),
    vendorId: fc.constant(`${kind}1`),
    parentId: kind === 'reward' ? fc.constantFrom('member-id-2', 'referral-id-0') : fc.constant('c1'),
    data: itemData[kind] as fc.Arbitrary<Data>,
    gone: fc.boolean(),
    ours: fc.boolean(),
    seen: fc.option(itemSeen, { nil: undefined }),
  });
}

const items = fc.tuple(
  ...(['task', 'note', 'opportunity', 'reward'] as const).map((kind) => fc.option(anyItem(kind), { nil: undefined })),
);

/** What waits for a person, of what was proposed before. */
const APPROVALS: OpenApproval[] = [
  {
    id: 'approval1',
    kind: 'status',
    recordId: 'referral0',
    proposal: {
      status: 'approved',
      from: 'pending',
      referralId: 'referral-id-0',
      rule: 'opportunity-status',
      cause: 'opportunity',
    },
  },
  { id: 'approval2', kind: 'ambiguous', recordId: 'referral1', proposal: { contactIds: ['c1', 'c2'] } },
];

/** Any state that a pass may meet: gone, queued and linked records, baselines of all kinds, facts that wait. */
export const anyCustomer: fc.Arbitrary<CustomerState> = fc
  .record({
    links: fc.tuple(
      ...[0, 1].map((n) => fc.option(anyLink('referral', n), { nil: undefined })),
      fc.option(anyLink('member', 2), { nil: undefined }),
    ),
    contact: fc.option(contactData, { nil: undefined }),
    programs: fc.constantFrom([program()], [program(), program('Partners', false)]),
    mode: fc.constantFrom('live' as const, 'observe' as const),
    items,
    approvals: fc.subarray(APPROVALS),
    focus: fc.constantFrom(
      'contact',
      'referral0',
      'referral1',
      'member2',
      'nobody',
      'task',
      'note',
      'opportunity',
      'reward',
    ),
    waiting: fc.subarray([
      ['referral.added', 0, { status: 'pending' }],
      ['referral.status', 1, { from: 'pending', to: 'qualified' }],
      ['referral.changed', 1, { status: { from: 'pending', to: 'qualified' } }],
      ['referral.changed', 2, { note: { from: '', to: 'Call' } }],
    ] as const),
  })
  .map(({ links, items: some, approvals, contact: data, programs, mode, focus, waiting }) => ({
    customerId: 'customer1',
    connection: { ...connection, names: { ...connection.names, stage: STAGES }, programs, mode },
    rules: defaultRules,
    now: '2026-03-06T16:30:00.000Z',
    trigger: triggerOf(focus),
    focus,
    contact: data && {
      recordId: 'contact',
      contactId: 'c1',
      ours: false,
      data: { ...data, id: 'c1' },
      seen: undefined,
    },
    links: links.filter((one) => one !== undefined),
    items: some.filter((one) => one !== undefined),
    approvals,
    decided: undefined,
    undo: undefined,
    facts: (focus.startsWith('referral') ? waiting : []).map(([kind, version, fact]) => ({
      key: `${focus}|${kind}|${version}`,
      recordId: focus,
      kind,
      version,
      data: fact,
    })),
  }))
  .map((state) => structuredClone(state));

function triggerOf(focus: string): string {
  return focus in itemData || focus === 'contact' ? focus : focus.startsWith('member') ? 'member' : 'referral';
}
