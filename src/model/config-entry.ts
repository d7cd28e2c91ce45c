// A key of the configuration with its value, and where that came from.

/** Where a configuration value came from. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'env'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string }

export interface ConfigEntry {
  /** Dotted: `borg.compression`. */
  readonly key: string
  /** As written, in the file's own terms (`5s`, not 5000); `[secret]` for a passphrase; undefined where there is none. */
  readonly value: boolean | number | string | undefined
  readonly origin: Origin
}
