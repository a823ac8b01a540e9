#!/usr/bin/env python3
"""Peak resident memory of all ranks, per atom: level 16 on rattled copper, and the Li-S potential on Li | Li2S, half a million atoms each.

    benchmarks/memory.py [--atoms 500000] [--steps 5]

Memory is the sum over the ranks of getrusage's peak, everything included: program, MPI, reading the structure, lists, scratch of the
kernels. A run of the same kind with few atoms shows what does not grow with the atoms.
"""
import pathlib
import tempfile

from ase.build import bulk
from ase.io import write

import common
from level_potential import potential_text

INTERFACE_ATOMS = 882


def input_text(structure, replicate, potential, species, steps):
    return f"""
[system]
structure = "{structure}"
replicate = {replicate}
velocities = {{ temperature = "300 K", seed = 1 }}
[potential]
file = "{potential}"
species = {list(species)!r}
[output]
directory = "run"
log = {{ every = {steps} }}
checkpoint = {{ every = 1_000_000_000 }}
[[stage]]
kind = "md"
timestep = "0.5 fs"
steps = {steps}
""".replace("'", '"')


def measure(arguments, folder, name, structure, per_edge, potential, species):
    """Peak memory at the wanted size, and at a hundredth of it."""
    entry = {"system": name}
    for label, atoms in (("small", arguments.atoms / 100), ("full", arguments.atoms)):
        copies = per_edge(atoms)
        run = common.run_swmd(arguments.swmd, input_text(structure, copies, potential, species, arguments.steps), folder,
                              arguments.ranks)
        entry[label] = {
            "atoms": run["atoms"], "peak bytes": run["peakMemoryBytes"], "bytes per atom": round(run["peakMemoryBytesPerAtom"], 1),
            "neighbors per atom": round(run["neighborsPerAtom"], 2), "ghosts per atom": round(run["ghostsPerAtom"], 3),
            "microseconds per atom-step (wall)": round(run["microsecondsPerAtomStep"], 4)}
    small, full = entry["small"], entry["full"]
    entry["bytes per further atom"] = round((full["peak bytes"] - small["peak bytes"]) / (full["atoms"] - small["atoms"]), 1)
    print(f"{name}: {full['atoms']} atoms, {full['bytes per atom'] / 1000:.3f} kB an atom; "
          f"{entry['bytes per further atom'] / 1000:.3f} kB a further atom", flush=True)
    return entry


def main():
    parser = common.parser(__doc__)
    parser.add_argument("--atoms", type=int, default=500_000)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--steps", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        folder = pathlib.Path(scratch)
        (folder / "level16.mtp").write_text(potential_text(16))
        cell = bulk("Cu", cubic=True, a=3.615).repeat(5)
        cell.rattle(0.05, seed=1)
        write(folder / "copper.extxyz", cell, columns=["symbols", "positions"], format="extxyz")

        def cube(atoms):
            return [max(1, round((atoms / len(cell)) ** (1 / 3)))] * 3

        def sheet(atoms):
            # Never fewer atoms than wanted.
            edge = int(-(-(atoms / INTERFACE_ATOMS) ** 0.5 // 1))
            return [edge, edge, 1]

        results = [
            measure(arguments, folder, "level 16, copper", "copper.extxyz", cube, "level16.mtp", ["Cu"]),
            measure(arguments, folder, "Li-S potential, Li | Li2S", common.ROOT / "inputs/li-li2s/li-li2s.extxyz", sheet,
                    common.ROOT / "potentials/li-s.almtp", ["Li", "S"])]
    common.write_results(arguments, "memory", {"ranks": arguments.ranks, "steps": arguments.steps, "results": results})


if __name__ == "__main__":
    main()
