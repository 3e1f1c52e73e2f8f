export { contactChanged } from './contact-changed.ts';
export { memberChanged } from './member-changed.ts';
export { operationCalled } from './operation-called.ts';
export { referralChanged } from './referral-changed.ts';
