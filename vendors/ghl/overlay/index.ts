export { calendars } from './calendars.ts';
export { contacts } from './contacts.ts';
export { locations } from './locations.ts';
export { oauth } from './oauth.ts';
export { opportunities } from './opportunities.ts';
export { users } from './users.ts';
