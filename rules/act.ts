import { DateTime } from 'luxon';
import { nameOf, normalizeText } from './normalize.ts';
import { peoplesText } from './kept-section.ts';
import { closingLine, referenceOf, stepKey } from './reference.ts';
import type { CustomerState, Data, Fact, Line, LinkState, Queue, StepDraft } from './state.ts';
import type { Action, ActionStep } from './rule-set.ts';
import { asTag, liveTags, statusTag, statusTags } from './tags.ts';
import { renameAnswers, renderTemplates, type Scope } from './templates.ts';

/** The contact that actions work on: its id may be the placeholder of the step that makes it. */
export interface ActionContact {
  readonly id: string;
  readonly data: Data;
}

export interface ActionSteps {
  readonly steps: readonly StepDraft[];
  /** Tasks that get a line in the referral's note, with the step that makes them. */
  readonly lines: readonly (Line & { readonly step: string })[];
}

/** The steps that a fact's actions take on the customer; a step whose content is already there is left out. */
export function actionSteps(state: CustomerState, link: LinkState, fact: Fact, contact: ActionContact): ActionSteps {
  const scope = scopeOf(state, link, fact, contact);
  const steps: StepDraft[] = [];
  const lines: (Line & { step: string })[] = [];
  for (const action of state.rules.actions.filter(({ when, mode }) => when === fact.kind && mode !== 'off')) {
    for (const [n, step] of action.do.entries()) {
      const draft = draftStep(link, fact, action, n, step, scope);
      const kept = withoutKnownTags(state, link, contact, draft);
      if (!kept) continue;
      steps.push(kept);
      if (kept.operation === 'ghl.task.create' && kept.reference) lines.push(lineOf(state, kept, kept.reference));
    }
  }
  return { steps, lines };
}

function draftStep(link: LinkState, fact: Fact, action: Action, n: number, step: ActionStep, scope: Scope): StepDraft {
  const rendered = renderTemplates(step.input, scope) as Record<string, unknown>;
  const reference = isTaskOrNote(step.operation) ? referenceOf(stepKey(fact.key, action.id, n)) : null;
  const input = reference
    ? { ...rendered, body: `${String(rendered['body'] ?? '')}\n\n${closingLine(link, reference)}`.trim() }
    : rendered;
  return {
    name: step.name,
    operation: step.operation,
    queue: step.operation.split('.')[0] as Queue,
    recordId: null,
    factKey: fact.key,
    rule: `${action.id}|${n}`,
    input,
    after: [],
    claims: [],
    mode: 'live',
    allowedBy: null,
    changes: [],
    reference,
    summary: `${inWords(step.operation)} (${action.id})`,
    sentence: String(renderTemplates(step.sentence, scope)),
  };
}

/** `ghl.task.create`: create task; `ghl.contact.add-tags`: add tags. */
function inWords(operation: string): string {
  const [, resource = '', verb = ''] = operation.split('.');
  return verb.includes('-') ? verb.replaceAll('-', ' ') : `${verb} ${resource}`;
}

function isTaskOrNote(operation: string): boolean {
  return operation === 'ghl.task.create' || operation === 'ghl.note.create';
}

/**
 * Tags that are there are not added again; tags that another live referral needs are not taken away. Only a contact that was
 * matched just now is known to have its tags: of a linked one they were read some time ago, perhaps before our own tagging.
 */
function withoutKnownTags(
  state: CustomerState,
  link: LinkState,
  contact: ActionContact,
  step: StepDraft,
): StepDraft | undefined {
  if (!step.operation.endsWith('-tags')) return step;
  const given = (step.input['tags'] as string[]).map(asTag);
  const present = new Set((contact.data['tags'] as string[] | undefined)?.map(asTag));
  const needed = liveTags(state.connection, [
    ...state.links.filter(({ recordId }) => recordId !== link.recordId),
    { ...link, linked: true },
  ]);
  const ofStatus = statusTags(state.connection, link);
  const outdated = given.some((tag) => ofStatus.includes(tag)) ? ofStatus.filter((tag) => present.has(tag)) : [];
  const tags =
    step.operation === 'ghl.contact.add-tags'
      ? given.filter((tag) => link.linked || !present.has(tag))
      : [...given, ...outdated].filter((tag) => (link.linked || present.has(tag)) && !needed.has(tag));
  if (tags.length === 0) return undefined;
  const distinct = [...new Set(tags)];
  // Other tags for the same fact, after a plan was given up, are another step.
  return { ...step, rule: `${step.rule}|${distinct.join()}`, input: { ...step.input, tags: distinct } };
}

/** Facts of one kind name their steps alike: those of the later ones get a number. */
export function nameApart(acted: readonly ActionSteps[]): ActionSteps[] {
  const taken = new Set<string>();
  return acted.map(({ steps, lines }) => {
    const names = new Map(steps.map(({ name }) => [name, freeName(name, taken)]));
    for (const name of names.values()) taken.add(name);
    const rename = (name: string): string => names.get(name) ?? name;
    return {
      steps: steps.map((step) => ({ ...step, name: rename(step.name), input: renameAnswers(step.input, rename) })),
      lines: lines.map((line) => ({ ...line, step: rename(line.step) })),
    };
  });
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}-${n}`;
  return free;
}

function lineOf(state: CustomerState, step: StepDraft, reference: string): Line & { step: string } {
  const due = DateTime.fromISO(String(step.input['dueDate'] ?? ''), { zone: state.connection.timeZone });
  return {
    reference,
    kind: 'task',
    text: String(step.input['title'] ?? ''),
    dueDate: due.isValid ? due.toISODate() : null,
    done: false,
    itemId: null,
    source: '',
    typed: false,
    vanished: 0,
    removed: false,
    step: step.name,
  };
}

function scopeOf(state: CustomerState, link: LinkState, fact: Fact, contact: ActionContact): Scope {
  const { data } = link;
  const text = (name: string): string => normalizeText(data[name]);
  const person = {
    id: link.vendorId,
    programName: text('programName'),
    source: text('source'),
    memberName: text('referringMemberName'),
    status: text('status').toLowerCase(),
    amount: Number(data['amount'] ?? 0) > 0 ? text('amountFormatted') || text('amount') : '',
    note: peoplesText(data['note']).trim(),
    publicNote: String(data['publicNote'] ?? '').trim(),
    statusTag: statusTag(state.connection, link, text('status')),
  };
  const moved = {
    fromTag: statusTag(state.connection, link, String(fact.data['from'] ?? '')),
    toTag: statusTag(state.connection, link, String(fact.data['to'] ?? '')),
  };
  const changes = { status: null, note: null, publicNote: null };
  return {
    now: state.now,
    connection: { timeZone: state.connection.timeZone },
    fact: { ...changes, ...moved, ...fact.data },
    contact: { id: contact.id, name: nameOf(contact.data), assignedTo: normalizeText(contact.data['assignedTo']) },
    [link.kind]: person,
  };
}
