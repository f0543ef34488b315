import { IpctlError } from '../../domain/errors.js';
import { isSchemaName, schemaDocument, schemas } from '../../render/schema.js';
import type { Command } from '../intent.js';
import { document } from '../output.js';

export const run: Command<'schema'> = async (intent) => {
  const name = intent.arguments[0];
  if (name === undefined) return document(schemaDocument());
  if (!isSchemaName(name))
    throw new IpctlError('usage', `there is no record '${name}'`, {
      fate: 'not-sent',
      hint: `records: ${Object.keys(schemas).join(', ')}`,
    });
  return document(schemaDocument(name));
};
