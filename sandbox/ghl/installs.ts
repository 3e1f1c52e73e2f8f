import { randomBytes } from 'node:crypto';
import type { Fields } from '../operation.ts';
import { companyId } from './constants.ts';
import type { Ghl } from './ghl.ts';
import { revokeTokens } from './grants.ts';

/**
 * What a person does who installs the app: on one location, or without an id on the company and all of its locations. Fires INSTALL,
 * of the company without a locationId (reference/ghl.md 5.5), and answers the code that the callback would bring.
 */
export function installApp(ghl: Ghl, locationId: string | undefined, now: number): string {
  const userId = ghl.state.users.all()[0]?.id;
  const at = new Date(now).toISOString();
  const locations = ghl.state.locations.all().filter(({ id }) => locationId === undefined || id === locationId);
  if (locations.length === 0) throw new Error(`No location ${locationId}`);
  if (locationId === undefined)
    emit(ghl, 'INSTALL', { installType: 'Company', companyId, companyName: 'Brightside', userId });
  for (const location of locations) {
    ghl.state.locations.put({ ...location, installedAt: location.installedAt ?? at });
    emit(ghl, 'INSTALL', { installType: 'Location', locationId: location.id, companyId, userId });
  }
  const userType = locationId === undefined ? 'Company' : 'Location';
  return ghl.state.codes.put({ id: randomBytes(20).toString('hex'), userType, companyId, locationId }).id;
}

/** Takes the app off a location, or without an id off the company: its tokens end, UNINSTALL is fired. */
export function uninstallApp(ghl: Ghl, locationId: string | undefined): void {
  for (const location of ghl.state.locations.all()) {
    if (locationId === undefined || location.id === locationId)
      ghl.state.locations.put({ ...location, installedAt: null });
  }
  revokeTokens(ghl, locationId);
  emit(ghl, 'UNINSTALL', locationId === undefined ? { companyId } : { locationId });
}

/** These go to the app's own address, whether it is installed there or not. */
function emit(ghl: Ghl, type: string, fields: Fields): void {
  const install = { isWhitelabelCompany: false, whitelabelDetails: {} };
  ghl.emit(type, undefined, { ...fields, ...(type === 'INSTALL' && install) });
}
