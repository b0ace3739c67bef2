"""A process of its own that delivers letters: `python -m tests.notices.delivering BATCH [step]`.

With `step` it says "batch" after each one, and goes on when it is told a line.
"""

import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402

from gongjian.notices import delivery  # noqa: E402

if __name__ == "__main__":
    delivery.BATCH = int(sys.argv[1])
    while delivery.deliver_batch(timezone.now()):
        if "step" in sys.argv:
            print("batch", flush=True)
            sys.stdin.readline()
