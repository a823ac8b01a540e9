import Atomistics
import Numerics

/// A cell that is strained at a prescribed rate.
extension MolecularDynamics {
  /// Strains the cell and the positions; before the forces are evaluated. Half of the work is that of the old virial.
  func deform() {
    guard settings.strainRate != .zero else { return }
    let strain = logarithmicStrain
    addDeformationWork(strain)
    let map = strain.symmetricExponential
    let lanes = LaneMatrix(map), atoms = system.domain.atoms
    for i in 0..<atoms.ownedCount { atoms.position[i] = lanes.applied(to: atoms.position[i]) }
    var cell = system.domain.cell
    cell.vectors = cell.vectors * map
    system.domain.setCell(cell)
  }

  /// The other half of the work, with the new virial.
  func finishDeformation() {
    if settings.strainRate != .zero { addDeformationWork(logarithmicStrain) }
  }

  /// ln(1 + ε̇ (t + Δt)) − ln(1 + ε̇ t): the strain of this step, by which the cell keeps to h_0 (1 + ε̇ t).
  private var logarithmicStrain: Matrix3 {
    let eigen = SymmetricEigen(settings.strainRate)
    return eigen.function { logarithm(1 + $0 * (elapsed + timestep)) - logarithm(1 + $0 * elapsed) }
  }

  /// dU = −W : dε. This rank's share.
  private func addDeformationWork(_ strain: Matrix3) {
    received -= 0.5 * (system.forceField.virial * strain).trace
  }
}

/// A time step that follows the fastest atom.
extension MolecularDynamics {
  /// fs. Collective where it is adaptive.
  func chooseTimestep() -> Double {
    var chosen = settings.timestep
    if let adaptive = settings.adaptiveTimestep {
      chosen = max(min(chosen, longestStep(displacement: adaptive.displacement)), min(adaptive.smallest, chosen))
    }
    if case .duration(let time) = settings.length { chosen = min(chosen, max(time - elapsed, 0)) }
    return chosen
  }

  /// The time in which no atom goes farther than `displacement` by v t + ½ a t².
  private func longestStep(displacement: Double) -> Double {
    let atoms = system.domain.atoms
    let scale = system.masses.map { Units.accelerationPerForce / $0 }
    var shortest = Double.infinity
    for i in 0..<atoms.ownedCount {
      let v = (atoms.velocity[i] * atoms.velocity[i]).sum().squareRoot()
      let a = (atoms.force[i] * atoms.force[i]).sum().squareRoot() * scale[Int(atoms.kind[i])]
      let root = (v * v + 2 * a * displacement).squareRoot()
      // The root without cancellation: t = 2 d/(v + √(v² + 2 a d)).
      if root > 0 { shortest = min(shortest, 2 * displacement / (v + root)) }
    }
    return -system.domain.communicator.max(-shortest)
  }
}
