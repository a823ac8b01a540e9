"""How sampling.py tells what it found: lines on the terminal and a page of tables."""
import datetime
import os

import numpy as np

import sampling_runs


PACKAGE = """The package is physical_validation: it takes more samples of the kinetic energy for independent, which makes its
p smaller, and gives deviations without their sign.

"""


def digits(value, error):
    """A number to two digits of its error."""
    if not error:
        return f"{value:.3g}"
    places = max(0, 1 - int(np.floor(np.log10(error))))
    return f"{value:.{places}f} ± {error:.{places}f}" if places < 7 else f"{value:.4e} ± {error:.1e}"


def line(label, check):
    verdict = "ok  " if check.passes else "FAIL"
    expected = "rejected" if check.must_fail else "" if " p of " in check.what else f", expected {check.expected:.7g}"
    return (f"{verdict} {check.deviation:+6.2f} σ  {label}: {check.what} = {digits(check.found, check.error)} {check.unit}"
            f"{expected}").rstrip()


def verdict(checks, failed, averages, everything):
    """`averages`, `everything`: (off by more than 2 and 3 sigmas, of how many, whether chance explains it)."""
    deviations = np.array([abs(c.deviation) for _, group in checks for c in group if not c.must_fail])
    by_chance = {True: "as chance has it", False: "MORE THAN CHANCE HAS IT"}
    return (f"{len(deviations)} checks, {failed} failed: {np.mean(deviations > 1):.1%} are off by more than 1 σ (32 % by "
            f"chance), {np.mean(deviations > 2):.1%} by more than 2 σ (4.6 %), {everything[0]} by more than 3 σ "
            f"({0.0027 * everything[1]:.1f}; {by_chance[everything[2]]}), the largest by {deviations.max():.2f} σ; "
            f"{averages[0]} of {averages[1]} averages are more than 2 σ from LAMMPS's ({0.0455 * averages[1]:.1f}; "
            f"{by_chance[averages[2]]}).")


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def worst(checks, *beginnings):
    """The largest deviation of those whose name begins so."""
    found = [c.deviation for c in checks if c.what.startswith(beginnings)]
    return f"{max(found, key=abs):+.2f}" if found else "–"


def ensemble_table(runs, groups, package):
    rows = []
    for run in runs:
        checks = groups[f"{run.method}, {run.state}"]
        test = next(c for c in checks if "Kolmogorov" in c.what)
        rows.append([
            run.method, run.state, worst(checks, "mean kinetic"), f"{test.found:.2g}", worst(checks, "variance"),
            *([f"{package[run]:.2g}"] if package else []),
            worst(checks, *(f"temperature, {axis}" for axis in "xyz")), worst(checks, "temperature, l", "temperature, h"),
            worst(checks, "temperature, f", "temperature, s"), worst(checks, "configurational"),
            worst(checks, "stress", "pressure"), worst(checks, "cell angle")])
    header = ["system / ensemble / thermostat / barostat", "state", "⟨K⟩", "p of K", "var K",
              *(["p of K, package"] if package else []), "T by axis", "by mass", "by half", "configurational T", "stress",
              "angles"]
    return table(header, rows)


def slope_table(pairs, package):
    rows = [[label, check.what, digits(check.found, check.error), f"{check.expected:.5g}", f"{check.deviation:+.2f}",
             *([f"{package[check.what, label]:.2f}"] if package else [])] for label, check in pairs]
    header = ["method", "slope of ln p₂/p₁", "found", "exact", "σ", *(["\\|σ\\|, package"] if package else [])]
    return table(header, rows)


def value_table(rows):
    return table(["run", "", "found", "expected", "σ"], [
        [label, check.what, f"{digits(check.found, check.error)} {check.unit}", f"{check.expected:.7g}",
         f"{check.deviation:+.2f}"] for label, check in rows])


def document(runs, data, checks, verdict, package, version, duration):
    """The page. `checks`: [(label, checks)]; `package`: what physical_validation found, by run and by pair."""
    groups = {}
    for label, group in checks:
        groups.setdefault(label, []).extend(group)
    flat = [(label, c) for label, group in checks for c in group]
    identities = [(label, c) for label, c in flat if c.kind == "identity"]
    total = sum(len(d["log time (fs)"]) for d in data.values()) * sampling_runs.LOG_EVERY * sampling_runs.TIMESTEP / 1e6
    return f"""# Sampling of the ensembles

`tools/validate/sampling.py --duration {duration:g}{' --package' if package else ''}`:
{len(runs)} runs, {total:.1f} ns together; {version}, {datetime.date.today().isoformat()}, {os.uname().machine}. {verdict}

Lennard-Jones argon (shifted force, 8.5125 Å), every other atom with krypton's mass; {sampling_runs.TIMESTEP:g} fs,
thermostats {sampling_runs.THERMOSTAT_TIME:g} fs, barostats {sampling_runs.BAROSTAT_TIME:g} fs. Systems: atoms and phase.

## Distributions and equipartition

Deviations in standard deviations, the largest where there are several; p: of the Kolmogorov–Smirnov test of decorrelated
kinetic energies against Gamma(N_f/2, k_B T). Berendsen's must be rejected: it shows that the test can fail. ⟨K⟩ under
Langevin is compared with BAOAB's own value, which is lower by the mean of (ω Δt)²/4.

{ensemble_table(runs, groups, package)}
{PACKAGE if package else ""}## Neighboring states

Maximum likelihood; U + P V at two temperatures has the slope 1/k_B T₁ − 1/k_B T₂, V at two pressures −ΔP/k_B T.

{slope_table([(label, c) for label, c in flat if c.kind == "slope"], package)}
## Virial identity

⟨(P_int − P) V⟩ = −k_B T, by integration by parts over the volume; an isotropic barostat without Martyna, Tobias and Klein's
2K/N_f would give 0.

{value_table(identities)}
## Averages against LAMMPS

Known states, whose values stand in `sampling_reference.py` with how they were made (±: of the difference):

{value_table([(label, c) for label, c in flat if c.kind == "reference"])}
Held out:

{value_table([(label, c) for label, c in flat if c.kind == "held out"])}"""
