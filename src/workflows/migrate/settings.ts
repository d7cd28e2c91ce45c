// What the configuration of BorgBoi 1.x means here: it is read as it is, some of it without effect.

import type { Config } from '../../config/schema.ts'
import type { Deps } from '../../deps.ts'
import type { Finding } from '../../model/finding.ts'

export async function findInSettings(
  { config, files }: Pick<Deps, 'config' | 'files'>,
  { aws, vaults, offline }: Config,
): Promise<{ readonly findings: readonly Finding[]; readonly remarks: readonly Finding[] }> {
  const findings: Finding[] = []
  if (aws.s3_bucket !== undefined && Object.keys(vaults).length === 0 && !offline) {
    findings.push({
      level: 'warning',
      subject: 'aws.s3_bucket',
      message: `nothing is copied to ${aws.s3_bucket} any more until a vault takes its place`,
      hint: `borgboi vault add offsite s3://BUCKET/PREFIX, borgboi vault use, then once for each: borgboi s3 sync --mirror s3://${aws.s3_bucket}/NAME`,
    })
  }
  const backup = `${config.path}.bak`
  if ((await files.kind(config.path)) === undefined && (await files.kind(backup)) === 'file') {
    findings.push({
      level: 'warning',
      subject: config.path,
      message: 'is not there: BorgBoi 1.x moved its settings into its database, which are not taken over',
      hint: `take the file it kept: cp ${backup} ${config.path}, then: borgboi config validate`,
    })
  }
  return { findings, remarks: (await config.audit()).filter(({ level }) => level === 'warning') }
}
