export { contactChanged } from './contact-changed.ts';
export { referralChanged } from './referral-changed.ts';
