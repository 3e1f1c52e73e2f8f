import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Credentials, Vendor, VendorAccount } from '../vendors/operation.ts';
import type { Database } from './database.ts';
import { seal, unseal } from './seal.ts';

/** A vendor's secret as it is sent: `private`: GHL's private integration token; `basic`: RR's `public:private`. */
export interface NewToken {
  connectionId: string;
  vendor: Vendor;
  kind: 'private' | 'basic';
  secret: string;
}

/** How long a token is used without a look at the store; another process may have replaced it meanwhile. */
const CACHE_MS = 30_000;

/** Stores a secret encrypted (AES-256-GCM). The same one again changes nothing; another one is a new generation. */
export async function saveToken(database: Database, secretKey: Buffer, token: NewToken): Promise<void> {
  const stored = await readToken(database, token);
  if (stored?.kind === token.kind && isSame(stored, token, secretKey)) return;
  const values = {
    kind: token.kind,
    secret: seal(token.secret, secretKey, nameOf(token)),
    key_id: keyIdOf(secretKey),
    broken_reason: null,
  };
  await database.db
    .insertInto('tokens')
    .values({ connection_id: token.connectionId, vendor: token.vendor, ...values })
    .onConflict((conflict) =>
      conflict.columns(['connection_id', 'vendor']).doUpdateSet({ ...values, generation: sql`tokens.generation + 1` }),
    )
    .execute();
}

/**
 * The secrets of the vendor accounts, decrypted with `secretKey` (32 bytes) and kept in memory for 30 s. Throws, saying what to do,
 * for an account that is not connected and for a secret stored under another key.
 */
export function createCredentials(database: Database, secretKey: Buffer): Credentials {
  const cache = new Map<string, { authorization: string; generation: number; until: number }>();

  const load = async (account: VendorAccount) => {
    const stored = await readTokenOf(database, account);
    if (!stored) throw new Error(`There is no token for the ${account.vendor} account ${account.id}: connect it first`);
    const secret = decrypt(stored, secretKey);
    const authorization =
      stored.kind === 'basic' ? `Basic ${Buffer.from(secret).toString('base64')}` : `Bearer ${secret}`;
    const entry = { authorization, generation: stored.generation, until: Date.now() + CACHE_MS };
    cache.set(`${account.vendor}/${account.id}`, entry);
    return entry;
  };

  return {
    async authorization(account) {
      const known = cache.get(`${account.vendor}/${account.id}`);
      return (known && known.until > Date.now() ? known : await load(account)).authorization;
    },
    /** Private tokens and API keys are replaced by people: fresh only if somebody has stored another one meanwhile. */
    async refresh(account) {
      const used = cache.get(`${account.vendor}/${account.id}`);
      return (await load(account)).generation !== used?.generation;
    },
  };
}

/** The connections whose account has this very secret; one stored under another key is none. */
export async function connectionsWithSecret(
  database: Database,
  secretKey: Buffer,
  vendor: Vendor,
  secret: string,
): Promise<string[]> {
  const stored = await database.db.selectFrom('tokens').select(COLUMNS).where('vendor', '=', vendor).execute();
  return stored
    .filter((one) => one.key_id === keyIdOf(secretKey) && decrypt(one, secretKey) === secret)
    .map(({ connection_id }) => connection_id);
}

interface StoredToken {
  connection_id: string;
  vendor: string;
  kind: string;
  secret: Uint8Array;
  key_id: string;
  generation: number;
}

const COLUMNS = ['tokens.connection_id', 'vendor', 'kind', 'secret', 'key_id', 'generation'] as const;

function readToken(database: Database, { connectionId, vendor }: NewToken): Promise<StoredToken | undefined> {
  return database.db
    .selectFrom('tokens')
    .select(COLUMNS)
    .where('tokens.connection_id', '=', connectionId)
    .where('vendor', '=', vendor)
    .executeTakeFirst();
}

/** A GHL account is named by its location, an RR account by its connection. */
function readTokenOf(database: Database, account: VendorAccount): Promise<StoredToken | undefined> {
  const named = account.vendor === 'ghl' ? 'connections.ghl_location_id' : 'connections.id';
  return database.db
    .selectFrom('tokens')
    .innerJoin('connections', 'connections.id', 'tokens.connection_id')
    .select(COLUMNS)
    .where(named, '=', account.id)
    .where('vendor', '=', account.vendor)
    .executeTakeFirst();
}

function isSame(stored: StoredToken, token: NewToken, secretKey: Buffer): boolean {
  return stored.key_id === keyIdOf(secretKey) && decrypt(stored, secretKey) === token.secret;
}

/** What the ciphertext is bound to: a secret moved to another row does not decrypt. */
function nameOf(token: { connectionId: string; vendor: string }): string {
  return `${token.connectionId}/${token.vendor}`;
}

function keyIdOf(secretKey: Buffer): string {
  return createHash('sha256').update(secretKey).digest('hex').slice(0, 12);
}

function decrypt(stored: StoredToken, key: Buffer): string {
  if (stored.key_id !== keyIdOf(key)) {
    throw new Error(
      `The ${stored.vendor} token of connection ${stored.connection_id} was stored under another ROCKBRIDGE_SECRET: set that one again, or connect anew`,
    );
  }
  return unseal(stored.secret, key, nameOf({ connectionId: stored.connection_id, vendor: stored.vendor }));
}
