import { createHmac } from 'node:crypto';

/**
 * The name under which an e-mail address may stand in keys, queues and logs: hex of the HMAC-SHA256 of the address, trimmed and
 * in lower case. `key` is derived from ROCKBRIDGE_SECRET; all processes of one database use the same.
 */
export function addressKeyOf(key: Buffer, email: string): string {
  return createHmac('sha256', key).update(email.trim().toLowerCase()).digest('hex');
}
