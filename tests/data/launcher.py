"""A warm process that runs our command line in fresh processes, each its own group to be killed.

It reads one order per line, {"run": [...], "cwd": ..., "log": ...} or {"wait": pid}, and answers
with the process's id once the command begins, or with how it ended.
"""

import atexit
import contextlib
import gc
import json
import os
import sys


def main() -> None:
    """Serve orders until the input ends."""
    import course.cli
    from course.sandbox import linux

    linux.adopt_orphans()  # so that what a killed command leaves behind can be seen
    # what a command would first import is here once a course went round here
    os.chdir(sys.argv[1])
    for command in ("new warm", "release welcome --course warm", "grades --json --course warm"):
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123
            course.cli.run(command.split())
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            ready, begun = os.pipe()
            answer = os.fork()
            if answer == 0:
                os.setsid()
                os.chdir(order["cwd"])
                log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                nothing = os.open(os.devnull, os.O_RDONLY)
                for number, stream in ((nothing, 0), (log, 1), (log, 2)):
                    os.dup2(number, stream)
                os.write(begun, b"!")
                os.close(begun)
                os.close(ready)
                code = course.cli.run(order["run"])
                atexit._run_exitfuncs()
                os._exit(code)  # without tidying up the memory of all those modules
            os.close(begun)
            os.read(ready, 1)
            os.close(ready)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":  # worker processes import this module again
    main()
