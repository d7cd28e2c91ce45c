// What one configuration key is: how it may be written, what a written value becomes. The rules of values are the
// model's.

import * as z from 'zod/mini'
import { type ObjectiveName, type OffsiteObjective, parseObjective } from '../model/objectives.ts'
import { parseDrillPlace } from '../model/proofs.ts'
import { parsePositive, parseShare, parseSize, parseSpan, parseWait } from '../model/quantities.ts'
import { parseRetention, type RetentionPolicy } from '../model/retention.ts'

/** A value as people write it, in a file or (as text) in the environment. */
export type Written = boolean | number | string

export interface Key<Value> {
  /** Accepts what is written and evens it out (`"yes"` to true). */
  readonly form: z.ZodMiniType<Written>
  /** The effective value of a written one. @throws AppError `value-invalid` */
  parse(written: Written): Value
  readonly fallback: Written | undefined
  readonly description: string
  readonly secret: boolean
  readonly hasEffect: boolean
}

export const text = z.string('text is expected; put it in quotes').check(z.minLength(1, 'it is empty'))
export const flag = z.union([z.boolean(), z.stringbool()], 'true or false is expected')
export const amount = z.union([z.string(), z.number()], 'a number, or a number with a unit, is expected')
export const whole = z.union(
  [
    z.int(),
    z.pipe(
      z.string().check(z.regex(/^-?\d+$/)),
      z.transform((digits) => Number(digits)),
    ),
  ],
  'a whole number is expected',
)
const COUNT = 'a whole number from 0 to 1000 is expected'
export const count = z.pipe(whole, z.int(COUNT).check(z.gte(0, COUNT), z.lte(1000, COUNT)))
const PRICE = 'an amount such as 0.023 is expected'
export const price = z.union(
  [
    z.number().check(z.nonnegative(PRICE)),
    z.pipe(
      z.string().check(z.regex(/^\d+(\.\d+)?$/)),
      z.transform((digits) => Number(digits)),
    ),
  ],
  PRICE,
)

type Details = Partial<Pick<Key<unknown>, 'secret' | 'hasEffect'>>

export function key<Value, Default extends Written | undefined>(
  form: z.ZodMiniType<Written>,
  parse: (written: Written) => Value,
  fallback: Default,
  description: string,
  details: Details = {},
): Key<Value> & { readonly fallback: Default } {
  return { form, parse, fallback, description, secret: false, hasEffect: true, ...details }
}

export const asIs = <Value extends Written>(written: Written) => written as Value
export const span = (written: Written) => parseSpan(String(written))
export const wait = (written: Written) => parseWait(String(written))
export const objective =
  <Name extends ObjectiveName>(name: Name) =>
  (written: Written) =>
    parseObjective(name, String(written)) as Name extends 'offsite' ? OffsiteObjective : number
export const positive = (written: Written) => parsePositive(Number(written))
export const share = (written: Written) => parseShare(String(written))
export const size = (written: Written) => parseSize(String(written))

/** One rule, judged beside another that keeps something: whether the whole keeps nothing is judged with all of them. */
export const rule =
  <Rule extends keyof RetentionPolicy>(name: Rule) =>
  (written: Written) =>
    parseRetention({ within: '1d', [name]: written })[name] as NonNullable<RetentionPolicy[Rule]>

export const drillFrom = <Default extends Written | undefined>(fallback: Default, description: string) =>
  key(text, (written) => parseDrillPlace(String(written)), fallback, description)
