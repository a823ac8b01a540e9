#!/usr/bin/env python3
"""The rate of a published run, 10 ns a day of 1,000 atoms at 0.5 fs on 128 cores with a moment tensor potential, on this machine.

    benchmarks/paper_rate.py [--ranks 2]

Level 16 on rattled copper (43 neighbors), and the Li-S potential that ships (level 12) on Li | Li2S at 600 K; all of a step but output
is counted. Rates are for 1,000 atoms at the measured time per atom. The interface of 3528 atoms, whose atoms move, also shows what
neighbor lists and exchange take.
"""
import pathlib
import tempfile

from ase.io import write

import common
from level_potential import potential_text
from mtp import crystal

PAPER = {"ns per day": 10, "atoms": 1000, "timestep (fs)": 0.5, "cores": 128}


def input_text(structure, replicate, potential, species, precision, temperature, steps):
    names = ", ".join(f'"{name}"' for name in species)
    return f"""
[system]
structure = "{structure}"
replicate = {replicate}
velocities = {{ temperature = {temperature}, seed = 1 }}
[potential]
file = "{potential}"
species = [{names}]
precision = "{precision}"
[output]
directory = "run"
log = {{ every = {steps} }}
checkpoint = {{ every = 1_000_000_000 }}
[[stage]]
kind = "md"
timestep = "0.5 fs"
steps = {steps}
"""


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
        (folder / "level16.mtp").write_text(potential_text(16))
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
                            arguments.swmd, lambda n: input_text(*system, precision, 1200, n), folder, ranks, arguments.steps))
    results = []
    for (name, precision, ranks), those in runs.items():
        fastest = min(those, key=lambda run: run["wall"])
        values = [nanoseconds_per_day(run["wall"], 1000) for run in those]
        results.append({
            "system": name, "precision": precision, "ranks": ranks,
            "ns per day of 1,000 atoms": {"best": round(max(values), 2), "median": round(sorted(values)[len(values) // 2], 2)},
            "microseconds per atom-step (wall)": common.summary([run["wall"] for run in those]),
            "fastest run": {**fastest, "shares": common.shares(fastest["phases"])}})
        print(f"{name}, {precision}, {ranks} ranks: best {max(values):.1f} ns/day, median {sorted(values)[len(values) // 2]:.1f}")
    common.write_results(arguments, "paper_rate", {"paper": PAPER, "results": results})


if __name__ == "__main__":
    main()
