#!/usr/bin/env python3
"""Peak resident memory of all ranks, per atom: copper at level 16, and Li | Li2S, half a million atoms each.

    benchmarks/memory.py [--atoms 500000] [--steps 5]

Memory is the sum over the ranks of getrusage's peak, everything included: program, MPI, reading the structure, lists,
scratch of the kernels. A run of the same kind with few atoms shows what does not grow with the atoms. Copper is
rattled, and Li | Li2S is under the Li-S potential that ships.
"""
import pathlib
import tempfile

from ase.build import bulk
from ase.io import write

import common

INTERFACE_ATOMS = 882


def measure(arguments, folder, name, structure, per_edge, potential, species):
    """Peak memory at the wanted size, and at a hundredth of it."""
    entry = {"system": name}
    for label, atoms in (("small", arguments.atoms / 100), ("full", arguments.atoms)):
        copies = per_edge(atoms)
        text = common.md_input(structure, potential, species, arguments.steps, replicate=copies)
        run = common.run_swmd(arguments.swmd, text, folder, arguments.ranks)
        entry[label] = {
            "atoms": run["atoms"], "peak bytes": run["peakMemoryBytes"],
            "bytes per atom": round(run["peakMemoryBytesPerAtom"], 1),
            "neighbors per atom": round(run["neighborsPerAtom"], 2), "ghosts per atom": round(run["ghostsPerAtom"], 3),
            "microseconds per atom-step (wall)": round(run["microsecondsPerAtomStep"], 4)}
    small, full = entry["small"], entry["full"]
    growth, further = full["peak bytes"] - small["peak bytes"], full["atoms"] - small["atoms"]
    entry["bytes per further atom"] = round(growth / further, 1)
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
        (folder / "level16.mtp").write_text(common.potential_text(16))
        cell = bulk("Cu", cubic=True, a=3.615).repeat(5)
        cell.rattle(0.05, seed=1)
        write(folder / "copper.extxyz", cell, columns=["symbols", "positions"], format="extxyz")

        def cube(atoms):
            return [max(1, round((atoms / len(cell)) ** (1 / 3)))] * 3

        def sheet(atoms):
            # Never fewer atoms than wanted.
            edge = int(-(-(atoms / INTERFACE_ATOMS) ** 0.5 // 1))
            return [edge, edge, 1]

        interface, shipped = common.ROOT / "inputs/li-li2s/li-li2s.extxyz", common.ROOT / "potentials/li-s.almtp"
        results = [
            measure(arguments, folder, "level 16, copper", "copper.extxyz", cube, "level16.mtp", ["Cu"]),
            measure(arguments, folder, "Li-S potential, Li | Li2S", interface, sheet, shipped, ["Li", "S"])]
    common.write_results(arguments, "memory", {"ranks": arguments.ranks, "steps": arguments.steps, "results": results})


if __name__ == "__main__":
    main()
