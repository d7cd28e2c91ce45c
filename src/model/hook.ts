// When hooks run, and what their steps are called.

export type HookMoment = 'before' | 'after' | 'on_error' | 'finally'

export const HOOK_STEPS: Record<HookMoment, string> = {
  before: 'before hook',
  after: 'after hook',
  on_error: 'on_error hook',
  finally: 'finally hook',
}
