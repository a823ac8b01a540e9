"""The runs of sampling.py: liquid and crystalline argon in every ensemble, and what is kept of each.

A run melts (liquids), settles under its own thermostat and barostat, and is then measured: the log of every 20th step,
and, from the trajectory, kinetic energies by axis, by kind of atom and by half of the atoms, and what the configurational
temperature <|grad U|^2>/<lap U> needs.
"""
import dataclasses
import functools

import numpy as np
from scipy.io import netcdf_file

import argon

TIMESTEP = 4.0  # fs
THERMOSTAT_TIME, BAROSTAT_TIME = 400.0, 500.0  # fs
MELT, SETTLE = 5_000, 25_000  # steps
LOG_EVERY, FRAME_EVERY = 20, 100  # steps
CONFIGURATIONS = 60  # frames of which forces are evaluated

# Cells along an edge, lattice constant (Å), whether it is molten, length in units of the chosen duration. The first three
# are those of the reference averages; the methods are compared on smaller systems, where distributions are wider.
SYSTEMS = {"864 liquid": (6, 5.78, True, 1), "500 liquid": (5, 5.95, True, 1), "500 crystal": (5, 5.448, False, 0.5),
           "256 liquid": (4, 5.78, True, 0.6), "256 crystal": (4, 5.448, False, 0.6), "108 liquid": (3, 5.95, True, 3)}


@dataclasses.dataclass(frozen=True)
class Run:
    system: str
    thermostat: str
    temperature: float  # K
    barostat: str = ""
    coupling: str = ""
    pressure: float = 0.0  # bar

    @property
    def atoms(self):
        return 4 * SYSTEMS[self.system][0] ** 3

    @property
    def length(self):
        return SYSTEMS[self.system][3]

    @property
    def method(self):
        """How it is driven, without the state point."""
        parts = [self.system, "npt" if self.barostat else "nvt", self.thermostat]
        if self.barostat:
            parts.append(f"{self.barostat} {self.coupling}")
        return " / ".join(parts)

    @property
    def state(self):
        return f"{self.temperature:g} K" + (f", {self.pressure:g} bar" if self.barostat else "")

    @property
    def momentum_is_conserved(self):
        return self.thermostat != "langevin"

    @property
    def degrees_of_freedom(self):
        return 3 * self.atoms - (3 if self.momentum_is_conserved else 0)

    def folder(self, parent):
        return parent / "".join(c if c.isalnum() else "-" for c in f"{self.method}-{self.state}")


def all_runs():
    """Pairs of neighboring states for each method, then the states of the reference averages."""
    def pairs(system, thermostat, barostat, coupling, states):
        return [Run(system, thermostat, t, barostat, coupling, p) for t, p in states]

    runs = []
    for thermostat in ("nose-hoover", "langevin", "bussi"):
        runs += pairs("256 liquid", thermostat, "", "", ((94.4, 0), (106, 0)))
    runs.append(Run("256 liquid", "berendsen", 94.4))
    for thermostat, barostat in (("nose-hoover", "nose-hoover"), ("langevin", "langevin"), ("bussi", "nose-hoover")):
        runs += pairs("256 liquid", thermostat, barostat, "isotropic", ((100, 300), (100, 400), (105, 300)))
    for method in (("nose-hoover", "nose-hoover", "anisotropic"), ("nose-hoover", "nose-hoover", "triclinic"),
                   ("langevin", "langevin", "triclinic")):
        runs += pairs("256 crystal", *method, ((50, 0), (50, 250), (55, 0)))
    for kind in ("nose-hoover", "langevin"):
        runs += pairs("108 liquid", kind, kind, "isotropic", ((100, 300),))
    runs.append(Run("864 liquid", "nose-hoover", 94.4))
    runs += pairs("500 crystal", "nose-hoover", "nose-hoover", "isotropic", ((50, 0),))
    runs += pairs("500 liquid", "nose-hoover", "nose-hoover", "isotropic",
                  ((100, 300), (100, 370), (102, 300), (110, 300), (100, 600)))
    return runs


def input_text(run, steps, seed):
    thermostat = f'thermostat = {{ kind = "{run.thermostat}", time = {THERMOSTAT_TIME}'
    thermostat += f", seed = {seed} }}" if run.thermostat in ("langevin", "bussi") else " }"
    ensemble = f'ensemble = "nvt"\ntemperature = {run.temperature}\n{thermostat}'
    if run.barostat:
        barostat = f'barostat = {{ kind = "{run.barostat}", pressure = {run.pressure}, time = {BAROSTAT_TIME}'
        barostat += f', coupling = "{run.coupling}"'
        barostat += f", seed = {seed} }}" if run.barostat == "langevin" else " }"
        ensemble = ensemble.replace("nvt", "npt") + "\n" + barostat
    molten = SYSTEMS[run.system][2]
    melt = f"""[[stage]]
name = "melt"
kind = "md"
ensemble = "nvt"
temperature = "300 K"
thermostat = {{ kind = "langevin", time = "200 fs", seed = {seed} }}
timestep = {TIMESTEP}
steps = {MELT}
"""
    stages = "".join(f"""[[stage]]
name = "{name}"
kind = "md"
{ensemble}
timestep = {TIMESTEP}
steps = {count}
""" for name, count in (("settle", SETTLE), ("measure", steps)))
    return f"""
[system]
structure = "start.extxyz"
velocities = {{ temperature = {300 if molten else 2 * run.temperature}, seed = {seed} }}
{argon.POTENTIAL}
[output]
directory = "run"
log = {{ every = {LOG_EVERY} }}
trajectory = {{ file = "trajectory.nc", every = {FRAME_EVERY}, velocities = true }}
checkpoint = {{ every = 1_000_000_000 }}
{melt if molten else ""}{stages}"""


def perform(run, swmd, parent, steps, seed, reuse=False):
    """Runs it and keeps a summary: the log's columns, and arrays over frames. Returns it as a dictionary."""
    folder = run.folder(parent)
    folder.mkdir(exist_ok=True)
    text = input_text(run, round(steps * run.length), seed)
    kept = folder / "summary.npz"
    if not (reuse and kept.exists() and (folder / "input.toml").read_text() == text):
        cells, constant = SYSTEMS[run.system][:2]
        argon.write_crystal(folder / "start.extxyz", cells, constant, mixed=True)
        argon.run(swmd, folder, text)
        log = argon.read_log(folder, "measure")
        frames = read_frames(folder / "run/trajectory.nc", run, log["time (fs)"][0] / 1000)
        np.savez(kept, **{f"log {name}": column for name, column in log.items()}, **frames)
        (folder / "run/trajectory.nc").unlink()
        print(f"done: {run.method}, {run.state}", flush=True)
    return dict(np.load(kept))


def cell_matrices(lengths, angles):
    """[frames][3][3] cell vectors as rows, a along x and b in the xy plane."""
    a, b, c = lengths.T
    cos_bc, cos_ac, cos_ab = np.cos(np.radians(angles)).T
    sin_ab = np.sqrt(1 - cos_ab ** 2)
    zero, cy = np.zeros_like(a), (cos_bc - cos_ac * cos_ab) / sin_ab
    rows = [[a, zero, zero], [b * cos_ab, b * sin_ab, zero],
            [c * cos_ac, c * cy, c * np.sqrt(1 - cos_ac ** 2 - cy ** 2)]]
    return np.moveaxis(np.array(rows), 2, 0)


def read_frames(path, run, begin):
    """Kinetic energies (eV) of the frames after `begin` (ps), and the sums over configurations of some of them."""
    masses = np.array([argon.MASSES["Kr" if index % 2 else "Ar"] for index in range(run.atoms)])
    heavy, second = np.arange(run.atoms) % 2 == 1, np.arange(run.atoms) >= run.atoms // 2
    kinetic, sums = [], []
    with netcdf_file(path, mmap=False) as file:
        times = file.variables["time"][:]
        wanted = np.flatnonzero(times >= begin)
        some = set(wanted[::max(1, len(wanted) // CONFIGURATIONS)])
        cells = cell_matrices(np.array(file.variables["cell_lengths"][:], float),
                              np.array(file.variables["cell_angles"][:], float))
        for index in wanted:
            velocities = np.array(file.variables["velocities"][index], float) / 1000
            energies = 0.5 * argon.MASS_VELOCITY * masses[:, None] * velocities ** 2
            atoms = energies.sum(axis=1)
            kinetic.append([*energies.sum(axis=0), atoms[~heavy].sum(), atoms[heavy].sum(),
                            atoms[~second].sum(), atoms[second].sum()])
            if index in some and run.atoms > 108:
                sums.append(force_sums(np.array(file.variables["coordinates"][index], float), cells[index], masses))
    return {"kinetic": np.array(kinetic), "forces": np.array(sums).reshape(-1, 3)}


@functools.cache
def pairs(count):
    return np.triu_indices(count, 1)


def force_sums(positions, cell, masses):
    """Sum of |F_i|^2 (eV^2/Å^2), of the Laplacians (eV/Å^2), and of |F_i|^2/m_i (eV^2/Å^2/amu); nearest images."""
    first, second = pairs(len(positions))
    between = positions[second] - positions[first]
    between -= np.rint(between @ np.linalg.inv(cell)) @ cell
    square = (between ** 2).sum(axis=1)
    near = square < argon.CUTOFF ** 2
    first, second, between, r = first[near], second[near], between[near], np.sqrt(square[near])
    gradient = argon.pair_slope(r)
    pull = (gradient / r)[:, None] * between
    forces = np.stack([np.bincount(first, pull[:, k], len(positions)) - np.bincount(second, pull[:, k], len(positions))
                       for k in range(3)], axis=1)
    squares = (forces ** 2).sum(axis=1)
    return squares.sum(), 2 * (argon.pair_curvature(r) + 2 * gradient / r).sum(), (squares / masses).sum()
