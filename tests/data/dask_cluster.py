"""A Dask cluster of worker processes on this machine, until its standard input ends.

It prints the scheduler's address, then the numbers of the worker processes.
"""

import sys

from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(
        n_workers=int(sys.argv[1]), threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        workers = [each.pid for each in cluster.workers.values()]
        sys.stdout.write(" ".join([cluster.scheduler_address, *map(str, workers)]) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
