"""Holds `swmd analyze msd|arrhenius` against reference values: displacements to 1e-5 relative, fits to 1e-6, Arrhenius fits to 1e-9,
exact answers within four standard errors."""
import json

from conformance_run import analyze, present

TRAJECTORIES = ["onsager3_tri", "drift2_ortho", "caged3"]
ARRHENIUS = "arrhenius_li"
# swmd's reference frame, the reference's name of it, and how much its masses differ: they have three digits.
FRAMES = [("raw", "raw", 1), ("com", "com_removed", 10)]


def references(folder):
    """The cases that are there, by name."""
    return present(folder, [*TRAJECTORIES, ARRHENIUS])


def relative(want, got, floor=0.0):
    return abs(want - got) / max(abs(want), floor)


def check(folder, name, swmd, ranks):
    """What was compared, the tolerance and the error, one after another."""
    path = folder / "traj" / f"{name}.json"
    reference = json.loads(path.read_text())
    if name == ARRHENIUS:
        yield from check_arrhenius(reference, path, swmd, ranks)
    else:
        for frame in FRAMES:
            yield from check_trajectory(reference, folder, swmd, ranks, *frame)


def check_trajectory(reference, folder, swmd, ranks, frame, key, slack):
    path = folder / "traj" / reference["file"]
    spacing, count = reference["dt_ps"], reference["n_frames"]
    expected = reference["expected"][key]

    def run(first, last, estimator):
        window = f"{first * spacing:.10g}:{last * spacing:.10g}"
        return analyze(swmd, ranks, "msd", path, "--species-list", ",".join(reference["species_per_atom"]), "--frame", frame,
                       "--fit", window, "--estimator", estimator)

    # With these lags there are blocks for an error of least squares, too.
    short, long, blocks = run(1, 20, "ols"), run(20, 200, "ols"), run(1, 20, "blocks")
    for lag, time in enumerate(short["lags_ps"]):
        if abs(time - lag * spacing) > 1e-9 * count * spacing:
            yield "lags", 1e-9, abs(time - lag * spacing)
            return
    for species, values in expected["msd_A2"].items():
        got = short["species"][species]
        yield f"MSD ({frame})", 1e-5, max(
            relative(want, got["msd_A2"][lag]) for lag, want in zip(reference["expected"]["lags"], values))
        # A coefficient that vanishes is known to a part of the displacement's own rounding.
        floor = 1e-3 * max(expected["D_ols_lags1_20_A2_ps"].values())
        for what, result, want in (
                ("D, least squares, lags 1-20", short, expected["D_ols_lags1_20_A2_ps"][species]),
                ("D, least squares, lags 20-200", long, expected["D_ols_lags20_200_A2_ps"][species]),
                ("D, blocks", blocks, expected["D_blocks5_lags1_20"][species]["mean"])):
            yield f"{what} ({frame})", slack * 1e-6, relative(want, result["species"][species]["D_A2_per_ps"], floor)
        yield f"error, blocks ({frame})", slack * 1e-6, relative(
            expected["D_blocks5_lags1_20"][species]["stderr"], blocks["species"][species]["D_stderr"])
    if "D_gls_kinisi_covariance" in expected:
        whole = run(1, count // 4, "gls")
        for species, values in expected["D_gls_kinisi_covariance"].items():
            got = whole["species"][species]
            yield f"D, generalized least squares ({frame})", slack * 1e-6, relative(values["D"], got["D_A2_per_ps"])
            yield f"its error ({frame})", slack * 1e-6, relative(values["stderr"], got["D_stderr"])
    yield from check_exact(reference, path, swmd, ranks, frame, key)


def check_exact(reference, path, swmd, ranks, frame, key):
    """swmd's own choice of the window and the estimator against the exact coefficients, in standard errors."""
    analytic = reference["analytic"]
    if key in analytic:
        exact = dict(zip(analytic["species"], analytic[key]["D_A2_per_ps"]))
    elif frame == "raw":
        exact = analytic["D_A2_per_ps"]
    else:
        return
    if frame == "raw" and any(reference.get("drift_A_per_ps", [0])):
        return
    result = analyze(swmd, ranks, "msd", path, "--species-list", ",".join(reference["species_per_atom"]), "--frame", frame)
    for species, want in exact.items():
        got = result["species"][species]
        yield f"exact D ({frame})", 4, abs(got["D_A2_per_ps"] - want) / got["D_stderr"]
        if reference["id"] == "caged3" and species == "P":
            yield "fallback is told", 0.5, 0 if got["fallback"] and got["estimator"] == "ols" else 1


def check_arrhenius(reference, path, swmd, ranks):
    expected = reference["expected"]
    fit = analyze(swmd, ranks, "arrhenius", path, "--at", "300")["species"]["D"]
    cold = fit["extrapolated"][0]
    for key, got in (("Ea_eV", fit["Ea_eV"]), ("Ea_stderr", fit["Ea_stderr"]), ("lnD0", fit["lnD0"]),
                     ("lnD0_stderr", fit["lnD0_stderr"]), ("chi2", fit["chi2"]), ("dof", fit["dof"]),
                     ("lnD_300K", cold["lnD"]), ("lnD_300K_stderr", cold["lnD_stderr"]),
                     ("D_300K_A2_ps", cold["D_A2_per_ps"])):
        yield key, reference["tolerance"], relative(expected[key], got)
    yield "cov", reference["tolerance"], max(
        relative(a, b) for want, row in zip(expected["cov"], fit["cov"]) for a, b in zip(want, row))
    yield "exact Ea", 4, abs(fit["Ea_eV"] - reference["true"]["Ea_eV"]) / fit["Ea_stderr"]
