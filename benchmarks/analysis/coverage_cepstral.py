#!/usr/bin/env python3
"""How often the 95 % intervals of `swmd analyze cepstral` hold the exact S(0): with Akaike's number of coefficients P*, and twice it.

    benchmarks/analysis/coverage_cepstral.py [--seeds 100] [--swmd PATH]

Currents of three components and 4,000 frames, x(t) = rho x(t-1) + sqrt(1 - rho^2) noise, whose S(0) is (1 + rho)/(1 - rho): white,
and decaying over 2, 5 and 20 frames. Needs NumPy and SciPy.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile

import numpy as np
from scipy.signal import lfilter

HERE = pathlib.Path(__file__).resolve().parent
FRAMES, DECAYS = 4000, [0, 2, 5, 20]


def deviations(swmd, path, decay, seed):
    """(ln S(0) - exact)/error at P* and at 2 P*."""
    rho = np.exp(-1 / decay) if decay else 0.0
    noise = np.random.default_rng([decay, seed]).standard_normal((FRAMES + 400, 1, 3))
    np.save(path, lfilter([np.sqrt(1 - rho**2)], [1, -rho], noise, axis=0)[400:])
    done = subprocess.run([str(swmd), "analyze", "cepstral", path, "--interval", "1", "--json"], check=True,
                          capture_output=True, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    got, exact = json.loads(done.stdout), (1 + rho) / (1 - rho)
    return [np.log(got[key] / exact) / (got[key + "_stderr"] / got[key]) for key in ("S0", "S0_doubled")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--swmd", type=pathlib.Path, default=HERE.parent.parent / ".build/release/swmd")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for decay in DECAYS:
            found = np.array([deviations(options.swmd.resolve(), f"{scratch}/x.npy", decay, s) for s in range(options.seeds)])
            covered, mean = (np.abs(found) < 1.96).mean(0) * 100, found.mean(0)
            print(f"decay over {decay:2} frames: P* {covered[0]:.0f} % (mean deviation {mean[0]:+.1f} standard errors), "
                  f"2 P* {covered[1]:.0f} % ({mean[1]:+.1f})", flush=True)


if __name__ == "__main__":
    main()
