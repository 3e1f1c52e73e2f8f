import { z } from 'zod';
import { text } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';
import { helpPage } from '../lists.ts';

const links = {
  referralCode: text,
  portalUrl: text,
  shareUrl: text,
  shareEmbedUrl: text,
  fullEmbedUrl: text,
  webShareUrl: text,
  smsShareUrl: text,
  whatsAppShareUrl: text,
};

/** Portal and embed links log the member in: never store them on a contact. */
export const createUrls = defineOperation({
  id: 'referral-rock.member-access.create-urls',
  vendor: 'referral-rock',
  title: "Make a member's access links",
  summary: "Makes links that open a member's portal already logged in, and links to share, for a number of minutes.",
  method: 'POST',
  path: '/api/memberaccessurls',
  query: [],
  scopes: [],
  effect: 'write',
  creates: false,
  input: z.strictObject({
    memberQuery: z.string().min(1),
    expireInMinutes: z.int().min(1).optional(),
  }),
  output: z.looseObject(links),
  unsure: ['How long the links live when `expireInMinutes` is left out.'],
  documentation: helpPage('POST-api-memberaccessurls'),
});

/** Its links live 20 minutes when nothing else is asked. */
export const create = defineOperation({
  id: 'referral-rock.member-access.create',
  vendor: 'referral-rock',
  title: "Make a member's access links, the old way",
  summary: 'Makes the same links by the call that Referral Rock has deprecated, with those to share on more networks.',
  method: 'POST',
  path: '/api/memberaccess',
  query: [],
  scopes: [],
  effect: 'write',
  creates: false,
  input: z.strictObject({
    memberQuery: z.string().min(1),
    expireInMinutes: z.int().min(1).optional(),
  }),
  output: z.looseObject({ ...links, facebookShareUrl: text, messengerShareUrl: text, twitterShareUrl: text }),
  unsure: ['The names of the further share links.'],
  deprecated: 'referral-rock.member-access.create-urls',
  documentation: helpPage('POST-api-memberaccess'),
});
