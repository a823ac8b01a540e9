/// Inputs that the tests of this folder start from.
enum SampleInput {
  static let system = """
    [system]
    structure = "li.extxyz"

    """
  static let potential = """
    [potential]
    file = "li-s.almtp"

    """
  static let stage = """
    [[stage]]
    kind = "md"
    timestep = "0.5 fs"
    steps = 10

    """
  static let minimal = system + potential + stage

  /// Every table and every key that this version has.
  static let complete = """
    [system]
    structure = "li-li2s.extxyz"          # a comment
    frame = 0
    species = ["Li", "S"]
    periodic = [true, true, false]
    replicate = [4, 4, 1]
    velocities = { temperature = "300 K", seed = 42 }
    masses = { Li = 6.015, S = "32 amu" }

    [[group]]
    name = "lithium"
    species = ["Li"]
    ids = "205, 1:100"
    region = { x = [0, "1 nm"], z = ["-5 Å", 12.5] }

    [[group]]
    name = "tip"
    region = { center = [1, 2, "0.3 nm"], radius = "5 Å" }

    [[group]]
    name = "rest"
    not = ["lithium", "tip"]

    [[potential]]
    file = "../potentials/li-s.almtp"
    species = ["Li", "S"]
    active_set = "li-s.als"
    precision = "mixed"

    [[potential]]
    kind = "zbl"
    inner = "0.5 Å"
    outer = 1.2
    elements = ["Li"]

    [[potential]]
    kind = "lennard-jones"
    cutoff = "8.5 Å"
    truncation = "smooth"
    inner_cutoff = "0.7 nm"
    mixing = "geometric"
    pairs = [
      { elements = ["Ar", "Ar"], epsilon = "10.4 meV", sigma = 3.4 },
      { elements = ["Ar", "Kr"], epsilon = 0.012, sigma = "0.35 nm" },
    ]

    [[potential]]
    kind = "morse"
    cutoff = 6
    truncation = "shifted-force"
    pairs = [{ elements = ["Cu", "Cu"], D = 0.3429, alpha = "1.3588 1/Å", r0 = 2.866 }]

    [[potential]]
    kind = "buckingham"
    cutoff = 10.0
    pairs = [{ elements = ["Li", "O"], A = 426.48, rho = 0.3, C = "1 eV Å^6" }]

    [[potential]]
    kind = "eam"
    file = "Cu.eam.alloy"

    [[potential]]
    plugin = "libmine.so"
    file = "mine.dat"
    species = ["Li"]

    [neighbors]
    skin = "0.5 Å"
    imbalance = 1.05

    [output]
    directory = "out"
    log = { every = 50 }
    checkpoint = { every = 5000, keep = 3 }

    [[output.trajectory]]
    file = "all.nc"
    every = 1000
    velocities = true
    forces = true
    wrapped = true

    [[output.trajectory]]
    file = "some.extxyz"
    energies = true

    [[stage]]
    name = "relax"
    kind = "minimize"
    algorithm = "fire"
    cell = "hydrostatic"
    pressure = "1 kbar"
    stress_tolerance = "1 MPa"
    force_tolerance = "0.02 eV/Å"
    max_steps = 500
    max_displacement = "0.2 Å"

    [[stage]]
    name = "react"
    kind = "md"
    ensemble = "nve"
    timestep = "0.5 fs"
    duration = "1 ns"

    [[stage]]
    kind = "md"
    timestep = 2
    steps = 2e6

    [[stage]]
    name = "heat"
    kind = "md"
    ensemble = "nvt"
    timestep = "1 fs"
    duration = "10 ps"
    temperature = ["300 K", 600]
    thermostat = [
      { kind = "langevin", time = "1 ps", seed = 7, group = "lithium" },
      { kind = "bussi", seed = 8, group = "tip", temperature = "10 K" },
      { time = "50 fs", chain = 2 },
    ]
    freeze = ["rest"]
    move = { group = "tip", velocity = ["free", 0, "1 m/s"] }
    force = [{ group = "lithium", force = [0, 0, "1 meV/Å"] }, { group = "tip", force = [1, 0, 0] }]
    wall = [
      { axis = "z", position = "-2 nm", side = "low", kind = "harmonic", stiffness = "10 eV/Å^2", group = "lithium" },
      { axis = "z", position = 60, side = "high", kind = "lj93", epsilon = "0.1 eV", sigma = 3, cutoff = "1 nm" },
    ]
    deform = { rate = { zz = "1e-3 1/ns", xy = 1e-9 } }
    remove_drift = 100
    adaptive = { displacement = "0.1 Å", smallest = 0.02 }
    until = [
      { quantity = "temperature", above = "1000 K", average = "100 fs" },
      { quantity = "density", below = "400 kg/m^3" },
    ]
    repeat = { from = "react", times = 2 }

    [[stage]]
    name = "squeeze"
    kind = "md"
    ensemble = "npt"
    timestep = "1 fs"
    steps = 1000
    temperature = 300
    barostat = { pressure = ["1 bar", "50 kbar"], time = "1 ps", coupling = "xy", chain = 4 }

    [[stage]]
    name = "stretch"
    kind = "md"
    ensemble = "npt"
    timestep = "1 fs"
    temperature = 300
    thermostat = { kind = "langevin" }
    barostat = { stress = { zz = "-1 GPa", xy = 0 }, seed = 5 }
    until = { quantity = "time", above = "1 ns" }
    repeat = { from = "squeeze", times = 3 }

    [[compute]]
    name = "tip"
    every = 50
    group = "tip"
    quantities = ["temperature", "kinetic_energy", "stress", "position"]
    degrees_of_freedom = 12

    [[compute]]
    name = "profile"
    slabs = { axis = "a", width = "0.2 nm", remove_flow = true }
    quantities = ["number_density"]
    average = 20

    [[compute]]
    name = "halves"
    slabs = { axis = "b", count = 2 }
    quantities = ["velocity"]

    [[analysis]]
    kind = "rdf"
    pairs = ["Li-S", "S-S"]
    rmax = "0.9 nm"
    bins = 200
    cutoff = 3

    [[analysis]]
    kind = "coordination"
    name = "late"
    every = 20
    stages = ["react", "heat"]
    block = 30
    pairs = ["Li-S:3.2", "S-S:4"]
    axis = "c"
    bins = 12

    [[analysis]]
    kind = "profile"
    axis = "a"
    bins = 50
    charges = { Li = 1, S = -2.0 }

    [[monitor.extrapolation]]
    select = 3

    [[monitor.extrapolation]]
    name = "metal"
    every = 5
    select = 1.5
    break = 8
    output = "todo.extxyz"
    pause = 20
    rise = 2
    group = "lithium"
    species = ["Li"]

    [monitor.temperature]
    every = 20
    above = "1000 K"
    below = 10
    break = [1, 2000]

    [monitor.pressure]
    below = "-1 GPa"
    break = "10 GPa"

    [monitor.drift]
    break = "10 meV"

    [monitor.distance]
    below = "1.5 Å"
    break = 1

    [monitor.force]
    above = 50

    [monitor.lone_atoms]
    above = 0
    break = 2

    [monitor.finite]
    every = 1

    """
}
