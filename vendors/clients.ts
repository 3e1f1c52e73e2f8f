import type { ClientParts } from './executor.ts';
import { createGhlClient } from './ghl/client.ts';
import type { Vendor, VendorClient } from './operation.ts';
import { createReferralRockClient } from './referral-rock/client.ts';

export interface VendorAddresses {
  readonly ghlBaseUrl: string;
  readonly referralRockBaseUrl: string;
}

/** The clients of both vendors; `parts` is what they share. */
export function createVendorClients(
  { ghlBaseUrl, referralRockBaseUrl }: VendorAddresses,
  parts: Omit<ClientParts, 'baseUrl'>,
): Readonly<Record<Vendor, VendorClient>> {
  return {
    ghl: createGhlClient({ ...parts, baseUrl: ghlBaseUrl }),
    'referral-rock': createReferralRockClient({ ...parts, baseUrl: referralRockBaseUrl }),
  };
}
