import { act, type Decision } from '../plan.ts';
import type { CustomerState } from '../state.ts';

/** What is known of a program was read anew by the story itself: there is nothing more to do. */
export function decideProgram({ items, focus }: CustomerState): Decision {
  const isGone = items.some(({ recordId, gone }) => recordId === focus && gone);
  return act({
    sentences: [
      isGone
        ? 'the program no longer exists in Referral Rock; programs and reward rules were read anew'
        : 'programs and reward rules were read anew',
    ],
  });
}

/** The connection was checked by the story itself: there is nothing more to do. */
export function decideConnection(): Decision {
  return act({ sentences: ['the connection was checked with one harmless read'] });
}
