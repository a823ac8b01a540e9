#!/usr/bin/env python3
"""Moment tensor potentials in swmd (molecular dynamics, all but output) and in motep's C engine, interleaved.

    benchmarks/mtp.py [--levels 8 12 16 20 22] [--atoms 4000]

Rattled fcc copper with 43 neighbors inside 5 Å; potentials of mtp/make_potential.py. Both programs first compute the
same structure: energy and forces must agree to 1e-9. motep computes energies, forces and stress with a list that it
keeps; building that is not counted. swmd's time is that of whole steps with its lists, exchange and integration.

On one rank times are processor seconds, which a busy machine disturbs least; on more, wall seconds. Ratios between
numbers of ranks are of wall seconds.
"""
import importlib.metadata
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
from ase.build import bulk
from ase.io import read, write

import common

PRECISIONS = ("double", "mixed")


def crystal(atoms):
    """Rattled fcc copper of about so many atoms, near cubic: 43 neighbors inside 5 Å (12 + 6 + 24 + some of 12)."""
    edge = max(2, round((atoms / 4) ** (1 / 3)))
    made = bulk("Cu", cubic=True, a=3.615).repeat((edge, edge, max(2, round(atoms / (4 * edge * edge)))))
    made.rattle(0.05, seed=1)
    return made


def text_of(arguments, potential, precision):
    """The input as a function of the number of steps."""
    return lambda steps: common.md_input("copper.extxyz", potential, ["Cu"], steps, timestep=1, precision=precision,
                                         log_every=arguments.log_every)


class Motep:
    """motep's C engine on one structure."""

    def __init__(self, potential, atoms):
        from motep.io.mlip.mtp import read_mtp
        from motep.potentials.mtp.cext.engine import CExtMTPEngine
        data = read_mtp(str(potential))
        data.species = [29]
        self.atoms, self.engine = atoms, CExtMTPEngine(data, mode="run")
        self.results = self.engine.calculate(atoms)

    def microseconds(self):
        start = time.thread_time()
        self.engine.calculate(self.atoms)
        return 1e6 * (time.thread_time() - start) / len(self.atoms)


def check_same_numbers(arguments, folder, potential, motep):
    """Differences between the programs: energy (eV/atom), forces (eV/Å); and of mixed from double precision."""
    command = [str(arguments.swmd), "evaluate", "--potential", str(potential), "--structure",
               str(folder / "copper.extxyz"), "--species", "Cu", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    ours = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    energy = abs(ours["energy"] - motep.results["energy"]) / len(motep.atoms)
    forces = np.abs(np.array(ours["forces"]) - motep.results["forces"]).max()
    largest = np.abs(motep.results["forces"]).max()
    if energy > 1e-9 * max(1, abs(ours["energy"]) / len(motep.atoms)) or forces > 1e-9 * max(1, largest):
        sys.exit(f"swmd and motep disagree: energy by {energy} eV/atom, forces by {forces} eV/Å")
    return {"energy difference (eV/atom)": energy, "force difference (eV/Å)": forces, "largest force (eV/Å)": largest}


def steps_for(level, atoms, seconds):
    """About so many seconds of swmd's time."""
    return max(10, int(1e6 * seconds / (atoms * {8: 1, 12: 2, 16: 5, 20: 11, 22: 20}.get(level, 10))))


def measure_level(arguments, folder, atoms, level):
    potential = folder / f"level{level}.mtp"
    potential.write_text(common.potential_text(level))
    motep = Motep(potential, atoms)
    same = check_same_numbers(arguments, folder, potential, motep)
    entry = {"level": level, "atoms": len(atoms), "same numbers": same}
    runs = {"motep": []}
    for _ in range(arguments.repeats):
        runs["motep"].append({"processor": motep.microseconds()})
        for ranks in arguments.ranks:
            for precision in PRECISIONS:
                runs.setdefault(contestant(precision, ranks), []).append(common.measure(
                    arguments.swmd, text_of(arguments, potential, precision), folder, ranks,
                    steps_for(level, len(atoms), arguments.seconds)))
    times = {name: [common.best_time(run, 2 if name.endswith("s") else 1) for run in those]
             for name, those in runs.items()}
    entry["microseconds per atom-step"] = {name: common.summary(values) for name, values in times.items()}
    entry["fastest runs"] = {}
    for name, those in runs.items():
        if name != "motep":
            fastest = min(those, key=lambda run: run["wall"])
            entry["fastest runs"][name] = {**fastest, "shares": common.shares(fastest["phases"])}
    entry["ratios, median of neighboring runs"] = ratios(runs, arguments.ranks)
    return entry


def contestant(precision, ranks):
    return f"{precision}, {ranks} rank{'s' * (ranks > 1)}"


def ratios(runs, ranks):
    def column(name, clock):
        return [run[clock] for run in runs[name]]

    result = {}
    if 1 in ranks:
        motep, double, mixed = (column(name, "processor") for name in ("motep", "double, 1 rank", "mixed, 1 rank"))
        result["motep over double"] = common.median_ratio(motep, double)
        result["motep over mixed"] = common.median_ratio(motep, mixed)
        result["double over mixed"] = common.median_ratio(double, mixed)
        for many in (n for n in ranks if n > 1):
            for precision in PRECISIONS:
                one, all_of_them = (column(contestant(precision, n), "wall") for n in (1, many))
                result[f"{precision}: speed on {many} ranks over 1, median"] = common.median_ratio(one, all_of_them)
                result[f"{precision}: speed on {many} ranks over 1, least"] = round(min(one) / min(all_of_them), 3)
    return result


def report(entry):
    print(f"level {entry['level']}, {entry['atoms']} atoms: "
          + ", ".join(f"{name} {t['least']:.3f}" for name, t in entry["microseconds per atom-step"].items())
          + " us; " + ", ".join(f"{name} {r}" for name, r in entry["ratios, median of neighboring runs"].items()),
          flush=True)


def main():
    parser = common.parser(__doc__)
    parser.add_argument("--levels", type=int, nargs="+", default=[8, 12, 16, 20, 22])
    parser.add_argument("--atoms", type=int, default=4000)
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1, help="length of a run of swmd, about")
    arguments = parser.parse_args()
    atoms, entries = crystal(arguments.atoms), []
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        folder = pathlib.Path(scratch)
        write(folder / "copper.extxyz", atoms, columns=["symbols", "positions"], format="extxyz", plain=False)
        # Both programs shall compute from the same digits.
        atoms = read(folder / "copper.extxyz")
        for level in arguments.levels:
            entries.append(measure_level(arguments, folder, atoms, level))
            report(entries[-1])
    least = {entry["level"]: entry["microseconds per atom-step"]["double, 1 rank"]["least"] for entry in entries
             if 1 in arguments.ranks}
    against_16 = {f"level {level} over level 16": round(t / least[16], 3) for level, t in least.items() if 16 in least}
    common.write_results(arguments, "mtp", {"levels, least, double, 1 rank": against_16, "results": entries},
                         {"motep": importlib.metadata.version("motep")})


if __name__ == "__main__":
    main()
