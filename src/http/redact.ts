/** Keeps secrets out of everything that is shown or stored: by header name, and by value, in each spelling a value takes on a wire. */

export interface Redactor {
  /** Tells of a secret; from now on `text` masks it. */
  conceal(secret: string): void;
  text(text: string): string;
  headers(headers: Readonly<Record<string, string>>): Record<string, string>;
}

const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'x-auth-token',
  'x-subject-token',
  'x-security-token',
  'x-sessionid',
  'openstack-auth-receipt',
  'www-authenticate',
  'cookie',
  'set-cookie',
]);
export const MASK = '****';
/** Keys of bodies whose values are secret though nobody has told of them: what a provider makes up and tells once. */
export const SECRET_KEY = /pass(word|wd|phrase|code)?$|secret|token|credential|(api|private|access)[-_]?key|user[-_]?data/i;
/** A text under a key, in JSON that may stand within other text. */
const PAIR = /("([^"\\\n]{1,64})"\s*:\s*)"(?:[^"\\]|\\.)*"/g;
// Shorter values would mask ordinary words of a trace, and are guessed in no time anyway.
const SHORTEST = 4;

export function redactor(): Redactor {
  // Longest first: a secret that contains another must not leave its ends behind. Sorted when one comes, which is seldom: texts are many.
  let spellings: readonly string[] = [];
  const text = (input: string): string => {
    let output = input;
    for (const spelling of spellings) output = output.replaceAll(spelling, MASK);
    // Most texts hold no JSON.
    if (!output.includes('"')) return output;
    return output.replace(PAIR, (pair, start: string, key: string) => (SECRET_KEY.test(key) ? `${start}"${MASK}"` : pair));
  };
  return {
    conceal(secret) {
      if (secret.length < SHORTEST) return;
      const own = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
      spellings = [...new Set([...spellings, ...own])].sort((one, other) => other.length - one.length);
    },
    text,
    headers: (headers) =>
      Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, SECRET_HEADERS.has(name.toLowerCase()) ? maskHeader(value) : text(value)]),
      ),
  };
}

/** Keeps a scheme word (`Basic ****`): it helps, and is no secret. */
const maskHeader = (value: string): string => (/^[A-Za-z0-9-]+ \S/.test(value) ? `${value.split(' ')[0]} ${MASK}` : MASK);
