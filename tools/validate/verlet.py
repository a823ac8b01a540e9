"""Holds `swmd run` against a trajectory of LAMMPS: 256 atoms of argon, shifted-force Lennard-Jones, velocity Verlet.

The reference is nve_verlet_256.json (x0, v0, frames with positions, velocities and energies; Å, Å/ps, eV, bar). LAMMPS's `metal` units take
1.0364269e-4 eV for 1 amu (Å/ps)^2 and 1.6021765e6 bar for 1 eV/Å^3, older values than swmd's CODATA 2018. Motion and
kinetic energy depend on the mass only through its product with the former, so the run gets the mass that makes this
product LAMMPS's, and what remains are differences of rounding; the pressure is converted.
"""
import csv
import json
import os
import subprocess
import tempfile
from pathlib import Path

MPIRUN = Path(__file__).resolve().parents[1] / "mpirun"
REFERENCE = Path("md") / "nve_verlet_256.json"
LAMMPS_ENERGY, LAMMPS_BAR = 1.0364269e-4, 1.6021765e6
CODATA_ENERGY, CODATA_BAR = 1.66053906660e-27 * 1e4 / 1.602176634e-19, 1.602176634e6
# Rounding alone leaves 1e-14 Å after 100 steps and 1e-12 eV after 500 (it grows by some 1e3 a ps); the other constants would leave
# 4e-8 Å: the tolerances lie between.
TOLERANCES = {"positions": 1e-10, "velocities": 1e-9, "energies": 1e-9, "pressure": 1e-6}

INPUT = """
[system]
structure = "start.extxyz"
masses = {{ Ar = {mass!r} }}
[[potential]]
kind = "lennard-jones"
cutoff = "8.5125 Å"
truncation = "shifted-force"
pairs = [{{ elements = ["Ar", "Ar"], epsilon = "0.0104 eV", sigma = "3.405 Å" }}]
[output]
directory = "run"
log = {{ every = 1 }}
trajectory = {{ file = "trajectory.extxyz", every = 1, velocities = true }}
[[stage]]
kind = "md"
ensemble = "nve"
timestep = "{dt!r} ps"
steps = {steps}
"""


def write_input(folder, reference):
    cell = " ".join(repr(x) for row in reference["cell"] for x in row)
    lines = [str(len(reference["x0"])), f'Lattice="{cell}" Properties=species:S:1:pos:R:3:velocities:R:3 pbc="T T T"']
    for x, v in zip(reference["x0"], reference["v0_A_per_ps"]):
        lines.append(" ".join(["Ar", *map(repr, x), *(repr(component / 1000) for component in v)]))
    (folder / "start.extxyz").write_text("\n".join(lines) + "\n")
    mass = reference["mass"] * LAMMPS_ENERGY / CODATA_ENERGY
    steps = max(map(int, reference["frames"]))
    (folder / "input.toml").write_text(INPUT.format(mass=mass, dt=reference["dt_ps"], steps=steps))


def run(swmd, ranks, folder):
    command = [str(MPIRUN), "-np", str(ranks)] if ranks > 1 else []
    command += [str(swmd.resolve()), "run", str(folder / "input.toml")]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}\nexit status {done.returncode}: {done.stderr.strip()}")


def read_frames(path, wanted):
    """Positions (Å) and velocities (Å/ps) of the frames at these steps, the first of each step."""
    frames = {}
    with open(path) as file:
        for count in file:
            header, atoms = next(file), [next(file).split() for _ in range(int(count))]
            step = int(header.split("step=")[1].split()[0])
            if step not in wanted or step in frames:
                continue
            columns = header.split("Properties=")[1].split()[0].split(":")
            names, widths = columns[::3], list(map(int, columns[2::3]))
            start = {name: sum(widths[:k]) for k, name in enumerate(names)}

            def vectors(name, scale):
                return [[scale * float(x) for x in atom[start[name]:start[name] + 3]] for atom in atoms]

            frames[step] = vectors("pos", 1), vectors("velocities", 1000)
    return frames


def read_log(path):
    with open(path, newline="") as file:
        return {int(row["step"]): row for row in csv.DictReader(file)}


def largest_difference(found, expected, period=None):
    if len(found) != len(expected):
        return float("inf")
    largest = 0.0
    for a, b in zip(found, expected):
        for axis in range(3):
            d = a[axis] - b[axis]
            if period:
                d -= period[axis] * round(d / period[axis])
            largest = max(largest, abs(d))
    return largest


def check(folder, swmd, ranks):
    """Yields (what, tolerance, error) for everything that the reference gives."""
    reference = json.loads((folder / REFERENCE).read_text())
    period = [reference["cell"][axis][axis] for axis in range(3)]
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        write_input(scratch, reference)
        run(swmd, ranks, scratch)
        wanted = {int(step) for step, frame in reference["frames"].items() if frame["x_wrapped_or_not"]}
        frames = read_frames(scratch / "run/trajectory.extxyz", wanted)
        log = read_log(scratch / "run/thermo.csv")

    def logged(step, column):
        return float(log[step][column])

    yield "energies", TOLERANCES["energies"], abs(logged(0, "potential energy (eV)") - reference["pe0"])
    pressure = reference["press0_bar"] * CODATA_BAR / LAMMPS_BAR
    yield "pressure", TOLERANCES["pressure"], abs(logged(0, "pressure (bar)") - pressure)
    for step, expected in reference["frames"].items():
        for column, key in (("potential", "pe"), ("kinetic", "ke"), ("total", "etotal")):
            yield "energies", TOLERANCES["energies"], abs(logged(int(step), f"{column} energy (eV)") - expected[key])
        if int(step) in wanted:
            positions, velocities = frames[int(step)]
            yield "positions", TOLERANCES["positions"], largest_difference(
                positions, expected["x_wrapped_or_not"], period)
            yield "velocities", TOLERANCES["velocities"], largest_difference(velocities, expected["v"])
