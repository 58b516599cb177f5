export { type Coordinator, type CoordinatorOptions, startCoordinator } from './startCoordinator.ts'
export { hidePassword } from './storage/databaseUrl.ts'
