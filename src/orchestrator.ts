// The one engine behind the command line, the library and later the API. Every method is one delegating line: what it
// does, what is durable when, and which errors it throws stands with the workflow.

import type { Deps } from './deps.ts'
import { checkRepos } from './workflows/backup/check-repos.ts'
import { compactRepos } from './workflows/backup/compact-repos.ts'
import { dailyBackup } from './workflows/backup/daily-backup.ts'
import { deleteArchives } from './workflows/backup/delete-archives.ts'
import { diffArchives } from './workflows/backup/diff-archives.ts'
import { drillRepos } from './workflows/backup/drill-repos.ts'
import { exportTar, streamTar } from './workflows/backup/export-tar.ts'
import { holdArchives, releaseArchives } from './workflows/backup/hold-archives.ts'
import { commentArchive, renameArchive } from './workflows/backup/label-archives.ts'
import { listArchives, listContents } from './workflows/backup/list-archives.ts'
import { mountArchives, unmountArchives } from './workflows/backup/mount-archives.ts'
import { pruneRepos } from './workflows/backup/prune-repos.ts'
import { recreateArchives } from './workflows/backup/recreate-archives.ts'
import { restoreArchive } from './workflows/backup/restore-archive.ts'
import { runBackup } from './workflows/backup/run-backup.ts'
import { undoRemoval } from './workflows/backup/undo-removal.ts'
import { generateConfig } from './workflows/config/generate-config.ts'
import { showConfig } from './workflows/config/show-config.ts'
import { validateConfig } from './workflows/config/validate-config.ts'
import { runDoctor } from './workflows/doctor/run-doctor.ts'
import { addExclusion } from './workflows/exclusions/add-exclusion.ts'
import { auditExclusions } from './workflows/exclusions/audit-exclusions.ts'
import { createExclusions } from './workflows/exclusions/create-exclusions.ts'
import { explainExclusions } from './workflows/exclusions/explain-exclusions.ts'
import { removeExclusion } from './workflows/exclusions/remove-exclusion.ts'
import { showExclusions } from './workflows/exclusions/show-exclusions.ts'
import { listRuns, showRun } from './workflows/history/runs.ts'
import { writeMetrics } from './workflows/metrics/write-metrics.ts'
import { migrateHome } from './workflows/migrate/migrate-home.ts'
import { testNotifiers } from './workflows/notify/test-notifiers.ts'
import { collectGarbage } from './workflows/offsite/collect-garbage.ts'
import { deleteCopy } from './workflows/offsite/delete-copy.ts'
import { drillCopy } from './workflows/offsite/drill-copy.ts'
import { describeGeneration, listGenerations } from './workflows/offsite/list-generations.ts'
import { measureVault } from './workflows/offsite/measure-vault.ts'
import { promoteReplica } from './workflows/offsite/promote-replica.ts'
import { pullReplica } from './workflows/offsite/pull-replica.ts'
import { repairCopy } from './workflows/offsite/repair-copy.ts'
import { restoreRepository } from './workflows/offsite/restore-repository.ts'
import { syncRepos } from './workflows/offsite/sync-repos.ts'
import { verifyCopy } from './workflows/offsite/verify-copy.ts'
import { askSettings } from './workflows/repo/ask-settings.ts'
import { breakLock } from './workflows/repo/break-lock.ts'
import { changePassphrase } from './workflows/repo/change-passphrase.ts'
import { copyRepo } from './workflows/repo/copy-repo.ts'
import { createKit } from './workflows/repo/create-kit.ts'
import { createRepo } from './workflows/repo/create-repo.ts'
import { deleteRepo } from './workflows/repo/delete-repo.ts'
import { exportKey } from './workflows/repo/export-key.ts'
import { importBorgmatic } from './workflows/repo/import-borgmatic.ts'
import { importKey } from './workflows/repo/import-key.ts'
import { importRepo } from './workflows/repo/import-repo.ts'
import { inspectRepo } from './workflows/repo/inspect-repo.ts'
import { listRepos } from './workflows/repo/list-repos.ts'
import { migratePassphrases } from './workflows/repo/migrate-passphrases.ts'
import { moveRepo } from './workflows/repo/move-repo.ts'
import { clearObjectives, setObjectives, showObjectives } from './workflows/repo/objectives.ts'
import { passThrough } from './workflows/repo/pass-through.ts'
import { renameRepo } from './workflows/repo/rename-repo.ts'
import { clearRetention, setRetention, showRetention } from './workflows/repo/retention.ts'
import { setPassphrase } from './workflows/repo/set-passphrase.ts'
import { setQuota } from './workflows/repo/set-quota.ts'
import { simulateRepoRetention } from './workflows/repo/simulate-retention.ts'
import { addSources, listSources, removeSources } from './workflows/repo/sources.ts'
import { verifyKit } from './workflows/repo/verify-kit.ts'
import { installSchedule } from './workflows/schedule/install-schedule.ts'
import { removeSchedule } from './workflows/schedule/remove-schedule.ts'
import { runSchedule, type ScheduledWork } from './workflows/schedule/run-schedule.ts'
import { showSchedules } from './workflows/schedule/show-schedules.ts'
import { reposOfAllHosts } from './workflows/shared/all-hosts.ts'
import { showStatusOfAllHosts } from './workflows/status/all-hosts.ts'
import { showStatus } from './workflows/status/show-status.ts'
import { checkStore } from './workflows/store/check-store.ts'
import { rebuildStore } from './workflows/store/rebuild-store.ts'

import { addVault } from './workflows/vault/add-vault.ts'
import { listVaults } from './workflows/vault/list-vaults.ts'
import { probeVault } from './workflows/vault/probe-vault.ts'
import { removeVault } from './workflows/vault/remove-vault.ts'
import { useVault } from './workflows/vault/use-vault.ts'

/** The input a workflow takes behind its dependencies. */
type Input<Workflow> = Workflow extends (deps: never, input: infer I, ...rest: never) => unknown ? I : never

export class Orchestrator {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  readonly repo = {
    askSettings: (input: Input<typeof askSettings>) => askSettings(this.#deps, input),
    create: (input: Input<typeof createRepo>) => createRepo(this.#deps, input),
    import: (input: Input<typeof importRepo>) => importRepo(this.#deps, input),
    list: () => listRepos(this.#deps),
    listAllHosts: () => reposOfAllHosts(this.#deps),
    info: (input: Input<typeof inspectRepo>) => inspectRepo(this.#deps, input),
    rename: (input: Input<typeof renameRepo>) => renameRepo(this.#deps, input),
    move: (input: Input<typeof moveRepo>) => moveRepo(this.#deps, input),
    copy: (input: Input<typeof copyRepo>) => copyRepo(this.#deps, input),
    delete: (input: Input<typeof deleteRepo>) => deleteRepo(this.#deps, input),
    listSources: (input: Input<typeof listSources>) => listSources(this.#deps, input),
    addSources: (input: Input<typeof addSources>) => addSources(this.#deps, input),
    removeSources: (input: Input<typeof removeSources>) => removeSources(this.#deps, input),
    showRetention: (input: Input<typeof showRetention>) => showRetention(this.#deps, input),
    setRetention: (input: Input<typeof setRetention>) => setRetention(this.#deps, input),
    clearRetention: (input: Input<typeof clearRetention>) => clearRetention(this.#deps, input),
    showObjectives: (input: Input<typeof showObjectives>) => showObjectives(this.#deps, input),
    setObjectives: (input: Input<typeof setObjectives>) => setObjectives(this.#deps, input),
    clearObjectives: (input: Input<typeof clearObjectives>) => clearObjectives(this.#deps, input),
    simulateRetention: (input: Input<typeof simulateRepoRetention>) => simulateRepoRetention(this.#deps, input),
    breakLock: (input: Input<typeof breakLock>) => breakLock(this.#deps, input),
    setQuota: (input: Input<typeof setQuota>) => setQuota(this.#deps, input),
    changePassphrase: (input: Input<typeof changePassphrase>) => changePassphrase(this.#deps, input),
    setPassphrase: (input: Input<typeof setPassphrase>) => setPassphrase(this.#deps, input),
    exportKey: (input: Input<typeof exportKey>) => exportKey(this.#deps, input),
    importKey: (input: Input<typeof importKey>) => importKey(this.#deps, input),
    createKit: (input: Input<typeof createKit>) => createKit(this.#deps, input),
    verifyKit: (input: Input<typeof verifyKit>) => verifyKit(this.#deps, input),
    migratePassphrases: (input: Input<typeof migratePassphrases>) => migratePassphrases(this.#deps, input),
  }

  readonly backup = {
    run: (input: Input<typeof runBackup>) => runBackup(this.#deps, input),
    daily: (input: Input<typeof dailyBackup>) => dailyBackup(this.#deps, input),
    list: (input: Input<typeof listArchives>) => listArchives(this.#deps, input),
    contents: (input: Input<typeof listContents>) => listContents(this.#deps, input),
    diff: (input: Input<typeof diffArchives>) => diffArchives(this.#deps, input),
    restore: (input: Input<typeof restoreArchive>) => restoreArchive(this.#deps, input),
    rename: (input: Input<typeof renameArchive>) => renameArchive(this.#deps, input),
    comment: (input: Input<typeof commentArchive>) => commentArchive(this.#deps, input),
    recreate: (input: Input<typeof recreateArchives>) => recreateArchives(this.#deps, input),
    hold: (input: Input<typeof holdArchives>) => holdArchives(this.#deps, input),
    release: (input: Input<typeof releaseArchives>) => releaseArchives(this.#deps, input),
    exportTar: (input: Input<typeof exportTar>) => exportTar(this.#deps, input),
    streamTar: (input: Input<typeof streamTar>) => streamTar(this.#deps, input),
    mount: (input: Input<typeof mountArchives>) => mountArchives(this.#deps, input),
    umount: (input: Input<typeof unmountArchives>) => unmountArchives(this.#deps, input),
    prune: (input: Input<typeof pruneRepos>) => pruneRepos(this.#deps, input),
    compact: (input: Input<typeof compactRepos>) => compactRepos(this.#deps, input),
    drill: (input: Input<typeof drillRepos>) => drillRepos(this.#deps, input),
    check: (input: Input<typeof checkRepos>) => checkRepos(this.#deps, input),
    delete: (input: Input<typeof deleteArchives>) => deleteArchives(this.#deps, input),
    undo: (input: Input<typeof undoRemoval>) => undoRemoval(this.#deps, input),
  }

  readonly s3 = {
    sync: (input: Input<typeof syncRepos>) => syncRepos(this.#deps, input),
    restore: (input: Input<typeof restoreRepository>) => restoreRepository(this.#deps, input),
    generations: (input: Input<typeof listGenerations>) => listGenerations(this.#deps, input),
    describe: (input: Input<typeof describeGeneration>) => describeGeneration(this.#deps, input),
    pull: (input: Input<typeof pullReplica>) => pullReplica(this.#deps, input),
    promote: (input: Input<typeof promoteReplica>) => promoteReplica(this.#deps, input),
    verify: (input: Input<typeof verifyCopy>) => verifyCopy(this.#deps, input),
    drill: (input: Input<typeof drillCopy>) => drillCopy(this.#deps, input),
    repair: (input: Input<typeof repairCopy>) => repairCopy(this.#deps, input),
    collect: (input: Input<typeof collectGarbage>) => collectGarbage(this.#deps, input),
    delete: (input: Input<typeof deleteCopy>) => deleteCopy(this.#deps, input),
    stats: (input: Input<typeof measureVault>) => measureVault(this.#deps, input),
  }

  readonly history = {
    list: (input: Input<typeof listRuns>) => listRuns(this.#deps, input),
    show: (input: Input<typeof showRun>) => showRun(this.#deps, input),
  }

  readonly vault = {
    add: (input: Input<typeof addVault>) => addVault(this.#deps, input),
    list: () => listVaults(this.#deps),
    probe: (input: Input<typeof probeVault>) => probeVault(this.#deps, input),
    remove: (input: Input<typeof removeVault>) => removeVault(this.#deps, input),
    use: (input: Input<typeof useVault>) => useVault(this.#deps, input),
  }

  readonly metrics = {
    write: (input: Input<typeof writeMetrics>) => writeMetrics(this.#deps, input),
  }

  readonly notify = {
    list: () => this.#deps.notifiers.list(),
    test: (input: Input<typeof testNotifiers>) => testNotifiers(this.#deps, input),
  }

  readonly schedule = {
    install: (input: Input<typeof installSchedule>) => installSchedule(this.#deps, input),
    show: () => showSchedules(this.#deps),
    remove: (input: Input<typeof removeSchedule>) => removeSchedule(this.#deps, input),
    run: (input: Input<typeof runSchedule>) => runSchedule(this.#deps, input, this.#scheduled),
  }

  readonly #scheduled: ScheduledWork = {
    daily: (each) => dailyBackup(this.#deps, each),
    drill: (each) => drillRepos(this.#deps, each),
    check: (each) => checkRepos(this.#deps, each),
    verifyCopy: (one) => verifyCopy(this.#deps, one),
    drillCopy: (one) => drillCopy(this.#deps, one),
  }

  readonly exclusions = {
    create: (input: Input<typeof createExclusions>) => createExclusions(this.#deps, input),
    show: (input: Input<typeof showExclusions>) => showExclusions(this.#deps, input),
    add: (input: Input<typeof addExclusion>) => addExclusion(this.#deps, input),
    remove: (input: Input<typeof removeExclusion>) => removeExclusion(this.#deps, input),
    explain: (input: Input<typeof explainExclusions>) => explainExclusions(this.#deps, input),
    audit: (input: Input<typeof auditExclusions>) => auditExclusions(this.#deps, input),
  }

  readonly config = {
    path: () => this.#deps.config.path,
    show: () => showConfig(this.#deps),
    validate: () => validateConfig(this.#deps),
    generate: (input: Input<typeof generateConfig>) => generateConfig(this.#deps, input),
  }

  readonly store = {
    check: () => checkStore(this.#deps),
    rebuild: (input: Input<typeof rebuildStore>) => rebuildStore(this.#deps, input),
  }

  migrate(input: Input<typeof migrateHome>) {
    return migrateHome(this.#deps, input)
  }

  readonly status = {
    show: (input: Input<typeof showStatus>) => showStatus(this.#deps, input),
    allHosts: (input: Input<typeof showStatusOfAllHosts>) => showStatusOfAllHosts(this.#deps, input),
  }

  importBorgmatic(input: Input<typeof importBorgmatic>) {
    return importBorgmatic(this.#deps, input)
  }

  doctor(input: Input<typeof runDoctor>) {
    return runDoctor(this.#deps, input)
  }

  readonly borg = {
    version: () => this.#deps.borg.version(),
    passThrough: (input: Input<typeof passThrough>) => passThrough(this.#deps, input),
  }
}
