import os
import subprocess
import sys

import pytest

from benchmarks.processes import Failed, measured, running


def test_a_measured_command_tells_what_it_took_and_said() -> None:
    usage = measured([sys.executable, "-c", "x = bytearray(50_000_000); print('done')"])
    assert usage.output == "done\n"
    assert 45 < usage.peak_mb < 120
    assert usage.seconds > 0


def test_the_memory_of_whoever_measures_is_not_counted() -> None:
    ours = bytearray(200_000_000)
    usage = measured([sys.executable, "-I", "-S", "-c", "pass"])
    assert len(ours) == 200_000_000
    assert usage.peak_mb < 60


def test_a_command_that_fails_says_why() -> None:
    with pytest.raises(Failed, match="no good reason"):
        measured([sys.executable, "-c", "import sys; sys.exit('no good reason')"])


def test_nothing_that_was_started_outlives_the_block() -> None:
    length = f"61.{os.getpid()}"  # no other run of these tests waits that long
    script = (
        f"import subprocess, time; subprocess.Popen(['sleep', '{length}']); print(flush=True); time.sleep(61)"
    )
    with running([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        with process.stdout as said:
            said.readline()
    assert process.poll() is not None
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert f"sleep {length}" not in left.splitlines()


def test_a_measured_command_tells_how_long_it_was_silent_at_first() -> None:
    script = "import time; time.sleep(0.4); print('here', flush=True); time.sleep(0.6); print('done')"
    usage = measured([sys.executable, "-I", "-S", "-c", script])
    assert usage.output == "here\ndone\n"
    assert 0.4 <= usage.silent_seconds < usage.seconds - 0.3  # of 0.6, for it is noticed when the machine can
