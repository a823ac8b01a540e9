import Diagnostics
import Numerics

/// Slopes and integrals over lags.
extension OnsagerAnalysis {
  private var statistic: MotionStatistic { options.method == .einstein ? .displacements : .correlations }

  func byLags(_ progress: (Double) -> Void) throws -> OnsagerReport {
    var warnings: [String] = []
    let lags = try lagRange(&warnings, progress)
    let blocks = try trajectory.communicator.together { try self.blocks(lastLag: lags.upperBound) }
    let wanted = options.maximumLag.map { Int(($0 / spacing).rounded()) } ?? max(10 * lags.upperBound, 100)
    let largest = max(lags.upperBound, min(wanted, frameCount / 2))
    let motion = try self.motion(statistic, blocks: blocks, largestLags: (largest, lags.upperBound), progress)
    if let warning = motion.warning { warnings.append(warning) }

    let thermalVolume = thermalEnergy * motion.volume
    let correlations = motion.segments.enumerated().map { number, segment in
      motion.collectiveCorrelations(segment, statistic, largestLag: number == 0 ? largest : lags.upperBound)
    }
    func samples(_ weights: LagWeights) -> (whole: TransportSample, blocks: [TransportSample]) {
      let all = zip(correlations, motion.selfParts).map {
        TransportSample(weights, collective: $0, selfPart: $1, counts: motion.counts, thermalVolume: thermalVolume)
      }
      return (all[0], Array(all.dropFirst()))
    }
    let weights = self.weights(lags)
    var (whole, parts) = samples(weights)
    if options.method == .einstein {
      if options.estimator == .blocks { whole = TransportSample.mean(parts) }
      // A curve that is not straight shows in estimators that weight its parts differently.
      let other = options.estimator == .generalized
        ? LagWeights.ordinarySlope(lags, spacing: spacing)
        : .generalizedSlope(lags, spacing: spacing, frameCount: frameCount)
      warnings += curvature(samples(weights), samples(other))
    } else if motion.quantity == .velocities {
      warnings += resolution(motion)
    }
    return OnsagerReport(
      self, motion: motion, sample: whole, uncertainty: BlockUncertainty(parts, seed: options.seed), lags: lags,
      curves: curves(correlations, lags, thermalVolume), theory: nil, warnings: warnings)
  }

  private func weights(_ lags: ClosedRange<Int>) -> LagWeights {
    if options.method == .greenKubo { return .integral(upTo: lags.upperBound, spacing: spacing) }
    return options.estimator == .generalized
      ? .generalizedSlope(lags, spacing: spacing, frameCount: frameCount) : .ordinarySlope(lags, spacing: spacing)
  }

  /// The lags that count: the user's, or what the motion itself suggests, which takes a pass over it.
  private func lagRange(_ warnings: inout [String], _ progress: (Double) -> Void) throws -> ClosedRange<Int> {
    let place = Place(file: trajectory.path), communicator = trajectory.communicator
    if let window = options.window, options.method == .einstein {
      return try communicator.together { try window.lags(spacing: spacing, largest: frameCount / 2) }
    }
    if let end = options.integrateTo, options.method == .greenKubo {
      return try communicator.together {
        let last = (end / spacing).rounded()
        guard end.isFinite, last >= 1, last <= Double(frameCount / 2) else {
          throw Failure.input(
            "the integral cannot end at \(end) ps: the frames are \(spacing) ps apart, "
              + "the longest lag is \(Double(frameCount / 2) * spacing) ps",
            at: place, remedy: "give another --integrate-to")
        }
        return 0...Int(last)
      }
    }
    let reach = options.method == .einstein ? frameCount / 5 : frameCount / 4
    guard reach >= 4 else {
      throw Failure.input("\(frameCount) frames are too few", at: place, remedy: "analyze a longer trajectory")
    }
    let motion = try self.motion(statistic, blocks: [], largestLags: (reach, 0), progress)
    if options.method == .greenKubo {
      let currents = motion.collectiveCorrelations(0..<frameCount, .correlations, largestLag: reach)
      let own = currents.indices.map { currents[$0][$0] }
      if let decay = DefaultWindow.decay(own, frameCount: frameCount) { return 0...decay }
      warnings.append(
        "the currents correlate over all lags up to \(Double(reach) * spacing) ps: the integrals have not converged")
      return 0...reach / 2
    }
    let perAtom = zip(motion.selfParts[0], motion.counts).map { values, count in values.map { $0 / Double(count) } }
    guard let found = DefaultWindow.diffusive(perAtom, frameCount: frameCount) else {
      throw Failure.input(
        "\(frameCount) frames are too few to fit a slope", at: place, remedy: "analyze a longer trajectory")
    }
    if !found.isStraight {
      warnings.append("no species is diffusive at the lags that the trajectory has: a longer one is needed")
    }
    return found.lags
  }

  /// Says where two estimators disagree by more than their difference's error allows.
  private func curvature(
    _ a: (whole: TransportSample, blocks: [TransportSample]), _ b: (whole: TransportSample, blocks: [TransportSample])
  ) -> [String] {
    let crooked = trajectory.species.indices.filter { i in
      let differences = zip(a.blocks, b.blocks).map { $0.onsager[i, i] - $1.onsager[i, i] }
      let error = BlockAverage(differences).standardError
      return abs(a.whole.onsager[i, i] - b.whole.onsager[i, i]) > 4 * error
    }
    guard !crooked.isEmpty else { return [] }
    let names = crooked.map { trajectory.species[$0].symbol }.joined(separator: ", ")
    return ["the displacements of \(names) do not grow linearly within the window: start it later (--fit)"]
  }

  /// Velocities that are written too rarely do not show how their correlations decay.
  private func resolution(_ motion: CollectiveMotion) -> [String] {
    let unresolved = motion.species.indices.filter { motion.selfParts[0][$0][1] < 0.5 * motion.selfParts[0][$0][0] }
    guard !unresolved.isEmpty else { return [] }
    let names = unresolved.map { motion.species[$0].symbol }.joined(separator: ", ")
    return [
      "the velocities of \(names) lose half of their correlation between two frames: the integrals are not resolved; "
        + "write frames more often, or use --currents displacement-rates"
    ]
  }

  private func curves(
    _ correlations: [[[[Double]]]], _ lags: ClosedRange<Int>, _ thermalVolume: Double
  ) -> OnsagerCurves {
    let whole = correlations[0], count = whole[0][0].count
    var curves = OnsagerCurves(
      lags: (0..<count).map { Double($0) * spacing }, correlations: whole, running: [], runningErrors: [])
    guard options.method == .greenKubo else { return curves }
    func running(_ correlation: [Double]) -> [Double] {
      var sum = 0.0
      return correlation.indices.map { m in
        if m > 0 { sum += 0.5 * (correlation[m - 1] + correlation[m]) * spacing / (3 * thermalVolume) }
        return sum
      }
    }
    curves.running = whole.map { $0.map(running) }
    let parts = correlations.dropFirst().map { $0.map { $0.map(running) } }
    curves.runningErrors = whole.indices.map { i in
      whole.indices.map { j in
        (0...lags.upperBound).map { lag in BlockAverage(parts.map { $0[i][j][lag] }).standardError }
      }
    }
    return curves
  }
}

/// What the numbers come from.
struct OnsagerCurves {
  /// ps.
  var lags: [Double]
  /// [i][j][lags], Å² or Å²/ps².
  var correlations: [[[Double]]]
  /// [i][j][lags], Green–Kubo integrals up to each lag; their errors up to the last that counts.
  var running: [[[Double]]]
  var runningErrors: [[[Double]]]
}
