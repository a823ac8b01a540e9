import Atomistics
import Diagnostics
import Numerics

/// What moves: the series that correlations are taken of.
public enum MotionQuantity: String, Sendable, Encodable {
  /// Unwrapped displacements, Å.
  case displacements
  /// The file's velocities, Å/ps.
  case velocities
  /// Displacements from frame to frame over the time between them, Å/ps: currents where a file has no velocities, or has
  /// them too rarely to resolve their decay. Their integral is the same.
  case displacementRates = "displacement-rates"
}

/// The collective motion of each species, and how its atoms correlate with themselves.
struct CollectiveMotion {
  let species: [Element]
  /// [species], atoms.
  let counts: [Int]
  /// [species], amu.
  let masses: [Double]
  let quantity: MotionQuantity
  /// ps between frames.
  let spacing: Double
  /// Of the series: one less than the trajectory's for rates.
  let frameCount: Int
  /// Mean of the trajectory, Å³.
  let volume: Double
  let warning: String?
  /// [species][3][frames], Σ over the species' atoms.
  let collective: [Double]
  /// The whole trajectory, then blocks.
  let segments: [Range<Int>]
  /// [segments][species][lags or frequencies].
  let selfParts: [[[Double]]]

  /// The collective series of a segment as currents of three components.
  func currents(_ segment: Range<Int>) -> CurrentSeries {
    CurrentSeries(
      values: species.indices.map { s in
        (0..<3).map { axis in
          let start = (s * 3 + axis) * frameCount
          return Array(collective[start + segment.lowerBound..<start + segment.upperBound])
        }
      }, interval: spacing)
  }
}

extension Trajectory {
  /// Reads the motion of all species. Collective.
  ///
  /// - Parameters:
  ///   - statistic: of the atoms by themselves; nil: the collective motion alone.
  ///   - largestLags: of the whole trajectory and of the blocks.
  ///   - blocks: of the series' frames.
  /// - Throws: `Failure.input`: no even times, no velocities, no volume.
  func collectiveMotion(
    _ quantity: MotionQuantity, statistic: MotionStatistic?, in reference: ReferenceFrame, blocks: [Range<Int>],
    largestLags: (whole: Int, blocks: Int), memory: Int, progress: (Double) -> Void
  ) throws -> CollectiveMotion {
    let spacing = try communicator.together { try time.evenSpacing() }
    let count = quantity == .displacementRates ? frameCount - 1 : frameCount
    let segments = [0..<count] + blocks
    let parts = segments.enumerated().compactMap { number, segment -> (any SelfPart)? in
      switch statistic {
      case nil: nil
      case .periodogram: SelfSpectrum(segment: segment, speciesCount: species.count)
      case .displacements, .correlations:
        SelfCorrelation(
          segment: segment, ofDisplacements: statistic == .displacements,
          largestLag: number == 0 ? largestLags.whole : largestLags.blocks, speciesCount: species.count)
      }
    }
    var collective = [Double](repeating: 0, count: species.count * 3 * count)
    let summary = try forEachSeries(
      of: quantity == .velocities ? .velocities : .displacements, in: reference, memory: memory, progress: progress
    ) { batch in
      for atom in batch.atoms {
        for axis in 0..<3 {
          let series = batch.series(atom: atom, axis: axis), start = (kinds[atom] * 3 + axis) * count
          if quantity == .displacementRates {
            for t in 0..<count { series[t] = (series[t + 1] - series[t]) / spacing }
          }
          for t in 0..<count { collective[start + t] += series[t] }
          for part in parts { part.add(series, species: kinds[atom]) }
        }
      }
    }
    for part in parts { part.combine(over: communicator) }
    guard summary.meanVolume > 0 else {
      throw Failure.input(
        "the trajectory has no cell, so there is no volume", at: Place(file: path), remedy: "analyze a periodic system")
    }
    return CollectiveMotion(
      species: species, counts: species.map { s in elements.count { $0 == s } },
      masses: species.map { s in masses[elements.firstIndex(of: s)!] }, quantity: quantity, spacing: spacing,
      frameCount: count, volume: summary.meanVolume, warning: summary.warning, collective: communicator.sum(collective),
      segments: segments, selfParts: parts.map(\.values))
  }
}

extension CollectiveMotion {
  /// [i][j][lags from 0]: ⟨ΔR_i · ΔR_j⟩ of displacements or ⟨J_i(0) · J_j(m)⟩ of currents over a segment, symmetrized.
  func collectiveCorrelations(
    _ segment: Range<Int>, _ statistic: MotionStatistic, largestLag: Int
  ) -> [[[Double]]] {
    let correlator = LagCorrelator(frameCount: segment.count, largestLag: min(largestLag, segment.count - 1))
    let count = species.count
    var sums = (0..<count * count).map { _ in correlator.emptySum() }
    collective.withUnsafeBufferPointer { series in
      let spectra = (0..<count).map { _ in correlator.makeSpectrum() }
      for axis in 0..<3 {
        for i in 0..<count {
          correlator.transform(series.baseAddress! + (i * 3 + axis) * frameCount + segment.lowerBound, into: spectra[i])
        }
        for i in 0..<count {
          for j in i..<count { correlator.add(spectra[i], spectra[j], to: &sums[i * count + j]) }
        }
      }
    }
    return (0..<count).map { i in
      (0..<count).map { j in
        let sum = sums[min(i, j) * count + max(i, j)]
        return statistic == .displacements ? correlator.displacements(of: sum) : correlator.correlation(of: sum)
      }
    }
  }
}
