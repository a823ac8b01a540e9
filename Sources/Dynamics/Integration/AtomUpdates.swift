import Atomistics
import Numerics

/// The parts of a step that every atom takes by itself. Local; owned atoms only.
struct AtomUpdates {
  let atoms: AtomStore
  /// amu, of each kind.
  let masses: [Double]
  let mobility: Mobility

  /// v += (t/m) F.
  func kick(_ duration: Double) {
    let velocity = atoms.velocity, force = atoms.force, kind = atoms.kind
    accelerations(duration).withUnsafeBufferPointer { scale in
      for i in 0..<atoms.ownedCount { velocity[i] += scale[Int(kind[i])] * force[i] }
    }
  }

  /// The same where some components are prescribed.
  /// - Returns: the work that holds them to it against the forces, eV.
  func kickMobile(_ duration: Double) -> Double {
    let velocity = atoms.velocity, force = atoms.force, kind = atoms.kind, groups = atoms.groups
    var work = 0.0
    accelerations(duration).withUnsafeBufferPointer { scale in
      for i in 0..<atoms.ownedCount {
        let mask = mobility.mask(groups[i])
        work -= duration * ((1 - mask) * force[i] * velocity[i]).sum()
        velocity[i] += scale[Int(kind[i])] * mask * force[i]
      }
    }
    return work
  }

  /// v ← v A + (F/m) B: the kick while the cell moves.
  /// - Returns: as `kickMobile`.
  func kick(_ update: AffineUpdate, _ duration: Double) -> Double {
    let map = LaneMatrix(update.map), integral = LaneMatrix(update.integral)
    let velocity = atoms.velocity, force = atoms.force, kind = atoms.kind, groups = atoms.groups
    var work = 0.0
    accelerations(1).withUnsafeBufferPointer { scale in
      for i in 0..<atoms.ownedCount {
        let old = velocity[i]
        let new = map.applied(to: old) + scale[Int(kind[i])] * integral.applied(to: force[i])
        if mobility.isFull {
          velocity[i] = new
        } else {
          work -= duration * ((1 - mobility.mask(groups[i])) * force[i] * old).sum()
          velocity[i] = mobility.blend(new, old, groups[i])
        }
      }
    }
    return work
  }

  /// r += t v.
  func drift(_ duration: Double) {
    let position = atoms.position, velocity = atoms.velocity
    for i in 0..<atoms.ownedCount { position[i] += duration * velocity[i] }
  }

  /// r ← r A + v B: the drift while the cell moves.
  func drift(_ update: AffineUpdate) {
    let map = LaneMatrix(update.map), integral = LaneMatrix(update.integral)
    let position = atoms.position, velocity = atoms.velocity
    for i in 0..<atoms.ownedCount {
      position[i] = map.applied(to: position[i]) + integral.applied(to: velocity[i])
    }
  }

  /// v ← f v of the mobile components of a selection's atoms.
  func scale(_ factor: Double, _ selection: GroupSelection) {
    let velocity = atoms.velocity, groups = atoms.groups
    for i in 0..<atoms.ownedCount where selection.contains(groups[i]) {
      let new = factor * velocity[i]
      velocity[i] = mobility.isFull ? new : mobility.blend(new, velocity[i], groups[i])
    }
  }

  /// Kick and drift in one pass over the memory: a step's first half at constant energy.
  func kickAndDrift(kick: Double, drift: Double) {
    let position = atoms.position, velocity = atoms.velocity, force = atoms.force, kind = atoms.kind
    accelerations(kick).withUnsafeBufferPointer { scale in
      for i in 0..<atoms.ownedCount {
        let v = velocity[i] + scale[Int(kind[i])] * force[i]
        velocity[i] = v
        position[i] += drift * v
      }
    }
  }

  /// Σ m v ⊗ v of the mobile components of this rank's atoms, eV, for each selection.
  func momentumFlux(_ selections: [GroupSelection]) -> [Matrix3] {
    let velocity = atoms.velocity, kind = atoms.kind, groups = atoms.groups
    return selections.map { selection in
      var x = SIMD4<Double>.zero, y = SIMD4<Double>.zero, z = SIMD4<Double>.zero
      masses.withUnsafeBufferPointer { masses in
        for i in 0..<atoms.ownedCount where selection.contains(groups[i]) {
          let v = mobility.isFull ? velocity[i] : velocity[i] * mobility.mask(groups[i])
          let p = masses[Int(kind[i])] * v
          x += p.x * v
          y += p.y * v
          z += p.z * v
        }
      }
      return Units.energyPerMassVelocitySquared
        * Matrix3(rows: Vector3(x.x, x.y, x.z), Vector3(y.x, y.y, y.z), Vector3(z.x, z.y, z.z))
    }
  }

  private func accelerations(_ duration: Double) -> [Double] {
    masses.map { duration * Units.accelerationPerForce / $0 }
  }
}
