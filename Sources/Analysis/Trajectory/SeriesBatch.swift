/// The motion of some atoms over all frames: for each atom and axis one series, as correlations by FFT want it.
public final class SeriesBatch {
  /// Indices of this rank's atoms, ascending.
  public let atoms: Range<Int>
  public let frameCount: Int
  /// [atoms][3][frames], Å (displacements since the first frame), parts of the cell vectors, or Å/ps.
  let values: UnsafeMutablePointer<Double>

  init(atoms: Range<Int>, frameCount: Int) {
    (self.atoms, self.frameCount) = (atoms, frameCount)
    values = .allocate(capacity: max(1, atoms.count * 3 * frameCount))
    values.initialize(repeating: 0, count: max(1, atoms.count * 3 * frameCount))
  }

  deinit { values.deallocate() }

  /// [frames] of one atom, by its index in the trajectory, along x, y or z (0 to 2).
  public func series(atom: Int, axis: Int) -> UnsafeMutablePointer<Double> {
    values + ((atom - atoms.lowerBound) * 3 + axis) * frameCount
  }

  /// Subtracts from each atom what is common to all: [3][frames].
  func subtract(_ common: [Double]) {
    for atom in atoms {
      for axis in 0..<3 {
        let series = series(atom: atom, axis: axis)
        for frame in 0..<frameCount { series[frame] -= common[axis * frameCount + frame] }
      }
    }
  }

  /// Adds Σ weights · series to `sum`: [3][frames].
  func addWeightedSum(_ weights: [Double], to sum: inout [Double]) {
    for atom in atoms where weights[atom] != 0 {
      for axis in 0..<3 {
        let series = series(atom: atom, axis: axis)
        for frame in 0..<frameCount { sum[axis * frameCount + frame] += weights[atom] * series[frame] }
      }
    }
  }
}
