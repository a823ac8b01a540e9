import Communication

extension SystemState {
  /// The lowest id of an atom whose position, velocity or force is not a number or infinite; nil where all is well. Collective.
  public func brokenAtom() -> Int64? {
    let atoms = domain.atoms
    var sum = SIMD4<Double>.zero
    for i in 0..<atoms.ownedCount { sum += 0 * (atoms.position[i] + atoms.velocity[i] + atoms.force[i]) }
    var broken = Double.infinity
    if !(sum.sum() == 0) {
      for i in 0..<atoms.ownedCount {
        let all = atoms.position[i] + atoms.velocity[i] + atoms.force[i]
        if !all.sum().isFinite { broken = min(broken, Double(atoms.id[i])) }
      }
    }
    let lowest = -domain.communicator.max(-broken)
    return lowest.isFinite ? Int64(lowest) : nil
  }

  /// The atom with the largest force and that force, eV/Å; of equal ones the lowest id. Collective.
  public func mostPulledAtom() -> (atom: Int64, force: Double) {
    let atoms = domain.atoms
    var mine = (square: -1.0, atom: Int64.max)
    for i in 0..<atoms.ownedCount {
      let square = (atoms.force[i] * atoms.force[i]).sum()
      if !(square <= mine.square) || square == mine.square && atoms.id[i] < mine.atom { mine = (square, atoms.id[i]) }
    }
    let all = domain.communicator.allGather(PulledAtom(square: mine.square, atom: mine.atom))
    let largest = all.max { ($0.square, -$0.atom) < ($1.square, -$1.atom) } ?? PulledAtom(square: 0, atom: 0)
    return (largest.atom, max(largest.square, 0).squareRoot())
  }
}

private struct PulledAtom: BitwiseCopyable {
  var square: Double
  var atom: Int64
}
