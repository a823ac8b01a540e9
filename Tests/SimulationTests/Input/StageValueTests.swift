import Diagnostics
import Dynamics
import Simulation
import Testing

@Suite struct StageValueTests {
  private func stages(_ text: String) throws -> [StageInput] {
    try SimulationInput.parse(SampleInput.system + SampleInput.potential + text, path: "in.toml").stages
  }

  private func dynamics(_ stage: StageInput) throws -> DynamicsInput {
    guard case .dynamics(let table) = stage.kind else { throw Failure.input("\(stage.name) is no molecular dynamics") }
    return table
  }

  private func sample(_ name: String) throws -> DynamicsInput {
    let stages = try SimulationInput.parse(SampleInput.complete, path: "in.toml").stages
    return try dynamics(try #require(stages.first { $0.name == name }))
  }

  private func constant(_ value: Double) -> Ramp { Ramp(from: value, to: value) }

  @Test func groupsArrive() throws {
    let input = try SimulationInput.parse(SampleInput.complete, path: "in.toml"), groups = input.groups
    #expect(groups.map(\.name.value) == ["lithium", "tip", "rest"])
    #expect(groups[0].species?.value.map(\.symbol) == ["Li"])
    #expect(groups[0].ids?.value.ranges == [1...100, 205...205])
    #expect(groups[0].region?.value.x == 0...10 && groups[0].region?.value.z == -5...12.5)
    #expect(groups[0].region?.value.y == nil && groups[0].region?.value.center == nil && groups[0].excluded == nil)
    #expect(groups[1].region?.value.center == [1, 2, 3] && groups[1].region?.value.radius == 5)
    #expect(groups[1].species == nil && groups[1].ids == nil && groups[1].region?.value.x == nil)
    #expect(groups[2].excluded?.value == ["lithium", "tip"])
    #expect(try input.groupBit(named: Located("rest", at: Place(file: ""))) == 4)
  }

  @Test func thermostatsArrive() throws {
    let heat = try sample("heat")
    #expect(heat.ensemble == .nvt && heat.length == .duration(10_000) && heat.stepCount == 10_000)
    #expect(heat.temperature == Ramp(from: 300, to: 600))
    #expect(heat.thermostats.map(\.kind) == [.langevin, .bussi, .noseHoover])
    #expect(heat.thermostats.map(\.time) == [1000, 100, 50])
    #expect(heat.thermostats.map(\.seed) == [7, 8, 1])
    #expect(heat.thermostats.map(\.chain) == [3, 3, 2])
    #expect(heat.thermostats.map { $0.group?.value } == ["lithium", "tip", nil])
    #expect(heat.thermostats.map(\.temperature) == [nil, constant(10), nil])
    #expect(heat.barostat == nil)
  }

  @Test func drivenGroupsArrive() throws {
    let heat = try sample("heat")
    #expect(heat.frozen.map(\.value) == ["rest"])
    #expect(heat.moves.map(\.group.value) == ["tip"] && heat.moves[0].velocity == [nil, 0, 1e-5])
    #expect(heat.forces.map(\.group.value) == ["lithium", "tip"])
    #expect(heat.forces.map(\.force) == [[0, 0, 1e-3], [1, 0, 0]])
    #expect(heat.walls.map(\.axis.index) == [2, 2] && heat.walls.map(\.position) == [-20, 60])
    #expect(heat.walls.map(\.side) == [.low, .high] && heat.walls.map { $0.group?.value } == ["lithium", nil])
    guard case .harmonic(let harmonic) = heat.walls[0].kind, case .lennardJones93(let attractive) = heat.walls[1].kind else {
      Issue.record("a wall has the wrong kind")
      return
    }
    #expect(harmonic.stiffness == 10)
    #expect(attractive.epsilon == 0.1 && attractive.sigma == 3 && attractive.cutoff == 10)
    let rate = try #require(heat.deformation?.rate), zz = try #require(rate[.zz])
    #expect(rate.count == 2 && rate[.xy] == 1e-9 && abs(zz - 1e-9) < 1e-24)
    #expect(heat.driftRemoval == 100)
    #expect(heat.adaptive?.displacement == 0.1 && heat.adaptive?.smallest == 0.02)
    #expect(heat.until.map(\.quantity) == [.temperature, .density])
    #expect(heat.until.map(\.above) == [1000, nil] && heat.until.map(\.average) == [100, nil])
    let density = try #require(heat.until[1].below)
    #expect(heat.until[0].below == nil && abs(density - 0.4) < 1e-15)
  }

  @Test func barostatsArrive() throws {
    let squeeze = try sample("squeeze"), barostat = try #require(squeeze.barostat)
    #expect(squeeze.ensemble == .npt && squeeze.length == .steps(1000))
    #expect(barostat.kind == .noseHoover && barostat.pressure == Ramp(from: 1, to: 50_000) && barostat.stress == nil)
    #expect(barostat.time == 1000 && barostat.chain == 4)
    #expect(barostat.coupledComponents == [[.xx, .yy], [.zz]])
    #expect(barostat.target(of: .yy) == Ramp(from: 1, to: 50_000) && barostat.target(of: .xy) == constant(0))
    let stretch = try sample("stretch"), pull = try #require(stretch.barostat)
    #expect(pull.kind == .langevin && pull.seed == 5 && pull.time == 500)
    #expect(pull.coupledComponents == [[.zz], [.xy]])
    #expect(pull.target(of: .zz) == constant(-10_000) && pull.target(of: .xy) == constant(0))
    #expect(stretch.length == nil && stretch.stepCount == nil && stretch.until.map(\.above) == [1e6])
  }

  @Test(arguments: [
    ("coupling = \"isotropic\"", [[CellComponent.xx, .yy, .zz]]), ("chain = 3", [[.xx, .yy, .zz]]),
    ("coupling = \"anisotropic\"", [[.xx], [.yy], [.zz]]),
    ("coupling = \"triclinic\"", [[.xx], [.yy], [.zz], [.yz], [.xz], [.xy]]),
    ("coupling = \"xz\"", [[.xx, .zz], [.yy]]), ("coupling = \"yz\"", [[.yy, .zz], [.xx]]),
    ("components = [\"z\"]", [[.zz]]), ("components = [\"x\", \"yy\", \"xy\"]", [[.xx], [.yy], [.xy]]),
  ])
  func couplingsAreComponentsThatMoveTogether(line: String, components: [[CellComponent]]) throws {
    let text = "[[stage]]\nkind = \"md\"\nensemble = \"npt\"\ntemperature = 1\ntimestep = 1\nsteps = 1\n"
      + "barostat = { pressure = 7, \(line) }\n"
    let input = try SimulationInput.parse(SampleInput.system + SampleInput.potential + text, path: "in.toml")
    #expect(try dynamics(input.stages[0]).barostat?.coupledComponents == components)
    let again = try SimulationInput.parse(input.describe(), path: "in.toml")
    #expect(try dynamics(again.stages[0]).barostat?.coupledComponents == components)
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    let nve = try dynamics(try stages(SampleInput.stage)[0])
    #expect(nve.ensemble == .nve && nve.temperature == nil && nve.thermostats.isEmpty && nve.barostat == nil)
    #expect(nve.frozen.isEmpty && nve.moves.isEmpty && nve.forces.isEmpty && nve.walls.isEmpty && nve.until.isEmpty)
    #expect(nve.deformation == nil && nve.driftRemoval == 0 && nve.adaptive == nil && nve.length == .steps(10))
    let npt = try dynamics(try stages(
      SampleInput.stage + "ensemble = \"npt\"\ntemperature = 300\nbarostat = { pressure = 1 }\nadaptive = {}\n")[0])
    #expect(npt.thermostats.map(\.kind) == [.noseHoover] && npt.thermostats.map(\.time) == [100])
    #expect(npt.thermostats.map(\.chain) == [3] && npt.thermostats[0].group == nil && npt.thermostats[0].temperature == nil)
    #expect(npt.barostat?.kind == .noseHoover && npt.barostat?.time == 500 && npt.barostat?.chain == 3)
    #expect(npt.adaptive?.displacement == 0.05 && npt.adaptive?.smallest == 0.01)
    guard case .minimize(let minimize) = try stages("[[stage]]\nkind = \"minimize\"\ncell = \"full\"\n")[0].kind else {
      Issue.record("wrong kind")
      return
    }
    #expect(minimize.algorithm == .lbfgs && minimize.cell == .full)
    #expect(minimize.pressure == 0 && minimize.stressTolerance == 10)
  }

  /// The barostat's noise goes with the thermostat's, unless the input says otherwise.
  @Test func aLangevinThermostatBringsItsBarostat() throws {
    func kind(_ thermostat: String, _ barostat: String) throws -> BarostatInput.Kind? {
      try dynamics(try stages(
        SampleInput.stage + "ensemble = \"npt\"\ntemperature = 300\nthermostat = { kind = \"\(thermostat)\" }\n"
          + "barostat = { pressure = 1\(barostat) }\n")[0]).barostat?.kind
    }
    #expect(try kind("langevin", "") == .langevin)
    #expect(try kind("langevin", ", kind = \"nose-hoover\"") == .noseHoover)
    #expect(try kind("bussi", "") == .noseHoover)
    #expect(try kind("nose-hoover", ", kind = \"langevin\", seed = 3") == .langevin)
  }

  @Test func everyThermostatMayHaveItsOwnTemperature() throws {
    let stage = try dynamics(try stages(
      SampleInput.stage + "ensemble = \"nvt\"\nthermostat = { temperature = [\"300 K\", \"300 K\"] }\n")[0])
    #expect(stage.temperature == nil && stage.thermostats.map(\.temperature) == [constant(300)])
  }
}
