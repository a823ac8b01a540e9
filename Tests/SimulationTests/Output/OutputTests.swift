import Atomistics
import Dynamics
import Numerics
import Simulation
import Testing

@Suite struct OutputTests {
  private let sample = ThermoSample(
    stage: "heat, then hold", step: 12_000, time: 6000,
    thermodynamics: Thermodynamics(
      potential: -12_345.678_901, kinetic: 38.5, temperature: 301.256,
      stress: Matrix3(rows: Vector3(-1500, 10, 20), Vector3(10, -1520.75, 30), Vector3(20, 30, -1540)),
      volume: 25_000.125, mass: 10_000),
    conservedEnergy: -12_300.5, cell: Cell(vectors: Matrix3(diagonal: Vector3(20, 25, 50)), periodic: .all),
    drift: -1.25e-7, largestForce: 0.75)

  @Test func linesAlignBelowTheHeader() {
    let rate = RunRate(stepsPerSecond: 512.3, atoms: 4000, ranks: 2, stepsLeft: 1_000_000)
    let header = ThermoTable.header
    let line = ThermoTable.line(sample, rate: rate)
    #expect(header[0].count == line.count && header[1].count == line.count)
    #expect(line.split(whereSeparator: { $0 == " " }).joined(separator: " ")
      == "12000 6.0000 301.26 -12345.67890 38.50000 -12307.17890 -1520.2 25000.12 -1.25e-07 0.7500 512 1.02e+06 32 min 32 s")
    #expect(header[0].split(separator: " ").joined(separator: " ")
      == "step time temp potential kinetic total pressure volume drift max force rate per rank left")
  }

  @Test func whatIsMissingIsADash() {
    var open = sample
    open.thermodynamics.volume = nil
    open.thermodynamics.stress = nil
    open.conservedEnergy = nil
    open.cell = .none
    let cells = ThermoTable.line(open, rate: nil).split(separator: " ")
    #expect(cells.filter { $0 == "-" }.count == 5)
    #expect(ThermoTable.csvRow(open)
      == "\"heat, then hold\",12000,6000.0,301.256,-12345.678901,38.5,-12307.178901,,,,,-1.25e-07,0.75,,,,,,,,,,,,")
  }

  @Test func hugeValuesStayApart() {
    var wild = sample
    wild.thermodynamics.temperature = 1e30
    wild.thermodynamics.kinetic = .infinity
    #expect(ThermoTable.line(wild, rate: nil).split(separator: " ").count == 13)
  }

  @Test func rowsHaveTheHeadersColumnsAndReadBack() {
    var plain = sample
    plain.stage = "heat"
    let row = ThermoTable.csvRow(plain).split(separator: ",")
    #expect(row.count == ThermoTable.csvHeader.split(separator: ",").count)
    let t = sample.thermodynamics
    #expect(row.dropFirst(2).map { Double($0) } == [
      sample.time, t.temperature, t.potential, t.kinetic, t.total, sample.conservedEnergy, t.pressure, t.volume, t.density,
      sample.drift, sample.largestForce, -1500, -1520.75, -1540, 30, 20, 10, 20, 25, 50, 90, 90, 90,
    ])
    #expect(row.prefix(2) == ["heat", "12000"])
  }

  @Test(arguments: [
    (0.2, "under 1 s"), (1, "1 s"), (59.4, "59 s"), (59.6, "1 min"), (200, "3 min 20 s"), (3600, "1 h"),
    (7980, "2 h 13 min"), (446_400, "5 d 4 h"), (.infinity, "ages"), (1e300, "ages"), (-1, "under 1 s"),
  ])
  func durationsReadLikeSpeech(seconds: Double, text: String) {
    #expect(HumanDuration.text(seconds) == text)
  }

  @Test func theRateFollowsTheLastStretch() {
    var rate = MovingRate(window: 10)
    #expect(rate.stepsPerSecond == nil)
    rate.record(step: 0, at: 0)
    #expect(rate.stepsPerSecond == nil)
    for second in 1...100 { rate.record(step: second * 10, at: Double(second)) }
    #expect(rate.stepsPerSecond == 10)
    for second in 101...120 { rate.record(step: 1000 + (second - 100) * 2, at: Double(second)) }
    #expect(rate.stepsPerSecond == 2)
  }

  @Test func theProgressLineFitsTheTerminal() {
    let rate = RunRate(stepsPerSecond: 512, atoms: 10, ranks: 1, stepsLeft: 1_160_000)
    let text = ProgressLine.text(stage: "react", step: 840_000, of: 2_000_000, progress: 0.42, rate: rate, width: 100)
    #expect(text == "react  42 %  840000 of 2000000 steps  512 steps/s  37 min 46 s left")
    #expect(ProgressLine.text(stage: "react", step: 1, of: 2, progress: 0.5, rate: rate, width: 11) == "react  50 %")
    #expect(ProgressLine.text(stage: "s", step: 0, of: 0, progress: 1, rate: nil, width: 40) == "s  100 %  0 of 0 steps")
    #expect(ProgressLine.text(stage: "s", step: 7, of: nil, progress: 0, rate: nil, width: 40) == "s  0 %  7 steps")
    #expect(ProgressLine.rewriting("a") == "\ra\u{1B}[K")
  }
}
