import Atomistics
import Numerics

/// Constant energy: velocity Verlet.
///
///     v += (Δt/2) F/m;  x += Δt v;  F = F(x);  v += (Δt/2) F/m
///
/// W. C. Swope et al., J. Chem. Phys. 76, 637 (1982), doi:10.1063/1.442716. Forces must be those of the positions on entry.
public struct VelocityVerlet {
  /// fs.
  public var timestep: Double

  public init(timestep: Double) { self.timestep = timestep }

  /// One step. Returns whether any rank raised `flag`. Collective.
  /// - Parameter onlyForces: nobody will ask for energies and virial after this step.
  public func advance(_ system: SystemState, flag: Bool, onlyForces: Bool = false) throws -> Bool {
    let accelerations = system.kinds.map { 0.5 * timestep * Units.accelerationPerForce / $0.mass }
    system.timer.measure(.integration) { kickAndDrift(system.domain.atoms, accelerations) }
    let raised = try system.followPositions(flag: flag)
    try system.forceField.compute(onlyForces: onlyForces)
    system.timer.measure(.integration) { kick(system.domain.atoms, accelerations) }
    system.step += 1
    system.time += timestep
    return raised
  }

  private func kickAndDrift(_ atoms: AtomStore, _ accelerations: [Double]) {
    let position = atoms.position, velocity = atoms.velocity, force = atoms.force, kind = atoms.kind
    accelerations.withUnsafeBufferPointer { scale in
      for i in 0..<atoms.ownedCount {
        let v = velocity[i] + scale[Int(kind[i])] * force[i]
        velocity[i] = v
        position[i] += timestep * v
      }
    }
  }

  private func kick(_ atoms: AtomStore, _ accelerations: [Double]) {
    let velocity = atoms.velocity, force = atoms.force, kind = atoms.kind
    accelerations.withUnsafeBufferPointer { scale in
      for i in 0..<atoms.ownedCount { velocity[i] += scale[Int(kind[i])] * force[i] }
    }
  }
}
