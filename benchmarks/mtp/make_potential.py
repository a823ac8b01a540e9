#!/usr/bin/env python3
"""Write a moment tensor potential of a level: untrained, or with random coefficients for tests and timing.

    make_potential.py LEVEL [--species N] [--random SEED] [--min 2.0] [--max 5.0] [--size 8] > level.mtp

lev(M_mu,nu) = 2 + 4 mu + nu; a level holds every full contraction of at most four moments, no two indices of one moment contracted
with each other, whose levels sum to at most LEVEL (A. V. Shapeev, Multiscale Model. Simul. 14, 1153 (2016); E. Podryabinkin et al.,
J. Chem. Phys. 159, 084112 (2023)). A contraction is a loop-free multigraph: nodes are moments (mu, nu) of degree nu, edges
contracted index pairs; two are the same function exactly when their labelled graphs are isomorphic.
"""
import argparse
import itertools
import random
from math import factorial

MAX_FACTORS, MAX_MU, MAX_NU = 4, 5, 10


def edge_counts(degrees):
    """All ways to join nodes of these degrees by edges without loops, as counts for each pair of nodes."""
    pairs = list(itertools.combinations(range(len(degrees)), 2))

    def extend(index, left, counts):
        if index == len(pairs):
            if not any(left):
                yield dict(zip(pairs, counts))
            return
        i, j = pairs[index]
        for n in range(min(left[i], left[j]) + 1):
            rest = [d - n if k in (i, j) else d for k, d in enumerate(left)]
            yield from extend(index + 1, rest, counts + [n])

    return extend(0, list(degrees), [])


def canonical(labels, edges, free):
    """The least of all orders of the nodes: labels, edge counts, exponents of the free indices."""
    def ordered(order):
        counts = tuple(edges.get((min(a, b), max(a, b)), 0) for a, b in itertools.combinations(order, 2))
        return tuple(labels[k] for k in order), counts, tuple(free[k] for k in order)

    return min(ordered(order) for order in itertools.permutations(range(len(labels))))


def contractions(level):
    labels = [(mu, nu) for mu in range(MAX_MU + 1) for nu in range(min(level // 2 - 2, MAX_NU) + 1 if level >= 6 else 1)
              if 2 + 4 * mu + nu <= level]
    found = set()
    for factors in range(1, MAX_FACTORS + 1):
        for combination in itertools.combinations_with_replacement(labels, factors):
            if sum(2 + 4 * mu + nu for mu, nu in combination) <= level and sum(nu for _, nu in combination) % 2 == 0:
                for edges in edge_counts([nu for _, nu in combination]):
                    found.add(canonical(combination, edges, [(0, 0, 0)] * factors)[:2])
    return sorted(found, key=lambda g: (len(g[0]), sum(2 + 4 * mu + nu for mu, nu in g[0]), g))


def monomials(n):
    return [(a, b, n - a - b) for a in range(n, -1, -1) for b in range(n - a, -1, -1)]


def multinomial(e):
    return factorial(sum(e)) // (factorial(e[0]) * factorial(e[1]) * factorial(e[2]))


class Graph:
    """Components of partial contractions, each computed once and shared."""

    def __init__(self, labels):
        self.basic = [(mu,) + e for mu, nu in labels for e in monomials(nu)]
        self.place = {b: k for k, b in enumerate(self.basic)}
        self.known, self.products = {}, []
        self.count = len(self.basic)

    def component(self, labels, edges, free):
        if len(labels) == 1:
            return self.place[(labels[0][0],) + free[0]]
        key = canonical(labels, edges, free)
        if key not in self.known:
            self.known[key] = self.build(*key)
        return self.known[key]

    def build(self, labels, counts, free):
        edges = {p: n for p, n in zip(itertools.combinations(range(len(labels)), 2), counts) if n}
        first = self.split(len(labels), edges)
        second = tuple(k for k in range(len(labels)) if k not in first)
        cross = [pair for pair in edges if (pair[0] in first) != (pair[1] in first)]
        terms = {}
        for choice in itertools.product(*(monomials(edges[pair]) for pair in cross)):
            exponents, factor = list(free), 1
            for (i, j), e in zip(cross, choice):
                factor *= multinomial(e)
                for k in (i, j):
                    exponents[k] = tuple(a + b for a, b in zip(exponents[k], e))
            pair = tuple(sorted(self.part(labels, edges, exponents, nodes) for nodes in (first, second)))
            terms[pair] = terms.get(pair, 0) + factor
        target = self.count
        self.count += 1
        self.products += [(a, b, factor, target) for (a, b), factor in sorted(terms.items())]
        return target

    def part(self, labels, edges, exponents, nodes):
        rank = {node: k for k, node in enumerate(nodes)}
        inner = {(rank[i], rank[j]): n for (i, j), n in edges.items() if i in rank and j in rank}
        return self.component([labels[k] for k in nodes], inner, [exponents[k] for k in nodes])

    @staticmethod
    def split(count, edges):
        """The bipartition with the fewest products and the smallest intermediate tensors."""
        def size(n):
            return (n + 1) * (n + 2) // 2

        def cost(nodes):
            rest = [k for k in range(count) if k not in nodes]
            total = 1
            for (i, j), n in edges.items():
                total *= size(n) if (i in nodes) != (j in nodes) else 1
            for part in (nodes, rest):
                if len(part) > 1:
                    components = 1
                    for k in part:
                        components *= size(sum(n for e, n in edges.items() if k in e and (e[0] in part) != (e[1] in part)))
                    for (i, j), n in edges.items():
                        components *= size(n) if i in part and j in part else 1
                    total += components
            return total, len(nodes), nodes

        choices = [c for r in range(1, count // 2 + 1) for c in itertools.combinations(range(count), r) if 2 * r < count or 0 in c]
        return min(map(cost, choices))[2]


def braced(values):
    return "{" + ", ".join(values) + "}"


def text(level, species, seed, low, high, size):
    scalars = contractions(level)
    used = sorted({label for labels, _ in scalars for label in labels})
    graph = Graph(used)
    mapping = []
    for labels, counts in scalars:
        edges = {p: n for p, n in zip(itertools.combinations(range(len(labels)), 2), counts) if n}
        mapping.append(graph.component(labels, edges, [(0, 0, 0)] * len(labels)))
    functions = max(mu for mu, _ in used) + 1
    dice = random.Random(seed)
    lines = ["MTP", "version = 1.1.0", f"potential_name = level{level:02d}"]
    if seed is not None:
        lines.append("scaling = 2e-2")
    lines += [f"species_count = {species}", "potential_tag = ", "radial_basis_type = RBChebyshev", f"\tmin_dist = {low!r}",
              f"\tmax_dist = {high!r}", f"\tradial_basis_size = {size}", f"\tradial_funcs_count = {functions}"]
    if seed is not None:
        lines.append("\tradial_coeffs")
        for a, b in itertools.product(range(species), repeat=2):
            lines.append(f"\t\t{a}-{b}")
            lines += ["\t\t\t" + braced(repr(dice.gauss(0, 1) * 0.5**k) for k in range(size)) for _ in range(functions)]
    lines += [f"alpha_moments_count = {graph.count}", f"alpha_index_basic_count = {len(graph.basic)}",
              "alpha_index_basic = " + braced(braced(map(str, b)) for b in graph.basic),
              f"alpha_index_times_count = {len(graph.products)}",
              "alpha_index_times = " + braced(braced(map(str, p)) for p in graph.products),
              f"alpha_scalar_moments = {len(mapping)}", "alpha_moment_mapping = " + braced(map(str, mapping))]
    if seed is not None:
        lines.append("species_coeffs = " + braced(repr(dice.gauss(-3, 1)) for _ in range(species)))
        lines.append("moment_coeffs = " + braced(repr(dice.gauss(0, 0.05)) for _ in mapping))
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("level", type=int)
    parser.add_argument("--species", type=int, default=1)
    parser.add_argument("--random", type=int, metavar="SEED", help="random coefficients instead of none")
    parser.add_argument("--min", type=float, default=2.0)
    parser.add_argument("--max", type=float, default=5.0)
    parser.add_argument("--size", type=int, default=8)
    a = parser.parse_args()
    print(text(a.level, a.species, a.random, a.min, a.max, a.size), end="")


if __name__ == "__main__":
    main()
