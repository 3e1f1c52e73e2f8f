import type { Example } from '../world.ts';
import { calendarExamples } from './calendars.ts';
import { contactExamples } from './contacts.ts';
import { locationExamples } from './locations.ts';
import { oauthExamples } from './oauth.ts';
import { opportunityExamples } from './opportunities.ts';
import { peopleExamples } from './people.ts';

/** One for each operation. */
export const examples: readonly Example[] = [
  ...calendarExamples,
  ...contactExamples,
  ...locationExamples,
  ...oauthExamples,
  ...opportunityExamples,
  ...peopleExamples,
];
