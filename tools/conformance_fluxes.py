"""Holds `swmd analyze flux|similarity|vanhove` against reference values: crossings exactly, floating point to 1e-6, and
displacements of random walks against their exact mean square, within four standard errors."""
import itertools
import json

from conformance_run import analyze, present

INTERFACE, WALKS = "interface_flux", "onsager3_tri"


def references(folder):
    """The cases that are there, by name."""
    return present(folder, (INTERFACE, WALKS))


def check(folder, name, swmd, ranks):
    """What was compared, the tolerance and the error, one after another."""
    reference = json.loads((folder / "traj" / f"{name}.json").read_text())
    trajectory = folder / "traj" / reference["file"]
    if name == WALKS:
        yield from check_walks(reference, trajectory, swmd, ranks)
    else:
        yield from check_fluxes(reference, trajectory, swmd, ranks)
        yield from check_similarity(reference["expected_similarity"], trajectory, swmd, ranks)


def check_fluxes(reference, trajectory, swmd, ranks):
    expected = reference["expected"]["flux"]
    planes = [key.removeprefix("plane_z") for key in expected]
    arguments = ["--interval", repr(reference["dt_ps"]), "--axis", "z"] + [f"--plane={plane}" for plane in planes]
    single, blocks = (analyze(swmd, ranks, "flux", trajectory, *arguments, *more) for more in ([], ["--block", "10"]))
    yield "area", 1e-9, abs(single["area_A2"] - reference["expected"]["area_A2"])
    for number, plane in enumerate(planes):
        fine, coarse = (got["species"] if number == 0 else got["further_planes"][number - 1]["species"]
                        for got in (single, blocks))
        for species in reference["expected"]["flux"][f"plane_z{plane}"]:
            want = expected[f"plane_z{plane}"][species]
            if "net_cumulative" not in want:
                continue
            got = fine[species]
            yield f"crossings of {species} at {plane}", 0.5, largest(want["net_cumulative"], got["net_cumulative"])
            running = [0, *itertools.accumulate(got["net_crossings"])]
            yield f"steps of {species} at {plane}", 0.5, largest(want["net_cumulative"], running)
            totals = [want["up_total"], want["down_total"]]
            yield f"totals of {species} at {plane}", 0.5, largest(totals, [got["up_total"], got["down_total"]])
            yield f"sums of {species} at {plane}", 0.5, largest(totals, [sum(got["up"]), sum(got["down"])])
            yield (f"flux of {species} at {plane}", 1e-12,
                   largest(want["flux_10frame_per_A2_ps"], coarse[species]["flux_per_A2_ps"]))


def check_similarity(expected, trajectory, swmd, ranks):
    frames = expected["frames"]
    for row, frame in enumerate(frames):
        got = analyze(swmd, ranks, "similarity", trajectory, "--against", str(frame))["cosine"]
        want = expected["valle_oganov"]["cosine"][row]
        yield f"cosines with frame {frame}", 1e-6, largest(want, [got[other] for other in frames])


def check_walks(reference, trajectory, swmd, ranks):
    """<r²> = 6 D t, and Gaussian displacements."""
    species = ",".join(reference["species_per_atom"])
    got = analyze(swmd, ranks, "vanhove", trajectory, "--species-list", species, "--lags", "0.1,0.5", "--rmax", "4")
    exact = reference["analytic"]
    for name, diffusivity in zip(exact["species"], exact["raw"]["D_A2_per_ps"], strict=True):
        part = got["species"][name]
        for lag, square, error in zip(got["lags_ps"], part["msd_A2"], part["msd_stderr"], strict=True):
            yield f"mean square of {name} in {lag:.3g} ps", 4, abs(square - 6 * diffusivity * lag) / error
        for lag, alpha, error in zip(got["lags_ps"], part["alpha2"], part["alpha2_stderr"], strict=True):
            yield f"alpha2 of {name} in {lag:.3g} ps", 4.5, abs(alpha) / error


def largest(want, got):
    """The largest difference; infinite where there are not equally many."""
    return max((abs(a - b) for a, b in zip(want, got)), default=0.0) if len(want) == len(got) else float("inf")
