import Diagnostics
import Foundation
import Simulation
import Testing

@Suite struct InputErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var message: String
    var testDescription: String { message }

    init(_ text: String, _ message: String) {
      self.text = text
      self.message = message
    }

    /// The input is refused by this message and exit status 2.
    func check() throws {
      var found = "no error"
      do {
        _ = try SimulationInput.parse(text, path: "in.toml")
      } catch let failure as Failure {
        found = failure.description
        #expect(failure.exitStatus == 2)
      }
      #expect(found == message)
    }
  }

  private static let system = SampleInput.system, potential = SampleInput.potential, stage = SampleInput.stage

  /// An input that differs from the minimal one by a line of `[system]`.
  private static func system(_ line: String) -> String { system.trimmed + "\n" + line + "\n" + potential + stage }
  private static func output(_ line: String) -> String { SampleInput.minimal + "[output]\n" + line + "\n" }
  private static func potential(_ lines: String) -> String { system + stage + "[[potential]]\n" + lines + "\n" }
  private static func stage(_ lines: String) -> String { system + potential + "[[stage]]\n" + lines + "\n" }

  static let text: [Case] = [
    Case("[system", "in.toml:1:8: this is not valid TOML: a table's header must end in ']'"),
    Case("[[stage]", "in.toml:1:9: this is not valid TOML: a table's header must end in ']]'"),
    Case("[=]", "in.toml:1:2: this is not valid TOML: a key is missing"),
    Case("a = 1\n= 2", "in.toml:2:1: this is not valid TOML: a key is missing"),
    Case("a 1", "in.toml:1:3: this is not valid TOML: a key must be followed by '='"),
    Case("a = # 1", "in.toml:1:5: this is not valid TOML: a value is missing"),
    Case("a = [}]", "in.toml:1:6: this is not valid TOML: a value is missing"),
    Case("a = [1\n\nb = 2", "in.toml:3:1: this is not valid TOML: an array's value must be followed by ',' or ']'"),
    Case("a = { b = 'x' c = 2", "in.toml:1:15: this is not valid TOML: a table's value must be followed by ',' or '}'"),
    Case("a = { b = 1 c = 2", "in.toml:1:13: this is not valid TOML: the value ends before this place; a text with "
      + "blanks needs quotes, and values are separated by ','"),
    // toml++ aborts on this one.
    Case("a = 1979-05-27 7\n", "in.toml:1:16: this is not valid TOML: the value ends before this place; a text with "
      + "blanks needs quotes, and values are separated by ','"),
    Case("a = \"b\nc = 1", "in.toml:1:7: this is not valid TOML: the string before this place does not end"),
    Case(
      "[system]\nframe = 1\nstructure = \"a\"\nframe = 2\n",
      "in.toml:4:1: 'system.frame' is given twice, first on line 2; delete one of them"),
    Case("a = \"\u{0}\"", "in.toml:1: the file has a zero byte: it is not text"),
    Case(
      "a = " + String(repeating: "[", count: 90),
      "in.toml:1:29: this is not valid TOML: tables or arrays are nested too deeply"),
    Case(
      "a.b.c = 1\na.b = 2\n" + SampleInput.minimal,
      "in.toml:2:3: 'a.b' is given twice, first on line 1; delete one of them"),
    Case("", "in.toml:1: the input lacks the key 'system'; add it, see 'swmd help input'"),
  ]

  static let keys: [Case] = [
    Case(SampleInput.minimal + "[sytem]\n", "in.toml:9:2: unknown key 'sytem'; did you mean 'system'?"),
    Case(
      SampleInput.minimal + "[quux]\n",
      "in.toml:9:2: unknown key 'quux'; its keys are: system, group, potential, neighbors, output, compute, analysis, monitor, stage"),
    Case(
      SampleInput.minimal + "[[field]]\nkind = \"electric\"\n",
      "in.toml:9:3: this version of swmd has no 'field'; available: system, group, potential, neighbors, output, compute, analysis, monitor, stage"),
    Case(system("replicat = [1, 1, 1]"), "in.toml:3:1: unknown key 'replicat' in 'system'; did you mean 'replicate'?"),
    Case(
      system("velocities = { temperature = 300, sede = 1 }"),
      "in.toml:3:35: unknown key 'sede' in 'system.velocities'; did you mean 'seed'?"),
    Case(
      output("log = { x = 1 }"), "in.toml:10:9: unknown key 'x' in 'output.log'; its keys are: every"),
    Case(
      "[system]\n" + potential + stage,
      "in.toml:1:1: 'system' lacks the key 'structure'; add it, see 'swmd help input'"),
    Case(system + stage, "in.toml:1: the input lacks the key 'potential'; add it, see 'swmd help input'"),
    Case("potential = []\n" + system + stage, "in.toml:1:13: 'potential' is empty; give at least one [[potential]]"),
    Case("system = 3\n" + potential + stage, "in.toml:1:10: 'system' must be a table, but 3 stands here"),
    Case(
      "stage = 3\n" + system + potential,
      "in.toml:1:9: 'stage' must be a table or an array of tables, but 3 stands here"),
  ]

  static let values: [Case] = [
    Case(system("frame = \"1\""), "in.toml:3:9: 'system.frame' must be an integer, but \"1\" stands here"),
    Case(system("frame = 1.5"), "in.toml:3:9: 'system.frame' must be an integer, but 1.5 stands here"),
    Case(system("frame = 1979-05-27"), "in.toml:3:9: 'system.frame' must be an integer, but a date stands here"),
    Case(
      "[system]\nstructure = 3\n" + potential + stage,
      "in.toml:2:13: 'system.structure' must be a path in quotes, but 3 stands here"),
    Case("[system]\nstructure = \"\"\n" + potential + stage, "in.toml:2:13: 'system.structure' is empty"),
    Case(
      "[system]\nstructure = \"a\\nb\"\n" + potential + stage,
      "in.toml:2:13: 'system.structure' has a line break or another control character"),
    Case(system("species = [\"Lo\"]"), "in.toml:3:12: 'system.species': there is no element 'Lo'; did you mean 'Li'?"),
    Case(
      system("species = [1]"),
      "in.toml:3:12: 'system.species' must be an element's symbol in quotes, but 1 stands here"),
    Case(system("species = []"), "in.toml:3:11: 'system.species' is empty"),
    Case(system("periodic = [true, true]"), "in.toml:3:12: 'system.periodic' needs 3 values, but has 2"),
    Case(
      system("periodic = true"),
      "in.toml:3:12: 'system.periodic' must be an array of 3 x true or false, but true stands here"),
    Case(
      system("periodic = [1, true, true]"),
      "in.toml:3:13: 'system.periodic' must be true or false, but 1 stands here"),
    Case(system("replicate = [1, 0, 1]"), "in.toml:3:17: 'system.replicate' must be >= 1, but it is 0"),
    Case(
      system("replicate = [9223372036854775807, 2, 1]"),
      "in.toml:3:13: 'system.replicate' asks for more than 10^9 copies"),
    Case(
      system("velocities = { temperature = \"300 fs\" }"),
      "in.toml:3:30: 'system.velocities.temperature': 'fs' measures a time, where a temperature is needed; "
        + "give it in one of K"),
    Case(
      system("velocities = { temperature = true }"),
      "in.toml:3:30: 'system.velocities.temperature' must be a temperature, but true stands here; "
        + "write a number (in K) or a string with its unit"),
    Case(
      system("velocities = { temperature = -1 }"),
      "in.toml:3:30: 'system.velocities.temperature' must be >= 0, but it is \"-1 K\""),
    Case(
      system("velocities = { temperature = nan }"),
      "in.toml:3:30: 'system.velocities.temperature' is not a finite number"),
    Case(
      system("velocities = { temperature = 1, seed = -1 }"),
      "in.toml:3:40: 'system.velocities.seed' must be an integer from 0 to 4294967295, but -1 stands here"),
    Case(system("masses = { Li = 0 }"), "in.toml:3:17: 'system.masses.Li' must be > 0, but it is \"0 amu\""),
    Case(
      system("masses = { li = 7 }"),
      "in.toml:3:17: 'system.masses.li': there is no element 'li'; did you mean 'Li'?"),
    Case(
      system("masses = 7"),
      "in.toml:3:10: 'system.masses' must be a table such as { Li = 6.94 }, but 7 stands here"),
    Case(
      SampleInput.minimal + "[neighbors]\nskin = -1\n",
      "in.toml:10:8: 'neighbors.skin' must be >= 0, but it is \"-1 Å\""),
    Case(
      SampleInput.minimal + "[neighbors]\nimbalance = 0.5\n",
      "in.toml:10:13: 'neighbors.imbalance' must be >= 1, but it is 0.5"),
  ]

  static let tables: [Case] = [
    Case(output("log = { every = 0 }"), "in.toml:10:17: 'output.log.every' must be >= 1, but it is 0"),
    Case(
      output("trajectory = { file = \"a.xyz\" }"),
      "in.toml:10:23: 'output.trajectory.file': the ending of 'a.xyz' is no trajectory format; end it in one of "
        + ".nc, .extxyz, .dump"),
    Case(
      output("trajectory = { file = \"/tmp/a.nc\" }"),
      "in.toml:10:23: 'output.trajectory.file' is a name in the output directory, but '/tmp/a.nc' is a path; "
        + "set 'output.directory' instead"),
    Case(
      output("trajectory = { energies = true }"),
      "in.toml:10:16: a NetCDF trajectory has no energies of atoms; write an .extxyz or .dump file for them"),
    Case(
      output("trajectory = [{ every = 1 }, { file = \"trajectory.nc\" }]"),
      "in.toml:10:39: two trajectories are written to 'trajectory.nc'; give each its own file"),
    Case(
      stage("name = \"a\"\ntimestep = 1\nsteps = 1"),
      "in.toml:5:1: 'stage' needs 'kind'"),
    Case(stage("knid = \"md\""), "in.toml:6:1: unknown key 'knid' in 'stage'; did you mean 'kind'?"),
    Case(stage("kind = 1"), "in.toml:6:8: 'stage.kind' must be one of \"minimize\", \"md\", but 1 stands here"),
    Case(stage("kind = \"mb\""), "in.toml:6:8: 'stage.kind' cannot be \"mb\"; did you mean \"md\"?"),
    Case(stage("kind = \"walk\""), "in.toml:6:8: 'stage.kind' cannot be \"walk\"; choose one of: minimize, md"),
    Case(
      stage("kind = \"neb\""),
      "in.toml:6:8: this version of swmd has no 'stage.kind' = \"neb\"; available: minimize, md"),
    Case(
      stage("kind = \"md\"\nensemble = \"nph\"\ntimestep = 1\nsteps = 1"),
      "in.toml:7:12: this version of swmd has no 'stage.ensemble' = \"nph\"; available: nve, nvt, npt"),
    Case(
      stage("kind = \"minimize\"\ntimestep = 1"),
      "in.toml:7:1: 'timestep' in 'stage' belongs to kind = \"md\", not to kind = \"minimize\"; its keys are: name, "
        + "repeat, algorithm, force_tolerance, max_steps, max_displacement, cell, pressure, stress_tolerance, freeze, kind"),
    Case(
      stage("kind = \"md\"\ntimestep = 1\nsteps = 1\nduration = 1"),
      "in.toml:8:1: 'duration' and 'steps' exclude each other; delete one of them"),
    Case(stage("kind = \"md\"\ntimestep = 1"), "in.toml:5:1: 'stage' needs 'duration', 'steps' or 'until'"),
    Case(
      stage("kind = \"md\"\nsteps = 1"),
      "in.toml:5:1: 'stage' lacks the key 'timestep'; add it, see 'swmd help input'"),
    Case(
      stage("kind = \"md\"\ntimestep = \"1 fs\"\nduration = \"1e250 s\""),
      "in.toml:8:12: 'stage' takes more than 10^12 steps; give a shorter duration or a longer time step"),
    Case(
      stage("kind = \"md\"\ntimestep = \"1 fs\"\nduration = 0.1"),
      "in.toml:8:12: 'stage.duration' is shorter than the time step; give a longer duration or steps = 1"),
    Case(
      stage("kind = \"minimize\"\nforce_tolerance = \"0.01 eV\""),
      "in.toml:7:19: 'stage.force_tolerance': 'eV' measures an energy, where a force is needed; give it in one of "
        + "eV/Å, meV/Å, kJ/mol/nm, kcal/mol/Å, Ha/Bohr, Ry/Bohr, nN, pN"),
    Case(
      stage("kind = \"minimize\"\nname = \"a\"\n[[stage]]\nname = \"a\"\nkind = \"minimize\""),
      "in.toml:9:8: two stages are named \"a\"; give each stage its own name"),
  ]

  static let potentials: [Case] = [
    Case(potential("precision = \"mixed\""), "in.toml:7:1: 'potential' needs 'kind' or 'file' or 'plugin'"),
    Case(potential("fiel = \"p.mtp\""), "in.toml:8:1: unknown key 'fiel' in 'potential'; did you mean 'file'?"),
    Case(
      potential("file = \"p.mtp\"\nprecision = \"single\""),
      "in.toml:9:13: 'potential.precision' cannot be \"single\"; choose one of: double, mixed"),
    Case(
      potential("file = \"p.mtp\"\ncutoff = 5"),
      "in.toml:9:1: 'cutoff' in 'potential' belongs to kind = \"lennard-jones\", not to a table with 'file'; its keys "
        + "are: file, species, active_set, precision, radial, kind"),
    Case(
      potential("kind = \"lennard-jones\"\ncutoff = 5\npairs = [{ elements = [\"Ar\"], epsilon = 1, sigma = 3 }]"),
      "in.toml:10:23: 'potential.pairs.elements' needs 2 values, but has 1"),
    Case(
      potential("kind = \"lennard-jones\"\ncutoff = 5\npairs = [{ elements = [\"Ar\", \"Ar\"], sigma = 3 }]"),
      "in.toml:10:10: 'potential.pairs' lacks the key 'epsilon'; add it, see 'swmd help input'"),
    Case(
      potential("kind = \"morse\"\ncutoff = 5\ntruncation = \"smooth\"\n"
        + "pairs = [{ elements = [\"Ar\", \"Ar\"], D = 1, alpha = 1, r0 = 3 }]"),
      "in.toml:10:14: 'potential' has truncation = \"smooth\" but no 'inner_cutoff'; say where the switching begins"),
    Case(
      potential("kind = \"morse\"\ncutoff = 5\ninner_cutoff = 4\n"
        + "pairs = [{ elements = [\"Ar\", \"Ar\"], D = 1, alpha = 1, r0 = 3 }]"),
      "in.toml:10:1: 'potential.inner_cutoff' is for truncation = \"smooth\" only"),
    Case(
      potential("kind = \"morse\"\ncutoff = 5\ntruncation = \"smooth\"\ninner_cutoff = 5\n"
        + "pairs = [{ elements = [\"Ar\", \"Ar\"], D = 1, alpha = 1, r0 = 3 }]"),
      "in.toml:11:16: 'potential.inner_cutoff' is not smaller than the cutoff"),
    Case(
      potential("kind = \"buckingham\"\ncutoff = 5\npairs = [\n{ elements = [\"Li\", \"O\"], A = 1, rho = 1 },\n"
        + "{ elements = [\"O\", \"Li\"], A = 1, rho = 1 }]"),
      "in.toml:12:1: the pair O-Li is given twice in 'potential'"),
    Case(
      potential("kind = \"zbl\"\ninner = 2\nouter = 1"), "in.toml:9:9: 'potential.inner' is not smaller than 'outer'"),
    Case(
      potential("kind = \"tersoff\""),
      "in.toml:8:8: this version of swmd has no 'potential.kind' = \"tersoff\"; available: eam, lennard-jones, morse, "
        + "buckingham, zbl, plugin"),
  ]

  @Test(arguments: text + keys + values + tables + potentials)
  func oneErrorNamesThePlaceAndTheRemedy(_ example: Case) throws { try example.check() }

  @Test func bytesThatAreNoTextHaveALine() {
    #expect(throws: Failure.input(
      "the file is not UTF-8 text", at: Place(file: "in.toml", line: 2),
      remedy: "save it as UTF-8, or name the TOML file that is meant")
    ) { try SimulationInput.parse(Array("a = 1\n".utf8) + [0xFF, 0xFE], path: "in.toml") }
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .newlines) }
}
