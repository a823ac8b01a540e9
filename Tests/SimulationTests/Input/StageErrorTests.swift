import Simulation
import Testing

/// What is wrong in stages, one message each.
@Suite struct StageErrorTests {
  typealias Case = InputErrorTests.Case

  private static let head = SampleInput.system + SampleInput.potential
  private static let groups = """
    [[group]]
    name = "anode"
    species = ["Li"]
    [[group]]
    name = "tip"
    ids = "1:4"

    """

  private static func minimize(_ lines: String) -> String { head + "[[stage]]\nkind = \"minimize\"\n" + lines + "\n" }
  /// A stage whose lines begin with the ninth, and two groups.
  private static func md(_ lines: String) -> String {
    head + "[[stage]]\nkind = \"md\"\ntimestep = 1\nsteps = 9\n" + lines + "\n" + groups
  }
  private static func endless(_ lines: String) -> String { md(lines).replacing("steps = 9", with: "# endless") }
  /// Lines begin with the eleventh.
  private static func nvt(_ lines: String) -> String { md("ensemble = \"nvt\"\ntemperature = 300\n" + lines) }
  private static func npt(_ lines: String) -> String { md("ensemble = \"npt\"\ntemperature = 300\n" + lines) }
  /// Three short stages named a, b, c on lines 5 to 16, with the lines of `repeat` that are given by their names.
  private static func cycle(_ repeats: [String: String]) -> String {
    head + ["a", "b", "c"].map { name in
      "[[stage]]\nname = \"\(name)\"\nkind = \"minimize\"\n" + (repeats[name] ?? "# once") + "\n"
    }.joined()
  }

  static let thermostats: [Case] = [
    Case(
      md("thermostat = {}"),
      "in.toml:9:1: 'stage.thermostat' is for ensemble = \"nvt\" or \"npt\" only; delete it, or choose that"),
    Case(
      md("temperature = 300"),
      "in.toml:9:1: 'stage.temperature' is for ensemble = \"nvt\" or \"npt\" only; delete it, or choose that"),
    Case(
      md("ensemble = \"nvt\""),
      "in.toml:9:12: 'stage' has ensemble = \"nvt\" but no 'temperature'; add temperature = \"300 K\", or [start, end] for "
        + "a ramp"),
    Case(
      md("ensemble = \"npt\"\nthermostat = { temperature = 300 }\nbarostat = { pressure = 1 }"),
      "in.toml:9:12: 'stage' has ensemble = \"npt\" but no 'temperature'; add temperature = \"300 K\", or [start, end] for "
        + "a ramp"),
    Case(
      md("ensemble = \"nvt\"\ntemperature = [300, -1]"),
      "in.toml:10:21: 'stage.temperature' must be > 0, but it is \"-1 K\""),
    Case(
      md("ensemble = \"nvt\"\ntemperature = [300, 400, 500]"),
      "in.toml:10:15: 'stage.temperature' needs 2 values, for the stage's start and end, but has 3"),
    Case(
      nvt("thermostat = { time = 0 }"), "in.toml:11:23: 'stage.thermostat.time' must be > 0, but it is \"0 fs\""),
    Case(
      nvt("thermostat = { kind = \"nose\" }"),
      "in.toml:11:23: 'stage.thermostat.kind' cannot be \"nose\"; choose one of: nose-hoover, langevin, bussi, berendsen"),
    Case(
      nvt("thermostat = { kind = \"andersen\" }"),
      "in.toml:11:23: this version of swmd has no 'stage.thermostat.kind' = \"andersen\"; available: nose-hoover, langevin, "
        + "bussi, berendsen"),
    Case(nvt("thermostat = { chain = 0 }"), "in.toml:11:24: 'stage.thermostat.chain' must be >= 1, but it is 0"),
    Case(
      nvt("thermostat = { kind = \"langevin\", chain = 3 }"),
      "in.toml:11:35: 'stage.thermostat.chain' is for kind = \"nose-hoover\" only; delete it, or choose that"),
    Case(
      nvt("thermostat = { kind = \"berendsen\", seed = 3 }"),
      "in.toml:11:36: 'stage.thermostat.seed' is for kind = \"langevin\" or \"bussi\" only; delete it, or choose that"),
    Case(
      nvt("thermostat = { group = \"anod\" }"), "in.toml:11:24: there is no group \"anod\"; did you mean \"anode\"?"),
    Case(
      nvt("thermostat = { group = \"sulfides\" }"),
      "in.toml:11:24: there is no group \"sulfides\"; the groups are: anode, tip"),
    Case(
      nvt("thermostat = { group = \"sulfides\" }").replacing(groups, with: ""),
      "in.toml:11:24: there is no group \"sulfides\"; define it: [[group]] name = \"sulfides\""),
    Case(
      nvt("thermostat = [{ group = \"tip\" }, { group = \"tip\", time = 5 }]"),
      "in.toml:11:44: two thermostats are on the group \"tip\"; delete one of them"),
    Case(
      nvt("thermostat = [{ time = 5 }, { group = \"tip\" }, {}]"),
      "in.toml:11:48: two thermostats have no group; give 'group' to all of them, or to all but one"),
  ]

  static let barostats: [Case] = [
    Case(
      nvt("barostat = { pressure = 1 }"),
      "in.toml:11:1: 'stage.barostat' is for ensemble = \"npt\" only; delete it, or choose that"),
    Case(
      npt(""), "in.toml:9:12: 'stage' has ensemble = \"npt\" but no 'barostat'; add barostat = { pressure = \"1 bar\" }"),
    Case(npt("barostat = {}"), "in.toml:11:12: 'stage.barostat' needs 'pressure' or 'stress'"),
    Case(
      npt("barostat = { pressure = 1, stress = { zz = 1 } }"),
      "in.toml:11:28: 'pressure' and 'stress' exclude each other; delete one of them"),
    Case(
      npt("barostat = { pressure = 1, coupling = \"xy\", components = [\"z\"] }"),
      "in.toml:11:45: 'coupling' and 'components' exclude each other; delete one of them"),
    Case(
      npt("barostat = { stress = { zz = 1 }, coupling = \"xy\" }"),
      "in.toml:11:35: 'stress' and 'coupling' exclude each other; delete one of them"),
    Case(
      npt("barostat = { pressure = 1, components = [\"z\", \"zz\"] }"),
      "in.toml:11:41: 'stage.barostat.components' names a component twice; \"x\" and \"xx\" are the same"),
    Case(
      npt("barostat = { pressure = 1, components = [\"zx\"] }"),
      "in.toml:11:42: 'stage.barostat.components': the cell has no component 'zx'; the components are: xx, yy, zz, yz, "
        + "xz, xy"),
    Case(
      npt("barostat = { stress = {} }"),
      "in.toml:11:23: 'stage.barostat.stress' names no component of the cell; give at least one"),
    Case(
      npt("barostat = { stress = { z = 1, zz = 1 } }"), "in.toml:11:32: 'stage.barostat.stress' names 'zz' twice"),
    Case(
      npt("barostat = { pressure = \"1 K\" }"),
      "in.toml:11:25: 'stage.barostat.pressure': 'K' measures a temperature, where a pressure is needed; give it in one of "
        + "bar, kbar, Pa, kPa, MPa, GPa, atm, eV/Å^3"),
    Case(
      npt("barostat = { pressure = 1, time = -1 }"),
      "in.toml:11:35: 'stage.barostat.time' must be > 0, but it is \"-1 fs\""),
    Case(
      npt("barostat = { pressure = 1, chain = 0 }"), "in.toml:11:36: 'stage.barostat.chain' must be >= 1, but it is 0"),
    Case(
      npt("barostat = { kind = \"langevin\", pressure = 1, chain = 3 }"),
      "in.toml:11:47: 'stage.barostat.chain' is for kind = \"nose-hoover\" only; delete it, or choose that"),
    Case(
      npt("thermostat = { kind = \"langevin\" }\nbarostat = { pressure = 1, chain = 3 }"),
      "in.toml:12:28: 'stage.barostat.chain' is for kind = \"nose-hoover\" only; delete it, or choose that"),
    Case(
      npt("barostat = { pressure = 1, seed = 3 }"),
      "in.toml:11:28: 'stage.barostat.seed' is for kind = \"langevin\" only; delete it, or choose that"),
    Case(
      npt("barostat = { pressure = 1 }\ndeform = { rate = { xy = 1e-9, zz = 1e-9 } }"),
      "in.toml:12:10: the barostat and 'deform' both move the cell's component zz; name the barostat's components without "
        + "it, or delete one of the two"),
    Case(
      npt("barostat = { pressure = 1, components = [\"z\"] }\ndeform = { rate = { xx = \"1 fs\" } }"),
      "in.toml:12:26: 'stage.deform.rate.xx': 'fs' measures a time, where a strain rate is needed; give it in one of 1/fs, "
        + "1/ps, 1/ns, 1/µs, 1/s"),
  ]

  static let drives: [Case] = [
    Case(md("freeze = \"tip\""), "in.toml:9:10: 'stage.freeze' must be an array of string, but \"tip\" stands here"),
    Case(md("freeze = [\"tipp\"]"), "in.toml:9:11: there is no group \"tipp\"; did you mean \"tip\"?"),
    Case(
      md("freeze = [\"tip\"]\nmove = { group = \"tip\", velocity = [0, 0, 1] }"),
      "in.toml:10:18: the group \"tip\" is frozen and moved; delete it from 'freeze' or from 'move'"),
    Case(
      md("move = [{ group = \"tip\", velocity = [0, 0, 1] }, { group = \"tip\", velocity = [0, 1, \"free\"] }]"),
      "in.toml:9:60: the group \"tip\" is moved twice; give all components of its velocity in one table"),
    Case(
      md("move = { group = \"tip\", velocity = [\"free\", \"free\", \"free\"] }"),
      "in.toml:9:36: 'stage.move.velocity' leaves every component free; give a velocity along one axis at least, or delete "
        + "the table"),
    Case(
      md("move = { group = \"tip\", velocity = [0, \"fixed\", 0] }"),
      "in.toml:9:40: 'stage.move.velocity': 'fixed' does not begin with a number; write a velocity as in \"1.5 Å/fs\""),
    Case(
      md("move = { group = \"tip\", velocity = [0, 1] }"),
      "in.toml:9:36: 'stage.move.velocity' needs 3 values, but has 2"),
    Case(
      md("move = { group = \"top\", velocity = [0, 1, 0] }"),
      "in.toml:9:18: there is no group \"top\"; did you mean \"tip\"?"),
    Case(
      md("force = { force = [0, 0, 1] }"),
      "in.toml:9:9: 'stage.force' lacks the key 'group'; add it, see 'swmd help input'"),
    Case(
      md("wall = { axis = \"c\", position = 0, side = \"low\", kind = \"harmonic\", stiffness = 1 }"),
      "in.toml:9:17: 'stage.wall.axis' cannot be \"c\"; choose one of: x, y, z"),
    Case(
      md("wall = { axis = \"z\", position = 0, side = \"low\", kind = \"harmonic\" }"),
      "in.toml:9:8: 'stage.wall' lacks the key 'stiffness'; add it, see 'swmd help input'"),
    Case(
      md("wall = { axis = \"z\", position = 0, side = \"low\", kind = \"harmonic\", stiffness = 1, sigma = 3 }"),
      "in.toml:9:84: 'sigma' in 'stage.wall' belongs to kind = \"lj93\", not to kind = \"harmonic\"; its keys are: axis, "
        + "position, side, group, stiffness, kind"),
    Case(
      md("wall = [\n{ axis = \"z\", position = 9, side = \"low\", kind = \"harmonic\", stiffness = 1 },\n"
        + "{ axis = \"z\", position = 0, side = \"high\", kind = \"harmonic\", stiffness = 1 }]"),
      "in.toml:11:1: no atom fits between the walls along z: the low one is not below the high one; exchange their sides or "
        + "their positions"),
    Case(md("deform = {}"), "in.toml:9:10: 'stage.deform' lacks the key 'rate'; add it, see 'swmd help input'"),
    Case(md("remove_drift = -1"), "in.toml:9:16: 'stage.remove_drift' must be >= 0, but it is -1"),
    Case(
      md("adaptive = { smallest = 2 }"),
      "in.toml:9:25: 'stage.adaptive.smallest' is longer than the time step; 'timestep' is the longest step: give a shorter "
        + "'smallest'"),
    Case(
      md("adaptive = { displacement = 0 }"),
      "in.toml:9:29: 'stage.adaptive.displacement' must be > 0, but it is \"0 Å\""),
  ]

  static let ends: [Case] = [
    Case(endless(""), "in.toml:5:1: 'stage' needs 'duration', 'steps' or 'until'"),
    Case(
      endless("until = { quantity = \"volume\", above = 9 }\nensemble = \"nvt\"\ntemperature = [300, 600]"),
      "in.toml:11:15: 'stage' has a ramp but no length for it to go over; add 'duration' or 'steps'; 'until' may still end "
        + "the stage before"),
    Case(
      endless("until = { quantity = \"volume\", above = 9 }\nensemble = \"npt\"\ntemperature = 300\n"
        + "barostat = { stress = { zz = [1, 2] } }"),
      "in.toml:12:23: 'stage' has a ramp but no length for it to go over; add 'duration' or 'steps'; 'until' may still end "
        + "the stage before"),
    Case(md("until = { quantity = \"volume\" }"), "in.toml:9:9: 'stage.until' needs 'above' or 'below'"),
    Case(
      md("until = { quantity = \"volume\", above = 1, below = 2 }"),
      "in.toml:9:43: 'above' and 'below' exclude each other; delete one of them"),
    Case(
      md("until = { quantity = \"volume\", above = \"9 K\" }"),
      "in.toml:9:40: 'stage.until.above': 'K' measures a temperature, where a volume is needed; give it in one of Å^3, "
        + "nm^3, Bohr^3"),
    Case(
      md("until = { quantity = \"temprature\", above = 1 }"),
      "in.toml:9:22: 'stage.until.quantity' cannot be \"temprature\"; did you mean \"temperature\"?"),
    Case(
      md("until = { quantity = \"time\", below = 1 }"),
      "in.toml:9:30: 'stage.until.below' is for other quantities than time only; delete it, or choose that"),
    Case(
      md("until = { quantity = \"pressure\", above = 1, average = 0 }"),
      "in.toml:9:55: 'stage.until.average' must be > 0, but it is \"0 fs\""),
    Case(
      cycle(["b": "repeat = { from = \"c\", times = 2 }"]),
      "in.toml:12:19: the stage \"c\" comes only after the repetition that begins with it; put 'repeat' into the last stage "
        + "of the cycle"),
    Case(
      cycle(["b": "repeat = { from = \"zz\", times = 2 }"]),
      "in.toml:12:19: there is no stage \"zz\" to repeat from; the stages up to this one are: a, b"),
    Case(
      cycle(["b": "repeat = { from = \"a\", times = 1 }"]), "in.toml:12:32: 'stage.repeat.times' must be >= 2, but it is 1"),
    Case(
      cycle(["b": "repeat = { from = \"a\", times = 2 }", "c": "repeat = { from = \"b\", times = 2 }"]),
      "in.toml:16:19: the repetitions of \"a\" to \"b\" and of \"b\" to \"c\" overlap; "
        + "one may hold the other, or they follow one another"),
    Case(
      cycle(["b": "repeat = { from = \"a\", times = 9223372036854775807 }"]),
      "in.toml:12:32: the repetitions make more than 10000 stages; repeat less often"),
    Case(
      cycle(["a": "repeat = { from = \"a\", times = 2 }"]).replacing("\"b\"", with: "\"a (2)\""),
      "in.toml:10:8: a stage and a repetition of another one are both named \"a (2)\"; give the stage another name"),
  ]

  static let minimizations: [Case] = [
    Case(minimize("algorithm = \"bfgs\""),
      "in.toml:7:13: this version of swmd has no 'stage.algorithm' = \"bfgs\"; available: fire, lbfgs"),
    Case(
      minimize("stress_tolerance = 1"),
      "in.toml:7:1: 'stage.stress_tolerance' is for cell = \"hydrostatic\" or \"full\" only; delete it, or choose that"),
    Case(
      minimize("cell = \"fixed\"\npressure = 1"),
      "in.toml:8:1: 'stage.pressure' is for cell = \"hydrostatic\" or \"full\" only; delete it, or choose that"),
    Case(
      minimize("cell = \"full\"\nstress_tolerance = 0"),
      "in.toml:8:20: 'stage.stress_tolerance' must be > 0, but it is \"0 bar\""),
    Case(
      minimize("cell = \"shape\""),
      "in.toml:7:8: 'stage.cell' cannot be \"shape\"; choose one of: fixed, hydrostatic, full"),
  ]

  @Test(arguments: thermostats + barostats + drives + ends + minimizations)
  func oneErrorNamesThePlaceAndTheRemedy(_ example: Case) throws { try example.check() }
}
