"""Measure everything that is listed in README.md: ``python -m benchmarks``."""

from __future__ import annotations

import sys

from benchmarks import pages, search

MEASURES = {"search in the process": search.main, "pages over HTTP": pages.main}


def main() -> int:
    """Run each measure on the real market; says plainly what could not be run."""
    failed = 0
    for name, measure in MEASURES.items():
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        failed += measure([]) != 0
    sys.stdout.write(f"\n{len(MEASURES) - failed} measured, {failed} could not be run\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
