import { randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A GoHighLevel id: 20 letters and digits. */
export function newGhlId(): string {
  return [...randomBytes(20)].map((byte) => alphabet[byte % alphabet.length]).join('');
}
