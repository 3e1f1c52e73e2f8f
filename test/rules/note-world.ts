import assert from 'node:assert/strict';
import { defaultRules } from '../../rules/rule-sets/default-rules.ts';
import { keepSection } from '../../rules/lines/lines.ts';
import type { RuleSettings, Rules, SyncRule } from '../../rules/rule-set.ts';
import type { LineDraft, StepDraft } from '../../rules/plan.ts';
import type { Data, ItemKind, ItemState, Line } from '../../rules/records.ts';
import type { CustomerState } from '../../rules/state.ts';
import { operations } from '../../vendors/operations.ts';
import { connection, customer, linked, referral } from './customers.ts';
import { DUE } from './notes.ts';

/** What goes wrong while a plan is carried out. */
export interface Mishap {
  /** Somebody edits the note or an item after it was read and before we write. */
  readonly between?: () => void;
  /** Steps of this operation fail for good. */
  readonly fails?: string;
  /** After the note was written the plan is given up: nothing of it is stored. */
  readonly givesUp?: boolean;
}

export interface Pass {
  readonly wrote: boolean;
  readonly calls: readonly string[];
  readonly stored: number;
  readonly sentences: readonly string[];
}

/**
 * A referral's note in Referral Rock, the tasks, notes and appointments of its contact in GHL, and the rows of our store: carries
 * out what keepSection decides as the activities and `close` do.
 */
export class NoteWorld {
  note: string;
  rows: Line[] = [];
  rules: Rules;
  readonly items: ItemState[] = [];
  referralData: Data = {};
  made = 0;

  constructor(note = '', rules: Rules = customer([]).rules) {
    this.note = note;
    this.rules = rules;
  }

  /** As a pass would read it now. */
  state(): CustomerState {
    const link = linked(referral({ ...this.referralData, note: this.note }), { lines: this.rows });
    const names = { ...connection.names, user: { u1: 'Jane' } };
    return structuredClone(
      customer([link], { items: this.items, rules: this.rules, connection: { ...connection, names } }),
    );
  }

  /** Somebody makes it in GHL. */
  add(kind: ItemKind, data: Data, more: Partial<ItemState> = {}): string {
    const vendorId = `${kind}${++this.made}`;
    this.items.push({
      recordId: `record-${vendorId}`,
      kind,
      vendorId,
      parentId: 'c1',
      data: { id: vendorId, ...data },
      gone: false,
      ours: false,
      seen: undefined,
      ...more,
    });
    return vendorId;
  }

  change(vendorId: string, data: Data, more: Partial<ItemState> = {}): void {
    const n = this.items.findIndex((item) => item.vendorId === vendorId);
    const item = this.items[n];
    assert.ok(item, vendorId);
    this.items[n] = { ...item, ...more, data: { ...item.data, ...data } };
  }

  item(vendorId: string): ItemState {
    const found = this.items.find((item) => item.vendorId === vendorId);
    assert.ok(found, vendorId);
    return found;
  }

  /** The line of an item as it stands in the note. */
  lineOf(vendorId: string): string | undefined {
    const row = this.rows.find(({ itemId }) => itemId === `record-${vendorId}`);
    return row && this.note.split('\n').find((line) => line.includes(row.reference));
  }

  pass({ between, fails, givesUp = false }: Mishap = {}): Pass {
    const state = this.state();
    const [link] = state.links;
    assert.ok(link);
    const kept = keepSection(state, link);
    const steps = kept.steps.filter(({ mode }) => mode === 'live');
    between?.();
    const [change] = kept.note;
    const done = new Map<string, string | null>();
    if (change) {
      assert.equal(change.before, link.data['note'], 'the note is written on what was read');
      // Apply reads the note right before it writes it.
      if (this.note !== change.before) return { wrote: false, calls: ['stale'], stored: 0, sentences: [] };
      this.note = String(change.after);
      done.set('referral', null);
    }
    const calls: string[] = [];
    for (const step of steps) {
      assert.ok(step.after.every((name) => name === 'referral'));
      if (step.operation === fails || !step.after.every((name) => done.has(name))) continue;
      calls.push(step.operation);
      const answer = this.#call(step, state);
      if (answer === 'stale') return { wrote: change !== undefined, calls: ['stale'], stored: 0, sentences: [] };
      done.set(step.name, answer);
    }
    if (!givesUp) for (const line of kept.lines) this.#store(line, done);
    return { wrote: change !== undefined, calls, stored: kept.lines.length, sentences: kept.sentences };
  }

  /** Passes until nothing is left to do; fails where that takes too many. */
  settle(first: Mishap = {}): void {
    let { wrote, calls, stored } = this.pass(first);
    for (let n = 0; wrote || calls.length > 0 || stored > 0; n++) {
      assert.ok(n < 6, `no end to it:\n${this.note}\n${JSON.stringify(this.rows)}`);
      ({ wrote, calls, stored } = this.pass());
    }
  }

  #call(step: StepDraft, state: CustomerState): string | null | 'stale' {
    const parsed = operations.get(step.operation)?.input.safeParse(step.input);
    assert.ok(parsed?.success, `${step.operation}: ${parsed?.error?.message}`);
    const { contactId, taskId, ...fields } = step.input;
    assert.equal(contactId, 'c1');
    if (step.operation === 'ghl.task.create') {
      const known = this.items.find(({ data }) => String(data['body']).endsWith(String(step.reference)));
      return known?.recordId ?? `record-${this.add('task', fields, { ours: true })}`;
    }
    const item = this.item(String(taskId));
    assert.equal(step.recordId, item.recordId);
    const read = state.items.find(({ recordId }) => recordId === item.recordId);
    for (const { field, before } of step.changes) {
      assert.deepEqual(before, read?.data[field] ?? null, 'made from what was read');
      if (item.gone || (item.data[field] ?? null) !== before) return 'stale';
    }
    this.change(item.vendorId, fields);
    return null;
  }

  #store({ recordId, step, itemStep, ...line }: LineDraft, done: ReadonlyMap<string, string | null>): void {
    assert.equal(recordId, 'referral');
    if (step !== null && !done.has(step)) return;
    const itemId = line.itemId ?? (itemStep === null ? null : (done.get(itemStep) ?? null));
    const n = this.rows.findIndex(({ reference }) => reference === line.reference);
    if (n < 0) this.rows.push({ ...line, itemId });
    else this.rows[n] = { ...line, itemId };
  }
}

/** The default rules with these switches and settings. */
export const rulesWith = (
  sync: Partial<Record<SyncRule, 'live' | 'observe' | 'off'>>,
  settings: Partial<RuleSettings> = {},
): Rules => ({
  ...defaultRules,
  sync: { ...defaultRules.sync, ...sync },
  settings: { ...defaultRules.settings, ...settings },
});

/** A world whose task stands in the note already. */
export function worldWithTask(note = 'Likes tea', data = {}): { world: NoteWorld; id: string; reference: string } {
  const world = new NoteWorld(note);
  const id = world.add('task', { title: 'Call Jane', dueDate: DUE, completed: false, ...data });
  world.settle();
  return { world, id, reference: world.rows[0]?.reference ?? '' };
}
