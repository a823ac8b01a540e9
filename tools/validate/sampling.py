#!/usr/bin/env python3
"""Check that thermostats and barostats sample their ensembles, on Lennard-Jones argon.

    tools/validate/sampling.py [--duration 1.0] [--processes 2] [--folder RUNS [--reuse]] [--write results/sampling.md]

For every thermostat and barostat: the distribution of the kinetic energy, equipartition by axis, by mass and by half of
the atoms, the configurational temperature, mean stresses, the virial identity <(P_int - P) V> = -k_B T, and the ratios of
the distributions of energy, enthalpy and volume of neighboring states. Averages are held against LAMMPS's. One line a
check, with its deviation in standard deviations. Exit status 1 if a slope or an average is off by more than 3, any of the
many other checks by more than 4, or if chance does not explain how many averages are off by more than 2 and how many checks
by more than 3 (of n independent ones 4.6 % and 0.27 % are).

Needs NumPy and SciPy. With --package the distributions are judged by physical_validation (from PyPI), too. --folder keeps a
summary of each run, --reuse takes those that are there.
"""
import argparse
import pathlib
import sys
import tempfile

from scipy import stats

import argon
import sampling_report
import sampling_runs
from sampling_checks import average_checks, pairs_of, run_checks, slope_check
from sampling_reference import HELD_OUT, LAMMPS

CHANCE = 0.01
AVERAGES, ALL = ("reference", "held out"), ("reference", "held out", "ensemble", "slope", "identity")


def all_checks(runs, data):
    """[(label, checks)] of all runs and pairs."""
    found = [(f"{run.method}, {run.state}", run_checks(run, data[run])) for run in runs]
    found += [(first.method, [slope_check(first, second, [data[first], data[second]])])
              for first, second in pairs_of(runs)]
    for reference, kind in ((LAMMPS, "reference"), (HELD_OUT, "held out")):
        found += [(f"{run.method}, {run.state}", list(average_checks(run, data[run], reference, kind))) for run in runs]
    return [(label, checks) for label, checks in found if checks]


def beyond(checks, limit, kinds):
    """How many checks of these kinds are off by more than `limit` sigmas, of how many, and whether chance explains it."""
    chosen = [c for _, group in checks for c in group if c.kind in kinds and not c.must_fail]
    off = sum(abs(c.deviation) > limit for c in chosen)
    return off, len(chosen), stats.binom.sf(off - 1, len(chosen), 2 * stats.norm.sf(limit)) > CHANCE


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swmd", type=pathlib.Path, default=argon.ROOT / ".build/release/swmd")
    parser.add_argument("--duration", type=float, default=1.0, help="ns, of the runs with 500 and 864 atoms (default 1)")
    parser.add_argument("--processes", type=int, default=2, help="runs at a time (default 2)")
    parser.add_argument("--folder", type=pathlib.Path, help="where the runs are kept; left out, they are not")
    parser.add_argument("--reuse", action="store_true", help="take the summaries that --folder has of the same input")
    parser.add_argument("--package", action="store_true", help="ask physical_validation, too")
    parser.add_argument("--write", type=pathlib.Path, help="Markdown file of the results")
    arguments = parser.parse_args()
    steps = round(arguments.duration * 1e6 / sampling_runs.TIMESTEP)
    runs = sampling_runs.all_runs()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.folder or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)

        def perform(index):
            return sampling_runs.perform(runs[index], arguments.swmd, folder, steps, index + 1, arguments.reuse)

        data = dict(zip(runs, argon.side_by_side(perform, range(len(runs)), arguments.processes)))
    checks = all_checks(runs, data)
    failed = 0
    for label, group in checks:
        for check in group:
            failed += not check.passes
            print(sampling_report.line(label, check))
    averages, everything = beyond(checks, 2, AVERAGES), beyond(checks, 3, ALL)
    verdict = sampling_report.verdict(checks, failed, averages, everything)
    print("\n" + verdict)
    if arguments.write:
        package = {}
        if arguments.package:
            import sampling_package
            package = sampling_package.judge(runs, data, pairs_of(runs))
        version = argon.version(arguments.swmd)
        arguments.write.write_text(
            sampling_report.document(runs, data, checks, verdict, package, version, arguments.duration))
    return 0 if not failed and averages[2] and everything[2] else 1


if __name__ == "__main__":
    sys.exit(main())
