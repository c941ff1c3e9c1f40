"""Run one command and print what it took: wall, user and system seconds, peak resident bytes, exit status.

    python -I -S measure.py FOLDER OUTPUT COMMAND [ARGUMENT ...]

This is a process of its own, and imports next to nothing, because Linux counts the memory of the process that starts
a command towards the command's own peak.
"""

import os
import sys
import time


def main() -> None:
    """Start the command in FOLDER, with its standard output in OUTPUT, and wait for it."""
    folder, output, *command = sys.argv[1:]
    os.chdir(folder)
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [(os.POSIX_SPAWN_OPEN, 1, output, write, 0o644), (os.POSIX_SPAWN_OPEN, 2, f"{output}.err", write, 0o644)]
    start = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - start
    # Linux gives kilobytes, macOS bytes.
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(wall, usage.ru_utime, usage.ru_stime, peak, os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
