"""Trajectories that cannot be analyzed, for tools/validate/bad_inputs: what is wrong, the command, the files, what must be said."""


def frame(k, atoms=("Li", "Li", "S"), time=True, fields="", count=None):
    """An extended XYZ frame of the k-th 10 fs."""
    lines = "".join(f"{s} {1.5 * i + 0.01 * k} {0.1 * i} 0.5\n" for i, s in enumerate(atoms))
    when = f" time={10 * k}" if time else ""
    return (f'{len(atoms) if count is None else count}\nLattice="9 0 0 0 9 0 0 0 9" Properties=species:S:1:pos:R:3{when}{fields}\n'
            + lines)


def dump(k, columns="id type x y z", rows=("1 1 1 2 3", "2 2 4 5 6"), top=""):
    return (f"{top}ITEM: TIMESTEP\n{k}\nITEM: NUMBER OF ATOMS\n{len(rows)}\nITEM: BOX BOUNDS pp pp pp\n0 9\n0 9\n0 9\n"
            f"ITEM: ATOMS {columns}\n" + "\n".join(rows) + "\n")


XDATCAR = "title\n1.0\n9 0 0\n0 9 0\n0 0 9\nLi S\n1 1\n"
CONFIGURATION = "Direct configuration= {}\n0 0 0\n0.5 0.5 0.5\n"
GOOD = "".join(frame(k) for k in range(20))


def case(what, kind, content, expected, *options, name="t.extxyz"):
    return (what, {name: content}, expected, ["analyze", kind, name, *options])


CASES = [
    case("a trajectory of one frame", "msd", frame(0), ["t.extxyz", "one frame"]),
    case("a trajectory without times", "msd", "".join(frame(k, time=False) for k in range(20)), ["t.extxyz", "times", "--interval"]),
    case("--skip without times", "rdf", "".join(frame(k, time=False) for k in range(20)), ["--skip", "--interval"], "--skip", "1"),
    case("frames out of order", "rdf", frame(2) + frame(1), ["t.extxyz", "out of order", "frame 1"]),
    case("frames that a restart wrote twice", "msd", frame(0) + frame(1) + frame(1) + frame(2), ["out of order", "restart"]),
    case("uneven frames", "msd", "".join(frame(k) for k in (0, 1, 2, 3, 9, 10)), ["evenly spaced", "frame 4"]),
    case("a number of atoms that changes", "rdf", frame(0) + frame(1, ("Li", "S")), ["t.extxyz", "frame 1 has 2 atoms", "3"]),
    case("a species that is absent", "rdf", GOOD, ["Na", "Li, S"], "--pair", "Li-Na"),
    case("a pair that is none", "rdf", GOOD, ["LiS", "Li-S"], "--pair", "LiS"),
    case("a reference frame of an absent species", "msd", GOOD, ["Na", "Li, S"], "--frame", "Na"),
    case("a reference frame that does not exist", "msd", GOOD, ["'mass'", "com"], "--frame", "mass"),
    case("nothing left after --skip", "rdf", GOOD, ["no frame is left", "20 frames"], "--skip", "99"),
    case("every zeroth frame", "rdf", GOOD, ["--every"], "--every", "0"),
    case("a list of too few species", "rdf", GOOD, ["2 atoms", "3"], "--species-list", "Li*2"),
    case("a species list that is none", "rdf", GOOD, ["'Lx'", "Li*24"], "--species-list", "Lx*3"),
    case("a topology of other atoms", "rdf", GOOD, ["a.extxyz", "2 atoms", "3"], "--topology", "a.extxyz"),
    case("a trajectory cut off in its first frame", "rdf", frame(0)[:-20], ["t.extxyz", "cut off"]),
    case("an empty trajectory", "rdf", "", ["t.extxyz", "no structure"]),
    case("a frame that says too many atoms", "rdf", frame(0) + frame(1, count=4) + frame(2), ["t.extxyz:12", "number of atoms"]),
    case("a damaged number in a frame", "rdf", frame(0) + frame(1).replace("1.51", "1.5a") + frame(2), ["t.extxyz:9", "1.5a"]),
    case("a trajectory without cell for g(r)", "rdf", frame(0).replace('Lattice="9 0 0 0 9 0 0 0 9" ', ""), ["t.extxyz", "no cell"]),
    ("a trajectory that does not exist", {}, ["u.extxyz", "cannot be opened"], ["analyze", "rdf", "u.extxyz"]),
    case("a dump whose types have no names", "rdf", dump(0) + dump(1), ["t.dump", "--species"], name="t.dump"),
    case("a dump without ids", "rdf", "".join(dump(k, "type x y z", ("1 1 2 3", "2 4 5 6")) for k in (0, 1)), ["t.dump", "id"], "--species", "Li,S",
         name="t.dump"),
    case("a dump with steps out of order", "rdf", dump(5) + dump(4), ["out of order", "step 4"], "--species", "Li,S", name="t.dump"),
    case("a dump in reduced units", "rdf", dump(0, top="ITEM: UNITS\nlj\n"), ["t.dump:2", "lj", "metal"], "--species", "Li,S",
         name="t.dump"),
    case("a dump without positions", "rdf", dump(0, "id type vx vy vz"), ["t.dump", "positions"], "--species", "Li,S", name="t.dump"),
    case("a dump whose type has no name", "rdf", dump(0), ["type 2", "Li"], "--species", "Li", name="t.dump"),
    case("an XDATCAR without names", "rdf", XDATCAR.replace("Li S\n", "") + CONFIGURATION.format(1), ["XDATCAR", "elements"],
         name="XDATCAR"),
    case("an XDATCAR without times", "msd", XDATCAR + "".join(CONFIGURATION.format(k) for k in range(9)), ["XDATCAR", "--interval"],
         name="XDATCAR"),
    ("conversion to an XDATCAR", {"t.extxyz": GOOD}, ["XDATCAR", "only reads"], ["convert", "t.extxyz", "XDATCAR"]),
]
