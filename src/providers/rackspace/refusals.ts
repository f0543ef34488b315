/** What the driver refuses by itself, before anything is sent. */
import { IpctlError, type Kind } from '../../domain/errors.js';

export const refuse = (kind: Kind, message: string, hint?: string): IpctlError =>
  new IpctlError(kind, message, { provider: 'rackspace', fate: 'not-sent', hint });

/** `web-1`, `web-1 and web-2`, `web-1, web-2 and web-3` */
export const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
