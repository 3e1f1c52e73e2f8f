export interface StepOutcome {
  readonly summary: string;
  readonly sentence: string;
  /** As the step ended; `unclear`: it was sent, and nobody can tell whether it was done. */
  readonly status: string;
  readonly error: string | undefined;
}

/** The sentence that a person reads about a decision: why, then what was done, would be done, or could not be done. */
export function sentenceOf(reasons: readonly string[], steps: readonly StepOutcome[]): string {
  const parts = [...reasons, ...steps.map(stepPart)].map(withoutStop).filter((part) => part !== '');
  const text = parts.join('; ') || 'nothing to do';
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function stepPart({ summary, sentence, status, error }: StepOutcome): string {
  switch (status) {
    // Of one that is only watched, its sentence says what it would do.
    case 'done':
    case 'observed':
      return sentence;
    case 'held':
      return `waits for approval: ${summary}`;
    case 'skipped':
      return `left out, because an earlier step failed: ${summary}`;
    case 'unclear':
      return `${summary}: ${error ?? 'nobody can tell whether it was done'}`;
    default:
      return `could not ${summary}: ${error ?? 'no answer within a day'}`;
  }
}

/** A vendor's words end with a full stop of their own. */
function withoutStop(part: string): string {
  return part.replace(/[\s.]+$/u, '');
}
