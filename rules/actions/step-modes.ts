import type { StepDraft } from '../plan.ts';
import { stepsNamedIn } from '../forms/templates.ts';

/** The names of the steps that must have succeeded before this one: those it says, and those whose answers it needs. */
export function needsOf(step: StepDraft): string[] {
  return [...new Set([...step.after, ...stepsNamedIn([step.input, step.changes])])].filter(
    (name) => name !== step.name,
  );
}

/**
 * What becomes of each step, by name: one that needs a step which only watches can only watch, too; one that needs a held step
 * waits with it. Steps need earlier steps only.
 */
export function modesOf(steps: readonly StepDraft[]): ReadonlyMap<string, StepDraft['mode']> {
  const modes = new Map<string, StepDraft['mode']>();
  for (const step of steps) {
    const all = [step.mode, ...needsOf(step).map((name) => modes.get(name))];
    modes.set(step.name, all.includes('observe') ? 'observe' : all.includes('hold') ? 'hold' : 'live');
  }
  return modes;
}

/** The steps but for these and for whatever needs one of them. */
export function withoutSteps(steps: readonly StepDraft[], names: readonly string[]): StepDraft[] {
  const gone = new Set(names);
  for (const step of steps) if (needsOf(step).some((name) => gone.has(name))) gone.add(step.name);
  return steps.filter(({ name }) => !gone.has(name));
}
