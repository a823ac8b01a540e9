#!/usr/bin/env python3
"""Check that every mode of a harmonic crystal has k_B T/2 of kinetic and of potential energy.

    tools/validate/harmonic.py [--samples 40000] [--write results/harmonic.md]

An fcc crystal of Lennard-Jones argon at 0.1 K is harmonic to some 1e-4. Two systems:

- one atom that is free along x among frozen ones: a single oscillator, whose two energies must each be distributed as
  Gamma(1/2, k_B T). A single Nosé-Hoover thermostat must be rejected: it is not ergodic (G. J. Martyna, M. L. Klein,
  M. Tuckerman, J. Chem. Phys. 97, 2635 (1992), doi:10.1063/1.463940);
- 32 free atoms: positions and velocities are projected on the modes of the analytic dynamical matrix. One global thermostat
  cannot move energy between the modes of a harmonic crystal, and must be seen not to; so the chains, and Bussi's
  thermostats, are one an atom.

What a time step leaves, h = ω Δt (B. Leimkuhler, C. Matthews, J. Chem. Phys. 138, 174102 (2013), doi:10.1063/1.4802990):
under BAOAB the potential energy is exact and the kinetic one is (1 - h²/4) k_B T/2; where velocity Verlet is thermostatted
at the ends of a step the kinetic one is exact and the potential one k_B T/2/(1 - h²/4). Needs NumPy and SciPy. Exit status
1 if a check is off by more than three standard deviations.
"""
import argparse
import datetime
import pathlib
import sys
import tempfile

import numpy as np
from scipy import stats
from scipy.io import netcdf_file

import argon
import estimators

TEMPERATURE, CONSTANT, CELLS = 0.1, 5.3, 2
THERMAL = argon.BOLTZMANN * TEMPERATURE
LIMIT = 3.0
BLOCKS = 50
# Mean and variance of t² with BLOCKS - 1 degrees of freedom.
BLOCKS_CHI = (stats.t(BLOCKS - 1).moment(2), stats.t(BLOCKS - 1).moment(4) - stats.t(BLOCKS - 1).moment(2) ** 2)

# Name, thermostat, time step (fs), whether it must be rejected.
OSCILLATORS = [
    ("Nosé–Hoover, one thermostat", 'kind = "nose-hoover", chain = 1, time = "120 fs"', 12, True),
    ("Nosé–Hoover chain of 3", 'kind = "nose-hoover", chain = 3, time = "120 fs"', 12, False),
    ("Bussi", 'kind = "bussi", time = "200 fs", seed = 5', 12, False),
    ("Langevin", 'kind = "langevin", time = "200 fs", seed = 6', 12, False),
    ("Langevin, long step", 'kind = "langevin", time = "200 fs", seed = 7', 145, False),
]
# Name, thermostat, whether each atom has its own, time step (fs).
CRYSTALS = [
    ("Nosé–Hoover chain of 3, one for all atoms", 'kind = "nose-hoover", chain = 3, time = "120 fs"', False, 12),
    ("Langevin", 'kind = "langevin", time = "300 fs", seed = 6', False, 12),
    ("Langevin, long step", 'kind = "langevin", time = "300 fs", seed = 7', False, 60),
    ("Nosé–Hoover chains of 3, one an atom", 'kind = "nose-hoover", chain = 3, time = "120 fs"', True, 12),
    ("Bussi, one an atom", 'kind = "bussi", time = "300 fs", seed = 5', True, 12),
]


def input_text(groups, thermostats, rest, timestep, steps, every):
    return f"""
[system]
structure = "start.extxyz"
velocities = {{ temperature = {2 * TEMPERATURE}, seed = 11 }}
{argon.POTENTIAL}
{groups}
[output]
directory = "run"
log = {{ every = {every} }}
trajectory = {{ file = "trajectory.nc", every = {every}, velocities = true }}
checkpoint = {{ every = 1_000_000_000 }}
""" + "".join(f"""[[stage]]
name = "{name}"
kind = "md"
ensemble = "nvt"
temperature = {TEMPERATURE}
thermostat = {thermostats}
{rest}
timestep = {timestep}
steps = {count}
""" for name, count in (("settle", max(1, steps // 20)), ("measure", steps)))


def lattice():
    """Distances (Å, 1 where there is no pair), unit vectors and which pairs there are: [N][N][images]."""
    sites, edge = argon.fcc(CELLS, CONSTANT), CELLS * CONSTANT
    shifts = edge * np.stack(np.meshgrid(*[np.arange(-2, 3)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    between = sites[None, :, None] + shifts[None, None] - sites[:, None, None]
    r = np.linalg.norm(between, axis=-1)
    near = (r > 0) & (r < argon.CUTOFF)
    r = np.where(near, r, 1.0)
    return r, between / r[..., None], near


def lattice_energy():
    """eV, with all atoms at their sites."""
    r, _, near = lattice()
    return 0.5 * argon.pair_energy(r[near]).sum()


def hessian():
    """[3 N][3 N] second derivatives of the energy at the lattice sites, eV/Å^2."""
    r, unit, near = lattice()
    tension = np.where(near, argon.pair_slope(r) / r, 0)
    curvature = np.where(near, argon.pair_curvature(r), 0)
    blocks = np.einsum("ijs,ijsa,ijsb->iajb", curvature - tension, unit, unit)
    blocks += np.einsum("ijs,ab->iajb", tension, np.eye(3))
    matrix = -blocks
    for i in range(len(r)):
        # The forces on a crystal that moves as a whole vanish.
        matrix[i, :, i, :] += blocks[i].sum(axis=1)
    return matrix.reshape(3 * len(r), -1)


class Report:
    def __init__(self):
        self.rows, self.failed = [], 0

    def add(self, system, what, found, expected, deviation, must_fail=False):
        passes = (abs(deviation) > LIMIT) == must_fail
        self.failed += not passes
        print(f"{'ok  ' if passes else 'FAIL'} {deviation:+7.2f} σ  {system}: {what} {found}, expected {expected}"
              + (" (must be rejected)" if must_fail else ""), flush=True)
        note = " (rejected, as it must be)" if must_fail else ""
        self.rows.append([system, what, found, expected, f"{deviation:+.2f}{note}"])


def factors(thermostat, h):
    """Of the kinetic and the potential energy, for modes with ω Δt = h."""
    reduced = 1 - h ** 2 / 4
    return (reduced, np.ones_like(h)) if "langevin" in thermostat else (np.ones_like(h), 1 / reduced)


def check_oscillator(report, swmd, folder, samples, name, thermostat, timestep, must_fail):
    argon.write_crystal(folder / "start.extxyz", CELLS, CONSTANT)
    groups = '[[group]]\nname = "one"\nids = "1"\n[[group]]\nname = "rest"\nids = "2:32"'
    rest = 'freeze = ["rest"]\nmove = { group = "one", velocity = ["free", 0, 0] }'
    every = 10
    argon.run(swmd, folder, input_text(groups, f"{{ {thermostat} }}", rest, timestep, samples * every, every))
    log = argon.read_log(folder, "measure")
    omega = np.sqrt(hessian()[0, 0] / argon.MASSES["Ar"] / argon.MASS_VELOCITY)
    energies = {"kinetic": log["kinetic energy (eV)"],
                "potential": log["potential energy (eV)"] - lattice_energy()}
    for (kind, series), factor in zip(energies.items(), factors(thermostat, np.array(omega * timestep))):
        mean, error = estimators.mean_and_error(series)
        scale = THERMAL * float(factor)
        system = f"oscillator, {name}, h = {omega * timestep:.2f}"
        if not must_fail:
            report.add(system, f"mean {kind} energy, k_B T/2", f"{2 * mean / THERMAL:.4f} ± {2 * error / THERMAL:.4f}",
                       f"{float(factor):.4f}", (mean - scale / 2) / error)
        deviation, p = estimators.kolmogorov_smirnov(estimators.decorrelated(series), stats.gamma(0.5, scale=scale))
        report.add(system, f"{kind} energy, p of Kolmogorov–Smirnov", f"{p:.2g}", "–", deviation, must_fail)


def chi_square(ratios):
    """χ² of the modes' means, [samples][modes], about 1, their mean standard error, and how many sigmas χ² is off.

    The errors come from BLOCKS blocks, so that each term is the square of a t-distributed variable.
    """
    blocks = np.array([block.mean(axis=0) for block in np.array_split(ratios, BLOCKS)])
    errors = blocks.std(axis=0, ddof=1) / np.sqrt(BLOCKS)
    chi, count = (((blocks.mean(axis=0) - 1) / errors) ** 2).sum(), ratios.shape[1]
    return chi, errors.mean(), (chi - count * BLOCKS_CHI[0]) / np.sqrt(count * BLOCKS_CHI[1])


def check_crystal(report, swmd, folder, samples, name, thermostat, one_an_atom, timestep):
    # A global thermostat must be seen to leave the modes their shares.
    must_fail = not one_an_atom and "langevin" not in thermostat
    argon.write_crystal(folder / "start.extxyz", CELLS, CONSTANT)
    count, every = 4 * CELLS ** 3, 10
    groups, thermostats = "", f"{{ {thermostat} }}"
    if one_an_atom:
        groups = "\n".join(f'[[group]]\nname = "atom-{i}"\nids = "{i}"' for i in range(1, count + 1))
        thermostats = "[" + ", ".join(f'{{ {thermostat}, group = "atom-{i}" }}' for i in range(1, count + 1)) + "]"
    argon.run(swmd, folder, input_text(groups, thermostats, "", timestep, samples * every, every))
    squares, modes = np.linalg.eigh(hessian() / argon.MASSES["Ar"] / argon.MASS_VELOCITY)
    omega = np.sqrt(np.maximum(squares, 0))
    with netcdf_file(folder / "run/trajectory.nc", mmap=False) as file:
        settled = np.arange(len(file.variables["time"][:])) > samples // 20
        positions = np.array(file.variables["coordinates"][settled], float)
        velocities = np.array(file.variables["velocities"][settled], float) / 1000
    scale = 0.5 * argon.MASSES["Ar"] * argon.MASS_VELOCITY
    moved = (positions - argon.fcc(CELLS, CONSTANT)).reshape(len(positions), -1)
    energies = {"kinetic": scale * (velocities.reshape(len(velocities), -1) @ modes) ** 2,
                "potential": scale * (omega * (moved @ modes)) ** 2}
    # The crystal as a whole moves freely: three modes without potential energy.
    at_rest = slice(0 if one_an_atom or "langevin" in thermostat else 3, None)
    vibrations = {"kinetic": at_rest, "potential": slice(3, None)}
    h = omega * timestep
    for (kind, series), factor in zip(energies.items(), factors(thermostat, h)):
        part = vibrations[kind]
        ratios = series[:, part] / (0.5 * THERMAL * factor[part])
        mean, error = estimators.mean_and_error(ratios.mean(axis=1))
        chi, precision, deviation = chi_square(ratios)
        freedom = ratios.shape[1]
        system = f"crystal, {name}, h up to {h.max():.2f}"
        report.add(system, f"{kind} energy over its exact value, mean of {freedom} modes", f"{mean:.4f} ± {error:.4f}",
                   "1", (mean - 1) / error)
        report.add(system, f"{kind} energy, χ² of {freedom} modes (each to {precision:.1%})", f"{chi:.1f}",
                   f"{freedom * BLOCKS_CHI[0]:.1f} ± {np.sqrt(freedom * BLOCKS_CHI[1]):.1f}", deviation, must_fail)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swmd", type=pathlib.Path, default=argon.ROOT / ".build/release/swmd")
    parser.add_argument("--samples", type=int, default=40_000, help="of each run, ten steps apart (default 40000)")
    parser.add_argument("--write", type=pathlib.Path, help="Markdown file of the results")
    arguments = parser.parse_args()
    report = Report()
    for check, cases in ((check_oscillator, OSCILLATORS), (check_crystal, CRYSTALS)):
        for case in cases:
            with tempfile.TemporaryDirectory() as scratch:
                check(report, arguments.swmd, pathlib.Path(scratch), arguments.samples, *case)
    verdict = f"{len(report.rows)} checks, {report.failed} failed"
    print(verdict)
    if arguments.write:
        version = argon.version(arguments.swmd)
        lines = "\n".join("| " + " | ".join(row) + " |" for row in report.rows)
        arguments.write.write_text(f"""# Modes of a harmonic crystal

`tools/validate/harmonic.py --samples {arguments.samples}`; {version}, {datetime.date.today().isoformat()}: {verdict}.
Argon at {TEMPERATURE} K; energies in units of k_B T/2; h = ω Δt of the mode. What is expected has what the time step leaves,
as the script's head explains: at h = 1.20 BAOAB's kinetic energy is 0.64 by design.

| system | | found | expected | σ |
|---|---|---|---|---|
{lines}
""")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
