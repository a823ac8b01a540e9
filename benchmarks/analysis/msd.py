#!/usr/bin/env python3
"""Mean-square displacements of 100 ions over 100,000 frames: swmd against tidynamics, MDAnalysis and kinisi.

    pip install numpy scipy MDAnalysis tidynamics kinisi
    benchmarks/analysis/msd.py [--frames 100000] [--atoms 100] [--repeats 3] [--swmd PATH]

The same random walk for all, in turns, on one thread; processor seconds, least of the repeats. swmd's are those of its whole process: it
reads wrapped positions from AMBER NetCDF, unwraps them, and fits D by all estimators. The packages of Python are given unwrapped
positions in memory: neither their start nor reading nor unwrapping counts. kinisi takes 60 lags and samples its posterior; the
others compute every lag. Displacements must agree to 1e-6, kinisi's to 1e-2. Besides, what MDAnalysis takes to read and unwrap
(NoJump) the file's first frames, scaled to all. Writes results/msd.json.
"""
import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import warnings

os.environ.update({name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")})

import numpy as np  # noqa: E402

import processes  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import common  # noqa: E402

SPACING = 0.1


def swmd(program, path, atoms, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([program, "analyze", "msd", path, "--species-list", f"Li*{atoms}", "--output", folder],
                   check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    table = np.genfromtxt(pathlib.Path(folder) / "msd.csv", delimiter=",", names=True)
    return seconds, table["Li_msd_A2"]


def tidynamics_msd(positions):
    import tidynamics
    start = time.process_time()
    result = sum(tidynamics.msd(positions[:, i]) for i in range(positions.shape[1])) / positions.shape[1]
    return time.process_time() - start, result


def mdanalysis_msd(positions):
    import MDAnalysis
    from MDAnalysis.analysis.msd import EinsteinMSD
    universe = MDAnalysis.Universe.empty(positions.shape[1], trajectory=True)
    universe.load_new(positions.astype(np.float32), order="fac")
    start = time.process_time()
    result = EinsteinMSD(universe.atoms, fft=True).run().results.timeseries
    return time.process_time() - start, result


def kinisi_msd(positions):
    import MDAnalysis
    import scipp
    from kinisi.analyze import DiffusionAnalyzer
    frames, atoms, _ = positions.shape
    universe = MDAnalysis.Universe.empty(atoms + 1, trajectory=True)
    for attribute in ("names", "types"):
        universe.add_TopologyAttr(attribute, ["Li"] * atoms + ["S"])
    edge = processes.EDGE
    rest = np.zeros((frames, 1, 3))
    universe.load_new(np.mod(np.concatenate([positions, rest], axis=1), edge).astype(np.float32), order="fac",
                      dimensions=np.tile([edge, edge, edge, 90, 90, 90], (frames, 1)))
    lags = np.unique(np.linspace(1, frames // 10, 60).astype(int))
    start = time.process_time()
    analysis = DiffusionAnalyzer.from_universe(
        universe, specie="Li", time_step=SPACING * scipp.Unit("ps"), step_skip=1 * scipp.units.dimensionless,
        dt=scipp.array(dims=["time interval"], values=lags * SPACING, unit="ps"), progress=False)
    analysis.diffusion(start_dt=SPACING * scipp.Unit("ps"), progress=False)
    seconds = time.process_time() - start
    result = np.full(frames // 2, np.nan)
    result[lags] = analysis.msd.values
    return seconds, result


def unwrapping(path, atoms, frames):
    """Processor seconds of MDAnalysis for reading and unwrapping all frames, from those of the first 3,000."""
    import MDAnalysis
    from MDAnalysis.transformations import NoJump
    universe = MDAnalysis.Universe.empty(atoms)
    universe.load_new(path, format="NCDF")
    universe.trajectory.add_transformations(NoJump())
    measured = min(frames, 3000)
    start = time.process_time()
    for _ in universe.trajectory[:measured]:
        pass
    return (time.process_time() - start) * frames / measured


PEERS = {"tidynamics": tidynamics_msd, "MDAnalysis": mdanalysis_msd, "kinisi": kinisi_msd}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--atoms", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--swmd", default=str(HERE.parents[1] / ".build/release/swmd"))
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    rng = np.random.default_rng(1)
    positions, _ = processes.brownian(rng, options.frames, options.atoms, SPACING)
    peers = options.peers.split(",")
    seconds, differences = {name: [] for name in ["swmd", *peers]}, {}
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "walk.nc")
        processes.write(path, positions, SPACING)
        unwrapped = unwrapping(path, options.atoms, options.frames)
        for _ in range(options.repeats):
            taken, own = swmd(options.swmd, path, options.atoms, folder)
            seconds["swmd"].append(taken)
            for name in peers:
                taken, result = PEERS[name](positions)
                seconds[name].append(taken)
                count = min(len(own), len(result))
                found = np.isfinite(result[1:count])
                difference = np.max(np.abs(result[1:count] / own[1:count] - 1)[found])
                if not difference < (1e-2 if name == "kinisi" else 1e-6):
                    sys.exit(f"{name} differs by {difference:.1e} from swmd")
                differences[name] = float(difference)
                print(f"{name}: {taken:.2f} s, differs by {difference:.1e} at most", flush=True)
    least = {name: min(values) for name, values in seconds.items()}
    print("| program | CPU seconds | swmd is faster by |\n|---|---|---|")
    for name, value in least.items():
        print(f"| {name} | {value:.2f} | {value / least['swmd']:.1f} |")
    print(f"MDAnalysis, reading and NoJump alone: {unwrapped:.1f} s")
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results/msd.json").write_text(json.dumps(dict(
        frames=options.frames, atoms=options.atoms, cpu_seconds=seconds, unwrapping_cpu_seconds=unwrapped, largest_difference=differences, machine=common.machine()), indent=1) + "\n")


if __name__ == "__main__":
    main()
