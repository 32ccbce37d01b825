"""A warm process that runs our command line in fresh processes, each its own group to be killed.

It reads one order per line, {"run": [...], "cwd": ..., "log": ...} or {"wait": pid}, and answers
with the process's id once the command begins, or with how it ended.
"""

import json
import os
import sys


def main() -> int:
    """Serve orders until the input ends; in a child, run the command and return its exit code."""
    import course.cli
    import course.exchange.folder
    import course.study
    import course.term  # noqa: F401  what a command would import first
    from nbgrader import converters  # noqa: F401  as above

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
                return course.cli.run(order["run"])
            os.close(begun)
            os.read(ready, 1)
            os.close(ready)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":  # worker processes import this module again
    sys.exit(main())
