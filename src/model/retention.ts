// Which archives a prune keeps: the policy, its rule against keeping nothing, and how a policy reads in words.

import { refuse } from './validate.ts'

/** The counted rules, in the order Borg applies them. */
export const RETENTION_COUNTS = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const
type RetentionCount = (typeof RETENTION_COUNTS)[number]

/**
 * Keep every archive younger than `within` (Borg's interval: `24H`, `7d`, `4w`, `6m`, `1y`), and the newest of each of
 * the last N periods per rule. A rule that is absent or 0 keeps nothing by itself; -1 keeps without limit.
 */
export type RetentionPolicy = { readonly [rule in RetentionCount]?: number } & { readonly within?: string }

const COUNT_MAX = 100_000

/**
 * A policy from untrusted values; unknown keys are refused. `within` alone gets `last=1` beside it: Borg would delete
 * every archive once no backup was made for that long. @throws AppError `value-invalid`, also for a policy that would
 * keep nothing, which no one means.
 */
export function parseRetention(value: unknown): RetentionPolicy {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse('retention policy', value, 'it is not a set of rules', 'write it like daily=7,weekly=4,monthly=6')
  }
  const policy: { -readonly [rule in keyof RetentionPolicy]: RetentionPolicy[rule] } = {}
  for (const [rule, amount] of Object.entries(value)) {
    if (amount === undefined) continue
    if (rule === 'within') policy.within = parseWithin(amount)
    else if (isCountRule(rule)) policy[rule] = parseCount(rule, amount)
    else refuse('retention rule', rule, 'there is no such rule', `use within, ${RETENTION_COUNTS.join(', ')}`)
  }
  if (RETENTION_COUNTS.every((rule) => (policy[rule] ?? 0) === 0)) {
    if (policy.within === undefined) {
      refuse('retention policy', value, 'it would keep no archive at all', 'keep at least one, for example last=1')
    }
    policy.last = 1
  }
  return policy
}

/** A policy from one line: `within=7d,daily=7,weekly=4`. @throws AppError `value-invalid` */
export function parseRetentionText(text: string): RetentionPolicy {
  const rules = text.split(',').map((part) => {
    const match = /^\s*(?:keep[-_])?([a-z]+)\s*[=:]\s*(\S+)\s*$/.exec(part)
    if (!match) {
      const reason = `"${part.trim()}" is not rule=amount`
      refuse('retention policy', text, reason, 'write it like within=7d,daily=7,weekly=4')
    }
    const [, rule = '', amount = ''] = match
    return [rule, rule === 'within' ? amount : /^-?\d+$/.test(amount) ? Number(amount) : amount] as const
  })
  const repeated = rules.find(([rule], index) => rules.findIndex(([other]) => other === rule) !== index)
  if (repeated) refuse('retention policy', text, `"${repeated[0]}" stands in it twice`, 'give every rule once')
  return parseRetention(Object.fromEntries(rules))
}

/** `within=7d,daily=7`: the form `parseRetentionText` reads. */
export function retentionText(policy: RetentionPolicy): string {
  return (['within', ...RETENTION_COUNTS] as const)
    .filter((rule) => policy[rule] !== undefined && policy[rule] !== 0)
    .map((rule) => `${rule}=${policy[rule]}`)
    .join(',')
}

function isCountRule(rule: string): rule is RetentionCount {
  return (RETENTION_COUNTS as readonly string[]).includes(rule)
}

function parseCount(rule: string, amount: unknown): number {
  if (typeof amount === 'number' && Number.isInteger(amount) && amount >= -1 && amount <= COUNT_MAX) return amount
  refuse(
    `retention rule ${rule}`,
    amount,
    `it is not a whole number from 0 to ${COUNT_MAX}, or -1 for no limit`,
    `write it like ${rule}=7`,
  )
}

function parseWithin(amount: unknown): string {
  if (typeof amount === 'string' && /^[1-9]\d{0,4}[Hdwmy]$/.test(amount)) return amount
  refuse(
    'retention rule within',
    amount,
    'it is not a number with one of H, d, w, m, y',
    'write it like within=24H or within=7d',
  )
}
