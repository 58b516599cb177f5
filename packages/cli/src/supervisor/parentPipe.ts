/** Names the file descriptor that a child watches: it closes when the parent is gone, however it went. */
export const PARENT_FD_VARIABLE = 'GSTD_PARENT_FD'

/** Where the pipe stands in a supervised child, after stdin, stdout and stderr. */
export const PARENT_FD = 3
