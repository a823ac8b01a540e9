import Dynamics

/// How far the outputs had come, as a checkpoint keeps it. Root only.
struct OutputLedger {
  /// Bytes, or frames of a NetCDF trajectory.
  var outputs: [(file: String, length: Int)] = []
  /// `ComputeOutput.state` of each compute.
  var computes: [(name: String, state: [Double])] = []
  /// `ExtrapolationWatch.state` of each, by the name of its history.
  var monitors: [(name: String, state: [Double])] = []
  var analyses: [AnalysisRecord] = []
}

/// The last state that no monitor objected to, with all that a checkpoint of it needs.
struct RunSnapshot {
  var state: StateSnapshot
  var position: RunPosition
  var ledger: OutputLedger
  var analyses: RunAnalyses.Snapshot
}
