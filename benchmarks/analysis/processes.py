"""Synthetic motions whose diffusion coefficient is exact, and a writer of AMBER NetCDF trajectories."""
import numpy as np

import amber

# Å; far larger than any step, so that unwrapping is unambiguous.
EDGE = 40.0


def brownian(rng, frames, atoms, spacing, d=0.1):
    """Independent random walks."""
    return np.cumsum(rng.normal(0, np.sqrt(2 * d * spacing), (frames, atoms, 3)), axis=0), d


def correlated(rng, frames, atoms, spacing, own=0.1, shared=(0.03, 0.03)):
    """Random walks of which a part of each step is common to all atoms."""
    steps = rng.normal(0, own, (frames, atoms, 3))
    for amplitude in shared:
        steps += amplitude * rng.normal(0, 1, (frames, 1, 3))
    return np.cumsum(steps, axis=0), (own**2 + sum(b * b for b in shared)) / (2 * spacing)


def pairs(rng, frames, atoms, spacing, d=0.1):
    """Rigid molecules of two atoms: half as many independent walks."""
    walk, d = brownian(rng, frames, atoms // 2, spacing, d)
    return np.repeat(walk, 2, axis=1), d


def vibration(rng, frames, atoms, spacing, variance, time):
    """An Ornstein–Uhlenbeck process about a site."""
    factor = np.exp(-spacing / time)
    position = np.empty((frames, atoms, 3))
    position[0] = rng.normal(0, np.sqrt(variance), (atoms, 3))
    kicks = rng.normal(0, np.sqrt(variance * (1 - factor**2)), (frames, atoms, 3))
    for i in range(1, frames):
        position[i] = factor * position[i - 1] + kicks[i]
    return position


def caged(rng, frames, atoms, spacing, d=0.05, variance=0.09, time=0.5):
    """Vibration about a site that walks."""
    walk = brownian(rng, frames, atoms, spacing, d)[0] if d > 0 else 0
    return walk + vibration(rng, frames, atoms, spacing, variance, time), d


def bound(rng, frames, atoms, spacing):
    """Vibration about a site that stays: D = 0."""
    return caged(rng, frames, atoms, spacing, d=0.0, variance=0.12, time=0.8)


def hopping(rng, frames, atoms, spacing, rate=0.1, length=2.0):
    """Rare jumps to neighboring sites of a cubic lattice, and vibration."""
    jumps = rng.random((frames, atoms)) < rate * spacing
    direction, sign = rng.integers(0, 3, (frames, atoms)), rng.choice([-1, 1], (frames, atoms))
    steps = np.zeros((frames, atoms, 3))
    for axis in range(3):
        steps[..., axis] = np.where(jumps & (direction == axis), sign * length, 0)
    return np.cumsum(steps, axis=0) + vibration(rng, frames, atoms, spacing, 0.05, 0.3), rate * length**2 / 6


def write(path, positions, spacing):
    """positions: (frames, atoms, 3), Å; wrapped into a cubic cell; spacing in ps."""
    amber.write(path, [np.mod(positions, EDGE)], positions.shape[1], [EDGE] * 3, spacing)
