// Tests of permissions mean nothing to root, which CI runs as: these run as an ordinary user.

const NOBODY = 65534

/** Runs `action` with an effective user that permissions apply to. Nothing else may run meanwhile. */
export async function asOrdinaryUser(action: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return await action()
  process.setegid?.(NOBODY)
  process.seteuid?.(NOBODY)
  try {
    await action()
  } finally {
    process.seteuid?.(0)
    process.setegid?.(0)
  }
}
