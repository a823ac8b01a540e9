"""Moment tensor potentials of any level with random parameters: all that timing needs, and nobody's fit.

    python3 benchmarks/level_potential.py 16 level16.mtp

The contractions are those of A. V. Shapeev, Multiscale Model. Simul. 14, 1153 (2016), doi:10.1137/15M1054183:
lev(M_mu,nu) = 2 + 4 mu + nu, and a level-L potential has every scalar contraction of at most 4 moments whose levels add up to L at
most. A contraction is a multigraph without loops: its nodes are moments, its edges contracted pairs of indices, nu the degree.
"""
import itertools
import sys
from collections import Counter
from math import factorial, prod

import numpy as np

MAXIMUM_FACTORS, MAXIMUM_MU, MAXIMUM_NU = 4, 5, 10
ZERO = (0, 0, 0)


def moment_level(label):
    return 2 + 4 * label[0] + label[1]


def monomials(degree):
    """Exponents of x, y, z, in the order of .mtp files."""
    return [(a, b, degree - a - b) for a in range(degree, -1, -1) for b in range(degree - a, -1, -1)]


def multinomial(exponents):
    return factorial(sum(exponents)) // prod(map(factorial, exponents))


def plus(a, b):
    return tuple(x + y for x, y in zip(a, b))


def edge(edges, i, j):
    return edges.get((min(i, j), max(i, j)), 0)


def multigraphs(degrees):
    """Every dictionary (i, j) -> multiplicity with the given degrees."""
    pairs, found = list(itertools.combinations(range(len(degrees)), 2)), []

    def extend(k, left, chosen):
        if k == len(pairs):
            if not any(left):
                found.append({pair: m for pair, m in zip(pairs, chosen) if m})
            return
        i, j = pairs[k]
        for m in range(min(left[i], left[j]) + 1):
            rest = list(left)
            rest[i] -= m
            rest[j] -= m
            extend(k + 1, rest, chosen + [m])

    extend(0, list(degrees), [])
    return found


def canonical(labels, edges, free):
    """The same for all numberings of the nodes; `free`: exponents of each node's indices that are not contracted."""
    def numbered(order):
        multiplicities = tuple(edge(edges, a, b) for a, b in itertools.combinations(order, 2))
        return tuple(labels[i] for i in order), multiplicities, tuple(free[i] for i in order)
    return min(numbered(order) for order in itertools.permutations(range(len(labels))))


def scalars(level):
    """Canonical contractions of a level."""
    labels = [(mu, nu) for mu in range(MAXIMUM_MU + 1) for nu in range(min(max(level // 2 - 2, 0), MAXIMUM_NU) + 1)
              if moment_level((mu, nu)) <= level]
    found = set()
    for count in range(1, MAXIMUM_FACTORS + 1):
        for factors in itertools.combinations_with_replacement(labels, count):
            if sum(map(moment_level, factors)) <= level:
                for edges in multigraphs([nu for _, nu in factors]):
                    found.add(canonical(factors, edges, (ZERO,) * count))
    return sorted(found, key=lambda key: (len(key[0]), sum(map(moment_level, key[0])), key))


class ProductGraph:
    """Nodes are components of partial contractions; every node is made once."""

    def __init__(self, level):
        self.scalars = scalars(level)
        used = sorted({label for key in self.scalars for label in key[0]})
        self.basic = [(mu, *exponents) for mu, nu in used for exponents in monomials(nu)]
        self.node_of_basic = {key: node for node, key in enumerate(self.basic)}
        self.node_of_component, self.products, self.count = {}, [], len(self.basic)
        self.tops = [self.component(*key) for key in self.scalars]

    def component(self, labels, multiplicities, free):
        """The node of a canonical component, from two parts joined by a sum over their common edges' exponents."""
        if len(labels) == 1:
            return self.node_of_basic[(labels[0][0], *free[0])]
        key = (labels, multiplicities, free)
        if key in self.node_of_component:
            return self.node_of_component[key]
        edges = {p: m for p, m in zip(itertools.combinations(range(len(labels)), 2), multiplicities) if m}
        left, right = self.split(len(labels), edges)
        cross = [(i, j) for i in left for j in right if edge(edges, i, j)]
        terms = Counter()
        for choice in itertools.product(*(monomials(edge(edges, i, j)) for i, j in cross)):
            own = dict(enumerate(free))
            for (i, j), exponents in zip(cross, choice):
                own[i], own[j] = plus(own[i], exponents), plus(own[j], exponents)
            operands = sorted(self.part(labels, edges, nodes, own) for nodes in (left, right))
            terms[tuple(operands)] += prod(map(multinomial, choice))
        node = self.count
        self.count += 1
        self.products += [(a, b, factor, node) for (a, b), factor in sorted(terms.items())]
        self.node_of_component[key] = node
        return node

    def part(self, labels, edges, nodes, free):
        inside = {(a, b): edge(edges, nodes[a], nodes[b]) for a, b in itertools.combinations(range(len(nodes)), 2)}
        return self.component(*canonical([labels[i] for i in nodes], inside, [free[i] for i in nodes]))

    @staticmethod
    def split(count, edges):
        """Two parts of the nodes with the fewest terms in the sum that joins them."""
        splits = [(nodes, tuple(i for i in range(count) if i not in nodes))
                  for size in range(1, count // 2 + 1) for nodes in itertools.combinations(range(count), size)]
        return min(splits, key=lambda s: (prod(len(monomials(edge(edges, i, j))) for i in s[0] for j in s[1]), s))


def braces(rows):
    return "{" + ", ".join("{" + ", ".join(map(str, row)) + "}" for row in rows) + "}"


def reals(values):
    return "{" + ", ".join(f"{value:.15e}" for value in values) + "}"


def potential_text(level, cutoff=5.0, minimum=2.0, basis_size=8, seed=None):
    """A one-species potential file (MLIP's .mtp) of the level, with random parameters."""
    graph = ProductGraph(level)
    random = np.random.default_rng(level if seed is None else seed)
    radial_count = 1 + max(mu for mu, *_ in graph.basic)
    # Decaying Chebyshev coefficients and small linear ones: forces of some eV/Å.
    radial = random.normal(size=(radial_count, basis_size)) * 0.5 ** np.arange(basis_size)
    linear = random.normal(size=len(graph.tops)) * 0.05
    return "\n".join([
        "MTP", "version = 1.1.0", f"potential_name = level{level}", f"scaling = {2e-2:.15e}", "species_count = 1",
        "potential_tag = ", "radial_basis_type = RBChebyshev", f"\tmin_dist = {minimum:.16e}", f"\tmax_dist = {cutoff:.16e}",
        f"\tradial_basis_size = {basis_size}", f"\tradial_funcs_count = {radial_count}", "\tradial_coeffs", "\t\t0-0",
        *("\t\t\t" + reals(row) for row in radial),
        f"alpha_moments_count = {graph.count}", f"alpha_index_basic_count = {len(graph.basic)}",
        f"alpha_index_basic = {braces(graph.basic)}", f"alpha_index_times_count = {len(graph.products)}",
        f"alpha_index_times = {braces(graph.products)}", f"alpha_scalar_moments = {len(graph.tops)}",
        "alpha_moment_mapping = {" + ", ".join(map(str, graph.tops)) + "}", "species_coeffs = " + reals([-3.0]),
        "moment_coeffs = " + reals(linear), ""])


if __name__ == "__main__":
    with open(sys.argv[2], "w") as file:
        file.write(potential_text(int(sys.argv[1])))
