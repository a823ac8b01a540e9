import Atomistics
import Numerics

/// Velocities (Å/fs) drawn at `temperature` (K), with zero total momentum and exactly that kinetic temperature.
///
/// A function of seed and ids alone, so the same on any number of ranks. `ids` and `masses` (amu): one an atom.
public func maxwellBoltzmannVelocities(ids: [Int64], masses: [Double], temperature: Double, seed: UInt32) -> [Vector3] {
  let random = CounterRandom(.initialVelocities, seed: seed)
  let thermal = Units.boltzmann * temperature * Units.accelerationPerForce
  var velocities = zip(ids, masses).map { id, mass in
    (thermal / mass).squareRoot() * random.normals(step: 0, id: UInt64(bitPattern: id))
  }
  guard velocities.count > 1 else { return velocities }
  let momentum = zip(velocities, masses).reduce(Vector3.zero) { $0 + $1.1 * $1.0 }
  let drift = momentum / masses.reduce(0, +)
  for i in velocities.indices { velocities[i] -= drift }
  let kinetic = zip(velocities, masses).reduce(0) { $0 + 0.5 * $1.1 * $1.0.lengthSquared }
  let wanted = 0.5 * Double(Thermodynamics.degreesOfFreedom(ids.count)) * thermal
  guard kinetic > 0 else { return velocities }
  let scale = (wanted / kinetic).squareRoot()
  return velocities.map { scale * $0 }
}
