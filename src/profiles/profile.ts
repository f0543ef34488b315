/** A profile as it is kept: named credentials and options of one provider. */

/** A secret is a value in the 0600 file, or says where to find one. */
export type SecretSource = { readonly env: string } | { readonly command: readonly string[] };
export type StoredValue = string | SecretSource;

/** Settings of ours that every profile may have, whatever its provider. */
export const settingNames = ['read-only', 'protected', 'sole-writer'] as const;
export type SettingName = (typeof settingNames)[number];

export interface Profile {
  readonly provider: string;
  readonly options: Readonly<Record<string, StoredValue>>;
  readonly settings: Readonly<Partial<Record<SettingName, boolean>>>;
  /** The account seen by the first successful test: another one is never changed. */
  readonly account: string | null;
}

export const emptyProfile = (provider: string): Profile => ({ provider, options: {}, settings: {}, account: null });

/** Names that mean built-in profiles: `sandbox`, `sandbox-<provider>`, `env:<provider>`, `cloud:<name>`. */
export const isReserved = (name: string): boolean => /^(sandbox|env:|cloud:)/.test(name);

export const isProfileName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) && !isReserved(name);
