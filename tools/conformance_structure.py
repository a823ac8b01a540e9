"""Holds `swmd analyze rdf|coordination|bonds|profile` against reference values: counts exactly, floating point to 1e-6, and
g(r) of Einstein crystals and the ideal gas against its exact form, within five standard errors of the counts."""
import json

from conformance_run import analyze, present

RADIAL = ["einstein_nacl", "einstein_fcc", "einstein_li2o", "ideal_gas_tri"]
INTERFACE = "interface_flux"


def references(folder):
    """The cases that are there, by name."""
    return present(folder, RADIAL + [INTERFACE])


def apart(a, b):
    """The largest relative difference; lists of unequal length, or missing values on one side only, are infinitely apart."""
    if isinstance(a, list) or isinstance(b, list):
        if not (isinstance(a, list) and isinstance(b, list)) or len(a) != len(b):
            return float("inf")
        return max((apart(x, y) for x, y in zip(a, b)), default=0.0)
    if a is None or b is None:
        return 0.0 if a is b else float("inf")
    return abs(a - b) / max(1.0, abs(a))


def check(folder, name, swmd, ranks):
    """What was compared, the tolerance and the error, one after another."""
    reference = json.loads((folder / "traj" / f"{name}.json").read_text())
    trajectory = folder / "traj" / reference["file"]
    expected = reference["expected"]
    if name == INTERFACE:
        yield from check_interface(expected, trajectory, swmd, ranks)
        return
    for pair in [key for key in expected if isinstance(expected[key], dict) and "counts_total" in expected[key]]:
        want, rmax = expected[pair], expected["rmax"]
        got = analyze(swmd, ranks, "rdf", trajectory, "--pair", pair, "--rmax", repr(rmax), "--bins", str(len(want["g"])))
        yield f"counts {pair}", 0.5, max(abs(a - b) for a, b in zip(want["counts_total"], got["counts"], strict=True))
        for ours, theirs in [("r_A", "r"), ("g", "g"), ("coordination", "running_coordination")]:
            yield f"{ours} {pair}", 1e-6, apart(want[theirs], got[ours])
        exact = want.get("g_analytic_bin_average", [1.0] * len(want["g"]) if name == "ideal_gas_tri" else [])
        if exact:
            yield f"exact g {pair}", 5.0, deviation(pair, exact, got)
    for what, want in expected.get("coordination", {}).items():
        pair, radius = parse(what, " within ")
        got = analyze(swmd, ranks, "coordination", trajectory, "--pair", f"{pair}:{radius}")["pairs"][pair]
        yield f"coordination {pair}", 1e-9, apart(want["mean"], got["mean"])
        yield f"coordination {pair}, first frame", 1e-9, apart(want["first_frame"], got["per_frame"][0])
    if name == "einstein_nacl":
        got = analyze(swmd, ranks, "rdf", trajectory, "--pair", "Na-Cl", "--rmax", "5.6", "--bins", "280")
        yield "first shell of NaCl", 0.02, abs(got["coordination_number"] - 6)


def deviation(pair, exact, got):
    """The largest |counts - exact| in standard errors; pairs of like atoms are counted twice and so are less independent."""
    twice = 2 if len(set(pair.split("-"))) == 1 else 1
    worst = 0.0
    for g, count, value in zip(exact, got["counts"], got["g"], strict=True):
        # The counts that g would be: from the ratio of another bin where this one is empty.
        scale = next(c / v for c, v in zip(got["counts"], got["g"]) if v > 0) if value == 0 else count / value
        expected = g * scale
        if expected > 10 * twice:
            worst = max(worst, abs(count - expected) / (twice * expected) ** 0.5)
    return worst


def parse(text, separator):
    """'P by S r<2.60' or 'Na by Cl within 3.400' as pair and radius."""
    names, radius = text.split(separator)
    return names.replace(" by ", "-"), float(radius)


def check_interface(expected, trajectory, swmd, ranks):
    maps = expected["coordination_profile"]
    for what, want in maps.items():
        pair, radius = parse(what, " r<")
        got = analyze(
            swmd, ranks, "coordination", trajectory, "--pair", f"{pair}:{radius}", "--axis", "z", "--zbins",
            str(expected["zbins"]["n"]), "--block", "50")["pairs"][pair]["map"]
        yield f"centers {pair}", 0.5, apart(want["n_centres"], got["n_centres"])
        yield f"coordination map {pair}", 1e-9, apart(want["mean_CN_by_block_and_zbin"], got["mean"])
    for what, want in expected["bond_counts_per_frame"].items():
        pair, radius = parse(what, " r<")
        got = analyze(swmd, ranks, "bonds", trajectory, "--pair", f"{pair}:{radius}")["pairs"][pair]
        yield f"bonds {pair}", 0.5, max(abs(a - b) for a, b in zip(want, got["count"], strict=True))
    got = analyze(
        swmd, ranks, "profile", trajectory, "--axis", "z", "--bins", str(expected["zbins"]["n"]), "--block", "50")
    for block, (_, want) in enumerate(expected["number_density_A3"].items()):
        for species, values in want.items():
            yield f"density of {species}", 1e-9, apart(values, got["species"][species]["number_density_A3"][block])
