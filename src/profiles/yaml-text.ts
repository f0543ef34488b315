/** The one place that reads YAML, apart from the rest because its parser is large. */
import { LineCounter, parseDocument } from 'yaml';
import type { Tree } from './cloud-files.js';

export interface Parsed {
  readonly tree: Tree | null;
  /** What is not right about the text: the parser's own words may quote the line, password and all, so only its place is told. */
  readonly wrong: string | null;
}

/** Scalars as they are written: `0123` and `no` are texts. */
export function parsed(text: string): Parsed {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', merge: true, prettyErrors: false, lineCounter });
  const [error] = document.errors;
  if (error !== undefined) return { tree: null, wrong: `line ${lineCounter.linePos(error.pos[0]).line} is not valid YAML` };
  try {
    return { tree: document.toJS() as Tree | null, wrong: null };
  } catch {
    return { tree: null, wrong: 'its aliases cannot be resolved' };
  }
}
