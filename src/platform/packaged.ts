// Files that are shipped with the program: beside src in a checkout, beside dist when it is installed.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readTextIfAny } from './files.ts'

/** By the path in the package; undefined where there is no such file. @throws AppError `file-denied`, `file-unusable` */
export async function readPackaged(path: string): Promise<string | undefined> {
  let root = import.meta.dirname
  while (!existsSync(join(root, 'package.json')) && root !== dirname(root)) root = dirname(root)
  return await readTextIfAny(join(root, path))
}
