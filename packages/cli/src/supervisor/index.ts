export { createSupervisor, type Supervisor } from './createSupervisor.ts'
export { exitWhenParentGoes } from './exitWhenParentGoes.ts'
export { onStopSignal, type StopSignal } from './onStopSignal.ts'
export type { ProcessExit, ProcessSpec, StreamName, SupervisedProcess } from './superviseProcess.ts'
