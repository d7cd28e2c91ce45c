// The list of all commands, and how the one that is meant is found and run.

import { Cli, type CommandClass } from 'clipanion'
import { AppError, EXIT, type ExitCode } from '../errors.ts'
import { BackupCheckCommand } from './backup/check.ts'
import { BackupCommentCommand } from './backup/comment.ts'
import { BackupCompactCommand } from './backup/compact.ts'
import { BackupContentsCommand } from './backup/contents.ts'
import { BackupDailyCommand } from './backup/daily.ts'
import { BackupDeleteCommand } from './backup/delete.ts'
import { BackupDiffCommand } from './backup/diff.ts'
import { BackupDrillCommand } from './backup/drill.ts'
import { BackupExportTarCommand } from './backup/export-tar.ts'
import { BackupHoldCommand, BackupReleaseCommand } from './backup/hold.ts'
import { BackupListCommand } from './backup/list.ts'
import { BackupMountCommand, BackupUmountCommand } from './backup/mount.ts'
import { BackupPruneCommand } from './backup/prune.ts'
import { BackupRecreateCommand } from './backup/recreate.ts'
import { BackupRenameCommand } from './backup/rename.ts'
import { BackupRestoreCommand } from './backup/restore.ts'
import { BackupRunCommand } from './backup/run.ts'
import { BackupUndoCommand } from './backup/undo.ts'
import { BorgCommand } from './borg.ts'
import { CompletionCommand } from './completion/print.ts'
import { CompletionQueryCommand } from './completion/query.ts'
import { ConfigGenerateCommand } from './config/generate.ts'
import { ConfigPathCommand, ConfigShowCommand } from './config/show.ts'
import { ConfigValidateCommand } from './config/validate.ts'
import type { CliContext } from './context.ts'
import { DoctorCommand } from './doctor.ts'
import { ExclusionsAddCommand } from './exclusions/add.ts'
import { ExclusionsAuditCommand } from './exclusions/audit.ts'
import { ExclusionsCreateCommand } from './exclusions/create.ts'
import { ExclusionsExplainCommand } from './exclusions/explain.ts'
import { ExclusionsRemoveCommand } from './exclusions/remove.ts'
import { ExclusionsShowCommand } from './exclusions/show.ts'
import { findCommand, PROGRAM } from './find-command.ts'
import { HelpCommand } from './help.ts'
import { HistoryCommand } from './history/list.ts'
import { HistoryShowCommand } from './history/show.ts'
import { ImportBorgmaticCommand } from './import-borgmatic.ts'
import { translate } from './legacy/translate.ts'
import { MetricsWriteCommand } from './metrics/write.ts'
import { MigrateCommand } from './migrate.ts'
import { NotifyListCommand } from './notify/list.ts'
import { NotifyTestCommand } from './notify/test.ts'
import { openOutput } from './output/output.ts'
import { RepoBreakLockCommand } from './repo/break-lock.ts'
import { RepoCopyCommand } from './repo/copy.ts'
import { RepoCreateCommand } from './repo/create.ts'
import { RepoDeleteCommand } from './repo/delete.ts'
import { RepoImportCommand } from './repo/import.ts'
import { RepoInfoCommand } from './repo/info.ts'
import { RepoKeyExportCommand } from './repo/key-export.ts'
import { RepoKeyImportCommand } from './repo/key-import.ts'
import { RepoKitCreateCommand } from './repo/kit-create.ts'
import { RepoKitVerifyCommand } from './repo/kit-verify.ts'
import { RepoListCommand } from './repo/list.ts'
import { RepoMoveCommand } from './repo/move.ts'
import { RepoObjectivesClearCommand, RepoObjectivesSetCommand, RepoObjectivesShowCommand } from './repo/objectives.ts'
import { RepoPassphraseChangeCommand } from './repo/passphrase-change.ts'
import { RepoPassphraseMigrateCommand } from './repo/passphrase-migrate.ts'
import { RepoPassphraseSetCommand } from './repo/passphrase-set.ts'
import { RepoRenameCommand } from './repo/rename.ts'
import { RepoRetentionClearCommand, RepoRetentionSetCommand, RepoRetentionShowCommand } from './repo/retention.ts'
import { RepoRetentionSimulateCommand } from './repo/retention-simulate.ts'
import { RepoSetQuotaCommand } from './repo/set-quota.ts'
import { RepoSourcesAddCommand, RepoSourcesListCommand, RepoSourcesRemoveCommand } from './repo/sources.ts'
import { S3DeleteCommand } from './s3/delete.ts'
import { S3DescribeCommand } from './s3/describe.ts'
import { S3DrillCommand } from './s3/drill.ts'
import { S3GcCommand } from './s3/gc.ts'
import { S3GenerationsCommand } from './s3/generations.ts'
import { S3PromoteCommand } from './s3/promote.ts'
import { S3PullCommand } from './s3/pull.ts'
import { S3RepairCommand } from './s3/repair.ts'
import { S3RestoreCommand } from './s3/restore.ts'
import { S3StatsCommand } from './s3/stats.ts'
import { S3SyncCommand } from './s3/sync.ts'
import { S3VerifyCommand } from './s3/verify.ts'
import { ScheduleInstallCommand } from './schedule/install.ts'
import { ScheduleRemoveCommand } from './schedule/remove.ts'
import { ScheduleRunCommand } from './schedule/run.ts'
import { ScheduleStatusCommand } from './schedule/status.ts'
import { StatusCommand } from './status/show.ts'
import { StoreCheckCommand } from './store/check.ts'
import { StoreRebuildCommand } from './store/rebuild.ts'
import { VaultAddCommand } from './vault/add.ts'
import { VaultListCommand } from './vault/list.ts'
import { VaultProbeCommand } from './vault/probe.ts'
import { VaultRemoveCommand } from './vault/remove.ts'
import { VaultUseCommand } from './vault/use.ts'
import { VersionCommand } from './version.ts'

/** Every command, in the order of the list people see. */
export const COMMANDS: readonly CommandClass<CliContext>[] = [
  RepoCreateCommand,
  RepoImportCommand,
  RepoListCommand,
  RepoInfoCommand,
  RepoRenameCommand,
  RepoMoveCommand,
  RepoCopyCommand,
  RepoDeleteCommand,
  RepoSetQuotaCommand,
  RepoSourcesListCommand,
  RepoSourcesAddCommand,
  RepoSourcesRemoveCommand,
  RepoRetentionShowCommand,
  RepoRetentionSetCommand,
  RepoRetentionClearCommand,
  RepoRetentionSimulateCommand,
  RepoObjectivesShowCommand,
  RepoObjectivesSetCommand,
  RepoObjectivesClearCommand,
  RepoBreakLockCommand,
  RepoKeyExportCommand,
  RepoKeyImportCommand,
  RepoKitCreateCommand,
  RepoKitVerifyCommand,
  RepoPassphraseChangeCommand,
  RepoPassphraseSetCommand,
  RepoPassphraseMigrateCommand,
  BackupDailyCommand,
  BackupRunCommand,
  BackupListCommand,
  BackupContentsCommand,
  BackupDiffCommand,
  BackupRestoreCommand,
  BackupExportTarCommand,
  BackupMountCommand,
  BackupUmountCommand,
  BackupRenameCommand,
  BackupCommentCommand,
  BackupHoldCommand,
  BackupReleaseCommand,
  BackupRecreateCommand,
  BackupPruneCommand,
  BackupCompactCommand,
  BackupCheckCommand,
  BackupDrillCommand,
  BackupDeleteCommand,
  BackupUndoCommand,
  ScheduleInstallCommand,
  ScheduleStatusCommand,
  ScheduleRemoveCommand,
  ScheduleRunCommand,
  S3SyncCommand,
  S3RestoreCommand,
  S3GenerationsCommand,
  S3DescribeCommand,
  S3PullCommand,
  S3PromoteCommand,
  S3VerifyCommand,
  S3DrillCommand,
  S3RepairCommand,
  S3GcCommand,
  S3StatsCommand,
  S3DeleteCommand,
  VaultAddCommand,
  VaultListCommand,
  VaultUseCommand,
  VaultProbeCommand,
  VaultRemoveCommand,
  NotifyListCommand,
  NotifyTestCommand,
  ExclusionsCreateCommand,
  ExclusionsShowCommand,
  ExclusionsAddCommand,
  ExclusionsRemoveCommand,
  ExclusionsExplainCommand,
  ExclusionsAuditCommand,
  ConfigShowCommand,
  ConfigPathCommand,
  ConfigValidateCommand,
  ConfigGenerateCommand,
  StoreCheckCommand,
  StoreRebuildCommand,
  MigrateCommand,
  ImportBorgmaticCommand,
  DoctorCommand,
  StatusCommand,
  HistoryCommand,
  HistoryShowCommand,
  MetricsWriteCommand,
  BorgCommand,
  HelpCommand,
  VersionCommand,
  CompletionCommand,
  CompletionQueryCommand,
]

const HELP_OPTIONS = ['--help', '-h']

/** Runs one command, or shows its help. Never throws for anything a person can cause. */
export async function runCommand(typed: readonly string[], context: CliContext): Promise<ExitCode> {
  const ends = typed.indexOf('--')
  const options = ends < 0 ? typed : typed.slice(0, ends)
  const output = () => openOutput({ ...context, json: options.includes('--json'), quiet: false, verbose: false })
  let args = typed
  try {
    if (options.some((arg) => HELP_OPTIONS.includes(arg))) {
      const { answerHelp } = await import('./answer-help.ts')
      context.stdout.write(await answerHelp(COMMANDS, options, context))
      return EXIT.ok
    }
    const { deprecation, ...translation } = translate(typed)
    args = translation.args
    if (deprecation !== undefined) output().sink({ type: 'notice', level: 'warning', message: deprecation })
    const command = findCommand(COMMANDS, args)
    if (command === undefined) throw new Error('no command begins like that')
    // Only the command that is meant: compiling the grammar of all of them takes longer than most commands.
    const cli = Cli.from<CliContext>([command], { binaryName: PROGRAM })
    return (await cli.run(cli.process([...args], context), context)) as ExitCode
  } catch (error) {
    if (error instanceof AppError) return output().fail(error)
    const { explainUsage } = await import('./explain-usage.ts')
    return output().fail(explainUsage(COMMANDS, args, error))
  }
}
