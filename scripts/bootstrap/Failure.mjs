/** Something the user can do something about: a message and the advice that goes with it, no stack. */
export class Failure extends Error {
  /**
   * @param {string} message what went wrong
   * @param {string} advice what to do
   * @param {number} [exitCode]
   */
  constructor(message, advice, exitCode = 1) {
    super(message)
    this.advice = advice
    this.exitCode = exitCode
  }
}
