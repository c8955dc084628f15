"""Starts Liggaren on this machine, with everything it needs: what `scripts/run` runs.

The database is made in the data directory the first time, the example histories are recorded, the
API and the pages are served on this machine alone. When it ends, the database is stopped. Killed
outright, it starts again where it was.
"""

import signal
import sys

if __name__ == "__main__":
    # The imports take most of a second. Nothing is to be tidied up until they are done, so Ctrl-C
    # may simply end us.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    print("Startar Liggaren ...", file=sys.stderr, flush=True)

from scripts.running import main

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())
