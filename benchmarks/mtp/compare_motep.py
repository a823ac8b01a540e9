#!/usr/bin/env python3
"""Time swmd's moment tensor kernel against motep's C engine, interleaved on one core.

    compare_motep.py KERNEL_BENCHMARK POTENTIAL [POTENTIAL ...]

Both compute energies, forces and virial of the same kind of crystal (rattled fcc copper, 43 neighbors inside 5 A); motep's
neighbor list is rebuilt in none of its runs (positions unchanged), swmd's is given too. Least thread time of the interleaved runs.
"""
import re
import subprocess
import sys
import time

import numpy as np
from ase.build import bulk
from motep.io.mlip.mtp import read_mtp
from motep.potentials.mtp.cext.engine import CExtMTPEngine


def motep_engine(path, atoms):
    data = read_mtp(path)
    data.species = [29]
    engine = CExtMTPEngine(data, mode="run")
    engine.calculate(atoms)
    return engine


def main():
    kernel, potentials = sys.argv[1], sys.argv[2:]
    atoms = bulk("Cu", cubic=True, a=3.615).repeat(6)
    atoms.rattle(0.05, seed=1)
    print(f"{'potential':24s} {'motep':>9s} {'double':>9s} {'mixed':>9s}   ratio double, mixed  (us per atom, least)")
    for path in potentials:
        engine = motep_engine(path, atoms)
        best = {"motep": np.inf, "double": np.inf, "mixed": np.inf}
        for _ in range(5):
            start = time.thread_time()
            engine.calculate(atoms)
            best["motep"] = min(best["motep"], (time.thread_time() - start) / len(atoms) * 1e6)
            for precision in ("double", "mixed"):
                text = subprocess.run([kernel, path, "6", precision], capture_output=True, text=True, check=True).stdout
                best[precision] = min(best[precision], float(re.search(r"least ([0-9.]+)", text).group(1)))
        ratios = [best["motep"] / best[p] for p in ("double", "mixed")]
        print(f"{path[-24:]:24s} {best['motep']:9.2f} {best['double']:9.3f} {best['mixed']:9.3f}   {ratios[0]:.1f}  {ratios[1]:.1f}")


if __name__ == "__main__":
    main()
