"""Run every file of worked cases in a folder: ``python -m tools.vectors DIR``."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from tools.vectors import finance, hostile, qris
from tools.vectors.outcome import Outcome, Verdict

FORMATS = (finance, hostile, qris)


def run_folder(folder: Path) -> Iterator[Outcome]:
    """Judge the cases of every file of a known format in a folder."""
    for path in sorted(folder.glob("*.json")):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            yield Outcome(path.name, path.name, Verdict.FAILED, f"no JSON: {error}")
            continue
        yield from run_file(path.name, data)


def run_file(name: str, data: Any) -> Iterator[Outcome]:
    """Judge the cases of one file; a file of another format is said to be so."""
    for known in FORMATS:
        if isinstance(data, dict) and known.belongs(data):
            yield from known.run(data)
            return
    yield Outcome(name, f"{name} (unknown format)", Verdict.NOT_BUILT)


def report(outcomes: Iterable[Outcome], out: TextIO) -> int:
    """Write a line per failed case, what is not built yet, and the sums; count failures."""
    counts: Counter[Verdict] = Counter()
    missing: Counter[str] = Counter()
    for outcome in outcomes:
        counts[outcome.verdict] += 1
        if outcome.verdict is Verdict.FAILED:
            out.write(
                f"FAILED {outcome.case}: {outcome.detail}\n".encode("utf-8", "replace").decode()
            )
        if outcome.verdict is Verdict.NOT_BUILT:
            missing[outcome.group] += 1
    for group, number in sorted(missing.items()):
        out.write(f"not built yet: {group} ({number})\n")
    out.write(
        f"{counts[Verdict.PASSED]} passed, {counts[Verdict.FAILED]} failed, "
        f"{counts[Verdict.NOT_BUILT]} not applicable yet\n"
    )
    return counts[Verdict.FAILED]


def main(arguments: list[str], out: TextIO = sys.stdout) -> int:
    """Run the folder that was named; 1 when a case failed, 2 when there is nothing to run."""
    folder = Path(arguments[0]) if len(arguments) == 1 else None
    if folder is None or not any(folder.glob("*.json")):
        out.write("usage: python -m tools.vectors DIR, with *.json files in DIR\n")
        return 2
    return 1 if report(run_folder(folder), out) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
