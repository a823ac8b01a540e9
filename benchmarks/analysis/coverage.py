#!/usr/bin/env python3
"""How often the 95 % intervals of `swmd analyze msd` hold the exact diffusion coefficient.

    benchmarks/analysis/coverage.py [--seeds 100] [--kinisi-seeds 0] [--swmd PATH]

Six kinds of motion with exact D (processes.py), 2,000 frames of 0.1 ps and 12 atoms each, in one file per seed. swmd chooses the window
of the fit. Prints a table and writes results/coverage.json. With --kinisi-seeds N kinisi (pip install kinisi) analyzes Li, Na and Cl of
the first N seeds, too, from the lag where swmd's window begins.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile
import warnings

import numpy as np

import processes

HERE = pathlib.Path(__file__).resolve().parent
FRAMES, ATOMS, SPACING = 2000, 12, 0.1
KINDS = {"Li": processes.brownian, "Na": processes.caged, "Cl": processes.correlated, "S": processes.hopping,
         "O": processes.pairs, "P": processes.bound}
WAYS = ["default", "gls", "gaussian", "ols", "blocks", "kinisi"]
KINISI_KINDS = ["Li", "Na", "Cl"]


def analyze(swmd, path, *options):
    species = ",".join(f"{symbol}*{ATOMS}" for symbol in KINDS)
    done = subprocess.run([swmd, "analyze", "msd", path, "--species-list", species, "--json", *options],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["species"]


def kinisi_interval(walk, host, first):
    """D and its 95 % interval by kinisi, from 60 lags between `first` and a tenth of the trajectory (ps); it removes the drift of the
    other atoms, which are at rest here."""
    import MDAnalysis
    import scipp
    from kinisi.analyze import DiffusionAnalyzer
    warnings.filterwarnings("ignore")
    universe = MDAnalysis.Universe.empty(2 * ATOMS, trajectory=True)
    symbols = ["Li"] * ATOMS + ["S"] * ATOMS
    for attribute in ("names", "types"):
        universe.add_TopologyAttr(attribute, symbols)
    edge = processes.EDGE
    universe.load_new(np.mod(np.concatenate([walk, host], axis=1), edge).astype(np.float32), order="fac",
                      dimensions=np.tile([edge, edge, edge, 90, 90, 90], (FRAMES, 1)))
    lags = np.unique(np.linspace(round(first / SPACING), FRAMES // 10, 60).astype(int)) * SPACING
    analysis = DiffusionAnalyzer.from_universe(
        universe, specie="Li", time_step=SPACING * scipp.Unit("ps"), step_skip=1 * scipp.units.dimensionless,
        dt=scipp.array(dims=["time interval"], values=lags, unit="ps"), progress=False)
    analysis.diffusion(start_dt=first * scipp.Unit("ps"), progress=False)
    # cm²/s to Å²/ps.
    samples = analysis.D.values * 1e4
    return [np.mean(samples), *np.percentile(samples, [2.5, 97.5])]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--kinisi-seeds", type=int, default=0)
    parser.add_argument("--swmd", default=str(HERE.parents[1] / ".build/release/swmd"))
    options = parser.parse_args()
    rows = {(symbol, way): [] for symbol in KINDS for way in WAYS}
    fallbacks, starts = {symbol: 0 for symbol in KINDS}, {symbol: [] for symbol in KINDS}
    exact = {}
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "walks.nc")
        for seed in range(options.seeds):
            rng = np.random.default_rng(seed)
            walks = []
            host = rng.uniform(0, processes.EDGE, (1, ATOMS, 3)) + np.zeros((FRAMES, 1, 1))
            for symbol, make in KINDS.items():
                walk, exact[symbol] = make(rng, FRAMES, ATOMS, SPACING)
                walks.append(walk + rng.uniform(0, processes.EDGE, (1, ATOMS, 3)))
            processes.write(path, np.concatenate(walks, axis=1), SPACING)
            for symbol, result in analyze(options.swmd, path).items():
                fallbacks[symbol] += result["fallback"]
                starts[symbol].append(result["fit_ps"][0])
                if seed < options.kinisi_seeds and symbol in KINISI_KINDS:
                    walk = walks[list(KINDS).index(symbol)]
                    rows[symbol, "kinisi"].append(kinisi_interval(walk, host, result["fit_ps"][0]))
                for way in WAYS[:-1]:
                    estimate = result if way == "default" else result["estimates"].get(way)
                    if estimate:
                        rows[symbol, way].append([estimate["D_A2_per_ps"], *estimate["D_interval95"]])
    print("| motion | D (Å²/ps) | estimator | n | interval holds D | mean D − D | scatter of D | half interval/1.96 | window from (ps) |")
    print("|---|---|---|---|---|---|---|---|---|")
    table = []
    for (symbol, way), values in rows.items():
        if not values:
            continue
        d, low, high = np.array(values).T
        true = exact[symbol]
        row = dict(motion=KINDS[symbol].__name__, D=true, estimator=way, n=len(d),
                   coverage=float(np.mean((low <= true) & (true <= high))), bias=float(np.mean(d) - true),
                   scatter=float(np.std(d)), error=float(np.mean(high - low) / 2 / 1.96),
                   window_start=float(np.median(starts[symbol])), fallbacks=fallbacks[symbol])
        table.append(row)
        print("| {motion} | {D:.4g} | {estimator} | {n} | {coverage:.0%} | {bias:+.2g} | {scatter:.2g} | {error:.2g} | "
              "{window_start:.2g} |".format(**row))
    print("fallbacks to least squares:", fallbacks)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results/coverage.json").write_text(json.dumps(dict(
        seeds=options.seeds, frames=FRAMES, atoms=ATOMS, spacing_ps=SPACING, rows=table), indent=1) + "\n")


if __name__ == "__main__":
    main()
