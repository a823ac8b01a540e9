#!/usr/bin/env python3
"""A published rate, 10 ns a day of 1,000 atoms at 0.5 fs with a moment tensor potential on 128 cores, on this machine.

    benchmarks/paper_rate.py [--ranks 2]

Level 16 on rattled copper (43 neighbors), and the Li-S potential that ships (level 12) on Li | Li2S at 600 K; all of
a step is counted. Rates are for 1,000 atoms at the measured time per atom. The interface of 3528 atoms, whose atoms
move, also shows what neighbor lists and exchange take.
"""
import pathlib
import statistics
import tempfile

from ase.io import write

import common
from mtp import crystal

PAPER = {"ns per day": 10, "atoms": 1000, "timestep (fs)": 0.5, "cores": 128}


def text_of(arguments, system, precision):
    """The input as a function of the number of steps; 1200 K end near 600 K, as a crystal takes up half."""
    structure, replicate, potential, species = system
    return lambda steps: common.md_input(structure, potential, species, steps, replicate=replicate, temperature=1200,
                                         precision=precision, log_every=arguments.log_every)


def nanoseconds_per_day(microseconds_per_atom_step, atoms):
    return 86400 / (microseconds_per_atom_step * 1e-6 * atoms) * PAPER["timestep (fs)"] * 1e-6


def main():
    parser = common.parser(__doc__)
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--steps", type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        folder = pathlib.Path(scratch)
        (folder / "level16.mtp").write_text(common.potential_text(16))
        write(folder / "copper.extxyz", crystal(1000), columns=["symbols", "positions"], format="extxyz")
        interface = common.ROOT / "inputs/li-li2s/li-li2s.extxyz"
        shipped = common.ROOT / "potentials/li-s.almtp"
        systems = {
            "level 16, copper, 1000 atoms": ("copper.extxyz", [1, 1, 1], "level16.mtp", ["Cu"]),
            "Li-S potential, Li | Li2S, 882 atoms": (interface, [1, 1, 1], shipped, ["Li", "S"]),
            "Li-S potential, Li | Li2S, 3528 atoms": (interface, [2, 2, 1], shipped, ["Li", "S"])}
        runs = {}
        for _ in range(arguments.repeats):
            for name, system in systems.items():
                for precision in ("double", "mixed"):
                    for ranks in arguments.ranks:
                        runs.setdefault((name, precision, ranks), []).append(common.measure(
                            arguments.swmd, text_of(arguments, system, precision), folder, ranks, arguments.steps))
    results = []
    for (name, precision, ranks), those in runs.items():
        fastest = min(those, key=lambda run: run["wall"])
        rates = [nanoseconds_per_day(run["wall"], PAPER["atoms"]) for run in those]
        best, median = max(rates), statistics.median(rates)
        results.append({
            "system": name, "precision": precision, "ranks": ranks,
            "ns per day of 1,000 atoms": {"best": round(best, 2), "median": round(median, 2)},
            "microseconds per atom-step (wall)": common.summary([run["wall"] for run in those]),
            "fastest run": {**fastest, "shares": common.shares(fastest["phases"])}})
        print(f"{name}, {precision}, {ranks} ranks: best {best:.1f} ns/day, median {median:.1f}")
    common.write_results(arguments, "paper_rate", {"paper": PAPER, "results": results})


if __name__ == "__main__":
    main()
