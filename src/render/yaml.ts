/** A JSON value as YAML. The package is loaded with the first value that is printed so. */
import { Document, isScalar, Scalar, visit } from 'yaml';
import { escapeUnsafe, isUnsafe, json } from './text.js';

/** Texts that a reader of YAML 1.1 or 1.2 would take for a number, a time, a truth value or nothing are quoted. */
export function yaml(value: unknown): string {
  const document = new Document(JSON.parse(json(value)), { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  visit(document, {
    Scalar(_, node) {
      // Only between double quotes has YAML escapes for what must not reach a terminal.
      if (isScalar(node) && typeof node.value === 'string' && isUnsafe(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  const written = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
  return written
    .split('\n')
    .map((line) => escapeUnsafe(line, escaped))
    .join('\n');
}

const escaped = (codePoint: number): string =>
  codePoint > 0xffff ? `\\U${codePoint.toString(16).padStart(8, '0')}` : `\\u${codePoint.toString(16).padStart(4, '0')}`;
