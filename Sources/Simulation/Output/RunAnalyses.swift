import Analysis
import Atomistics
import Communication
import Diagnostics
import Dynamics
import Formats
import Numerics

/// The `[[analysis]]` of a run: frames are dealt to the ranks, results written at every checkpoint.
final class RunAnalyses {
  private struct Member {
    let plan: AnalysisPlan
    let blockLength: Int
    let analysis: any RunningAnalysis
    /// fs.
    var times: [Double] = []
    /// `analysis.state`, until a frame is added.
    var knownState: [Double]?
  }

  private var members: [Member] = []
  private let system: SystemState
  private let directory: RunDirectory
  /// What the results say they are from.
  private let source: String
  private let dealer: FrameDealer
  private var communicator: Communicator { system.domain.communicator }

  /// Starts anew, or goes on with what a checkpoint kept. Collective.
  /// - Parameters:
  ///   - source: path of the input.
  ///   - records: of the checkpoint; root only.
  init(
    _ plans: [AnalysisPlan], directory: RunDirectory, source: String, system: SystemState, records: [AnalysisRecord]
  ) throws {
    (self.system, self.directory) = (system, directory)
    self.source = source.split(separator: "/").last.map(String.init) ?? source
    let communicator = system.domain.communicator
    let atoms = plans.first?.atoms
    dealer = FrameDealer(communicator, elements: atoms?.elements ?? [], masses: atoms?.masses ?? [])
    for plan in plans {
      let record = communicator.share(records.first { $0.name == plan.input.name })
      try communicator.together { try resume(plan, record) }
    }
  }

  private func resume(_ plan: AnalysisPlan, _ record: AnalysisRecord?) throws {
    let blockLength = record?.blockLength ?? plan.blockLength
    var member = Member(plan: plan, blockLength: blockLength, analysis: try plan.start(blockLength: blockLength))
    if let record {
      guard record.parameters == plan.parameters else {
        throw Failure.input(
          "the analysis \(quoted(plan.input.name)) has other parameters than at the checkpoint", at: plan.input.place,
          remedy: "restore them, or give it another 'name', under which it begins anew")
      }
      // A run on another number of ranks takes over all that was counted.
      for (rank, state) in record.states.enumerated() where rank % communicator.size == communicator.rank {
        try member.analysis.add(state: state)
      }
      member.times = record.times
      dealer.dealt = record.dealt
    }
    members.append(member)
  }

  /// Takes the present frame where an analysis is due. Collective.
  func sample(stage: Int) throws {
    let due = members.indices.filter { members[$0].plan.isDue(at: system.step, stage: stage) }
    guard !due.isEmpty else { return }
    let positions = FrameGatherer(system: system).vectors(system.domain.atoms.position)
    let use = due.map { (analysis: $0, number: members[$0].times.count) }
    let isFull = dealer.deal(
      positions: positions, cell: system.domain.cell, step: system.step, time: system.time, use: use)
    for index in due { members[index].times.append(system.time) }
    if isFull { try work() }
  }

  /// Adds the frames that the ranks hold. Collective.
  private func work() throws {
    try communicator.together {
      try dealer.work { frame, index, number in
        members[index].knownState = nil
        try members[index].analysis.add(frame, number: number)
      }
    }
  }

  /// What has been counted, for a checkpoint; root only. Collective.
  func records() throws -> [AnalysisRecord] {
    try work()
    return members.indices.map { index in
      let member = members[index]
      return AnalysisRecord(
        name: member.plan.input.name, parameters: member.plan.parameters, blockLength: member.blockLength,
        times: member.times, dealt: dealer.dealt, states: communicator.gatherToRoot(member.analysis.state))
    }
  }

  /// Writes all results, and returns what people want to read of them (root only). Collective.
  @discardableResult
  func writeReports() throws -> [String] {
    try work()
    return try members.filter { !$0.times.isEmpty }.compactMap { member in
      let facts = TrajectoryFacts(
        file: source, times: member.times.map { $0 / 1000 }, elements: member.plan.atoms.elements, ranks: communicator.size)
      let report = try member.analysis.report(facts, over: communicator)
      return try communicator.onRoot {
        let files = ResultFiles(directory: "\(directory.path)/\(member.plan.input.directory)", overwrites: true)
        let names = try report.write(to: files)
        return "analysis \(member.plan.input.name): \(report.text)\nwritten to \(files.directory)/: "
          + names.joined(separator: ", ")
      }
    }
  }
}

extension RunAnalyses {
  /// All that is to be gone back to if the run turns out to have gone wrong. Of this rank.
  struct Snapshot {
    fileprivate var times: [[Double]]
    fileprivate var states: [[Double]]
    fileprivate var held: FrameDealer.Held
    fileprivate var dealt: Int
  }

  /// Local, and cheap where no frame was added since the last one.
  func snapshot() -> Snapshot {
    for index in members.indices where members[index].knownState == nil {
      members[index].knownState = members[index].analysis.state
    }
    return Snapshot(
      times: members.map(\.times), states: members.map { $0.knownState ?? [] }, held: dealer.held, dealt: dealer.dealt)
  }

  /// Local.
  func restore(_ snapshot: Snapshot) throws {
    for index in members.indices {
      members[index].analysis.clear()
      try members[index].analysis.add(state: snapshot.states[index])
      members[index].times = snapshot.times[index]
      members[index].knownState = nil
    }
    (dealer.held, dealer.dealt) = (snapshot.held, snapshot.dealt)
  }
}
