import { peoplesText } from '../lines/kept-section.ts';
import { nameOf, normalizeText } from '../forms/normalize.ts';
import type { Data, Fact, ItemState, LinkState } from '../records.ts';
import type { CustomerState } from '../state.ts';
import { statusTag } from '../facts/tags.ts';
import type { Scope } from '../forms/templates.ts';

/** The contact that actions work on: its id may be the placeholder of the step that makes it. */
export interface ActionContact {
  readonly id: string;
  readonly data: Data;
}

/** What facts are about: the contact, and the member, referral or item that they happened to. */
export interface Subject {
  readonly contact: ActionContact;
  readonly link?: LinkState | undefined;
  readonly item?: ItemState | undefined;
  /** The customer's referral that is meant, where the facts are not about one. */
  readonly referral?: LinkState | undefined;
}

/** The referral that templates speak of: the one that is meant, else the one that the facts, or their reward, are about. */
export function referralOf(state: CustomerState, subject: Subject): LinkState | undefined {
  const given = subject.referral ?? subject.link ?? parentOf(state, subject.item);
  return given?.kind === 'referral' ? given : undefined;
}

/**
 * The names that an action's templates may use: `fact`, `contact`, `referral`, `member`, `reward`, `opportunity`, `task`, `note`,
 * `appointment`, `connection`, `values`, `now`. A record has its vendor's fields under their own names, and what stands here.
 */
export function scopeOf(state: CustomerState, fact: Fact, subject: Subject): Scope {
  const { connection } = state;
  const link = subject.link ?? parentOf(state, subject.item);
  const referral = referralOf(state, subject);
  return {
    now: state.now,
    connection: {
      id: connection.id,
      locationId: connection.locationId,
      timeZone: connection.timeZone,
      names: {
        ...connection.names,
        program: Object.fromEntries(connection.programs.map(({ id, name }) => [id, name])),
      },
      defaultProgramId: connection.programs.find(({ isDefault }) => isDefault)?.id ?? '',
    },
    values: state.rules.values,
    fact: { ...factFields(state, fact, referral), ...fact.data, kind: fact.kind },
    contact: contactFields(state, subject.contact),
    ...(link?.kind === 'member' ? { member: memberFields(link) } : {}),
    ...(referral ? { referral: referralFields(state, referral) } : {}),
    ...(subject.item ? { [subject.item.kind]: itemFields(state, subject.item) } : {}),
  };
}

/** The member or referral that a reward is of. */
function parentOf(state: CustomerState, item: ItemState | undefined): LinkState | undefined {
  return item?.kind === 'reward' ? state.links.find(({ vendorId }) => vendorId === item.parentId) : undefined;
}

/** The data of every kind of fact, that no template has to ask whether it is there. */
function factFields({ connection }: CustomerState, { data }: Fact, link: LinkState | undefined): Data {
  const tagOf = (status: unknown): string => (link ? statusTag(connection, link, String(status ?? '')) : '');
  const absent = { status: null, note: null, publicNote: null, amount: null, description: null };
  return { again: '', from: '', to: '', ...absent, fromTag: tagOf(data['from']), toTag: tagOf(data['to']) };
}

function contactFields(state: CustomerState, { id, data }: ActionContact): Data {
  const names = ['firstName', 'lastName', 'email', 'phone', 'companyName', 'assignedTo', 'source'];
  const tags = Array.isArray(data['tags']) ? data['tags'] : [];
  return { ...plain(data), ...texts(data, names), id, name: nameOf(data), tags, custom: customFields(state, data) };
}

/** By key without its `contact.`; a field of the location that the contact has nothing in is ''. */
function customFields({ connection }: CustomerState, data: Data): Data {
  const keys = connection.names.customField;
  const keyOf = (id: string): string => (keys[id] ?? id).replace(/^contact\./u, '');
  const given = Array.isArray(data['customFields']) ? (data['customFields'] as { id: string; value?: unknown }[]) : [];
  return Object.fromEntries([
    ...Object.keys(keys).map((id) => [keyOf(id), '']),
    ...given.map(({ id, value }) => [keyOf(id), value ?? '']),
  ]);
}

function referralFields({ connection }: CustomerState, link: LinkState): Data {
  const { data } = link;
  const text = (name: string): string => normalizeText(data[name]);
  const names = ['firstName', 'lastName', 'email', 'phoneNumber', 'companyName', 'programName', 'programId', 'source'];
  return {
    ...plain(data),
    ...texts(data, names),
    id: link.vendorId,
    memberName: text('referringMemberName'),
    status: text('status').toLowerCase(),
    amount: Number(data['amount'] ?? 0) > 0 ? text('amountFormatted') || text('amount') : '',
    note: peoplesText(data['note']).trim(),
    publicNote: String(data['publicNote'] ?? '').trim(),
    statusTag: statusTag(connection, link, text('status')),
  };
}

function memberFields({ vendorId, data }: LinkState): Data {
  const names = ['firstName', 'lastName', 'email', 'phone', 'programName', 'programId', 'referralCode', 'referralUrl'];
  const status = normalizeText(data['status']).toLowerCase();
  const disabled = data['disabledFlag'] === true || status === 'disabled' ? 'yes' : 'no';
  return { ...plain(data), ...texts(data, names), id: vendorId, status, disabled };
}

const ITEM_FIELDS: Readonly<Record<string, readonly string[]>> = {
  task: ['title', 'body', 'dueDate', 'assignedTo'],
  note: ['body', 'userId'],
  appointment: ['title', 'startTime', 'endTime', 'calendarId', 'assignedUserId', 'appointmentStatus'],
  opportunity: ['name', 'status', 'pipelineId', 'pipelineStageId', 'monetaryValue', 'assignedTo'],
  reward: [
    'amount',
    'currencyCode',
    'description',
    'status',
    'type',
    'programName',
    'recipientName',
    'referralDisplayName',
  ],
};

function itemFields({ connection }: CustomerState, { kind, vendorId, data }: ItemState): Data {
  const { stage, pipeline, calendar } = connection.names;
  const nameIn = (names: Readonly<Record<string, string>>, field: string): string =>
    names[normalizeText(data[field])] ?? '';
  return {
    ...plain(data),
    ...texts(data, ITEM_FIELDS[kind] ?? []),
    id: vendorId,
    ...(kind === 'opportunity'
      ? { stage: nameIn(stage, 'pipelineStageId'), pipeline: nameIn(pipeline, 'pipelineId') }
      : {}),
    ...(kind === 'appointment' ? { calendar: nameIn(calendar, 'calendarId') } : {}),
    ...(kind === 'reward' ? { money: money(data) } : {}),
  };
}

/** `50.00 USD`. */
function money(data: Data): string {
  const amount = data['amount'];
  const shown = typeof amount === 'number' ? amount.toFixed(2) : normalizeText(amount);
  return `${shown} ${normalizeText(data['currencyCode'])}`.trim();
}

/** Texts that may be missing, as texts. */
function texts(data: Data, names: readonly string[]): Data {
  return Object.fromEntries(names.map((name) => [name, normalizeText(data[name])]));
}

/** What can be written into a text; nothing is ''. */
function plain(data: Data): Data {
  const entries = Object.entries(data).filter(([, value]) => value === null || typeof value !== 'object');
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']));
}
