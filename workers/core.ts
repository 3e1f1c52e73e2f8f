import type { Logger } from 'pino';
import type { InstallationSecrets } from '../config/secrets.ts';
import type { Settings } from '../config/settings.ts';
import type { SandboxInfo } from '../sandbox/sandbox.ts';
import { type Connection, type ConnectionWish, ensureConnection, setInForce } from '../store/connections.ts';
import type { Database } from '../store/database.ts';
import { createLimiter, type LimiterOptions } from '../store/limits.ts';
import { createCredentials } from '../store/tokens.ts';
import { createVendorClients, type VendorAddresses } from '../vendors/clients.ts';
import type { Vendor, VendorClient } from '../vendors/operation.ts';

/** The connection that the settings name, brought in step in the store; undefined when they name none. */
export async function connectFromSettings(
  database: Database,
  secrets: InstallationSecrets,
  settings: Settings,
  sandbox?: SandboxInfo,
): Promise<Connection | undefined> {
  const wish = wishOf(settings, sandbox);
  if (!wish) return undefined;
  const connection = await ensureConnection(database, secrets.secret, wish);
  await setInForce(database, wish.id);
  return connection;
}

/** The clients of both vendors: at the addresses of the settings, or of the sandbox. */
export function vendorClients(
  database: Database,
  secrets: InstallationSecrets,
  settings: Settings,
  log: Logger,
  sandbox?: SandboxInfo,
  quotas?: LimiterOptions['defaults'],
): Readonly<Record<Vendor, VendorClient>> {
  return createVendorClients(vendorAddresses(settings, sandbox), {
    credentials: createCredentials(database, secrets.secret),
    limiter: createLimiter(database, quotas && { defaults: quotas }),
    log,
  });
}

/** Where the vendors are: at the addresses of the settings, or of the sandbox. */
export function vendorAddresses(settings: Settings, sandbox?: SandboxInfo): VendorAddresses {
  return {
    ghlBaseUrl: sandbox?.ghl.url ?? settings.GHL_BASE_URL,
    referralRockBaseUrl: sandbox?.referralRock.url ?? settings.REFERRAL_ROCK_BASE_URL,
  };
}

function wishOf(settings: Settings, sandbox: SandboxInfo | undefined): ConnectionWish | undefined {
  const tokens = {
    ghlWorkflowToken: settings.GHL_WORKFLOW_TOKEN,
    referralRockWebhookToken: settings.REFERRAL_ROCK_WEBHOOK_TOKEN,
  };
  if (sandbox) {
    return {
      ...tokens,
      id: 'sandbox',
      name: 'Sandbox',
      mode: settings.SANDBOX_MODE,
      ghlLocationId: sandbox.ghl.locationId,
      ghlToken: sandbox.ghl.privateToken,
      referralRockKeys: `${sandbox.referralRock.publicKey}:${sandbox.referralRock.privateKey}`,
    };
  }
  if (!settings.accounts) return undefined;
  return {
    ...tokens,
    id: 'default',
    name: 'Default',
    mode: settings.ROCKBRIDGE_MODE,
    ghlLocationId: settings.accounts.ghlLocationId,
    ghlToken: settings.accounts.ghlPrivateToken,
    referralRockKeys: `${settings.accounts.referralRockPublicKey}:${settings.accounts.referralRockPrivateKey}`,
  };
}
