import Analysis
import Atomistics
import Communication
import Diagnostics
import Formats
import Foundation
import Numerics
import Testing

/// What is fed frame by frame, kept, taken up again and merged is what a trajectory gives at once.
@Suite(.serialized) struct InSituTests {
  private let lithium = Element(symbol: "Li")!, sulfur = Element(symbol: "S")!
  private static let cell = Cell(
    vectors: Matrix3(rows: Vector3(9, 0, 0), Vector3(2.1, 8, 0), Vector3(-1.5, 1.2, 7.5)), periodic: .all)
  private var elements: [Element] { (0..<30).map { $0 % 3 == 0 ? sulfur : lithium } }
  private var facts: TrajectoryFacts {
    TrajectoryFacts(file: "a", times: (0..<23).map { 0.1 * Double($0) }, elements: elements, ranks: 1)
  }

  private var frames: [Configuration] {
    (0..<23).map { _ in
      var frame = Configuration(
        cell: Self.cell, elements: elements,
        positions: (0..<30).map { _ in
          Vector3(.random(in: 0..<1), .random(in: 0..<1), .random(in: 0..<1)) * Self.cell.vectors
        })
      frame.cell.vectors[2].z += .random(in: -0.2...0.2)
      return frame
    }
  }

  /// The same but for rounding.
  private func areEqual(_ a: String, _ b: String) throws -> Bool {
    func matches(_ a: Any, _ b: Any) -> Bool {
      switch (a, b) {
      case (let a as [String: Any], let b as [String: Any]):
        a.keys == b.keys && a.allSatisfy { key, value in b[key].map { matches(value, $0) } ?? false }
      case (let a as [Any], let b as [Any]): a.count == b.count && zip(a, b).allSatisfy { matches($0, $1) }
      case (let a as Double, let b as Double): abs(a - b) <= 1e-12 * max(1, abs(a))
      default: "\(a)" == "\(b)"
      }
    }
    return matches(
      try JSONSerialization.jsonObject(with: Data(a.utf8)), try JSONSerialization.jsonObject(with: Data(b.utf8)))
  }

  private func json(_ report: any AnalysisReport) throws -> String { try report.json }

  /// - Parameter make: an estimator of the blocks.
  private func check<Estimator: ResumableEstimator>(
    blockLength: Int, make: @escaping (FrameBlocks) throws -> Estimator,
    report: @escaping (Estimator, TrajectoryFacts) -> any AnalysisReport
  ) throws {
    let frames = frames
    let whole = try make(FrameBlocks(frameCount: 23, length: blockLength))
    for (number, frame) in frames.enumerated() { try whole.add(frame, number: number) }
    let expected = try json(report(whole, facts))

    func start() throws -> EstimatorAnalysis<Estimator> {
      try EstimatorAnalysis(blockLength: blockLength, make: make, report: report)
    }
    let once = try start()
    for (number, frame) in frames.enumerated() { try once.add(frame, number: number) }
    #expect(try json(once.report(facts, over: .alone)) == expected)
    // Looking changes nothing.
    #expect(try json(once.report(facts, over: .alone)) == expected)

    // Two ranks' frames, stopped after some, and taken up by one rank.
    let ranks = [try start(), try start()], resumed = try start()
    for (number, frame) in frames.prefix(14).enumerated() { try ranks[number % 2].add(frame, number: number) }
    for rank in ranks { try resumed.add(state: rank.state) }
    for (number, frame) in frames.enumerated().dropFirst(14) { try resumed.add(frame, number: number) }
    // Two ranks' sums are added in another order.
    #expect(try areEqual(json(resumed.report(facts, over: .alone)), expected))
    #expect(throws: Failure.self) { try start().add(state: [1]) }
    resumed.clear()
    #expect(resumed.state.isEmpty)
  }

  @Test(arguments: [5, 23, 40]) func radialDistributions(blockLength: Int) throws {
    let pairs = [SpeciesPair(lithium, sulfur), SpeciesPair(sulfur, sulfur)]
    try check(
      blockLength: blockLength,
      make: { try RadialDistributionEstimator(pairs, elements: elements, radius: 6, binCount: 40, blocks: $0) },
      report: { RadialDistributionReport($0, facts: $1, species: [sulfur, lithium], atomCount: 30) })
  }

  @Test(arguments: [4, 23]) func coordinationNumbers(blockLength: Int) throws {
    let pairs = [PairWithin(SpeciesPair(lithium, sulfur), within: 3), PairWithin(SpeciesPair(lithium, lithium), within: 2.5)]
    let slabs = try Slabs(axis: "c", count: 4)
    try check(
      blockLength: blockLength, make: { CoordinationEstimator(pairs, elements: elements, blocks: $0, slabs: slabs) },
      report: { CoordinationReport($0, facts: $1) })
  }

  @Test(arguments: [6, 23]) func profiles(blockLength: Int) throws {
    let slabs = try Slabs(axis: "c", count: 9)
    try check(
      blockLength: blockLength,
      make: { DensityProfileEstimator(slabs, species: [sulfur, lithium], elements: elements, blocks: $0) },
      report: {
        DensityProfileReport(
          $0, charges: [sulfur: -2, lithium: 1], facts: $1, elements: elements, masses: elements.map(\.mass))
      })
  }

  @Test func framesAreDealtWhole() throws {
    let dealer = FrameDealer(.alone, elements: elements, masses: elements.map(\.mass))
    let frame = frames[0]
    for k in 0..<3 {
      let use = [(analysis: 1, number: k), (analysis: 4, number: 2 * k)]
      #expect(dealer.deal(positions: frame.positions, cell: frame.cell, step: k, time: 2 * Double(k), use: use))
    }
    var seen: [[Int]] = []
    try dealer.work { frame, analysis, number in
      #expect(frame.count == 30 && frame.elements == elements && frame.time == 2 * Double(frame.step ?? -1))
      seen.append([frame.step ?? -1, analysis, number])
    }
    #expect(seen == [[0, 1, 0], [0, 4, 0], [1, 1, 1], [1, 4, 2], [2, 1, 2], [2, 4, 4]])
    #expect(dealer.held.isEmpty && dealer.dealt == 3)
  }
}

/// Files that a trajectory cannot be taken from as it stands.
@Suite(.serialized) struct TrajectoryOpeningTests {
  private let path = FileManager.default.temporaryDirectory.appending(path: "swmd-opening-\(UUID().uuidString).extxyz").path

  private func store(times: [Double], cut: Int = 0) throws {
    let lithium = try #require(Element(symbol: "Li"))
    let frames = times.map { time in
      var frame = Configuration(
        cell: Cell(vectors: Matrix3(diagonal: [9, 9, 9]), periodic: .all), elements: [lithium, lithium],
        positions: [.zero, Vector3(1, 2, 3)])
      frame.time = 1000 * time
      return frame
    }
    try writeStructures(frames, to: path)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes.removeLast(cut)
    try bytes.write(to: URL(fileURLWithPath: path))
  }

  @Test func aCutLastFrameIsLeftOutWithAWarning() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try store(times: [0, 1, 2, 3])
    #expect(try Trajectory(path: path, communicator: .alone).warnings.isEmpty)
    for cut in [1, 5, 40] {
      try store(times: [0, 1, 2, 3], cut: cut)
      let trajectory = try Trajectory(path: path, communicator: .alone)
      #expect(trajectory.frameCount == 3 && trajectory.warnings.count == 1)
      #expect(trajectory.warnings[0].contains("frame 3") && trajectory.warnings[0].hasPrefix(path))
    }
  }

  @Test func unevenTimesNameTheFrameThatIsOdd() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try store(times: [0, 1, 2, 3, 7, 8, 9])
    let trajectory = try Trajectory(path: path, communicator: .alone)
    let failure = #expect(throws: Failure.self) { try trajectory.time.evenSpacing() }
    #expect(failure?.message.contains("4.0 ps before frame 4, 1.0 ps usually") == true)
  }
}
