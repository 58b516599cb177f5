export { type Coordinator, type CoordinatorOptions, startCoordinator } from './startCoordinator.ts'
export { restoreLog, type Restored, type RestoreOptions } from './recovery/restoreLog.ts'
export { hidePassword } from './storage/databaseUrl.ts'
