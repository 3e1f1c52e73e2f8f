import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { readSettings } from '../../config/settings.ts';
import { locationId, privateToken, webhookPublicKeyPem } from '../../sandbox/ghl/constants.ts';
import { privateKey, publicKey } from '../../sandbox/referral-rock/rock.ts';
import { rockbridgeSearchAttributes } from '../../workers/dev-server.ts';

const file = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

describe('docker-compose.yml', () => {
  it("starts on the sandbox's own accounts and keys", () => {
    const settings = readSettings({
      ...parseEnv(file('docker/sandbox.env')),
      DATABASE_URL: 'postgres://postgres/rockbridge',
    });
    assert.deepEqual(settings.accounts, {
      ghlLocationId: locationId,
      ghlPrivateToken: privateToken,
      referralRockPublicKey: publicKey,
      referralRockPrivateKey: privateKey,
    });
    assert.deepEqual(
      settings.GHL_WEBHOOK_PUBLIC_KEYS.map((pem) => pem.trim()),
      [webhookPublicKeyPem.trim()],
    );
  });

  it('gives the namespace the search attributes of the dev server', () => {
    const wanted = Object.entries(rockbridgeSearchAttributes).map(([name, type]) => `${name}:${type}`);
    assert.deepEqual(
      file('docker/temporal/namespace.sh')
        .match(/\bRockbridge\w+:\w+/g)
        ?.toSorted(),
      wanted.toSorted(),
    );
  });
});
