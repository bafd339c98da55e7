/** Exit code of a command that the user left with Ctrl-C, as shells give it: 128 + SIGINT. */
export const EXIT_INTERRUPTED = 130;
