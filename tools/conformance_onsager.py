"""Holds `swmd analyze onsager|vacf|drift|cepstral` against reference values: correlation functions to 1e-5 relative, fits to 1e-6,
exact answers within four standard errors."""
import csv
import itertools
import json
import pathlib
import tempfile

from conformance_run import analyze, present

EINSTEIN = ["onsager3_tri", "drift2_ortho"]
SERIES = ["flux_ar1_single", "flux_ar1_pair"]
VELOCITIES, FIELD = "ou_vel3", "nemd_field_z"


def references(folder):
    """The cases that are there, by name."""
    return present(folder, EINSTEIN + SERIES + [VELOCITIES, FIELD])


def flat(values):
    if isinstance(values, (list, tuple)):
        return [x for value in values for x in flat(value)]
    return [values]


def relative(want, got):
    """The largest difference, relative to each number but at least to a thousandth of the largest: for elements near zero."""
    want, got = flat(want), flat(got)
    if len(want) != len(got):
        return float("inf")
    floor = 1e-3 * max(map(abs, want))
    return max(abs(a - b) / max(abs(a), floor) for a, b in zip(want, got))


def deviations(exact, got, errors):
    """The largest difference in standard errors."""
    return max(abs(a - b) / e for a, b, e in zip(flat(exact), flat(got), flat(errors), strict=True))


def species_list(reference):
    return ",".join(f"{name}*{len(list(group))}" for name, group in itertools.groupby(reference["species_per_atom"]))


def check(folder, name, swmd, ranks):
    """What was compared, the tolerance and the error, one after another."""
    reference = json.loads((folder / "traj" / f"{name}.json").read_text())
    path = folder / "traj" / reference.get("file", f"{name}.npy")
    if name in SERIES:
        yield from check_series(reference, path, swmd, ranks)
        return
    arguments = ["--species-list", species_list(reference)]
    if name == VELOCITIES:
        yield from check_velocities(reference, path, swmd, ranks, arguments)
    elif name == FIELD:
        yield from check_field(reference, path, swmd, ranks, arguments)
    else:
        yield from check_displacements(reference, path, swmd, ranks, arguments)


def check_displacements(reference, path, swmd, ranks, arguments):
    exact, step, lags = reference["analytic"], reference["dt_ps"], reference["expected"]["lags"]
    charges = ",".join(f"{s}={z}" for s, z in zip(exact["species"], exact["charges"]))
    arguments += ["--temperature", repr(exact["T_K"]), "--charges", charges, "--blocks", "5"]
    window = ["--fit", f"{step}:{20 * step}", "--estimator", "ols", "--max-lag", repr(max(lags) * step)]
    for frame, block in [("raw", "raw"), ("com", "com_removed")]:
        want = reference["expected"][block]
        got = analyze(swmd, ranks, "onsager", path, *arguments, *window, "--frame", frame)
        collective = got["correlations"]["collective_A2"]
        # The reference rounds the masses (P: 30.974), which moves its center of mass.
        fit = 1e-6 if frame == "raw" or exact["species"] == ["Li", "Cl"] else 1e-5
        yield f"{frame} collective", max(1e-5, 2 * fit), relative(want["collective_dRi_dRj_A2"], [collective[lag] for lag in lags])
        yield f"{frame} L", fit, relative(want["L_ols_lags1_20"], got["L_per_eV_A_ps"])
        for key in ["mean", "stderr"]:
            yield f"{frame} blocks' {key}", fit, relative(want["L_blocks5"][key], got["L_blocks"][key])
        for theirs, ours in [("sigma_S_m", "sigma_S_per_m"), ("sigma_NE_S_m", "sigma_NE_S_per_m"), ("haven", "haven_ratio")]:
            yield f"{frame} {ours}", fit, relative([want[theirs]], [got[ours]])
        for theirs, ours in [("transference", "transference"), ("D_ols_lags1_20_A2_ps", "D_A2_per_ps")]:
            yield f"{frame} {ours}", fit, relative(*([d[s] for s in exact["species"]] for d in (want[theirs], got[ours])))
        if frame == "com":
            yield "com mass sum rule", 1e-9, got["mass_sum_rule"]
        if frame == "com" or not any(reference.get("drift_A_per_ps", [])):
            # The default window and estimator, and the other methods: exact answers within their own errors.
            for method in [["einstein"], ["cepstral"], ["green-kubo", "--integrate-to", repr(step)]]:
                more = ["--frame", frame, "--blocks", "20", "--method", *method]
                got = analyze(swmd, ranks, "onsager", path, *arguments, *more)
                yield f"{frame} exact L, {method[0]}", 4, deviations(
                    exact[block]["L_1_per_eV_A_ps"], got["L_per_eV_A_ps"], got["L_stderr"])
                yield f"{frame} exact sigma, {method[0]}", 4, deviations(
                    exact[block]["sigma_S_per_m"], got["sigma_S_per_m"], got["sigma_stderr"])


def check_velocities(reference, path, swmd, ranks, arguments):
    want, exact, names, step = reference["expected"], reference["analytic"], reference["analytic"]["species"], reference["dt_ps"]
    lags, last = want["lags"], max(want["lags"])
    got = analyze(swmd, ranks, "vacf", path, *arguments, "--frame", "raw", "--blocks", "3", "--max-lag", repr(last * step))
    for ours, theirs in [("vacf_A2_per_ps2", "vacf"), ("D_running_A2_per_ps", "D_running")]:
        parts = [got["species"][s][ours] for s in names]
        yield theirs, 1e-5, relative([want[theirs][s] for s in names], [[part[lag] for lag in lags] for part in parts])
    common = [*arguments, "--temperature", repr(reference["T_K"]), "--method", "green-kubo", "--frame", "raw"]
    got = analyze(swmd, ranks, "onsager", path, *common, "--integrate-to", repr(300 * step), "--blocks", "6",
                  "--max-lag", repr(last * step))["correlations"]
    for ours, theirs in [("current_correlation_A2_per_ps2", "JJ_symmetrised"), ("L_running", "L_running")]:
        yield theirs, 1e-5, relative(want[theirs], [got[ours][lag] for lag in lags])
    yield "exact L at lag 300", 4, deviations(
        exact["L_trapezoid"], got["L_running"][300], reference["mc_standard_error_L_lag300"])
    for method in ["green-kubo", "cepstral"]:
        got = analyze(swmd, ranks, "onsager", path, *common, "--method", method)
        yield f"exact L, {method}", 4, deviations(exact["L_continuous"], got["L_per_eV_A_ps"], got["L_stderr"])


def check_field(reference, path, swmd, ranks, arguments):
    want, exact = reference["expected"], reference["analytic"]
    names, field = exact["species"], reference["field_V_per_A"]
    charges = ",".join(f"{s}={z}" for s, z in zip(names, reference["charges"]))
    with tempfile.TemporaryDirectory() as scratch:
        equilibrium = pathlib.Path(scratch) / "onsager.json"
        equilibrium.write_text(json.dumps({
            "species": names, "L_per_eV_A_ps": exact["L"], "L_stderr": [[0.0] * len(names)] * len(names)}))
        got = analyze(swmd, ranks, "drift", path, *arguments, "--charges", charges, "--field", ",".join(map(repr, field)),
                      "--equilibrium", str(equilibrium))
    velocities = [got["species"][s]["velocity_A_per_ps"] for s in names]
    errors = [got["species"][s]["velocity_stderr"] for s in names]
    yield "velocities", 1e-6, relative(want["mean_velocity_A_per_ps"], velocities)
    yield "exact velocities", 4, deviations(exact["drift_velocity_A_per_ps"], velocities, errors)
    yield "conductivity", 1e-6, relative([want["conductivity_S_per_m"]], [got["sigma_S_per_m"]])
    # Twenty blocks against all steps: the error of an error is a sixth.
    yield "conductivity's error", 0.5, relative([want["conductivity_stderr"]], [got["sigma_stderr"]])
    yield "exact conductivity", 4, deviations(
        exact["conductivity_S_per_m"], got["sigma_S_per_m"], got["sigma_stderr"])
    yield "response against exact L", 4, max(abs(got["species"][s]["deviation"]) for s in names)


def check_series(reference, path, swmd, ranks):
    want, exact = reference["expected"], reference["analytic"]
    got = analyze(swmd, ranks, "cepstral", path, "--interval", repr(reference["dt_fs"]))
    yield "spectrum", 1e-5, relative(want["psd_k_1_10"], got["psd_k_1_10"])
    yield "coefficients", 0.5, abs(want["own_cepstral"]["P_star"] - got["P_star"])
    yield "S(0)", 1e-6, relative([want["own_cepstral"]["S0"]], [got["S0"]])
    yield "error of S(0)", 1e-6, relative([want["own_cepstral"]["rel_error"]], [got["relative_error"]])
    yield "exact S(0)", 4, deviations(exact["single_current_Schur"], got["S0"], got["S0_stderr"])
    if "S0_matrix" in got:
        yield "exact matrix", 4, deviations(exact["S0_two_sided"], got["S0_matrix"], got["S0_matrix_stderr"])
    sportran = reference["peers"]["sportran"]
    yield "SporTran", 1e-3, relative([sportran["kappa"]], [got["green_kubo_integral"]])
    yield "SporTran's error", 1e-3, relative([sportran["kappa_std"]], [got["green_kubo_integral_stderr"]])
