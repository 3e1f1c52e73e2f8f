import type { Sandbox } from '../../sandbox/sandbox.ts';
import { createVendorClients } from '../../vendors/clients.ts';
import type { Vendor, VendorClient } from '../../vendors/operation.ts';
import { limiterOf } from './support.ts';

/** Clients of both vendors as the sandbox plays them, with its own keys and without a quota. */
export function sandboxClients(sandbox: Sandbox): Readonly<Record<Vendor, VendorClient>> {
  const { ghl, referralRock } = sandbox.info;
  const basic = Buffer.from(`${referralRock.publicKey}:${referralRock.privateKey}`).toString('base64');
  return createVendorClients(
    { ghlBaseUrl: sandbox.ghlUrl, referralRockBaseUrl: sandbox.referralRockUrl },
    {
      credentials: {
        authorization: ({ vendor }) =>
          Promise.resolve(vendor === 'ghl' ? `Bearer ${ghl.privateToken}` : `Basic ${basic}`),
        refresh: () => Promise.resolve(false),
      },
      limiter: limiterOf(),
    },
  );
}
