"""The checks of sampling.py: each compares what a run (or a pair of runs) sampled with what its ensemble demands.

M. R. Shirts, J. Chem. Theory Comput. 9, 909 (2013), doi:10.1021/ct300688p; P. T. Merz, M. R. Shirts, PLoS ONE 13,
e0202764 (2018), doi:10.1371/journal.pone.0202764; virial identities: G. J. Martyna, D. J. Tobias, M. L. Klein, J. Chem.
Phys. 101, 4177 (1994), doi:10.1063/1.467468.
"""
import dataclasses

import numpy as np
from scipy import stats

import argon
import estimators
from sampling_reference import HELD_OUT
from sampling_runs import TIMESTEP

KINETIC, POTENTIAL = "log kinetic energy (eV)", "log potential energy (eV)"
PRESSURE, VOLUME = "log pressure (bar)", "log volume (Å^3)"
DIAGONAL, REST = ("xx", "yy", "zz"), ("yz", "xz", "xy")
SHARES = ("x", "y", "z", "light", "heavy", "first half", "second half")


# Five hundred checks: one alone is beyond 3 sigmas in every third run of the script, and beyond 4 in every thirtieth.
ONE_OF_MANY, ONE_OF_FEW = 4.0, 3.0


@dataclasses.dataclass
class Check:
    """Something found, with its standard error, that should be as expected."""
    what: str
    found: float
    error: float
    expected: float
    unit: str = ""
    deviation: float | None = None  # in sigmas; from the three numbers where it is left out
    limit: float = ONE_OF_MANY
    must_fail: bool = False  # a check of the checks: it has to see what is wrong
    kind: str = "ensemble"

    def __post_init__(self):
        if self.deviation is None:
            self.deviation = (self.found - self.expected) / self.error

    @property
    def passes(self):
        return (abs(self.deviation) > self.limit) == self.must_fail


def thermal(run):
    return argon.BOLTZMANN * run.temperature


def velocity_bias(run, data):
    """Relative, of the kinetic energy at a step's end: the mean over modes of (ω Δt)^2/4 for BAOAB, 0 for the others.

    The mean of ω^2 is <|F_i|^2/m_i>/(3 k_B T), of all atoms.
    """
    # The smallest system has no forces: its cell may be too narrow for nearest images.
    if run.thermostat != "langevin" or not len(data["forces"]):
        return 0.0
    square = data["forces"][:, 2].mean() / (3 * run.atoms * thermal(run)) / argon.MASS_VELOCITY
    return square * TIMESTEP ** 2 / 4


def kinetic_checks(run, data):
    """The kinetic energy is distributed as Gamma(N_f/2, k_B T)."""
    energies, shape = data[KINETIC], run.degrees_of_freedom / 2
    scale = thermal(run) * (1 - velocity_bias(run, data))
    mean, error = estimators.mean_and_error(energies)
    samples = estimators.decorrelated(energies)
    deviation, p = estimators.kolmogorov_smirnov(samples, stats.gamma(shape, scale=scale))
    if run.thermostat == "berendsen":
        yield Check(f"kinetic energy, p of Kolmogorov-Smirnov, {len(samples)} samples", p, 0, 0, "", deviation, 5, True)
        return
    yield Check("mean kinetic energy", mean, error, shape * scale, "eV")
    yield Check(f"kinetic energy, p of Kolmogorov-Smirnov, {len(samples)} samples", p, 0, 1, "", deviation)
    expected = shape * scale ** 2
    deviation = estimators.variance_deviation(samples, expected)
    yield Check("variance of the kinetic energy", np.var(samples, ddof=1), expected * np.sqrt(2 / len(samples)), expected,
                "eV^2", deviation)


def share_of_freedom(run):
    """Degrees of freedom behind each column of data["kinetic"]: 3 (1 - m_i/M) an atom where momentum is conserved."""
    masses = np.array([argon.MASSES["Kr" if index % 2 else "Ar"] for index in range(run.atoms)])
    atoms = 3 - 3 * masses / masses.sum() if run.momentum_is_conserved else np.full(run.atoms, 3.0)
    heavy, second = np.arange(run.atoms) % 2 == 1, np.arange(run.atoms) >= run.atoms // 2
    return [run.degrees_of_freedom / 3] * 3 + [atoms[part].sum() for part in (~heavy, heavy, ~second, second)]


def equipartition_checks(run, data):
    """The same temperature along each axis, of light and heavy atoms, and of two halves of the atoms."""
    scale = 1 - velocity_bias(run, data)
    for column, (name, freedom) in enumerate(zip(SHARES, share_of_freedom(run))):
        temperatures = 2 * data["kinetic"][:, column] / (freedom * argon.BOLTZMANN)
        mean, error = estimators.mean_and_error(temperatures)
        yield Check(f"temperature, {name}", mean, error, run.temperature * scale, "K")


def configuration_checks(run, data):
    """<|grad U|^2>/<lap U> = k_B T: the temperature of the positions alone."""
    if not len(data["forces"]):
        return
    squares, laplacians = data["forces"][:, 0], data["forces"][:, 1]
    error = estimators.block_error(squares / thermal(run) - laplacians, fewest=8) / laplacians.mean()
    found = squares.mean() / laplacians.mean() / argon.BOLTZMANN
    yield Check("configurational temperature", found, error * run.temperature, run.temperature, "K")


def pressure_checks(run, data):
    """<P_ab> = P δ_ab and <(P_int - P) V> = -k_B T; without a barostat the shear components alone."""
    estimate = estimators.mean_and_error_of_blocks
    for name in REST:
        yield Check(f"stress {name}", *estimate(data[f"log stress {name} (bar)"]), 0, "bar")
    if not run.barostat:
        return
    for name in () if run.coupling == "isotropic" else DIAGONAL:
        yield Check(f"stress {name}", *estimate(data[f"log stress {name} (bar)"]), run.pressure, "bar")
    yield Check("pressure", *estimate(data[PRESSURE]), run.pressure, "bar")
    work = 1000 * argon.BAR * (data[PRESSURE] - run.pressure) * data[VOLUME]
    yield Check("<(P_int - P) V>", *estimate(work), -1000 * thermal(run), "meV", kind="identity")


def shape_checks(run, data):
    """A cubic crystal stays cubic on the mean."""
    if run.coupling != "triclinic":
        return
    for name in ("alpha", "beta", "gamma"):
        mean, error = estimators.mean_and_error(data[f"log {name} (°)"])
        yield Check(f"cell angle {name}", mean, error, 90, "°")


def run_checks(run, data):
    if run.thermostat == "berendsen":
        return list(kinetic_checks(run, data))
    return [check for checks in (kinetic_checks, equipartition_checks, configuration_checks, pressure_checks, shape_checks)
            for check in checks(run, data)]


def slope_check(first, second, data):
    """The distributions of two states: ln of the ratio is linear, in V with slope -ΔP/k_B T, in U + P V with -Δβ."""
    if first.temperature == second.temperature:
        x, expected = [d[VOLUME] for d in data], -(second.pressure - first.pressure) * argon.BAR / thermal(first)
        what, unit = f"slope in V, {first.pressure:g} and {second.pressure:g} bar, {first.temperature:g} K", "1/Å^3"
    else:
        work = first.pressure * argon.BAR if first.barostat else 0.0
        x, expected = [d[POTENTIAL] + work * d[VOLUME] for d in data], 1 / thermal(first) - 1 / thermal(second)
        name = "U + P V" if first.barostat else "U"
        what, unit = f"slope in {name}, {first.temperature:g} and {second.temperature:g} K", "1/eV"
        what += f", {first.pressure:g} bar" if first.barostat else ""
    slope, error = estimators.log_ratio_slope(*x)
    return Check(what, slope, error, expected, unit, limit=ONE_OF_FEW, kind="slope")


def pairs_of(runs):
    """The first state of each method with the others at its temperature or its pressure, held-out ones left out."""
    first, pairs = {}, []
    for run in runs:
        start = first.setdefault(run.method, run)
        shares = (start.temperature == run.temperature) != (start.pressure == run.pressure)
        if shares and (run.system, run.temperature, run.pressure) not in HELD_OUT:
            pairs.append((start, run))
    return pairs


def average_checks(run, data, reference, kind):
    """Means of a run and of the reference agree within two standard errors of their difference."""
    series = {"T": data["log temperature (K)"], "U/N": data[POTENTIAL] / run.atoms, "P": data[PRESSURE],
              "V/N": data[VOLUME] / run.atoms}
    units = {"T": "K", "U/N": "eV", "P": "bar", "V/N": "Å^3"}
    for name, (expected, error) in reference.get((run.system, run.temperature, run.pressure), {}).items():
        found, own = estimators.mean_and_error(series[name])
        yield Check(f"{name} against LAMMPS's", found, float(np.hypot(own, error)), expected, units[name], limit=ONE_OF_FEW,
                    kind=kind)
