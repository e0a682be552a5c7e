"""Runs a command and prints, as JSON, its time, its processor time, its peak of memory and what it said when.

A program of its own, and a small one, because Linux counts what the starting process had in memory as the
peak of the process that it starts.
"""

import json
import resource
import subprocess
import sys
import time

began = time.perf_counter()
with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
    assert process.stdout is not None
    first_line = process.stdout.readline()
    silent_seconds = time.perf_counter() - began
    output = first_line + process.stdout.read()
seconds = time.perf_counter() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
figures = {
    "status": process.returncode,
    "output": output,
    "silent_seconds": silent_seconds,
    "seconds": seconds,
    "cpu_seconds": used.ru_utime + used.ru_stime,
    "peak_mb": used.ru_maxrss / 1024,
}
json.dump(figures, sys.stdout)
