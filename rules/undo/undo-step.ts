import { type LineDraft, type MergeDraft, PLAIN_STEP, type StepDraft } from '../plan.ts';
import type { DoneStep } from '../state.ts';

/** What taking a step back comes to. */
export interface TakenBack {
  readonly steps: readonly StepDraft[];
  readonly merges: readonly MergeDraft[];
  readonly lines: readonly LineDraft[];
  readonly sentences: readonly string[];
  /** The records of the tasks and notes that are deleted. */
  readonly deletes: readonly string[];
}

export const NOTHING_BACK: TakenBack = { steps: [], merges: [], lines: [], sentences: [], deletes: [] };

/** A step that takes another one back, named after it. */
export function undoStep(
  { name }: Pick<DoneStep, 'name'>,
  step: Pick<StepDraft, 'operation' | 'queue' | 'input' | 'summary' | 'sentence'> & Partial<StepDraft>,
): StepDraft {
  return { ...PLAIN_STEP, rule: 'undo', ...step, name: `undo-${name}` };
}

/** Nothing is done about a step; the sentence says what it had done, and why that stays. */
export function left({ sentence }: Pick<DoneStep, 'sentence'>, why: string): TakenBack {
  return { ...NOTHING_BACK, sentences: [`left as it is (${sentence}): ${why}`] };
}
