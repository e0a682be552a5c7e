"""`python -m tests.walks [-v]`: prints how many files each walk enters, and how often it returns to one."""

import sys
import tempfile
from pathlib import Path

from tests.walks.walks import all_walks

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        walks = all_walks(Path(folder))
    print(f"{'walk':18}{'files':>7}{'returns':>9}")  # noqa: T201  # it speaks to whoever started it
    for name, walk in walks.items():
        print(f"{name:18}{walk.entered:7}{walk.returns:9}")  # noqa: T201  # as above
        if "-v" in sys.argv:
            print("  " + "\n  ".join(walk.files))  # noqa: T201  # as above
