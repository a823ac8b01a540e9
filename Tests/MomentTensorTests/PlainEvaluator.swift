import Atomistics
import Foundation
import MomentTensorFiles
import Numerics
import PotentialKit

/// Energies, forces and virial straight from the equations: every basic moment by its own sum over neighbors, products in the
/// file's order, derivatives of each monomial spelt out. Slow, and shares nothing with the kernel.
struct PlainEvaluator {
  let file: MomentTensorFile

  /// - Parameter system: on one rank.
  func evaluate(_ system: ReferenceSystem) -> ExpectedResult {
    let rank = system.ranks[0], atoms = rank.atoms
    let owners = Array(rank.members.indices) + rank.sources.map(\.index)
    var energies: [Double] = [], forces = [Vector3](repeating: .zero, count: atoms.ownedCount), virial = Matrix3.zero
    for center in 0..<atoms.ownedCount {
      let kind = Int(atoms.kind[center])
      var neighbors: [(index: Int, kind: Int, d: Vector3)] = []
      for other in 0..<atoms.totalCount where other != center {
        let row = atoms.position[other] - atoms.position[center], d = Vector3(row.x, row.y, row.z)
        if d.length < file.maximumDistance { neighbors.append((other, Int(atoms.kind[other]), d)) }
      }
      let moments = moments(kind, neighbors.map { ($0.kind, $0.d) })
      var energy = file.speciesCoefficients[kind]
      for (scalar, xi) in zip(file.scalars, file.momentCoefficients) { energy += xi * moments[scalar] }
      let adjoints = adjoints(moments)
      for neighbor in neighbors {
        let (repulsion, slope) = repulsion(neighbor.d.length)
        energy += repulsion
        var gradient = slope * neighbor.d / neighbor.d.length
        for (index, basic) in file.basicMoments.enumerated() where adjoints[index] != 0 {
          gradient += adjoints[index] * contribution(basic, kind, neighbor.kind, neighbor.d).gradient
        }
        forces[center] += gradient
        forces[owners[neighbor.index]] -= gradient
        virial += -1 * Matrix3.outer(neighbor.d, gradient)
      }
      energies.append(energy)
    }
    return ExpectedResult(energies: energies, forces: forces, virial: virial)
  }

  func moments(_ kind: Int, _ neighbors: [(kind: Int, d: Vector3)]) -> [Double] {
    var m = file.basicMoments.map { basic in
      neighbors.reduce(0) { $0 + contribution(basic, kind, $1.kind, $1.d).value }
    }
    m += [Double](repeating: 0, count: file.momentCount - m.count)
    for p in file.products { m[p.target] += Double(p.factor) * m[p.first] * m[p.second] }
    return m
  }

  private func adjoints(_ m: [Double]) -> [Double] {
    var g = [Double](repeating: 0, count: m.count)
    for (scalar, xi) in zip(file.scalars, file.momentCoefficients) { g[scalar] += xi }
    for p in file.products.reversed() {
      let t = Double(p.factor) * g[p.target]
      g[p.first] += t * m[p.second]
      g[p.second] += t * m[p.first]
    }
    return g
  }

  /// f_mu(r) u_x^a u_y^b u_z^c and its derivative by d.
  private func contribution(
    _ basic: MomentTensorFile.BasicMoment, _ center: Int, _ neighbor: Int, _ d: Vector3
  ) -> (value: Double, gradient: Vector3) {
    let r = d.length, u = d / r
    let (f, slope) = radial(basic.mu, center, neighbor, r)
    let powers = [basic.x, basic.y, basic.z]
    func power(_ axis: Int, _ n: Int) -> Double { (0..<n).reduce(1) { value, _ in value * u[axis] } }
    let a = power(0, powers[0]) * power(1, powers[1]) * power(2, powers[2])
    var byDirection = Vector3.zero
    for axis in 0..<3 where powers[axis] > 0 {
      let rest = (0..<3).filter { $0 != axis }.reduce(1.0) { $0 * power($1, powers[$1]) }
      byDirection[axis] = Double(powers[axis]) * power(axis, powers[axis] - 1) * rest
    }
    let tangential = (byDirection - byDirection.dot(u) * u) / r
    return (f * a, slope * a * u + f * tangential)
  }

  /// Derivative by T'_k = k U_(k−1), another formula than the kernel's.
  func radial(_ mu: Int, _ center: Int, _ neighbor: Int, _ distance: Double) -> (Double, Double) {
    let a = file.minimumDistance, b = file.maximumDistance
    let isHeld = file.radialBasis == .repulsiveChebyshev && distance <= a
    let r = isHeld ? a : distance, x = (2 * r - a - b) / (b - a), w = 2 / (b - a)
    let row = ((center * file.speciesCount + neighbor) * file.radialFunctionCount + mu) * file.radialBasisSize
    var t = [1, x], u = [1, 2 * x]
    for k in 2..<max(file.radialBasisSize, 3) {
      t.append(2 * x * t[k - 1] - t[k - 2])
      u.append(2 * x * u[k - 1] - u[k - 2])
    }
    var value = 0.0, slope = 0.0
    for k in 0..<file.radialBasisSize {
      let c = file.scaling * file.radialCoefficients[row + k]
      value += c * t[k] * (b - r) * (b - r)
      slope += c * ((k == 0 ? 0 : Double(k) * u[k - 1] * w) * (b - r) * (b - r) - 2 * t[k] * (b - r))
    }
    return (value, isHeld ? 0 : slope)
  }

  private func repulsion(_ r: Double) -> (Double, Double) {
    guard file.radialBasis == .repulsiveChebyshev, r < file.minimumDistance else { return (0, 0) }
    return (1e4 * (exp(-10 * (r - 1)) - exp(-10 * (file.minimumDistance - 1))), -1e5 * exp(-10 * (r - 1)))
  }
}
