export { type Coordinator, type CoordinatorOptions, startCoordinator } from './startCoordinator.ts'
