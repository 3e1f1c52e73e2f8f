import assert from 'node:assert/strict';
import { createVendorClients } from '../../vendors/clients.ts';
import { ghl, referralRock } from '../../vendors/operations.ts';
import { VendorError } from '../../vendors/operation.ts';
import { credentialsOf, limiterOf } from './support.ts';

describe('the preview of a request', () => {
  const limiter = limiterOf();
  const addresses = { ghlBaseUrl: 'https://ghl.example', referralRockBaseUrl: 'https://rock.example/' };
  const clients = createVendorClients(addresses, { credentials: credentialsOf(), limiter });

  it('shows method, address, headers and body, and no secret', () => {
    const shown = clients['referral-rock'].preview(referralRock.referral.setStatus, {
      query: { primaryInfo: { referralId: 'r1' } },
      referral: { status: 'approved' },
    });
    assert.deepEqual(shown, {
      method: 'POST',
      url: 'https://rock.example/api/referral/update',
      headers: { accept: 'application/json', authorization: 'Basic [secret]' },
      body: [{ query: { primaryInfo: { referralId: 'r1' } }, referral: { status: 'approved' } }],
    });
  });

  it('takes no turn and sends nothing', () => {
    const { url, headers } = clients.ghl.preview(ghl.contact.get, { contactId: 'c1' });
    assert.deepEqual([url, headers['version']], ['https://ghl.example/contacts/c1', '2021-07-28']);
    assert.equal(limiter.turns.length, 0);
  });

  it('names what is wrong with the input', () => {
    assert.throws(
      () => clients.ghl.preview(ghl.contact.get, {} as { contactId: string }),
      (error) => error instanceof VendorError && error.kind === 'Invalid' && /contactId/.test(error.message),
    );
  });
});
