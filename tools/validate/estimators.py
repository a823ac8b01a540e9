"""Estimators for correlated series: means with errors, decorrelated samples, and the ratio of two distributions.

H. Flyvbjerg, H. G. Petersen, J. Chem. Phys. 91, 461 (1989), doi:10.1063/1.457480; M. R. Shirts, J. Chem. Theory
Comput. 9, 909 (2013), doi:10.1021/ct300688p.
"""
import numpy as np
from scipy import stats


def block_error(series, fewest=50):
    """Standard error of the mean of a correlated series: the largest of Flyvbjerg and Petersen's block errors."""
    blocks, errors = np.asarray(series, float), []
    while len(blocks) >= fewest:
        errors.append(blocks.std(ddof=1) / np.sqrt(len(blocks)))
        pairs = len(blocks) // 2 * 2
        blocks = 0.5 * (blocks[:pairs:2] + blocks[1:pairs:2])
    return max(errors)


def mean_and_error(series):
    return float(np.mean(series)), float(block_error(series))


def mean_and_error_of_blocks(series, blocks=50):
    """The mean with the error from so many blocks: also for what its own dynamics drives back, as a stress under a barostat.

    There short blocks scatter more than long ones, and the largest block error would be far too large.
    """
    means = np.array([block.mean() for block in np.array_split(np.asarray(series, float), blocks)])
    return float(np.mean(series)), float(means.std(ddof=1) / np.sqrt(blocks))


def inefficiency(series):
    """Samples per independent one, 1 + 2 Σ ρ(t); the sum ends at five correlation times (A. Sokal's window)."""
    x = np.asarray(series, float) - np.mean(series)
    count = len(x)
    spectrum = np.fft.rfft(x, 2 * count)
    correlation = np.fft.irfft(spectrum * spectrum.conj())[:count] / (x @ x)
    integrated = 1 + 2 * np.cumsum(correlation[1:])
    window = np.argmax(np.arange(1, count) >= 5 * 0.5 * integrated)
    return max(1.0, float(integrated[window]))


def decorrelated(series):
    """Every n-th sample, two inefficiencies apart: a correlation of e^-4 is left."""
    series = np.asarray(series, float)
    return series[::int(np.ceil(2 * inefficiency(series)))]


def deviation(p):
    """Deviation, in standard deviations of a normal variable, that has the two-sided probability p."""
    return float(stats.norm.isf(0.5 * max(p, 1e-300)))


def kolmogorov_smirnov(samples, distribution):
    """(deviation in sigmas, p) of independent samples from a scipy distribution."""
    p = float(stats.kstest(samples, distribution.cdf).pvalue)
    return deviation(p), p


def variance_deviation(samples, variance):
    """How many sigmas the variance of independent, nearly normal samples is off."""
    count = len(samples)
    return (np.var(samples, ddof=1) / variance - 1) / np.sqrt(2 / (count - 1))


def log_ratio_slope(first, second, blocks=40):
    """Slope of ln[p_second(x)/p_first(x)], and its standard error.

    By maximum likelihood: a logistic regression of which series a sample x comes from. All samples count; the error is
    that of the likelihood's gradient, from its sums over `blocks` blocks of each series, so that correlations within
    a block are in it.
    """
    x = np.concatenate([first, second])
    label = np.concatenate([np.zeros(len(first)), np.ones(len(second))])
    center, width = x.mean(), x.std()
    design = np.stack([np.ones(len(x)), (x - center) / width], axis=1)
    parameters = np.zeros(2)
    for _ in range(100):
        probability = 1 / (1 + np.exp(-design @ parameters))
        gradient = design.T @ (label - probability)
        information = design.T @ (design * (probability * (1 - probability))[:, None])
        step = np.linalg.solve(information, gradient)
        parameters += step
        if np.abs(step).max() < 1e-12:
            break
    scores = design * (label - probability)[:, None]
    covariance = np.zeros((2, 2))
    for part in (scores[:len(first)], scores[len(first):]):
        sums = np.array([block.sum(axis=0) for block in np.array_split(part, blocks)])
        covariance += blocks * np.cov(sums.T)
    inverse = np.linalg.inv(information)
    return parameters[1] / width, np.sqrt((inverse @ covariance @ inverse)[1, 1]) / width
