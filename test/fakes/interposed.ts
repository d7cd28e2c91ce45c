// Any dependency with something put before its calls: what faults and kills have in common.

type Call = (...args: unknown[]) => unknown

/** `target`, whose methods of those names are what `wrap` makes of them. */
export function interposed<T extends object>(
  target: T,
  names: readonly (keyof T & string)[],
  wrap: (name: string, call: Call) => Call,
): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      const call = value.bind(target) as Call
      return (names as readonly (string | symbol)[]).includes(name) ? wrap(String(name), call) : call
    },
  })
}
