"""Entry of `python runner.pyz attempt.json`."""

import sys

from hansa_jobs.runner.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
