#!/usr/bin/env python3
"""The time of `swmd analyze onsager` for 100,000 frames of 100 ions, beside the same work in NumPy.

    benchmarks/analysis/onsager_speed.py [--swmd PATH] [--runs 3]

The NumPy program reads the file by SciPy, unwraps, and takes the mean-square displacement of every atom and the collective
displacements of two species by FFT (all lags; swmd: all lags of the window, of the whole trajectory and of 20 blocks each, for the
errors). Interleaved; CPU seconds of one process each, and the ratio.
"""
import argparse
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

import numpy as np
from scipy.io import netcdf_file

import coverage_onsager as synthetic

FRAMES, ATOMS, CHUNK = 100_000, 100, 10_000


def make(path):
    random, half = np.random.default_rng(1), ATOMS // 2
    amplitude = np.repeat([0.3, 0.1], half)[None, :, None]
    wrapped = np.empty((FRAMES, ATOMS, 3), "f4")
    place = random.random((ATOMS, 3)) @ synthetic.CELL
    for start in range(0, FRAMES, CHUNK):
        walk = place + np.cumsum(amplitude * random.standard_normal((CHUNK, ATOMS, 3)), axis=0)
        place = walk[-1]
        fractional = walk @ np.linalg.inv(synthetic.CELL)
        wrapped[start:start + CHUNK] = (fractional - np.floor(fractional)) @ synthetic.CELL
    synthetic.write(path, wrapped)


def correlate(x, y):
    """Mean over origins of the product of displacements, every lag."""
    n = len(x)
    windows = n - np.arange(n)
    spectrum = (np.fft.rfft(x, 2 * n) * np.conj(np.fft.rfft(y, 2 * n))).real
    product = np.concatenate([[0], x * y])
    ends = 2 * product.sum() - np.cumsum(product[:-1]) - np.concatenate([[0], np.cumsum(product[:0:-1])[:n - 1]])
    return (ends - 2 * np.fft.irfft(spectrum, 2 * n)[:n]) / windows


def peer(path):
    file = netcdf_file(path, "r", mmap=False)
    fractional = file.variables["coordinates"][:].astype(float) @ np.linalg.inv(synthetic.CELL)
    steps = np.diff(fractional, axis=0)
    steps -= np.round(steps)
    walk = np.concatenate([np.zeros((1, ATOMS, 3)), np.cumsum(steps @ synthetic.CELL, axis=0)])
    for atom in range(ATOMS):
        for axis in range(3):
            correlate(walk[:, atom, axis], walk[:, atom, axis])
    sums = [walk[:, :ATOMS // 2].sum(1), walk[:, ATOMS // 2:].sum(1)]
    matrix = [[sum(correlate(a[:, axis], b[:, axis]) for axis in range(3)) for b in sums] for a in sums]
    lags = np.arange(1, 21) * synthetic.STEP
    volume = np.linalg.det(synthetic.CELL) * synthetic.BOLTZMANN * synthetic.TEMPERATURE
    print(" ".join(f"{np.polyfit(lags, matrix[i][j][1:21], 1)[0] / 6 / volume:.6f}" for i in (0, 1) for j in (0, 1)))


def seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, output


def main():
    if sys.argv[1:2] == ["peer"]:
        peer(sys.argv[2])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swmd", type=pathlib.Path, default=synthetic.HERE.parent.parent / ".build/release/swmd")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        path = f"{scratch}/walk.nc"
        make(path)
        command = [str(options.swmd.resolve()), "analyze", "onsager", path, "--species-list", f"Li*{ATOMS // 2},S*{ATOMS // 2}",
                   "--temperature", str(synthetic.TEMPERATURE), "--fit", "0.1:2", "--estimator", "ols", "--frame", "raw",
                   "--no-files"]
        times = {"swmd": [], "NumPy": []}
        for _ in range(options.runs):
            for name, arguments in [("swmd", command), ("NumPy", [sys.executable, __file__, "peer", path])]:
                spent, output = seconds(arguments)
                times[name].append(spent)
    print(output.strip())
    ours, theirs = (statistics.median(times[name]) for name in ("swmd", "NumPy"))
    print(f"CPU seconds: swmd {ours:.2f}, NumPy {theirs:.2f}; ratio {theirs / ours:.1f}")


if __name__ == "__main__":
    main()
