"""The same runs judged by physical_validation (P. T. Merz, M. R. Shirts, PLoS ONE 13, e0202764 (2018))."""
import numpy as np
import physical_validation as validation

import argon
from sampling_checks import KINETIC, POTENTIAL, VOLUME, slope_check, velocity_bias

KJ_PER_MOL = 96.48533212331


def simulation(run, data):
    """Its data, in its units: kJ/mol, nm^3, bar, K, ps."""
    units = validation.data.UnitData(
        kb=argon.BOLTZMANN, energy_conversion=KJ_PER_MOL, length_conversion=0.1, volume_conversion=0.001,
        temperature_conversion=1.0, pressure_conversion=1.0, time_conversion=0.001,
        energy_str="eV", length_str="Å", volume_str="Å^3", temperature_str="K", pressure_str="bar", time_str="fs")
    system = validation.data.SystemData(
        natoms=run.atoms, nconstraints=0, ndof_reduction_tra=3 if run.momentum_is_conserved else 0, ndof_reduction_rot=0)
    kinetic, potential = data[KINETIC] / (1 - velocity_bias(run, data)), data[POTENTIAL]
    observables = validation.data.ObservableData(
        kinetic_energy=kinetic, potential_energy=potential, total_energy=kinetic + potential,
        volume=data[VOLUME], pressure=data["log pressure (bar)"])
    if run.barostat:
        ensemble = validation.data.EnsembleData(
            ensemble="NPT", natoms=run.atoms, pressure=run.pressure, temperature=run.temperature)
    else:
        ensemble = validation.data.EnsembleData(
            ensemble="NVT", natoms=run.atoms, volume=float(np.mean(data[VOLUME])), temperature=run.temperature)
    return validation.data.SimulationData(
        units=units, dt=float(np.diff(data["log time (fs)"])[0]), system=system, ensemble=ensemble,
        observables=observables)


def judge(runs, data, pairs):
    """{run: p of its kinetic energies} and {(check, method): deviation of a pair's slope in sigmas}."""
    simulations = {run: simulation(run, data[run]) for run in runs}
    found = {run: validation.kinetic_energy.distribution(simulations[run], strict=True, verbosity=0) for run in runs}
    for first, second in pairs:
        deviations = validation.ensemble.check(simulations[first], simulations[second], verbosity=0)
        check = slope_check(first, second, [data[first], data[second]])
        found[check.what, first.method] = float(np.max(np.abs(deviations)))
    return found
