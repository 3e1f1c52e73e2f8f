import { hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Settings, SettingsError } from './settings.ts';

/** The secrets of this installation, and whether the admin token was made just now (and should be shown once). */
export interface InstallationSecrets {
  secret: Buffer;
  adminToken: string;
  adminTokenIsNew: boolean;
}

/** Takes the secrets from the settings; those not set are made once and kept in DATA_DIR, readable by the owner alone. */
export function ensureSecrets(settings: Settings): InstallationSecrets {
  const secret =
    settings.ROCKBRIDGE_SECRET ??
    Buffer.from(kept(settings, 'secret', () => randomBytes(32).toString('base64')).value, 'base64');
  if (secret.length !== 32) {
    throw new SettingsError(
      `ROCKBRIDGE_SECRET: the one kept in ${join(settings.DATA_DIR, 'secret')} is not 32 bytes in base64`,
    );
  }
  if (settings.ROCKBRIDGE_ADMIN_TOKEN)
    return { secret, adminToken: settings.ROCKBRIDGE_ADMIN_TOKEN, adminTokenIsNew: false };
  const token = kept(settings, 'admin-token', () => randomBytes(24).toString('base64url'));
  return { secret, adminToken: token.value, adminTokenIsNew: token.isNew };
}

/** The key of the HMAC that stands for an e-mail address wherever the address itself must not. */
export function addressKeyFrom(secret: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'rockbridge address key', 32));
}

function kept(settings: Settings, name: string, make: () => string): { value: string; isNew: boolean } {
  const path = join(settings.DATA_DIR, name);
  mkdirSync(settings.DATA_DIR, { recursive: true });
  try {
    writeFileSync(path, `${make()}\n`, { mode: 0o600, flag: 'wx' });
    return { value: readFileSync(path, 'utf8').trim(), isNew: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return { value: readFileSync(path, 'utf8').trim(), isNew: false };
  }
}
