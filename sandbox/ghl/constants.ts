import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';

/** Well-known names of the sandbox: they open nothing outside of it. */
export const locationId = 'SandboxLocation00001';
export const companyId = 'SandboxCompany000001';
export const privateToken = 'pit-00000000-5a4d-4b0c-8000-000000000001';
export const appId = '650000000000000000000001';
export const versionId = '650000000000000000000002';
/** The marketplace app's own: its id, and after the dash what the portal gives each set of keys. */
export const clientId = `${appId}-sandbox`;
export const clientSecret = '00000000-5a4d-4b0c-8000-000000000003';
/** A private integration token of the agency: for what belongs to the company, not to one location. */
export const companyToken = 'pit-00000000-5a4d-4b0c-8000-000000000002';

/** The profile of the well-known location. */
export const location = {
  id: locationId,
  companyId,
  name: 'Brightside Home Services (sandbox)',
  domain: '',
  address: '2200 Lamar Blvd',
  city: 'Austin',
  state: 'TX',
  country: 'US',
  postalCode: '78705',
  website: 'https://brightside.example',
  timezone: 'America/Chicago',
  firstName: 'Dana',
  lastName: 'Brooks',
  email: 'office@brightside.example',
  phone: '+15125550100',
} as const;

/** The sandbox's own Ed25519 key, derived from a public phrase so that its public half can be printed in documents. SANDBOX ONLY. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const seed = createHash('sha256').update('rockbridge sandbox webhook key, no secret').digest();
export const webhookPrivateKey = createPrivateKey({
  key: Buffer.concat([pkcs8Prefix, seed]),
  format: 'der',
  type: 'pkcs8',
});
export const webhookPublicKeyPem = createPublicKey(webhookPrivateKey)
  .export({ type: 'spki', format: 'pem' })
  .toString();
