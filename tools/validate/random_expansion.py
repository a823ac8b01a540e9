"""An atomic cluster expansion in pacemaker's B-basis format with random functions and coefficients: no physics, but every
part that grades go through, two densities and products up to rank 4 among them.
"""

BONDS = """    nradmaxi: 3
    lmaxi: 2
    rcutij: 5.0
    dcutij: 0.01
    NameOfCutoffFunctionij: cos
    nradbaseij: 4
    radbase: ChebExpCos
    radparameters: [5.25]
    core-repulsion: [20.0, 1.5]
"""
EMBEDDING = """    ndensityi: 2
    npoti: FinnisSinclairShiftedScaled
    parameters: [1.0, 1.0, 1.0, 0.5]
"""
# l of the factors and L of the couplings, by rank.
ANGULAR = {
    2: [((0, 0), ()), ((1, 1), ()), ((2, 2), ())],
    3: [((0, 0, 0), (0,)), ((1, 1, 0), (0,)), ((1, 1, 2), (2,)), ((2, 2, 2), (2,))],
    4: [((0, 0, 0, 0), (0, 0)), ((1, 1, 1, 1), (2, 2)), ((1, 1, 2, 2), (1, 1))],
}
COUNTS = {2: 20, 3: 14, 4: 6}


def radial(rng):
    return [[[round(rng.uniform(-1, 1), 6) for _ in range(4)] for _ in range(3)] for _ in range(3)]


def functions(rng, center, elements):
    """(neighbors, n, l, L) of a center's functions, each once."""
    found = [((x,), (k,), (0,), ()) for x in elements for k in (1, 2, 3, 4)]
    for rank, count in COUNTS.items():
        chosen = {}
        while len(chosen) < count:
            l, couplings = rng.choice(ANGULAR[rank])
            factors = [(rng.choice(elements), rng.randint(1, 3), order) for order in l]
            # The order of factors makes no other function.
            chosen[(tuple(sorted(factors)), couplings)] = (
                tuple(f[0] for f in factors), tuple(f[1] for f in factors), l, couplings)
        found += chosen.values()
    return found


def line(rng, center, function):
    neighbors, n, l, couplings = function
    scale = 0.3 ** len(n)
    c = [round(scale * rng.uniform(-1, 1), 8) for _ in range(2)]
    lint = f", lint: {list(couplings)}" if couplings else ""
    return f"      - {{type: {' '.join((center,) + neighbors)}, nr: {list(n)}, nl: {list(l)}{lint}, c: {c}}}\n"


def expansion(rng, elements=("Li", "S")):
    """The file's text."""
    blocks = {}
    for center in elements:
        for function in functions(rng, center, elements):
            others = sorted(set(function[0]) - {center})
            blocks.setdefault(" ".join([center] + others), []).append(line(rng, center, function))
    text = "global:\n  DeltaSplineBins: 0.001\nspecies:\n"
    coefficients = {}
    for name in sorted(blocks, key=lambda name: (len(name.split()), name)):
        pair = tuple(sorted(name.split()))
        coefficients.setdefault(pair, radial(rng))
        text += f"  - speciesblock: {name}\n" + (EMBEDDING if len(pair) == 1 else "")
        text += BONDS + f"    radcoefficients: {coefficients[pair]}\n    nbody:\n" + "".join(blocks[name])
    return text
