import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fieldMapPage } from './support/field-map-page.ts';

/* `npm run field-map`: writes docs/field-map.md anew from the built-in rules. */
const folder = new URL('../docs/', import.meta.url);
mkdirSync(folder, { recursive: true });
const file = new URL('field-map.md', folder);
writeFileSync(file, fieldMapPage());
console.log(`Wrote ${fileURLToPath(file)}`);
