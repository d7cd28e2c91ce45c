// How this process was started.

/** The Node that runs it, without links, and the program as it was called. */
export function thisProgram(): { readonly interpreter: string; readonly script: string } {
  return { interpreter: process.execPath, script: process.argv[1] ?? '' }
}
