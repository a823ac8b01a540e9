#!/usr/bin/env python3
"""Check that monitors stop a run where they should, the same on any number of ranks, and that it can go on.

    tools/validate/monitor.py [--ranks 1 2 4] [--swmd PATH]

The Li | Li2S interface of inputs/quickstart is heated until its potential extrapolates. On every number of ranks the run must end
with status 3 at the same step because of the same atoms, with the same configurations selected on the way; the last good and the
breaking configuration must be readable (by ASE, where it is installed) and graded again to the grades that stopped the run; a
restart without the limit must end, bit for bit, where a run that was never stopped ends; and a run that is not watched must write
the same bytes. Exit status 1 if anything differs.
"""
import argparse
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
POTENTIAL = ROOT / "potentials/li-s.almtp"
SAME_BYTES = ("thermo.csv", "trajectory.nc", "exact.extxyz")


class Mismatch(Exception):
    """A run did not stop, or not where or how it should."""


def write_input(path, monitors, steps):
    path.write_text(f"""
[system]
structure = "{ROOT}/inputs/quickstart/li-li2s.extxyz"
velocities = {{ temperature = "300 K", seed = 42 }}
[potential]
file = "{POTENTIAL}"
species = ["Li", "S"]
{monitors}
[output]
directory = "run"
log = {{ every = 100 }}
trajectory = [{{ file = "trajectory.nc", every = 50 }}, {{ file = "exact.extxyz", every = 50, forces = true }}]
checkpoint = {{ every = 300 }}
[[stage]]
kind = "md"
ensemble = "nvt"
timestep = "1 fs"
steps = {steps}
temperature = ["300 K", "{300 + 3 * steps} K"]
thermostat = {{ kind = "langevin", time = "50 fs", seed = 3 }}
""")


def watching(limit):
    return f"[monitor.extrapolation]\nselect = 4.0\nbreak = {limit}\npause = 20\n"


class Bench:
    """Runs in folders of their own."""

    def __init__(self, swmd, scratch):
        self.swmd, self.scratch = swmd, pathlib.Path(scratch)

    def run(self, name, ranks, monitors, steps, *flags, status):
        folder = self.scratch / name
        folder.mkdir(exist_ok=True)
        write_input(folder / "input.toml", monitors, steps)
        done = subprocess.run(
            [ROOT / "tools/mpirun", "-np", str(ranks), self.swmd, "input.toml", *flags], cwd=folder, capture_output=True,
            text=True)
        if done.returncode != status:
            raise Mismatch(f"{name}: status {done.returncode} instead of {status}\n{done.stderr[-2000:]}")
        return folder / "run"


def history(run):
    with open(run / "extrapolation.csv") as file:
        return list(csv.DictReader(file))


def selected_steps(run):
    return [int(step) for step in re.findall(r"Feature\s+step\t(\d+)", (run / "selected.cfg").read_text())]


def ending(run):
    """Where and why a run stopped: the step, the atoms above the limit and the grades that stopped it."""
    last = history(run)[-1]
    log = (run / "log.txt").read_text()
    match = re.search(r"stopped at step (\d+) by the monitor of extrapolation", log)
    if not match or match[1] != last["step"]:
        raise Mismatch(f"{run}: the log does not say that the run stopped at step {last['step']}")
    atoms = re.findall(r"^  atom (\d+) \((\w+)\) at .*grade ([\d.]+)", log, re.M)
    return int(last["step"]), [(atom, element) for atom, element, _ in atoms], [float(grade) for *_, grade in atoms]


def check_files(bench, run, step, grades):
    """Both configurations can be read, and are graded again as they were."""
    if (run / "final.extxyz").exists():
        raise Mismatch(f"{run}: a run that a monitor stopped left a final.extxyz")
    if not (run / f"checkpoint-{step - 1}.swmd").exists():
        raise Mismatch(f"{run}: there is no checkpoint of the last good step {step - 1}")
    try:
        import ase.io
        for name, expected in (("last-good.extxyz", step - 1), ("breaking.extxyz", step)):
            atoms = ase.io.read(run / name)
            if atoms.info["step"] != expected or len(atoms.arrays["grades"]) != len(atoms):
                raise Mismatch(f"{run / name}: not the configuration of step {expected} with its grades")
        print(f"    ASE reads {len(ase.io.read(run / 'exact.extxyz', index=':'))} frames and both configurations")
    except ImportError:
        print("    ASE is not installed: its reading is left out")
    for name in ("breaking.extxyz", "selected.cfg"):
        answer = subprocess.run(
            [bench.swmd, "evaluate", "--potential", POTENTIAL, "--species", "Li,S", "--structure", run / name, "--json"],
            capture_output=True, text=True, check=True)
        found = max(json.loads(answer.stdout.splitlines()[-1])["grades"])
        if abs(found - grades[0]) > 1e-4 * grades[0]:
            raise Mismatch(f"{run / name}: the largest grade is {found} where the run said {grades[0]}")


def check_restart(bench, name, ranks, step):
    """Without the limit the run goes on as if it had never stopped."""
    steps = step + 40
    whole = bench.run(f"whole-{ranks}", ranks, watching(1e6), steps, status=0)
    short = bench.run(f"{name}-short", ranks, watching(8), steps, status=3)
    bench.run(f"{name}-short", ranks, watching(1e6), steps, "--restart", status=0)
    for file in SAME_BYTES + ("extrapolation.csv", "final.extxyz"):
        if (whole / file).read_bytes() != (short / file).read_bytes():
            raise Mismatch(f"{ranks} ranks: {file} differs after a restart from the last good step")
    return whole, steps


def check_blind(bench, ranks, whole, steps):
    blind = bench.run(f"blind-{ranks}", ranks, "", steps, status=0)
    for file in SAME_BYTES + ("final.extxyz",):
        if (whole / file).read_bytes() != (blind / file).read_bytes():
            raise Mismatch(f"{ranks} ranks: {file} differs between a run that is watched and one that is not")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--swmd", default=ROOT / ".build/release/swmd")
    arguments = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    reference = None
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(pathlib.Path(arguments.swmd).resolve(), scratch)
        for ranks in arguments.ranks:
            name = f"stopped-{ranks}"
            run = bench.run(name, ranks, watching(8), 900, status=3)
            step, atoms, grades = ending(run)
            print(f"{ranks} rank(s): stopped at step {step} because of atoms {', '.join(a for a, _ in atoms)}")
            found = (step, atoms, selected_steps(run))
            reference = reference or found
            if found != reference:
                raise Mismatch(f"{ranks} ranks stopped by {found}, {arguments.ranks[0]} by {reference}")
            check_files(bench, run, step, grades)
            whole, steps = check_restart(bench, name, ranks, step)
            check_blind(bench, ranks, whole, steps)
            print("    a restart ends where an uninterrupted run ends; an unwatched run writes the same bytes")
    print("monitors stop runs as they should")


if __name__ == "__main__":
    try:
        main()
    except Mismatch as mismatch:
        sys.exit(f"monitor: {mismatch}")
