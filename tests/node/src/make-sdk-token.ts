// Makes the fixture of the C# tests that read tokens of Gr4vy's own library: `npm run fixture`. The private key is thrown away.
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { getEmbedToken, getToken } from '@gr4vy/sdk';

import { repository } from './server.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-521' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const embedParams = {
  amount: 4297,
  currency: 'USD',
  merchantAccountId: 'acme',
  metadata: { order_id: 'ord_1' },
  cartItems: [{ name: 'Monstera', quantity: 1, unitAmount: 4297, externalIdentifier: 'monstera' }],
};
const fixture = {
  made_by: '@gr4vy/sdk 1.10.18',
  jwk: publicKey.export({ format: 'jwk' }),
  embed_token: await getEmbedToken({ privateKey: pem, embedParams, checkoutSessionId: '0ebde6a1-f66c-43ea-bb8b-73751864c604' }),
  api_token: await getToken({ privateKey: pem }),
};
await writeFile(join(repository, 'tests/Cartwright.Tests/Payments/sdk-token.json'), `${JSON.stringify(fixture, undefined, 2)}\n`);
