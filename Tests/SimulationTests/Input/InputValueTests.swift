import Atomistics
import Diagnostics
import Simulation
import Testing

@Suite struct InputValueTests {
  private let lithium: Element, sulfur: Element

  init() throws {
    lithium = try #require(Element(symbol: "Li"))
    sulfur = try #require(Element(symbol: "S"))
  }

  @Test func everyKeyArrives() throws {
    let input = try SimulationInput.parse(SampleInput.complete, path: "dir/in.toml")
    #expect(input.directory == "dir")
    #expect(input.resolve(input.system.structure.value) == "dir/li-li2s.extxyz")
    #expect(input.resolve("/x/y") == "/x/y")
    #expect(input.system.structure.place == Place(file: "dir/in.toml", line: 2, column: 13))
    #expect(input.system.frame == 0)
    #expect(input.system.species?.value == [lithium, sulfur])
    #expect(input.system.periodic?.value == Periodicity(true, true, false))
    #expect(input.system.replicate == [4, 4, 1])
    #expect(input.system.velocities?.temperature == 300)
    #expect(input.system.velocities?.seed == 42)
    #expect(input.system.masses == [lithium: 6.015, sulfur: 32])
    #expect(try input.neighbors == neighbors(skin: 0.5, imbalance: 1.05))
    #expect(input.output.directory.value == "out")
    #expect(input.output.log.every == 50)
    #expect(input.output.checkpoint.every == 5000)
    #expect(input.output.checkpoint.keep == 3)
  }

  private func neighbors(skin: Double, imbalance: Double) throws -> NeighborsInput {
    var table = try SimulationInput.parse(SampleInput.minimal, path: "").neighbors
    table.skin = skin
    table.imbalance = imbalance
    return table
  }

  @Test func everyPotentialArrives() throws {
    let potentials = try SimulationInput.parse(SampleInput.complete, path: "in.toml").potentials
    try #require(potentials.count == 7)
    guard case .file(let file) = potentials[0].kind, case .zbl(let zbl) = potentials[1].kind,
      case .lennardJones(let lennardJones) = potentials[2].kind, case .morse(let morse) = potentials[3].kind,
      case .buckingham(let buckingham) = potentials[4].kind, case .eam(let eam) = potentials[5].kind,
      case .plugin(let plugin) = potentials[6].kind
    else {
      Issue.record("a potential has the wrong kind")
      return
    }
    #expect(potentials[1].place == Place(file: "in.toml", line: 30, column: 1))
    #expect(file.file.value == "../potentials/li-s.almtp")
    #expect(file.species?.value == [lithium, sulfur])
    #expect(file.activeSet?.value == "li-s.als")
    #expect(file.precision == .mixed)
    #expect(zbl.inner == 0.5 && zbl.outer == 1.2 && zbl.elements?.value == [lithium])
    #expect(lennardJones.cutoff == 8.5 && lennardJones.truncation == .smooth && lennardJones.innerCutoff == 7)
    #expect(lennardJones.mixing == .geometric)
    #expect(lennardJones.pairs.map { $0.value.elements.map(\.symbol) } == [["Ar", "Ar"], ["Ar", "Kr"]])
    #expect(lennardJones.pairs.map(\.value.sigma) == [3.4, 3.5])
    #expect(abs(lennardJones.pairs[0].value.epsilon - 0.0104) < 1e-17)
    #expect(morse.cutoff == 6 && morse.truncation == .shiftedForce && morse.innerCutoff == nil)
    #expect(morse.pairs.map(\.value.depth) == [0.3429])
    #expect(morse.pairs.map(\.value.alpha) == [1.3588])
    #expect(morse.pairs.map(\.value.distance) == [2.866])
    #expect(buckingham.cutoff == 10 && buckingham.truncation == .shift)
    #expect(buckingham.pairs.map(\.value.repulsion) == [426.48])
    #expect(buckingham.pairs.map(\.value.range) == [0.3])
    #expect(buckingham.pairs.map(\.value.dispersion) == [1])
    #expect(eam.file.value == "Cu.eam.alloy")
    #expect(plugin.plugin.value == "libmine.so" && plugin.file?.value == "mine.dat")
    #expect(plugin.species?.value == [lithium])
  }

  @Test func trajectoriesArrive() throws {
    let trajectories = try SimulationInput.parse(SampleInput.complete, path: "in.toml").output.trajectories
    try #require(trajectories.count == 2)
    #expect(trajectories.map(\.format) == [.netCDF, .extendedXYZ])
    #expect(trajectories[0].file.value == "all.nc" && trajectories[0].every == 1000)
    #expect(trajectories[0].velocities && trajectories[0].forces && trajectories[0].wrapped)
    #expect(!trajectories[0].energies)
    #expect(trajectories[1].energies && !trajectories[1].velocities)
  }

  @Test func stagesArrive() throws {
    let stages = try SimulationInput.parse(SampleInput.complete, path: "in.toml").stages
    #expect(stages.map(\.name) == [
      "relax", "react", "stage-3", "heat", "react (2)", "stage-3 (2)", "heat (2)", "squeeze", "stretch", "squeeze (2)",
      "stretch (2)", "squeeze (3)", "stretch (3)",
    ])
    guard case .minimize(let relax) = stages[0].kind, case .dynamics(let react) = stages[1].kind,
      case .dynamics(let last) = stages[2].kind
    else {
      Issue.record("a stage has the wrong kind")
      return
    }
    #expect(relax.forceTolerance == 0.02 && relax.maximumSteps == 500 && relax.maximumDisplacement == 0.2)
    #expect(relax.algorithm == .fire && relax.cell == .hydrostatic)
    #expect(relax.pressure == 1000 && relax.stressTolerance == 10)
    #expect(react.ensemble == .nve && react.timestep == 0.5)
    #expect(react.length == .duration(1e6) && react.stepCount == 2_000_000)
    #expect(last.timestep == 2 && last.length == .steps(2_000_000) && last.stepCount == 2_000_000)
    #expect(stages[2].place.line == 105)
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    let input = try SimulationInput.parse(
      SampleInput.system + "[potential]\nfile = \"p.mtp\"\n[output]\ntrajectory = {}\n[[stage]]\nkind = \"minimize\"\n",
      path: "in.toml")
    #expect(input.directory == ".")
    #expect(input.resolve("li.extxyz") == "li.extxyz")
    #expect(input.system.frame == -1 && input.system.replicate == [1, 1, 1] && input.system.masses.isEmpty)
    #expect(input.system.species == nil && input.system.periodic == nil && input.system.velocities == nil)
    #expect(input.neighbors.skin == nil && input.neighbors.imbalance == nil)
    #expect(input.output.directory.value == "run" && input.output.log.every == 100)
    #expect(input.output.checkpoint.every == 10_000 && input.output.checkpoint.keep == 2)
    let trajectory = try #require(input.output.trajectories.first)
    #expect(trajectory.file.value == "trajectory.nc" && trajectory.every == 1000 && trajectory.format == .netCDF)
    guard case .minimize(let stage) = input.stages[0].kind, case .file(let potential) = input.potentials[0].kind else {
      Issue.record("wrong kinds")
      return
    }
    #expect(stage.forceTolerance == 0.01 && stage.maximumSteps == 10_000 && stage.maximumDisplacement == 0.1)
    #expect(potential.precision == .double && potential.species == nil && potential.activeSet == nil)
    #expect(input.stages[0].name == "stage-1")
  }

  @Test func byteOrderMarkAndCarriageReturnsAreFine() throws {
    let text = "\u{FEFF}" + SampleInput.minimal.replacing("\n", with: "\r\n")
    #expect(try SimulationInput.parse(text, path: "in.toml").system.structure.place.line == 2)
  }

  @Test func theDescriptionIsTheSameInput() throws {
    for text in [SampleInput.complete, SampleInput.minimal] {
      let described = try SimulationInput.parse(text, path: "in.toml").describe()
      #expect(try SimulationInput.parse(described, path: "in.toml").describe() == described)
    }
    let described = try SimulationInput.parse(SampleInput.minimal, path: "in.toml").describe()
    #expect(described.contains("[output]\ndirectory  = \"run\"\nlog        = { every = 100 }\n"))
    #expect(described.contains("timestep     = \"0.5 fs\""))
  }
}
